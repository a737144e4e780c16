/** A schema file -> the same description of tables that the domains have, for compile.ts. Pure. */
import { tablesInOrder } from '../../../definitions/schema/checkTables.ts';
import { factTableOf, keyOf, referenceOf } from '../../../definitions/schema/columns.ts';
import type { SchemaFile, TableDefinition } from '../../../protocol/files/schema.ts';
import { nearNames } from '../../connections/duckdbLease.ts';
import { EngineError } from '../../errors.ts';
import { categories } from '../domains/retailDimensions.ts';
import { peopleLists } from '../domains/people.ts';
import { sqlList, type DomainSpec, type ForeignKeySpec, type TableSpec } from '../spec.ts';
import { productAdjectives, productMaterials } from '../vocabulary/names.ts';
import { safeText } from './literals.ts';
import { RowBuilder } from './rowBuilder.ts';
import { columnTypeOf } from './types.ts';

export interface SchemaRequest {
  readonly seed: number;
  /** Rows of tables by name, as they shall be. */
  readonly rows: Readonly<Record<string, number>>;
  /** What becomes of the rows that the file says. */
  readonly scaled: (rows: number) => number;
  readonly null_rate: number | Readonly<Record<string, number>> | undefined;
}

/** The tables of a schema file, parents first. Rejects (EngineError) what the request and the file do not agree on. */
export function schemaDomain(schema: SchemaFile, request: SchemaRequest): DomainSpec {
  const names = Object.keys(schema.tables);
  for (const name of Object.keys(request.rows))
    if (!names.includes(name))
      throw new EngineError(
        'definition',
        'no_such_table',
        `tables: ${schema.schema_name} has no table ${name}`,
        {
          hint: `Nearest: ${nearNames(name, names).join(', ')}`,
        },
      );
  assertNullRate(schema, request.null_rate);
  const rows = new Map(
    Object.entries(schema.tables).map(([name, table]) => [
      name,
      request.rows[name] ?? request.scaled(table.rows),
    ]),
  );
  const lists = new Map<string, string>();
  const tables = (tablesInOrder(schema) ?? names).map((name) =>
    tableOf({ schema, request, rows, lists }, name),
  );
  return {
    fact_table: factTableOf(schema),
    scale: () => ({}),
    sizes: {},
    tables,
    lists: (_, locale) => ({
      ...peopleLists(locale),
      gen_product_adjectives: sqlList(productAdjectives),
      gen_product_materials: sqlList(productMaterials),
      gen_product_nouns: sqlList(categories.flatMap(([, nouns]) => nouns)),
      ...Object.fromEntries(lists),
    }),
    macros: [],
  };
}

function assertNullRate({ tables }: SchemaFile, rate: SchemaRequest['null_rate']): void {
  if (rate === undefined || typeof rate === 'number') return;
  const known = Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.keys(columns).flatMap((column) => [column, `${table}.${column}`]),
  );
  const wrong = Object.keys(rate).find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new EngineError('definition', 'no_null_rate', `null_rate: there is no column ${wrong}`, {
      hint: `Nearest: ${nearNames(wrong, known).join(', ')}`,
    });
}

interface Context {
  readonly schema: SchemaFile;
  readonly request: SchemaRequest;
  readonly rows: ReadonlyMap<string, number>;
  readonly lists: Map<string, string>;
}

function tableOf(context: Context, name: string): TableSpec {
  const table = context.schema.tables[name];
  if (table === undefined) throw new Error(`no table ${name}`);
  const builder = new RowBuilder(
    { ...context, seed: context.request.seed, null_rate: context.request.null_rate },
    name,
  );
  const key = keyOf(table);
  const columns = Object.keys(table.columns).map((column) => ({
    name: column,
    type: columnTypeOf(context.schema, name, column),
    sql: builder.value(name, column, 'i'),
    nullable: !key.includes(column) && canBeNull(context, name, column),
  }));
  const foreignKeys = foreignKeysOf(context.schema, table);
  assertRoom(context, name, table);
  return {
    name,
    description: safeText(table.description ?? ''),
    rows: () => context.rows.get(name) ?? 0,
    steps: builder.steps(),
    columns,
    primary_key: key,
    foreign_keys: foreignKeys,
  };
}

/** Whatever is computed of something that may be missing may be missing, too; so NOT NULL is for what never can. */
function canBeNull({ schema, request }: Context, name: string, column: string): boolean {
  const definition = schema.tables[name]?.columns[column];
  if (definition === undefined || definition.null_rate !== undefined || definition.expression !== undefined)
    return true;
  if (typeof request.null_rate === 'object') return true;
  const reference = referenceOf(definition);
  if (reference === null) return false;
  if (reference.table === name) return true;
  const leader = reference.same_row_as;
  return (
    canBeNull({ schema, request } as Context, reference.table, reference.column) ||
    (leader !== undefined && canBeNull({ schema, request } as Context, name, leader))
  );
}

/** References that name a whole key are foreign keys; others are values looked up. */
function foreignKeysOf(schema: SchemaFile, table: TableDefinition): ForeignKeySpec[] {
  const references = Object.entries(table.columns).flatMap(([column, definition]) => {
    const reference = referenceOf(definition);
    return reference === null ? [] : [{ own: column, leader: reference.same_row_as ?? column, ...reference }];
  });
  return [...new Set(references.map(({ leader }) => leader))].flatMap((leader) => {
    const group = references.filter((each) => each.leader === leader);
    const parent = schema.tables[group[0]?.table ?? ''];
    if (parent === undefined) return [];
    const key = keyOf(parent);
    const chosen = key.map((column) => group.find((each) => each.column === column));
    if (chosen.some((each) => each === undefined)) return [];
    return [
      {
        columns: chosen.map((each) => each?.own ?? ''),
        references: { table: group[0]?.table ?? '', columns: [...key] },
      },
    ];
  });
}

/** With the rows of a request a key of references may have too few values. */
function assertRoom({ rows }: Context, name: string, table: TableDefinition): void {
  const parents = keyOf(table).map((column) => {
    const definition = table.columns[column];
    return definition === undefined ? null : referenceOf(definition);
  });
  if (
    parents.some((each) => each === null || each.distribution === 'in_turn' || each.same_row_as !== undefined)
  )
    return;
  const room = parents.reduce((product, each) => product * (rows.get(each?.table ?? '') ?? 1), 1);
  const wanted = rows.get(name) ?? 0;
  if (wanted > room)
    throw new EngineError(
      'definition',
      'rows_not_possible',
      `${name} cannot have ${wanted} rows: its key has only ${room} values`,
      {
        hint: `Give ${[...new Set(parents.map((each) => each?.table ?? ''))].join(' and ')} more rows, or ${name} fewer.`,
      },
    );
}
