import type { Catalog, CatalogTable } from '../../protocol/catalog.ts';

/** A table of one side with the schema it lies in. */
export interface PlacedTable {
  readonly schema: string;
  readonly table: CatalogTable;
}

export interface TablePair {
  readonly source: PlacedTable;
  readonly target: PlacedTable;
  /** Source column name to target column name, of all columns that pair. */
  readonly columns: ReadonlyMap<string, string>;
  /** How the tables found each other: by name, by what is left of it without prefixes and plurals, or by their columns. */
  readonly by: 'name' | 'stem' | 'columns';
}

export interface Pairing {
  readonly pairs: readonly TablePair[];
  readonly only_source: readonly PlacedTable[];
  readonly only_target: readonly PlacedTable[];
}

/** Which tables are looked at; left out: all. */
export interface PairingFilter {
  readonly source_schemas?: readonly string[] | undefined;
  readonly target_schemas?: readonly string[] | undefined;
}

/** A name without what systems change in names: letter case, underscores and other marks, the extension of a file. */
export function plainName(name: string): string {
  const base = name.replace(/^.*\//, '').replace(/\.(csv|tsv|parquet|json|ndjson|jsonl)(\.(gz|zst))?$/i, '');
  return base.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

/** What is left of a table's name without the words that say its kind, and without a plural. */
function stemName(name: string): string {
  const words = name
    .replace(/^.*\//, '')
    .replace(/\.(csv|tsv|parquet|json|ndjson|jsonl)(\.(gz|zst))?$/i, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const kinds = new Set(['tbl', 't', 'dim', 'fact', 'fct', 'stg', 'src', 'raw', 'ods', 'vw', 'dwh']);
  const left = words.length > 1 && kinds.has(words[0] ?? '') ? words.slice(1) : words;
  const joined = left.join('');
  if (joined.endsWith('ies')) return `${joined.slice(0, -3)}y`;
  return joined.endsWith('s') && !joined.endsWith('ss') ? joined.slice(0, -1) : joined;
}

/** Columns of two tables by name: exactly, then without case and marks; a name that could mean several pairs with none. */
export function pairColumns(source: CatalogTable, target: CatalogTable): Map<string, string> {
  const exact = new Set(target.columns.map(({ name }) => name));
  const free = target.columns
    .map(({ name }) => name)
    .filter((name) => !source.columns.some((each) => each.name === name));
  const byPlain = grouped(free, plainName);
  const claims = grouped(
    source.columns.map(({ name }) => name).filter((name) => !exact.has(name)),
    plainName,
  );
  const pairs = new Map<string, string>();
  for (const { name } of source.columns) {
    if (exact.has(name)) {
      pairs.set(name, name);
      continue;
    }
    const [match, ...others] = byPlain.get(plainName(name)) ?? [];
    const isOnly = others.length === 0 && claims.get(plainName(name))?.length === 1;
    if (match !== undefined && isOnly) pairs.set(name, match);
  }
  return pairs;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const plainColumns = new WeakMap<CatalogTable, ReadonlySet<string>>();

function columnsOf(table: CatalogTable): ReadonlySet<string> {
  const known = plainColumns.get(table) ?? new Set(table.columns.map(({ name }) => plainName(name)));
  plainColumns.set(table, known);
  return known;
}

/** Share of the column names of both tables that both have, 0 to 1. */
function overlap(source: PlacedTable, target: PlacedTable): number {
  const [mine, other] = [columnsOf(source.table), columnsOf(target.table)];
  let common = 0;
  for (const name of mine) if (other.has(name)) common += 1;
  const all = mine.size + other.size - common;
  return all === 0 ? 0 : common / all;
}

/** Tables of different names pair by their columns alone only where nearly all of at least three do. */
const columnShare = 0.8;
const stemShare = 0.5;
const leastColumns = 3;

/**
 * Pairs the tables of two catalogs. A name that fits several tables goes to the one with the most columns in common; where two fit
 * equally well, none is guessed. Views and partitions are left out.
 */
export function pairTables(source: Catalog, target: Catalog, filter: PairingFilter = {}): Pairing {
  const left = tablesOf(source, filter.source_schemas);
  const right = tablesOf(target, filter.target_schemas);
  const pairs: TablePair[] = [];
  const taken = new Set<PlacedTable>();
  const match = (
    by: TablePair['by'],
    candidatesOf: (table: PlacedTable) => readonly PlacedTable[],
    share: number,
  ) => {
    for (const table of left) {
      if (taken.has(table)) continue;
      const found = best(
        table,
        candidatesOf(table).filter((each) => !taken.has(each)),
        share,
      );
      if (found === undefined) continue;
      // Another source table may fit this target better: it is settled by the one with more in common.
      const rival = best(
        found,
        left.filter((each) => !taken.has(each) && candidatesOf(each).includes(found)),
        share,
      );
      if (rival !== table) continue;
      taken.add(table).add(found);
      pairs.push({ source: table, target: found, columns: pairColumns(table.table, found.table), by });
    }
  };
  const byName = grouped(right, ({ table }) => plainName(table.name));
  match('name', ({ table }) => byName.get(plainName(table.name)) ?? [], 0);
  const byStem = grouped(right, ({ table }) => stemName(table.name));
  match('stem', ({ table }) => byStem.get(stemName(table.name)) ?? [], stemShare);
  const wide = right.filter(({ table }) => table.columns.length >= leastColumns);
  match('columns', ({ table }) => (table.columns.length < leastColumns ? [] : wide), columnShare);
  const order = new Map(left.map((table, index) => [table, index]));
  pairs.sort((a, b) => (order.get(a.source) ?? 0) - (order.get(b.source) ?? 0));
  return {
    pairs,
    only_source: left.filter((table) => !taken.has(table)),
    only_target: right.filter((table) => !taken.has(table)),
  };
}

function tablesOf(catalog: Catalog, schemas: readonly string[] | undefined): PlacedTable[] {
  return catalog.schemas
    .filter(({ name }) => schemas === undefined || schemas.includes(name))
    .flatMap(({ name, tables }) =>
      tables.filter(({ kind }) => kind !== 'partition').map((table) => ({ schema: name, table })),
    );
}

/** The candidate with the most columns in common; of several in schemas of other names the one in a schema of the same name. */
function best(
  table: PlacedTable,
  candidates: readonly PlacedTable[],
  share: number,
): PlacedTable | undefined {
  if (candidates.length === 1 && share === 0) return candidates[0];
  const rated = candidates
    .map((each) => ({ each, common: overlap(table, each) }))
    .filter(({ common }) => common >= share)
    .sort((a, b) => b.common - a.common);
  const [first, second] = rated;
  if (first === undefined || first.common !== second?.common) return first?.each;
  const equal = rated.filter(({ common }) => common === first.common);
  const named = equal.filter(({ each }) => plainName(each.schema) === plainName(table.schema));
  return named.length === 1 ? named[0]?.each : undefined;
}
