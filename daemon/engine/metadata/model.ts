import type {
  CatalogColumn,
  CatalogIndex,
  CatalogRoutine,
  CatalogRowCount,
  CatalogSchema,
  CatalogTable,
  CatalogView,
  Unreadable,
} from '../../protocol/catalog.ts';
import type { MetadataResult } from '../../protocol/results.ts';
import type { ResolvedConnection } from '../../protocol/engine.ts';
import { typeName, type CanonicalType } from '../validation/types.ts';
import type { CatalogFilter } from './filter.ts';
import type { CatalogSession } from './session.ts';

/** A table or materialized view whose rows can be counted and profiled; `relation` is filled in place. */
export interface Countable {
  readonly schema: string;
  readonly relation: CatalogTable | CatalogView;
  /** The FROM item, quoted. */
  readonly from: string;
  /** By column name: a profile asks only for what the type has (an order, an equality). */
  readonly columnKinds: ReadonlyMap<string, CanonicalType['kind']>;
  /** Why its rows cannot be read; undefined: nothing known speaks against it. */
  readonly hindrance?: string;
}

export interface SourceCatalog {
  readonly schemas: CatalogSchema[];
  readonly countables: Countable[];
  readonly unreadable: Unreadable[];
}

/** How one system tells its catalog: a fixed number of set-based queries, whatever the number of tables. */
export interface CatalogReader {
  read(session: CatalogSession, filter: CatalogFilter, source: ResolvedConnection): Promise<SourceCatalog>;
}

export const notCounted: CatalogRowCount = { value: null, method: 'none' };

export function estimated(value: number | null): CatalogRowCount {
  return value === null ? { ...notCounted } : { value, method: 'estimate' };
}

/** The fields of a column that follow from its canonical type. */
export function typeFields(
  type: CanonicalType,
): Pick<CatalogColumn, 'canonical_type' | 'length' | 'precision' | 'scale'> {
  return {
    canonical_type: typeName(type),
    length: type.kind === 'text' ? type.length : null,
    precision:
      type.kind === 'decimal' || type.kind === 'timestamp' || type.kind === 'time' ? type.precision : null,
    scale: type.kind === 'decimal' ? type.scale : null,
  };
}

export function isView(relation: CatalogTable | CatalogView): relation is CatalogView {
  return relation.kind === 'view' || relation.kind === 'materialized_view';
}

const byName = (a: { name: string | null }, b: { name: string | null }): number =>
  compareText(a.name ?? '', b.name ?? '');

/** By code point: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function bySignature(a: CatalogRoutine, b: CatalogRoutine): number {
  return byName(a, b) || compareText(a.arguments, b.arguments);
}

function sortRelation(relation: CatalogTable | CatalogView): void {
  relation.columns.sort((a, b) => a.position - b.position);
  relation.indexes.sort((a: CatalogIndex, b: CatalogIndex) => byName(a, b));
  relation.triggers?.sort(byName);
  relation.grants?.sort((a, b) => compareText(a.grantee, b.grantee) || compareText(a.privilege, b.privilege));
  if (isView(relation)) return;
  relation.unique_keys.sort(byName);
  relation.foreign_keys.sort(byName);
  relation.checks.sort(byName);
}

/** Sequences and routines belong to whole schemas: where single tables are asked for they are left out. */
export function wantsSchemaObjects(filter: CatalogFilter): boolean {
  return filter.tables === undefined;
}

/** What a list of rows says of each schema, by its name. */
export function bySchema<T>(
  rows: readonly { readonly schema: string; readonly item: T }[],
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const { schema, item } of rows) {
    const known = found.get(schema);
    if (known === undefined) found.set(schema, [item]);
    else known.push(item);
  }
  return found;
}

/** Puts relations into their schemas; every list in its fixed order. */
export function assemble(
  schemas: readonly Pick<CatalogSchema, 'name' | 'comment' | 'sequences' | 'routines'>[],
  relations: readonly { schema: string; relation: CatalogTable | CatalogView }[],
): CatalogSchema[] {
  const made = new Map<string, CatalogSchema>();
  for (const { name, comment, sequences, routines } of [...schemas].sort(byName)) {
    made.set(name, {
      name,
      comment,
      tables: [],
      views: [],
      ...(sequences !== undefined && { sequences: [...sequences].sort(byName) }),
      ...(routines !== undefined && { routines: [...routines].sort(bySignature) }),
    });
  }
  const sorted = [...relations].sort((a, b) => byName(a.relation, b.relation));
  for (const { schema, relation } of sorted) {
    sortRelation(relation);
    if (isView(relation)) made.get(schema)?.views.push(relation);
    else made.get(schema)?.tables.push(relation);
  }
  return [...made.values()];
}

/** The counts of the result, of exactly what stands in the artifact. `rows` only when every table's count is known. */
export function catalogCounts(schemas: readonly CatalogSchema[]): MetadataResult['counts'] {
  const tables = schemas.flatMap((schema) => schema.tables);
  const views = schemas.flatMap((schema) => schema.views);
  const sum = (of: (table: CatalogTable) => number): number =>
    tables.reduce((total, table) => total + of(table), 0);
  const relations = [...tables, ...views];
  // A partitioned table's rows are those of its partitions: where both are listed, they count once.
  const listed = new Set(
    schemas.flatMap((schema) => schema.tables.map((table) => `${schema.name}\u0000${table.name}`)),
  );
  const holders = tables.filter(
    (table) =>
      table.partition_of === undefined ||
      !listed.has(`${table.partition_of.schema}\u0000${table.partition_of.table}`),
  );
  const rows = holders.map((table) => table.row_count.value);
  return {
    schemas: schemas.length,
    tables: tables.length,
    views: views.length,
    columns: relations.reduce((total, relation) => total + relation.columns.length, 0),
    keys: sum((table) => (table.primary_key === null ? 0 : 1) + table.unique_keys.length),
    foreign_keys: sum((table) => table.foreign_keys.length),
    checks: sum((table) => table.checks.length),
    indexes: relations.reduce((total, relation) => total + relation.indexes.length, 0),
    ...(rows.every((value) => value !== null) && {
      rows: rows.reduce<number>((total, value) => total + (value ?? 0), 0),
    }),
  };
}
