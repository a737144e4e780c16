import { stringify } from 'yaml';
import type { CatalogTable } from '../../protocol/catalog.ts';
import type { TablePair } from './pair.ts';
import { plainName } from './pairColumns.ts';
import { tableName } from './tableName.ts';

type Entry = string | Readonly<Record<string, unknown>>;

export interface StarterPipeline {
  readonly pipeline_id: string;
  readonly source: { readonly connection: string; readonly table: string };
  readonly target: { readonly connection: string; readonly table: string };
  readonly keys: readonly string[];
  readonly column_map: Readonly<Record<string, string>>;
  readonly checks: readonly Entry[];
  /** What a person should look at, one line each. */
  readonly notes: readonly string[];
}

/** All pairs by the schema and name of their source table: what a reference of one leads to on the other side. */
export type PairsBySource = ReadonlyMap<string, TablePair>;

/** The key of PairsBySource. */
export function sourceKey(schema: string, table: string): string {
  return JSON.stringify([schema, table]);
}

/** A starter pipeline: keys, mappings and the checks that fit the two tables. */
export function starterPipeline(
  pair: TablePair,
  names: { readonly pipeline_id: string; readonly source: string; readonly target: string },
  pairs: PairsBySource,
): StarterPipeline {
  const { source, target, columns } = pair;
  const keys = keysOf(pair);
  const renamed = renamedReferences(pair, pairs);
  const notes = notesOf(pair, keys, renamed);
  return {
    pipeline_id: names.pipeline_id,
    source: { connection: names.source, table: tableName(source) },
    target: { connection: names.target, table: tableName(target) },
    keys,
    // Names that differ in letter case only pair by themselves.
    column_map: Object.fromEntries(
      [...columns].filter(([from, to]) => from.toLowerCase() !== to.toLowerCase()),
    ),
    checks: checksOf(pair, keys, renamed.length > 0),
    notes,
  };
}

/** The primary key of either side, else a unique key of columns that are never NULL, in names of the source; none: []. */
function keysOf({ source, target, columns }: TablePair): string[] {
  const back = new Map([...columns].map(([from, to]) => [to, from]));
  const own = [source.table.primary_key, ...source.table.unique_keys].map((key) => key?.columns ?? []);
  const others = [target.table.primary_key, ...target.table.unique_keys].map((key) =>
    (key?.columns ?? []).map((name) => back.get(name) ?? ''),
  );
  const isKey = (names: readonly string[]): boolean =>
    names.length > 0 &&
    names.every(
      (name) =>
        columns.has(name) && source.table.columns.find((each) => each.name === name)?.nullable !== true,
    );
  const [ownPrimary = [], ...ownUnique] = own;
  const [otherPrimary = [], ...otherUnique] = others;
  return [ownPrimary, otherPrimary, ...ownUnique, ...otherUnique].find(isKey) ?? [];
}

/** Tables that foreign keys of the source lead to and that are called otherwise in the target, or have other names in their keys. */
function renamedReferences({ source }: TablePair, pairs: PairsBySource): string[] {
  const isSame = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
  const renamed = source.table.foreign_keys.flatMap(({ references }) => {
    const there = pairs.get(sourceKey(references.schema, references.table));
    if (there === undefined) return [];
    const isCalledSame =
      isSame(there.target.table.name, references.table) &&
      references.columns.every((name) => isSame(there.columns.get(name), name));
    return isCalledSame ? [] : [references.table];
  });
  return [...new Set(renamed)];
}

function notesOf(
  { source, target, columns, by }: TablePair,
  keys: readonly string[],
  renamed: readonly string[],
): string[] {
  const paired = new Set(columns.values());
  const lonely = (table: CatalogTable, has: (name: string) => boolean): string[] =>
    table.columns.map(({ name }) => name).filter((name) => !has(name));
  const onlySource = lonely(source.table, (name) => columns.has(name));
  const onlyTarget = lonely(target.table, (name) => paired.has(name));
  const how = { name: '', stem: 'names without prefix and plural', columns: 'columns alone' }[by];
  return [
    ...(renamed.length > 0
      ? [`Foreign keys are not compared as such: in the target other names stand for ${renamed.join(', ')}`]
      : []),
    ...(how === '' ? [] : [`Paired by ${how}: look whether they belong together.`]),
    ...(keys.length === 0
      ? [
          'No key was found: name the columns that identify a row in keys, or rows are compared as a multiset.',
        ]
      : []),
    ...(onlySource.length > 0
      ? [`Only in the source, name them in column_map or exclude: ${onlySource.join(', ')}`]
      : []),
    ...(onlyTarget.length > 0
      ? [`Only in the target, name them in column_map or exclude: ${onlyTarget.join(', ')}`]
      : []),
  ];
}

function checksOf(pair: TablePair, keys: readonly string[], hasRenamed: boolean): Entry[] {
  const isFile = pair.source.table.kind === 'file' || pair.target.table.kind === 'file';
  const keyCheck: Entry = hasRenamed
    ? { schema_keys: { compare: ['primary_key', 'unique_keys'] } }
    : 'schema_keys';
  return [
    'schema',
    ...(isFile ? [] : ['schema_nullability', keyCheck]),
    'row_count',
    'column_stats',
    ...(keys.length > 0 ? ['unique_key'] : []),
    ...referenceChecks(pair),
    ...factChecks(pair, keys),
    ...dimensionChecks(pair, keys),
    'row_hash',
  ];
}

/**
 * Foreign keys of the target, as checks; those to dimensions as conformance of a fact, for which NULL is no member: only where the
 * columns never are.
 */
function referenceChecks({ source, target, columns }: TablePair): Entry[] {
  const back = new Map([...columns].map(([from, to]) => [to, from]));
  return target.table.foreign_keys.flatMap(({ columns: own, references }): Entry[] => {
    const names = own.map((name) => back.get(name));
    if (names.includes(undefined) || references.columns.length !== own.length) return [];
    const there = tableName({
      schema: references.schema,
      table: { ...target.table, name: references.table },
    });
    const isNever = own.every(
      (name) => target.table.columns.find((each) => each.name === name)?.nullable === false,
    );
    const isStar = isNever && isFact(source.table) && /^dim/i.test(references.table);
    if (isStar)
      return [
        {
          fact_dim_conformance: { columns: names, dimension: { table: there, columns: references.columns } },
        },
      ];
    return [
      {
        foreign_key: {
          columns: names,
          references: { table: there, columns: references.columns },
          side: 'target',
        },
      },
    ];
  });
}

const isFact = ({ name }: CatalogTable): boolean => /^(fact|fct)/.test(plainName(name));

const maxMeasures = 5;

/** Facts are counted by month of their first date, and their measures are summed. */
function factChecks(pair: TablePair, keys: readonly string[]): Entry[] {
  const { source, columns } = pair;
  if (!isFact(source.table)) return [];
  const date = source.table.columns.find(
    ({ name, canonical_type: type }) => columns.has(name) && /^(date|timestamp)/.test(type),
  );
  return [
    ...(date === undefined ? [] : [{ row_count_by: { column: date.name, bucket: 'month' } }]),
    ...measuresOf(pair, keys).map((column) => ({ metric_sum: { column } })),
  ];
}

/** Numbers that add up: of whole and decimal numbers those that no key or reference is made of; a float has no exact sum. */
function measuresOf({ source, target, columns }: TablePair, keys: readonly string[]): string[] {
  const back = new Map([...columns].map(([from, to]) => [to, from]));
  const references = new Set([
    ...keys,
    ...source.table.foreign_keys.flatMap((each) => each.columns),
    ...target.table.foreign_keys.flatMap((each) => each.columns.map((name) => back.get(name) ?? '')),
  ]);
  const isNumber = (type: string): boolean => /^(integer|decimal)/.test(type);
  return source.table.columns
    .filter(({ name, canonical_type: type }) => {
      const other = target.table.columns.find((each) => each.name === columns.get(name));
      const isBoth = isNumber(type) && other !== undefined && isNumber(other.canonical_type);
      return (
        isBoth &&
        !references.has(name) &&
        !/(id|key|code|no|nr|number|sk|year|month|day)$/.test(plainName(name))
      );
    })
    .slice(0, maxMeasures)
    .map(({ name }) => name);
}

const begins = ['effectivefrom', 'efffrom', 'validfrom', 'startdate', 'effectivestartdate', 'effectivedate'];
const ends = ['effectiveto', 'effto', 'validto', 'enddate', 'effectiveenddate', 'expirydate'];
const flags = ['iscurrent', 'current', 'currentflag', 'isactive'];

/** Dimensions with a begin and an end of versions are checked as type 2, by the id that is not the surrogate key. */
function dimensionChecks({ source, columns }: TablePair, keys: readonly string[]): Entry[] {
  const named = (wanted: readonly string[]): string | undefined =>
    source.table.columns.find(({ name }) => columns.has(name) && wanted.includes(plainName(name)))?.name;
  const [from, to] = [named(begins), named(ends)];
  if (from === undefined || to === undefined) return [];
  const stem = plainName(source.table.name).replace(/^dim/, '');
  const wanted = ['id', 'code', 'no', 'number', 'nk', 'bk'].map((ending) => `${stem}${ending}`);
  const business = source.table.columns.find(
    ({ name }) => columns.has(name) && !keys.includes(name) && wanted.includes(plainName(name)),
  );
  if (business === undefined) return [];
  const current = named(flags);
  return [
    {
      scd2: {
        business_key: [business.name],
        effective_from: from,
        effective_to: to,
        ...(current !== undefined && { current }),
        severity: 'warn',
      },
    },
  ];
}

/** The pipeline as its file. */
export function pipelineText(pipeline: StarterPipeline): string {
  const { pipeline_id: id, source, target, keys, column_map: map, checks, notes } = pipeline;
  const line = (value: unknown): string =>
    stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  const comments = notes.map((note) => `# ${note.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ')}\n`);
  return [
    ...comments,
    `pipeline_id: ${line(id)}\n`,
    `source: ${line(source)}\n`,
    `target: ${line(target)}\n`,
    ...(keys.length > 0 ? [`keys: ${line(keys)}\n`] : []),
    ...(Object.keys(map).length > 0 ? [`column_map: ${line(map)}\n`] : []),
    'checks:\n',
    ...checks.map((check) => {
      if (typeof check === 'string') return `  - ${check}\n`;
      return Object.entries(check)
        .map(([kind, params]) => `  - ${kind}: ${line(params)}\n`)
        .join('');
    }),
  ].join('');
}
