/** Which names belong at a place of a definition file. */
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import type { Path } from '../../../../definitions/document.ts';
import type { DefinitionFile } from '../../files.ts';
import type { Place } from '../../place.ts';
import { operationsOf, textOf } from '../names/batchOperations.ts';

/** A table, as far as the file says it. */
export interface TableRef {
  readonly connection: string;
  readonly table: string;
}

/** Names that only a project knows. */
export type ProjectSlot =
  | { readonly names: 'connection' }
  | { readonly names: 'password'; readonly connection: string }
  | { readonly names: 'schema'; readonly connection: string }
  | { readonly names: 'table'; readonly connections: readonly string[] }
  /** `isAll`: the columns of every table; else of the first that is known. */
  | { readonly names: 'column'; readonly of: readonly TableRef[]; readonly isAll: boolean };

export type Slot =
  | ProjectSlot
  | { readonly names: 'check' }
  | { readonly names: 'newPipeline' | 'project' | 'schemaType' | 'schemaFile' }
  /** Of a schema file: its tables, `table.column`, the columns of one of its tables, words for `dictionary`. */
  | { readonly names: 'ownTable' | 'ownReference' | 'dictionary' }
  | { readonly names: 'ownColumn'; readonly table: string; readonly isReference: boolean }
  | { readonly names: 'pipeline'; readonly project: string | null }
  | { readonly names: 'operation'; readonly index: number };

/** Fields of connections that refer to a secret. */
const secretFields: ReadonlySet<string> = new Set([
  'password',
  'token',
  'private_key',
  'private_key_passphrase',
]);

/** What belongs at a place; null: nothing this room knows the names of. */
export function slotAt(file: DefinitionFile, { path, part }: Pick<Place, 'path' | 'part'>): Slot | null {
  const { value } = file.document;
  switch (file.kind) {
    case 'project': {
      const [first, name, key] = path;
      const isSecret =
        part === 'value' && path.length === 3 && first === 'connections' && secretFields.has(String(key));
      return isSecret ? { names: 'password', connection: String(name) } : null;
    }
    case 'pipeline':
      return part === 'value' && is(path, ['pipeline_id'])
        ? { names: 'newPipeline' }
        : pipelineSlot(value, path, part);
    case 'batch':
      return batchSlot(value, path, part);
    case 'schema':
      return part === 'value' ? schemaSlot(path) : null;
  }
}

const any = Symbol('any');
type Pattern = readonly (string | typeof any)[];

function is(path: Path, pattern: Pattern): boolean {
  return (
    path.length === pattern.length && pattern.every((part, index) => part === any || part === path[index])
  );
}

function pipelineSlot(pipeline: unknown, path: Path, part: Place['part']): Slot | null {
  const source = tableOf(pipeline, 'source');
  const target = tableOf(pipeline, 'target');
  if (part === 'key') {
    if (is(path, ['column_map', any])) return columns([source]);
    return is(path, ['checks', any, any]) ? { names: 'check' } : null;
  }
  const [first] = path;
  for (const side of ['source', 'target']) {
    if (is(path, [side, 'connection'])) return { names: 'connection' };
    if (is(path, [side, 'table'])) return tables([textOf(valueAt(pipeline, [side, 'connection']))]);
  }
  if (is(path, ['keys', any])) return columns([source, target]);
  if (is(path, ['column_map', any])) return columns([target]);
  if (is(path, ['exclude', any])) return columns([source, target], true);
  if (is(path, ['checks', any])) return { names: 'check' };
  return first === 'checks' ? checkSlot(pipeline, path.slice(2), { source, target }, path.slice(0, 3)) : null;
}

interface Sides {
  readonly source: TableRef | null;
  readonly target: TableRef | null;
}

/** Inside the parameters of a check; its columns are named as in the source. */
function checkSlot(pipeline: unknown, path: Path, { source, target }: Sides, at: Path): Slot | null {
  if (is(path, [any, 'column']) || is(path, [any, 'columns', any]) || is(path, [any, 'exclude', any])) {
    return columns([source, target]);
  }
  if (is(path, ['custom_sql', 'keys', any])) return columns([source, target]);
  const sides = ['source', 'target'].map((side) => textOf(valueAt(pipeline, [side, 'connection'])));
  if (is(path, ['foreign_key', 'references', 'table'])) return tables(sides);
  if (!is(path, ['foreign_key', 'references', 'columns', any])) return null;
  const table = textOf(valueAt(pipeline, [...at, 'references', 'table']));
  return columns(
    sides.map((connection) => (connection === null || table === null ? null : { connection, table })),
  );
}

function tableOf(pipeline: unknown, side: 'source' | 'target'): TableRef | null {
  const connection = textOf(valueAt(pipeline, [side, 'connection']));
  const table = textOf(valueAt(pipeline, [side, 'table']));
  return connection === null || table === null ? null : { connection, table };
}

function columns(of: readonly (TableRef | null)[], isAll = false): Slot {
  return { names: 'column', of: of.filter((table) => table !== null), isAll };
}

function tables(connections: readonly (string | null)[]): Slot {
  return { names: 'table', connections: [...new Set(connections.filter((name) => name !== null))] };
}

function schemaSlot(path: Path): Slot | null {
  if (is(path, ['fact_table'])) return { names: 'ownTable' };
  const table = String(path[1]);
  if (is(path, ['tables', any, 'key']) || is(path, ['tables', any, 'key', any]))
    return { names: 'ownColumn', table, isReference: false };
  const column: Pattern = ['tables', any, 'columns', any];
  if (is(path, [...column, 'dictionary'])) return { names: 'dictionary' };
  if (is(path, [...column, 'reference']) || is(path, [...column, 'reference', 'column']))
    return { names: 'ownReference' };
  return is(path, [...column, 'reference', 'same_row_as'])
    ? { names: 'ownColumn', table, isReference: true }
    : null;
}

function batchSlot(batch: unknown, path: Path, part: Place['part']): Slot | null {
  const [list, index, key, ...rest] = path;
  if (key === undefined || typeof index !== 'number') return null;
  const entry = valueAt(batch, [String(list), index]);
  if (key === 'pipeline' && rest.length > 0) return pipelineSlot(valueAt(entry, ['pipeline']), rest, part);
  if (part === 'key') return null;
  if (rest.length === 0) {
    if (key === 'pipeline_id') return { names: 'pipeline', project: null };
    if (key === 'connection' || key === 'target_connection') return { names: 'connection' };
    if (key === 'schema_file') return { names: 'schemaFile' };
    if (key === 'project') return { names: 'project' };
    return key === 'schema_type' ? { names: 'schemaType' } : null;
  }
  if (rest.length > 1) return null;
  if (key === 'depends_on') {
    return { names: 'operation', index: operationsOf(batch).findIndex(({ path }) => path[1] === index) };
  }
  if (key === 'pipeline_ids') return { names: 'pipeline', project: textOf(valueAt(entry, ['project'])) };
  const connection = textOf(valueAt(entry, ['connection']));
  if (connection === null || !isExtraction(list, entry)) return null;
  if (key === 'schemas') return { names: 'schema', connection };
  return key === 'tables' ? { names: 'table', connections: [connection] } : null;
}

/** The tables of a generation are those of its schema_type, not those of the connection. */
function isExtraction(list: Path[number] | undefined, entry: unknown): boolean {
  return list === 'sources' || (isRecord(entry) && entry.type === 'metadata_extraction');
}
