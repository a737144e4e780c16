import { agreed, plural } from '../protocol/countText.ts';
import * as z from 'zod';
import type { Diagnostic } from '../protocol/errors.ts';
import {
  checkAliases,
  checkGroups,
  checkKinds,
  checkParameterSchemas,
  starterChecks,
  type CheckKind,
  type CheckSpec,
} from '../protocol/files/checks.ts';
import { pipelineFileSchema, sideSchema, type PipelineSpec } from '../protocol/files/pipeline.ts';
import { hasErrors, problemAt, type Path, type SourceDocument } from './document.ts';
import { didYouMean, listed, nearest } from './suggest.ts';
import { validate } from './validate.ts';
import { describeValue, isRecord, shorten, uniqueName, valueAt } from './values.ts';

/**
 * The pipeline file without the shape of its checks: those are looked at one by one below, because the issues of a union of
 * many shapes say nothing a person could use.
 */
const frameSchema = z.strictObject({
  ...pipelineFileSchema.shape,
  checks: z.array(z.unknown()).min(1, 'list a check, or leave out checks for the starter set').optional(),
});

/** The columns alone; what is no list or no mapping of names is told by the frame and left out here. */
const columnsSchema = z
  .object({
    keys: pipelineFileSchema.shape.keys.catch(undefined),
    column_map: pipelineFileSchema.shape.column_map.catch(undefined),
    exclude: pipelineFileSchema.shape.exclude.catch(undefined),
  })
  .catch({});

/** Parses a pipeline file: the spec ready to run, or null and why. Connections are checked by the project. */
export function parsePipeline(document: SourceDocument): {
  spec: PipelineSpec | null;
  diagnostics: Diagnostic[];
} {
  if (!document.isReadable) return { spec: null, diagnostics: [...document.diagnostics] };
  const frame = validate(document, frameSchema);
  const diagnostics = [...document.diagnostics, ...frame.diagnostics];
  const written = isRecord(document.value) ? document.value.checks : undefined;
  const hasKeys = isRecord(document.value) && document.value.keys !== undefined;
  const checks = Array.isArray(written)
    ? readChecks(document, written, hasKeys, diagnostics)
    : starterSet(hasKeys);
  for (const name of ['source', 'target'] as const) diagnostics.push(...checkSide(document, name));
  diagnostics.push(...checkColumns(document));
  const file = frame.data;
  if (file === null || hasErrors(diagnostics)) return { spec: null, diagnostics };
  const spec: PipelineSpec = {
    pipeline_id: file.pipeline_id,
    file: document.file,
    source: file.source,
    target: file.target,
    keys: file.keys ?? [],
    column_map: file.column_map ?? {},
    exclude: file.exclude ?? [],
    checks,
  };
  return { spec, diagnostics };
}

/** The id a pipeline file gives itself, even if the rest of it is broken; undefined if it cannot be told. */
export function pipelineIdOf(document: SourceDocument): string | undefined {
  const id = isRecord(document.value) ? document.value.pipeline_id : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** The checks of a pipeline that lists none; without keys there is no key that could be unique. */
function starterSet(hasKeys: boolean): CheckSpec[] {
  const kinds = starterChecks.filter((kind) => hasKeys || kind !== 'unique_key');
  return kinds.map((kind) => checkSpec(kind, kind, checkParameterSchemas[kind].parse({})));
}

function checkSpec(kind: CheckKind, name: string, params: Record<string, unknown>): CheckSpec {
  return { check: kind, name, severity: params.severity === 'warn' ? 'warn' : 'fail', params };
}

interface ReadCheck {
  readonly kind: CheckKind;
  readonly params: Record<string, unknown>;
  readonly path: Path;
}

/**
 * The checks of a file, each with where it is listed (null for those of the starter set), whatever else is wrong with the
 * file. Entries that are no checks are left out.
 */
export function locateChecks(
  document: SourceDocument,
): { readonly check: CheckSpec; readonly path: Path | null }[] {
  const value = isRecord(document.value) ? document.value : {};
  const hasKeys = value.keys !== undefined;
  if (value.checks === undefined) return starterSet(hasKeys).map((check) => ({ check, path: null }));
  if (!Array.isArray(value.checks)) return [];
  const ignored: Diagnostic[] = [];
  const read = value.checks.flatMap((entry, index) => readEntry(document, entry, ['checks', index], ignored));
  return nameChecks(document, read, ignored).map((check, index) => ({
    check,
    path: read[index]?.path ?? null,
  }));
}

function readChecks(
  document: SourceDocument,
  entries: readonly unknown[],
  hasKeys: boolean,
  diagnostics: Diagnostic[],
): CheckSpec[] {
  const read = entries.flatMap((entry, index) => readEntry(document, entry, ['checks', index], diagnostics));
  for (const check of read) diagnostics.push(...checkMeaning(document, check, hasKeys));
  return nameChecks(document, read, diagnostics);
}

function readEntry(
  document: SourceDocument,
  entry: unknown,
  path: Path,
  diagnostics: Diagnostic[],
): ReadCheck[] {
  if (typeof entry === 'string') {
    const kinds = Object.hasOwn(checkAliases, entry)
      ? checkAliases[entry]
      : isKind(entry)
        ? [entry]
        : undefined;
    if (kinds !== undefined)
      return kinds.flatMap((kind) => readParameters(document, kind, {}, path, diagnostics));
    diagnostics.push(unknownCheck(document, entry, path, 'value'));
    return [];
  }
  const keys = isRecord(entry) ? Object.keys(entry) : [];
  const [key] = keys;
  if (!isRecord(entry) || key === undefined || keys.length > 1) {
    const isSplit = keys.length > 1 && keys.some(isKind);
    const message = isSplit
      ? `one entry holds one check; this one has ${listed(keys)}`
      : `a check is a name, or a name with parameters, not ${describeValue(entry, path)}`;
    const hint = isSplit
      ? `begin each check with its own "- "; indent the parameters of ${keys.find(isKind) ?? ''} further than its name`
      : 'write - row_count, or - column_stats: { columns: [amount] }';
    diagnostics.push(problemAt(document, path, 'value', { code: 'wrong_type', message, hint }));
    return [];
  }
  const meant = Object.hasOwn(checkAliases, key) ? (checkAliases[key] ?? []) : [];
  if (meant.length > 1) {
    const message = `"${key}" takes no parameters`;
    const hint = `write - ${key}, or one of ${listed(meant)} with parameters`;
    diagnostics.push(problemAt(document, [...path, key], 'key', { code: 'wrong_type', message, hint }));
    return [];
  }
  const kind = meant[0] ?? (isKind(key) ? key : undefined);
  if (kind === undefined) {
    diagnostics.push(unknownCheck(document, key, [...path, key], 'key'));
    return [];
  }
  if (entry[key] === null) {
    const message = `"${key}:" has no parameters after the colon`;
    const hint = `write - ${key}, or indent its parameters further than its name`;
    diagnostics.push(problemAt(document, [...path, key], 'key', { code: 'wrong_type', message, hint }));
    return [];
  }
  return readParameters(document, kind, entry[key], [...path, key], diagnostics);
}

function readParameters(
  document: SourceDocument,
  kind: CheckKind,
  value: unknown,
  path: Path,
  diagnostics: Diagnostic[],
): ReadCheck[] {
  const parsed = validate(document, checkParameterSchemas[kind] as z.ZodType<Record<string, unknown>>, {
    at: path,
    value,
  });
  diagnostics.push(...parsed.diagnostics);
  return parsed.data === null ? [] : [{ kind, params: parsed.data, path }];
}

function isKind(name: string): name is CheckKind {
  return Object.hasOwn(checkParameterSchemas, name);
}

function unknownCheck(document: SourceDocument, name: string, path: Path, part: 'key' | 'value'): Diagnostic {
  const suggestions = nearest(name, [...checkKinds, ...Object.keys(checkAliases)]);
  const near = didYouMean(suggestions);
  const message = `unknown check "${name}"${near === undefined ? '' : `; ${near}`}`;
  const hint =
    near === undefined
      ? `checks are ${[...checkKinds, ...Object.keys(checkGroups)].join(', ')}`
      : `there are ${checkKinds.length} checks; docs/checks.md has them all`;
  return problemAt(document, path, part, { code: 'unknown_check', message, hint, suggestions });
}

/** Checks that compare rows with the same key, and nothing else. */
const keyedKinds: ReadonlySet<CheckKind> = new Set(['row_values', 'row_sample', 'timezone_shift']);

/** What the shape of the parameters cannot say. */
function checkMeaning(
  document: SourceDocument,
  { kind, params, path }: ReadCheck,
  hasKeys: boolean,
): Diagnostic[] {
  const wrong = (message: string, hint: string, at: Path = path) => [
    problemAt(document, at, at === path ? 'key' : 'value', { code: 'invalid_value', message, hint }),
  ];
  if (kind === 'unique_key' && !hasKeys && params.columns === undefined) {
    return wrong('unique_key has no columns to look at', 'give the pipeline keys, or the check columns');
  }
  if (keyedKinds.has(kind) && !hasKeys) {
    return wrong(`${kind} needs rows that pair`, 'give the pipeline keys');
  }
  if (kind === 'schema_drift') {
    const { columns, baseline, baseline_table: table } = params;
    if (columns === undefined && baseline === undefined)
      return wrong('schema_drift has nothing to hold the table against', 'give it columns, or a baseline');
    if (columns !== undefined && baseline !== undefined)
      return wrong('schema_drift has both columns and a baseline', 'remove one of them', [
        ...path,
        'baseline',
      ]);
    if (table !== undefined && baseline === undefined)
      return wrong('baseline_table needs a baseline', 'add baseline: catalog.json', [
        ...path,
        'baseline_table',
      ]);
  }
  if (kind === 'range') {
    const { min, max } = params;
    if (min === undefined && max === undefined)
      return wrong('range has neither min nor max', 'give one of them');
    if (typeof min === 'number' && typeof max === 'number' && min > max) {
      return wrong(`min ${min} is more than max ${max}`, 'swap them', [...path, 'min']);
    }
  }
  if (kind === 'row_hash') {
    const { level, sample, recheck } = params;
    const about = sample !== undefined ? 'sample' : recheck !== undefined ? 'recheck' : undefined;
    if (level === 'quick' && about !== undefined)
      return wrong(`level quick looks at no single rows, and ${about} is about them`, 'remove one of them', [
        ...path,
        about,
      ]);
    if (sample !== undefined && !hasKeys)
      return wrong('sample draws rows by their key', 'give the pipeline keys', [...path, 'sample']);
    if (recheck !== undefined && !hasKeys)
      return wrong('recheck asks for rows by their key', 'give the pipeline keys', [...path, 'recheck']);
  }
  if (kind === 'foreign_key') {
    const { columns, references } = checkParameterSchemas.foreign_key.parse(params);
    if (columns.length !== references.columns.length) {
      const message = `${plural(columns.length, 'column')} ${agreed(columns.length, 'refer')} to ${references.columns.length}`;
      return wrong(message, 'name as many columns on both sides', [...path, 'references', 'columns']);
    }
  }
  return [];
}

function nameChecks(
  document: SourceDocument,
  read: readonly ReadCheck[],
  diagnostics: Diagnostic[],
): CheckSpec[] {
  const taken = new Set<string>();
  for (const { params, path } of read) {
    if (typeof params.name !== 'string') continue;
    if (taken.has(params.name)) {
      const message = `two checks are named "${params.name}"`;
      const problem = { code: 'duplicate_check_name', message, hint: 'give each its own name' } as const;
      diagnostics.push(problemAt(document, [...path, 'name'], 'value', problem));
    }
    taken.add(params.name);
  }
  const counters = new Map<string, number>();
  return read.map(({ kind, params }) => {
    const name =
      typeof params.name === 'string'
        ? params.name
        : uniqueName(automaticName(kind, params), taken, counters);
    return checkSpec(kind, name, params);
  });
}

const maxNameLength = 80;

/** Kind and columns: `row_hash`, `column_stats(balance)`, `rule(balance >= 0)`. */
function automaticName(kind: CheckKind, params: Record<string, unknown>): string {
  const named = [params.columns, params.business_key].find((value) => Array.isArray(value));
  const columns = named === undefined ? undefined : named.join(', ');
  const about = columns ?? params.column ?? (kind === 'rule' ? params.sql : undefined);
  return typeof about === 'string' ? shorten(`${kind}(${about.replace(/\s+/g, ' ')})`, maxNameLength) : kind;
}

/** Looks at the side as it stands: another mistake in the file does not hide this one. */
function checkSide(document: SourceDocument, name: 'source' | 'target'): Diagnostic[] {
  const side = valueAt(document.value, [name]);
  if (!isRecord(side)) return [];
  const { table, query, where } = side;
  if (table !== undefined && query !== undefined) {
    const message = `${name} has both a table and a query`;
    const hint = where === undefined ? 'remove one of them' : 'remove query, or put the condition into it';
    return [problemAt(document, [name, 'query'], 'key', { code: 'side_conflict', message, hint })];
  }
  // A mistyped `tabel` is told already.
  const isWellSpelled = Object.keys(side).every((key) => Object.hasOwn(sideSchema.shape, key));
  if (table === undefined && query === undefined && isWellSpelled) {
    const message = `${name} says neither table nor query`;
    const hint = 'add table: (a table name) or query: (a SELECT)';
    return [problemAt(document, [name], 'key', { code: 'side_conflict', message, hint })];
  }
  if (where !== undefined && table === undefined) {
    const message = `${name} has a where beside a query`;
    const hint = 'put the condition into the query';
    return [problemAt(document, [name, 'where'], 'key', { code: 'where_without_table', message, hint })];
  }
  return [];
}

function checkColumns(document: SourceDocument): Diagnostic[] {
  const file = columnsSchema.parse(document.value);
  const diagnostics: Diagnostic[] = [];
  const map = new Map(Object.entries(file.column_map ?? {}));
  const sourceOf = new Map<string, string>();
  const conflict = (path: Path, part: 'key' | 'value', message: string, hint: string) =>
    diagnostics.push(problemAt(document, path, part, { code: 'column_conflict', message, hint }));
  for (const [source, target] of map) {
    const other = sourceOf.get(target);
    if (other !== undefined) {
      const message = `"${other}" and "${source}" are both mapped to "${target}"`;
      conflict(['column_map', source], 'value', message, 'map each source column to its own target column');
    }
    sourceOf.set(target, source);
  }
  const seen = new Set<string>();
  const excluded = new Set(file.exclude ?? []);
  for (const [index, key] of (file.keys ?? []).entries()) {
    const source = sourceOf.get(key);
    if (seen.has(key))
      conflict(['keys', index], 'value', `key "${key}" is listed twice`, 'remove one of them');
    else if (excluded.has(key) || excluded.has(map.get(key) ?? key)) {
      conflict(
        ['keys', index],
        'value',
        `key "${key}" is also in exclude`,
        'remove it from one of the lists',
      );
    } else if (source !== undefined && !map.has(key)) {
      const message = `key "${key}" is the name in the target; keys are named as in the source`;
      conflict(['keys', index], 'value', message, `write ${source}`);
    }
    seen.add(key);
  }
  return diagnostics;
}
