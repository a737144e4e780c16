import type { CatalogRoutine, CatalogSequence, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { fromDuckdbType, type CanonicalType } from '../validation/types.ts';
import { readCreateIndex, readCreateTable, type TableText } from './createStatements.ts';
import { select } from './filter.ts';
import {
  assemble,
  bySchema,
  estimated,
  isView,
  notCounted,
  typeFields,
  wantsSchemaObjects,
  type CatalogReader,
} from './model.ts';
import { count, flag, list, nullableText, text, type CatalogSession, type Row } from './session.ts';

/** Only the attached database of the connection: the engine's own and those of other operations live beside it. */
const here = 'database_name = current_database()';

const schemasSql = `select schema_name as name, comment from duckdb_schemas() where ${here} order by schema_name`;

const relationsSql = `
select schema_name as schema, table_name as name, false as is_view, comment, sql, estimated_size as estimate
from duckdb_tables() where ${here} and not internal
union all
select schema_name, view_name, true, comment, sql, null from duckdb_views() where ${here} and not internal
order by 1, 2`.trim();

const columnsSql = `
select schema_name as schema, table_name as "table", column_name as name, column_index as position, data_type as type,
  is_nullable as nullable, column_default as expression, comment
from duckdb_columns() where ${here} and not internal
order by schema_name, table_name, column_index`.trim();

const constraintsSql = `
select schema_name as schema, table_name as "table", constraint_type as type, constraint_name as name, expression,
  to_json(constraint_column_names)::varchar as columns, referenced_table,
  to_json(referenced_column_names)::varchar as referenced_columns
from duckdb_constraints() where ${here} and constraint_type <> 'NOT NULL'
order by schema_name, table_name, constraint_name`.trim();

const indexesSql = `
select schema_name as schema, table_name as "table", index_name as name, is_unique as "unique", is_primary as "primary", sql
from duckdb_indexes() where ${here}
order by schema_name, table_name, index_name`.trim();

const sequencesSql = `
select schema_name as schema, sequence_name as name, start_value as start, increment_by as increment, min_value as min,
  max_value as max, cycle, comment
from duckdb_sequences() where ${here} and not temporary
order by schema_name, sequence_name`.trim();

/** A macro may have several forms, each with parameters of its own. */
const macrosSql = `
select schema_name as schema, function_name as name, array_to_string(parameters, ', ') as arguments,
  function_type = 'table_macro' as is_table, comment
from duckdb_functions() where ${here} and not internal and function_type in ('macro', 'table_macro')
order by schema_name, function_name`.trim();

const tokenOptions = { bracketNames: false };

interface Draft {
  readonly schema: string;
  readonly name: string;
  readonly row: Row;
}
interface Built {
  readonly schema: string;
  readonly relation: CatalogTable | CatalogView;
  readonly written: TableText | undefined;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
}
type ByTable = ReadonlyMap<string, Built>;

const keyOf = (schema: string, name: string): string => JSON.stringify([schema, name]);
const built = (all: ByTable, row: Row): Built | undefined =>
  all.get(keyOf(text(row, 'schema'), text(row, 'table')));

function toSequence(row: Row): CatalogSequence {
  return {
    name: text(row, 'name'),
    data_type: 'BIGINT',
    start: nullableText(row, 'start'),
    increment: nullableText(row, 'increment'),
    min: nullableText(row, 'min'),
    max: nullableText(row, 'max'),
    cycle: flag(row, 'cycle'),
    // DuckDB knows which defaults name a sequence, not that a column owns one.
    owned_by: null,
    comment: nullableText(row, 'comment'),
  };
}

function toMacro(row: Row): CatalogRoutine {
  return {
    name: text(row, 'name'),
    kind: 'macro',
    arguments: nullableText(row, 'arguments') ?? '',
    returns: flag(row, 'is_table') ? 'TABLE' : null,
    language: 'sql',
    comment: nullableText(row, 'comment'),
  };
}

async function readSchemaObjects(session: CatalogSession) {
  const itemsOf = <T>(rows: readonly Row[], toItem: (row: Row) => T) =>
    bySchema(rows.map((row) => ({ schema: text(row, 'schema'), item: toItem(row) })));
  return {
    sequences: itemsOf(await session.query(sequencesSql), toSequence),
    routines: itemsOf(await session.query(macrosSql), toMacro),
  };
}

/** DuckDB by its catalog functions: seven statements. */
export const duckdbReader: CatalogReader = {
  async read(session, filter) {
    const schemaRows = await session.query(schemasSql);
    const drafts = (await session.query(relationsSql)).map((row): Draft => ({
      schema: text(row, 'schema'),
      name: text(row, 'name'),
      row,
    }));
    const chosen = select(
      filter,
      schemaRows.map((row) => text(row, 'name')),
      drafts,
      session.connection.name,
    );
    const all: ByTable = new Map(
      chosen.relations.map((draft): [string, Built] => [keyOf(draft.schema, draft.name), build(draft)]),
    );
    for (const row of await session.query(columnsSql)) addColumn(all, row);
    for (const row of await session.query(constraintsSql)) addConstraint(all, row);
    for (const row of await session.query(indexesSql)) addIndex(all, row);

    const wanted = new Set(chosen.schemas);
    const { dialect } = session.connection;
    const objects = wantsSchemaObjects(filter) ? await readSchemaObjects(session) : undefined;
    return {
      schemas: assemble(
        schemaRows
          .map((row) => ({ name: text(row, 'name'), comment: nullableText(row, 'comment') }))
          .filter(({ name }) => wanted.has(name))
          .map((schema) => ({
            ...schema,
            ...(objects !== undefined && {
              sequences: objects.sequences.get(schema.name) ?? [],
              routines: objects.routines.get(schema.name) ?? [],
            }),
          })),
        [...all.values()],
      ),
      countables: [...all.values()]
        .filter(({ relation }) => !isView(relation))
        .map(({ schema, relation, columnKinds }) => ({
          schema,
          relation,
          columnKinds,
          from: `${dialect.quoteIdentifier(schema)}.${dialect.quoteIdentifier(relation.name)}`,
        })),
      unreadable: [],
    };
  },
};

function build({ schema, name, row }: Draft): Built {
  const sql = nullableText(row, 'sql');
  const common = { name, comment: nullableText(row, 'comment'), columns: [], indexes: [], bytes: null };
  if (flag(row, 'is_view')) {
    return {
      schema,
      relation: { ...common, kind: 'view', definition: sql, row_count: { ...notCounted } },
      written: undefined,
      columnKinds: new Map(),
    };
  }
  return {
    schema,
    relation: {
      ...common,
      kind: 'table',
      row_count: estimated(count(row, 'estimate')),
      primary_key: null,
      unique_keys: [],
      foreign_keys: [],
      checks: [],
    },
    written: sql === null ? undefined : readCreateTable(sql, tokenOptions),
    columnKinds: new Map(),
  };
}

function addColumn(all: ByTable, row: Row): void {
  const one = built(all, row);
  if (one === undefined) return;
  const name = text(row, 'name');
  const native = text(row, 'type');
  const type = fromDuckdbType(native);
  one.columnKinds.set(name, type.kind);
  const written = one.written?.columns.get(name);
  const generated = written?.generated ?? null;
  one.relation.columns.push({
    name,
    position: Number(row.position),
    native_type: native,
    ...typeFields(type),
    nullable: isView(one.relation) ? null : flag(row, 'nullable'),
    default: generated === null ? nullableText(row, 'expression') : null,
    identity: null,
    generated,
    collation: written?.collation ?? null,
    comment: nullableText(row, 'comment'),
  });
}

function addConstraint(all: ByTable, row: Row): void {
  const one = built(all, row);
  if (one === undefined || isView(one.relation)) return;
  const table = one.relation;
  const name = nullableText(row, 'name');
  const columns = list(row, 'columns');
  switch (text(row, 'type')) {
    case 'PRIMARY KEY':
      table.primary_key = { name, columns };
      break;
    case 'UNIQUE':
      table.unique_keys.push({ name, columns });
      break;
    case 'CHECK':
      table.checks.push({ name, expression: text(row, 'expression') });
      break;
    case 'FOREIGN KEY':
      table.foreign_keys.push({
        name,
        columns,
        // DuckDB has no foreign keys across schemas, and none that act.
        references: {
          schema: one.schema,
          table: text(row, 'referenced_table'),
          columns: list(row, 'referenced_columns'),
        },
        on_update: 'NO ACTION',
        on_delete: 'NO ACTION',
      });
      break;
  }
}

function addIndex(all: ByTable, row: Row): void {
  const one = built(all, row);
  if (one === undefined) return;
  const { items, method } = readCreateIndex(nullableText(row, 'sql') ?? '', tokenOptions);
  const columns = new Map(
    one.relation.columns.flatMap(({ name }) =>
      [name, `"${name.replaceAll('"', '""')}"`].map((key) => [key, name]),
    ),
  );
  one.relation.indexes.push({
    name: text(row, 'name'),
    columns: items.map((item) => {
      const column = columns.get(item) ?? null;
      return { column, expression: column === null ? item : null, descending: false };
    }),
    include: [],
    unique: flag(row, 'unique'),
    primary: flag(row, 'primary'),
    method: method ?? 'art',
    predicate: null,
  });
}
