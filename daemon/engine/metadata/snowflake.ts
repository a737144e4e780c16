import type {
  CatalogRoutine,
  CatalogSequence,
  CatalogTable,
  CatalogView,
  Unreadable,
} from '../../protocol/catalog.ts';
import { fromSnowflakeType, snowflakeTypeName } from '../validation/snowflakeTypes.ts';
import {
  addForeignKeyColumn,
  addGrants,
  byPosition,
  countablesOf,
  draftKey,
  draftOfRow,
  schemaShells,
  type Drafts,
  type RelationDraft,
} from './drafts.ts';
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
import { count, nullableText, text, type Row } from './session.ts';
import * as sql from './snowflakeSql.ts';

/**
 * Snowflake by information_schema and SHOW: a dozen statements, whatever the number of tables. It has no indexes, checks and triggers;
 * its keys are declared and not enforced.
 */
export const snowflakeReader: CatalogReader = {
  async read(session, filter) {
    const { name: connection } = session.connection;
    const schemaRows = await session.query(sql.schemasSql);
    const known = schemaRows.map((row) => text(row, 'name'));
    const { schemas } = select({ schemas: filter.schemas }, known, [], connection);
    const read = (statement: sql.SchemaSql): Promise<Row[]> =>
      schemas.length === 0 ? Promise.resolve([]) : session.query(statement(schemas));
    const found = (await read(sql.relationsSql)).map((row) => ({
      schema: text(row, 'schema'),
      name: text(row, 'name'),
      row,
    }));
    const chosen = select(filter, known, found, connection);
    const drafts: Drafts = new Map(
      chosen.relations.map(({ schema, name, row }) => [draftKey(schema, name), draftOf(schema, name, row)]),
    );
    for (const row of await read(sql.columnsSql)) addColumn(draftOfRow(drafts, row), row);
    const unreadable: Unreadable[] = [];
    const show = async (what: string, statement: string): Promise<Row[]> => {
      const rows = await session.query(statement);
      if (rows.length >= mostShown)
        unreadable.push({ object: what, reason: `SHOW tells ${mostShown} columns of keys at most` });
      return rows;
    };
    for (const row of bySequence(await show('primary keys', sql.primaryKeysSql)))
      addKeyColumn(drafts, row, 'primary');
    for (const row of bySequence(await show('unique keys', sql.uniqueKeysSql)))
      addKeyColumn(drafts, row, 'unique');
    for (const row of byPosition((await show('foreign keys', sql.foreignKeysSql)).map(foreignKeyRow)))
      addForeignKeyColumn(draftOfRow(drafts, row), row);
    if (filter.grants === true)
      addGrants(drafts, await read(sql.grantsSql), (row) => text(row, 'grantable') === 'YES');
    const objects = wantsSchemaObjects(filter)
      ? {
          sequences: bySchema((await read(sql.sequencesSql)).map(toSequence)),
          routines: bySchema((await read(sql.routinesSql)).map(toRoutine)),
        }
      : {};
    const comments = new Map(schemaRows.map((row) => [text(row, 'name'), commentOf(row)]));
    const shells = schemaShells(chosen.schemas, objects);
    return {
      schemas: assemble(
        shells.map((shell) => ({ ...shell, comment: comments.get(shell.name) ?? null })),
        [...drafts.values()],
      ),
      countables: countablesOf(drafts, session),
      unreadable,
    };
  },
};

/** Rows of SHOW; what is past them is not told. */
const mostShown = 10_000;

const commentOf = (row: Row): string | null => nullableText(row, 'comment') || null;

const bySequence = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => Number(a['key_sequence']) - Number(b['key_sequence']));

function draftOf(schema: string, name: string, row: Row): RelationDraft {
  const kind = text(row, 'type');
  const common = { name, comment: commentOf(row), columns: [], indexes: [], bytes: count(row, 'bytes') };
  const clustering = nullableText(row, 'clustering');
  const relation: CatalogTable | CatalogView = kind.endsWith('VIEW')
    ? {
        ...common,
        kind: kind === 'MATERIALIZED VIEW' ? 'materialized_view' : 'view',
        definition: nullableText(row, 'definition'),
        row_count: { ...notCounted },
      }
    : {
        ...common,
        kind: kind === 'EXTERNAL TABLE' ? 'foreign_table' : 'table',
        // Its own count of a table is exact; it is told as what somebody else counted.
        row_count: estimated(count(row, 'rows')),
        primary_key: null,
        unique_keys: [],
        foreign_keys: [],
        checks: [],
        ...(clustering !== null && clustering !== '' && { partition_key: clustering }),
      };
  return { schema, relation, columnKinds: new Map() };
}

/** information_schema calls text TEXT and keeps the numbers of a type beside it. */
function nativeOf(row: Row): string {
  const type = text(row, 'type');
  const numberOf = (column: string): number | null => count(row, column);
  if (type === 'NUMBER')
    return snowflakeTypeName({
      name: '',
      type: 'fixed',
      precision: numberOf('precision'),
      scale: numberOf('scale'),
    });
  if (type === 'TEXT') return snowflakeTypeName({ name: '', type: 'text', length: numberOf('length') });
  return snowflakeTypeName({ name: '', type, scale: numberOf('fraction') });
}

function addColumn(draft: RelationDraft | undefined, row: Row): void {
  if (draft === undefined) return;
  const name = text(row, 'name');
  const native = nativeOf(row);
  const type = fromSnowflakeType(native);
  draft.columnKinds.set(name, type.kind);
  draft.relation.columns.push({
    name,
    position: Number(row['position']),
    native_type: native,
    ...typeFields(type),
    nullable: text(row, 'nullable') === 'YES',
    default: nullableText(row, 'default'),
    identity: nullableText(row, 'identity') === 'YES' ? 'auto_increment' : null,
    generated: null,
    collation: nullableText(row, 'collation'),
    comment: commentOf(row),
  });
}

function addKeyColumn(drafts: Drafts, row: Row, kind: 'primary' | 'unique'): void {
  const draft = drafts.get(draftKey(text(row, 'schema_name'), text(row, 'table_name')));
  if (draft === undefined || isView(draft.relation)) return;
  const name = nullableText(row, 'constraint_name');
  const column = text(row, 'column_name');
  const { relation } = draft;
  if (kind === 'primary') return void (relation.primary_key ??= { name, columns: [] }).columns.push(column);
  const key = relation.unique_keys.find((each) => each.name === name);
  if (key === undefined) relation.unique_keys.push({ name, columns: [column] });
  else key.columns.push(column);
}

function foreignKeyRow(row: Row): Row {
  return {
    schema: text(row, 'fk_schema_name'),
    relation: text(row, 'fk_table_name'),
    name: nullableText(row, 'fk_name'),
    position: text(row, 'key_sequence'),
    column: text(row, 'fk_column_name'),
    other_schema: text(row, 'pk_schema_name'),
    other_table: text(row, 'pk_table_name'),
    other_column: text(row, 'pk_column_name'),
    on_update: text(row, 'update_rule'),
    on_delete: text(row, 'delete_rule'),
  };
}

function toSequence(row: Row): { schema: string; item: CatalogSequence } {
  const item: CatalogSequence = {
    name: text(row, 'name'),
    data_type: nullableText(row, 'type'),
    start: nullableText(row, 'start'),
    increment: nullableText(row, 'increment'),
    min: nullableText(row, 'min'),
    max: nullableText(row, 'max'),
    cycle: nullableText(row, 'cycle') === 'YES',
    owned_by: null,
    comment: commentOf(row),
  };
  return { schema: text(row, 'schema'), item };
}

function toRoutine(row: Row): { schema: string; item: CatalogRoutine } {
  const item: CatalogRoutine = {
    name: text(row, 'name'),
    kind: text(row, 'kind') === 'procedure' ? 'procedure' : 'function',
    arguments: (nullableText(row, 'arguments') ?? '').replace(/^\(|\)$/g, ''),
    returns: nullableText(row, 'returns'),
    language: nullableText(row, 'language'),
    comment: commentOf(row),
  };
  return { schema: text(row, 'schema'), item };
}
