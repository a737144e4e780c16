/** Keys that are missing, and keys that mean nothing where they stand. */
import { basename, dirname } from 'node:path';
import type { Path } from '../../../../definitions/document.ts';
import { isRecord, pathText, valueAt } from '../../../../definitions/values.ts';
import { addEntry, removeEntry } from '../edits/entries.ts';
import { connectionNames } from '../describe/definitions.ts';
import { editFix, type Fix, type Problem } from './problem.ts';

/** Those that a reader looks for at the top of a file. */
const firstKeys: ReadonlySet<string> = new Set(['name', 'pipeline_id', 'job_name']);

export const addMissingKey: Fix = (problem) => {
  const { file, diagnostic } = problem;
  const [, place, key] = /^(.*) needs "(.*)"$/.exec(diagnostic.message) ?? [];
  if (diagnostic.code !== 'missing_key' || place === undefined || key === undefined) return [];
  const path = pathOf(problem, place);
  if (path === null) return [];
  const value = usualValue(problem, path, key);
  if (value === undefined) return [];
  const isFirst = path.length === 0 && firstKeys.has(key);
  return editFix(problem, `Add ${key}`, addEntry(file, path, key, value, isFirst), true);
};

export const removeUnknownKey: Fix = (problem) => {
  const { file, diagnostic } = problem;
  const [, key, place] = /^unknown key "(.*)" in (.*)$/.exec(diagnostic.message) ?? [];
  if (diagnostic.code !== 'unknown_key' || key === undefined || place === undefined) return [];
  const path = pathOf(problem, place);
  return path === null ? [] : editFix(problem, `Remove ${key}`, removeEntry(file, [...path, key]));
};

export const declareParameter: Fix = (problem) => {
  const { file, diagnostic } = problem;
  const [, name] = /^this file has no parameter "([A-Za-z_]\w*)"$/.exec(diagnostic.message) ?? [];
  if (diagnostic.code !== 'unknown_parameter' || name === undefined) return [];
  const declaration = { type: 'string' };
  const isDeclaredAny = isRecord(valueAt(file.document.value, ['parameters']));
  const edit = isDeclaredAny
    ? addEntry(file, ['parameters'], name, declaration)
    : addEntry(file, [], 'parameters', { [name]: declaration }, true);
  return editFix(problem, `Declare parameter "${name}"`, edit);
};

/** The path that a message calls `place`, of the places that stand where it points. */
function pathOf({ context, file, range }: Problem, place: string): Path | null {
  if (place === 'this file') return [];
  const at = context.locate(file, range.start)?.path ?? [];
  for (let length = at.length; length > 0; length -= 1) {
    const path = at.slice(0, length);
    if (pathText(path) === place) return path;
  }
  return null;
}

/** What one would write first; undefined where nothing can be guessed. */
function usualValue(problem: Problem, path: Path, key: string): unknown {
  const { file, project } = problem;
  const { value } = file.document;
  const connections = project === null ? [] : connectionNames(project);
  const keys = valueAt(value, ['keys']);
  const column = Array.isArray(keys) && typeof keys[0] === 'string' ? keys[0] : 'column';
  const name = String(path.at(-1));
  const side = (index: number) => ({
    connection: connections[index] ?? connections[0] ?? 'connection',
    table: tableGuess(problem),
  });
  const values: Readonly<Record<string, unknown>> = {
    name: path.length === 0 ? basename(dirname(file.path)) : undefined,
    connections: { warehouse: { type: 'duckdb', path: 'data/warehouse.duckdb' } },
    type: file.kind === 'project' ? 'duckdb' : 'pipeline',
    path: placeGuess(valueAt(value, [...path, 'type']), name),
    database: name,
    pipeline_id:
      file.kind === 'pipeline'
        ? stemOf(file.path)
        : ([...(project?.pipelines.keys() ?? [])][0] ?? 'pipeline'),
    source: path.length === 0 ? side(0) : 'select count(*) as n from table_name',
    target: side(1),
    connection: side(name === 'target' ? 1 : 0).connection,
    schema_type: 'Retail',
    row_count: 1000,
    project: '.',
    program: 'echo',
    column,
    columns: [column],
    references: { table: 'table_name', columns: [column] },
    table: 'table_name',
    values: ['value'],
    sql: `${column} is not null`,
  };
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** `dim_customer` of the pipeline `dim_customer_validation`. */
export function tableGuess({ file }: Problem): string {
  const id = valueAt(file.document.value, ['pipeline_id']);
  return withoutSuffix(typeof id === 'string' && id !== '' ? id : stemOf(file.path));
}

export function withoutSuffix(id: string): string {
  return id.replace(/_(validation|check)$/, '');
}

function stemOf(path: string): string {
  return basename(path).replace(/(\.pipeline)?\.\w+$/, '');
}

function placeGuess(type: unknown, name: string): string {
  return type === 'files' ? 'data' : `data/${name}.${type === 'sqlite' ? 'sqlite' : 'duckdb'}`;
}
