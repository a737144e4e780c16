import type { CatalogForeignKey, CatalogIndex, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { quoteIdentifier } from '../connections/ansiDialect.ts';
import { select, type CatalogFilter } from './filter.ts';
import {
  assemble,
  estimated,
  isView,
  notCounted,
  wantsSchemaObjects,
  type CatalogReader,
  type Countable,
} from './model.ts';
import { addColumn, jsonColumnOf, relationKey, type MysqlDraft, type ReadRows } from './mysqlColumns.ts';
import { addTriggersAndGrants, readRoutines, readSequences } from './mysqlObjects.ts';
import {
  checksSql,
  columnsSql,
  foreignKeysSql,
  indexesSql,
  partitionsSql,
  relationsSql,
  schemasSql,
} from './mysqlSql.ts';
import { count, nullableText, text, type CatalogSession, type Row } from './session.ts';

/**
 * MySQL and MariaDB by information_schema: a dozen statements, whatever the number of tables. A schema is what the server calls a
 * database; without `schemas` it is the one of the connection.
 */
export const mysqlReader: CatalogReader = {
  async read(session, filter) {
    const isMariadb = (await session.connection.system()).system === 'MariaDB';
    const schemaRows = await session.query(schemasSql);
    const known = schemaRows.map((row) => text(row, 'name'));
    const own = nullableText(schemaRows[0] ?? {}, 'own');
    const wanted: CatalogFilter = { ...filter, schemas: filter.schemas ?? (own === null ? known : [own]) };
    const { name: connection } = session.connection;
    const { schemas } = select({ schemas: wanted.schemas }, known, [], connection);
    const read: ReadRows = (sql) => session.query(sql(schemas, isMariadb));

    const rows = await read(relationsSql);
    const found = rows.map((row) => ({ schema: text(row, 'schema'), name: text(row, 'name'), row }));
    const relations = found.filter(({ row }) => row.type !== 'SEQUENCE');
    const chosen = select(wanted, known, relations, connection);
    const drafts = new Map(
      chosen.relations.map(({ schema, name, row }) => [
        relationKey(schema, name),
        draftOf(schema, name, row),
      ]),
    );
    await fill(drafts, read, isMariadb);
    await addTriggersAndGrants(drafts, read, filter.grants === true);
    const hasObjects = wantsSchemaObjects(filter);
    const routines = hasObjects ? await readRoutines(read) : undefined;
    const sequenceRows = found.filter(({ row }) => row.type === 'SEQUENCE');
    const sequences = hasObjects && isMariadb ? await readSequences(session, sequenceRows) : undefined;
    return {
      schemas: assemble(
        chosen.schemas.map((name) => ({
          name,
          comment: null,
          ...(sequences !== undefined && { sequences: sequences.get(name) ?? [] }),
          ...(routines !== undefined && { routines: routines.get(name) ?? [] }),
        })),
        [...drafts.values()],
      ),
      countables: [...drafts.values()].flatMap((draft) => countable(draft, session)),
      unreadable: [],
    };
  },
};

function draftOf(schema: string, name: string, row: Row): MysqlDraft {
  const isOfView = row.type === 'VIEW';
  const common = {
    name,
    // The comment of a view is the word VIEW.
    comment: isOfView ? null : nullableText(row, 'comment') || null,
    columns: [],
    indexes: [],
    bytes: count(row, 'bytes'),
  };
  const relation: CatalogTable | CatalogView = isOfView
    ? {
        ...common,
        kind: 'view',
        definition: nullableText(row, 'definition') || null,
        row_count: { ...notCounted },
      }
    : {
        ...common,
        kind: 'table',
        row_count: estimated(count(row, 'rows')),
        primary_key: null,
        unique_keys: [],
        foreign_keys: [],
        checks: [],
      };
  return {
    schema,
    relation,
    collation: nullableText(row, 'collation'),
    columnKinds: new Map(),
    jsonColumns: new Set(),
  };
}

async function fill(
  drafts: ReadonlyMap<string, MysqlDraft>,
  read: ReadRows,
  isMariadb: boolean,
): Promise<void> {
  const draftOfRow = (row: Row) => drafts.get(relationKey(text(row, 'schema'), text(row, 'relation')));
  // Before the columns: a check tells which of them are JSON.
  for (const row of await read(checksSql)) addCheck(draftOfRow(row), row, isMariadb);
  for (const row of await read(columnsSql)) {
    const draft = draftOfRow(row);
    if (draft !== undefined) addColumn(draft, row, isMariadb);
  }
  const byPosition = (rows: Row[]) => rows.sort((a, b) => Number(a.position) - Number(b.position));
  for (const row of byPosition(await read(indexesSql))) addIndexColumn(draftOfRow(row), row);
  for (const draft of drafts.values()) addKeys(draft);
  for (const row of byPosition(await read(foreignKeysSql))) addForeignKeyColumn(draftOfRow(row), row);
  for (const row of await read(partitionsSql)) addPartitioning(draftOfRow(row), row);
}

function addCheck(draft: MysqlDraft | undefined, row: Row, isMariadb: boolean): void {
  if (draft === undefined || isView(draft.relation)) return;
  const expression = text(row, 'expression');
  const json = isMariadb ? jsonColumnOf(expression) : undefined;
  // The check that JSON brings along has the name of its column; others are the author's.
  if (json !== undefined && json === text(row, 'name')) draft.jsonColumns.add(json);
  else draft.relation.checks.push({ name: text(row, 'name'), expression });
}

function addIndexColumn(draft: MysqlDraft | undefined, row: Row): void {
  if (draft === undefined) return;
  const name = text(row, 'name');
  const { indexes } = draft.relation;
  let index: CatalogIndex | undefined = indexes.find((each) => each.name === name);
  if (index === undefined) {
    index = {
      name,
      columns: [],
      include: [],
      unique: Number(row.non_unique) === 0,
      primary: name === 'PRIMARY',
      method: text(row, 'method').toLowerCase(),
      predicate: null,
    };
    indexes.push(index);
  }
  const column = nullableText(row, 'column');
  const prefix = nullableText(row, 'prefix');
  const start = prefix === null || column === null ? null : `${quoteIdentifier(column)}(${prefix})`;
  index.columns.push({
    column,
    expression: nullableText(row, 'expression') ?? (index.method === 'spatial' ? null : start),
    descending: row.order === 'D',
  });
}

/** Keys are the unique indexes whose columns count whole. */
function addKeys({ relation }: MysqlDraft): void {
  if (isView(relation)) return;
  for (const index of relation.indexes.filter(({ unique }) => unique)) {
    const columns = index.columns.flatMap(({ column, expression }) =>
      column === null || expression !== null ? [] : [column],
    );
    if (columns.length < index.columns.length) continue;
    if (index.primary) relation.primary_key = { name: index.name, columns };
    else relation.unique_keys.push({ name: index.name, columns });
  }
}

function addForeignKeyColumn(draft: MysqlDraft | undefined, row: Row): void {
  if (draft === undefined || isView(draft.relation)) return;
  const name = text(row, 'name');
  const { foreign_keys } = draft.relation;
  let key: CatalogForeignKey | undefined = foreign_keys.find((each) => each.name === name);
  if (key === undefined) {
    key = {
      name,
      columns: [],
      references: { schema: text(row, 'other_schema'), table: text(row, 'other_table'), columns: [] },
      on_update: text(row, 'on_update'),
      on_delete: text(row, 'on_delete'),
    };
    foreign_keys.push(key);
  }
  key.columns.push(text(row, 'column'));
  key.references.columns.push(text(row, 'other_column'));
}

function addPartitioning(draft: MysqlDraft | undefined, row: Row): void {
  if (draft === undefined || isView(draft.relation)) return;
  draft.relation.kind = 'partitioned_table';
  const expression = nullableText(row, 'expression');
  draft.relation.partition_key = `${text(row, 'method')}${expression === null ? '' : ` (${expression})`}`;
}

function countable(
  { schema, relation, columnKinds }: MysqlDraft,
  { connection }: CatalogSession,
): Countable[] {
  if (isView(relation)) return [];
  const from = [schema, relation.name].map((name) => connection.dialect.quoteIdentifier(name)).join('.');
  return [{ schema, relation, from, columnKinds }];
}
