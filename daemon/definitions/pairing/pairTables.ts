import type { Catalog, CatalogTable } from '../../protocol/catalog.ts';
import { aloneTables } from './aloneTables.ts';
import type { Pairing, PlacedTable, TablePair } from './pair.ts';
import { pairColumns, plainName, stemName } from './pairColumns.ts';

/** Which tables are looked at; left out: all. */
export interface PairingFilter {
  readonly source_schemas?: readonly string[] | undefined;
  readonly target_schemas?: readonly string[] | undefined;
  /** Names of tables of the source, with or without their schema. */
  readonly source_tables?: readonly string[] | undefined;
}

/** Values by a key, in their order. */
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

type Candidates = (table: PlacedTable) => readonly PlacedTable[];

/**
 * Pairs the tables of two catalogs. A name that fits several tables goes to the one with the most columns in common; where two fit
 * equally well, none is guessed. Views and partitions are left out.
 */
export function pairTables(source: Catalog, target: Catalog, filter: PairingFilter = {}): Pairing {
  const left = tablesOf(source, filter.source_schemas);
  const right = tablesOf(target, filter.target_schemas);
  const pairs: TablePair[] = [];
  const taken = new Set<PlacedTable>();
  const isFree = (table: PlacedTable): boolean => !taken.has(table);
  const match = (by: TablePair['by'], candidatesOf: Candidates, share: number) => {
    const fitting = new Map<PlacedTable, readonly PlacedTable[]>();
    const rivals = new Map<PlacedTable, PlacedTable[]>();
    for (const table of left.filter(isFree)) {
      const found = candidatesOf(table).filter(isFree);
      fitting.set(table, found);
      for (const each of found) rivals.set(each, [...(rivals.get(each) ?? []), table]);
    }
    for (const [table, candidates] of fitting) {
      const found = best(table, candidates.filter(isFree), share);
      if (found === undefined) continue;
      // Another source table may fit this target better: it is settled by the one with more in common.
      const rival = best(found, (rivals.get(found) ?? []).filter(isFree), share);
      if (rival !== table) continue;
      taken.add(table).add(found);
      pairs.push({ source: table, target: found, columns: pairColumns(table.table, found.table), by });
    }
  };
  const byName = grouped(right, ({ table }) => plainName(table.name));
  const named: Candidates = ({ table }) => byName.get(plainName(table.name)) ?? [];
  match('name', named, 0);
  const byStem = grouped(right, ({ table }) => stemName(table.name));
  const alike: Candidates = ({ table }) => byStem.get(stemName(table.name)) ?? [];
  match('stem', alike, stemShare);
  const likeColumns = byColumns(right.filter(isFree));
  match('columns', likeColumns, columnShare);
  const order = new Map(left.map((table, index) => [table, index]));
  pairs.sort((a, b) => (order.get(a.source) ?? 0) - (order.get(b.source) ?? 0));
  const alone = aloneTables({ left, right, pairs, candidates: [named, alike, likeColumns] });
  const { source_tables: asked } = filter;
  if (asked === undefined) return { pairs, all_pairs: pairs, ...alone };
  // All are paired all the same: a table that is not asked for may be the better partner.
  const isAsked = ({ schema, table }: PlacedTable): boolean =>
    asked.includes(table.name) || asked.includes(`${schema}.${table.name}`);
  return {
    pairs: pairs.filter((pair) => isAsked(pair.source)),
    all_pairs: pairs,
    only_source: alone.only_source.filter(isAsked),
    only_target: [],
  };
}

/** Who has most columns in common with a table, without looking at every pair: a thousand strangers would be a million. */
function byColumns(tables: readonly PlacedTable[]): Candidates {
  const wide = tables.filter(({ table }) => table.columns.length >= leastColumns);
  const having = new Map<string, PlacedTable[]>();
  for (const table of wide) {
    for (const name of columnsOf(table.table)) {
      const known = having.get(name);
      if (known === undefined) having.set(name, [table]);
      else known.push(table);
    }
  }
  return (table) => {
    const mine = columnsOf(table.table);
    if (table.table.columns.length < leastColumns) return [];
    // Of the columns only so many may be missing there: one of the rarest of these is in every table that fits.
    const rarest = [...mine]
      .map((name) => having.get(name) ?? [])
      .sort((a, b) => a.length - b.length)
      .slice(0, Math.ceil(mine.size * (1 - columnShare)) + 1);
    return [...new Set(rarest.flat())].filter((each) => overlap(table, each) >= columnShare);
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
