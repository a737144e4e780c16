import type {
  CatalogIndex,
  CatalogRoutine,
  CatalogSequence,
  CatalogTable,
  CatalogTrigger,
  CatalogView,
} from '../../protocol/catalog.ts';
import { fromSqlserverType } from '../validation/sqlserverTypes.ts';
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
import { count, flag, nullableText, text, type Row } from './session.ts';
import * as sql from './sqlserverSql.ts';

type Read = (statement: sql.SchemaSql) => Promise<Row[]>;

/** SQL Server by its sys views: a dozen statements, whatever the number of tables. */
export const sqlserverReader: CatalogReader = {
  async read(session, filter) {
    const { name: connection } = session.connection;
    const known = (await session.query(sql.schemasSql)).map((row) => text(row, 'name'));
    const { schemas } = select({ schemas: filter.schemas }, known, [], connection);
    const read: Read = (statement) =>
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
    const collation = nullableText(found[0]?.row ?? {}, 'collation');
    for (const row of await read(sql.columnsSql)) addColumn(draftOfRow(drafts, row), row, collation);
    for (const row of byPosition(await read(sql.indexesSql))) addIndexColumn(draftOfRow(drafts, row), row);
    for (const { relation } of drafts.values()) finishIndexes(relation);
    for (const row of byPosition(await read(sql.foreignKeysSql)))
      addForeignKeyColumn(draftOfRow(drafts, row), row);
    for (const row of await read(sql.checksSql)) addCheck(draftOfRow(drafts, row), row);
    for (const row of await read(sql.triggersSql)) addTrigger(draftOfRow(drafts, row), row);
    if (filter.grants === true)
      addGrants(drafts, await read(sql.grantsSql), (row) => text(row, 'state') === 'W');
    const objects = wantsSchemaObjects(filter)
      ? {
          sequences: bySchema((await read(sql.sequencesSql)).map(toSequence)),
          routines: bySchema(toRoutines(await read(sql.routinesSql))),
        }
      : {};
    return {
      schemas: assemble(schemaShells(chosen.schemas, objects), [...drafts.values()]),
      countables: countablesOf(drafts, session),
      unreadable: [],
    };
  },
};

function draftOf(schema: string, name: string, row: Row): RelationDraft {
  const common = {
    name,
    comment: nullableText(row, 'comment'),
    columns: [],
    indexes: [],
    bytes: count(row, 'bytes'),
  };
  const relation: CatalogTable | CatalogView =
    text(row, 'type') === 'V'
      ? { ...common, kind: 'view', definition: nullableText(row, 'definition'), row_count: { ...notCounted } }
      : {
          ...common,
          kind: (count(row, 'partitions') ?? 1) > 1 ? 'partitioned_table' : 'table',
          row_count: estimated(count(row, 'rows')),
          primary_key: null,
          unique_keys: [],
          foreign_keys: [],
          checks: [],
        };
  return { schema, relation, columnKinds: new Map() };
}

const withCharacters: ReadonlySet<string> = new Set(['char', 'varchar', 'binary', 'varbinary']);
const withWideCharacters: ReadonlySet<string> = new Set(['nchar', 'nvarchar']);
const withFraction: ReadonlySet<string> = new Set(['datetime2', 'datetimeoffset', 'time']);

/** A type as people declare it, from its name and its numbers in sys.columns: lengths are bytes there, -1 is max. */
export function sqlserverNativeType(name: string, length: number, precision: number, scale: number): string {
  const size = (characters: number): string => `${name}(${length < 0 ? 'max' : characters})`;
  if (withCharacters.has(name)) return size(length);
  if (withWideCharacters.has(name)) return size(length / 2);
  if (name === 'decimal' || name === 'numeric') return `${name}(${precision},${scale})`;
  return withFraction.has(name) ? `${name}(${scale})` : name;
}

const nativeOf = (row: Row): string =>
  sqlserverNativeType(
    text(row, 'type'),
    Number(row['length']),
    Number(row['precision']),
    Number(row['scale']),
  );

function addColumn(draft: RelationDraft | undefined, row: Row, defaultCollation: string | null): void {
  if (draft === undefined) return;
  const name = text(row, 'name');
  const native = nativeOf(row);
  const type = fromSqlserverType(native);
  const expression = nullableText(row, 'expression');
  const collation = nullableText(row, 'collation');
  draft.columnKinds.set(name, type.kind);
  draft.relation.columns.push({
    name,
    position: Number(row['position']),
    native_type: native,
    ...typeFields(type),
    nullable: flag(row, 'nullable'),
    default: nullableText(row, 'default'),
    identity: flag(row, 'identity') ? 'always' : null,
    generated: expression === null ? null : { expression, stored: flag(row, 'stored') },
    collation: collation === defaultCollation ? null : collation,
    comment: nullableText(row, 'comment'),
  });
}

function addIndexColumn(draft: RelationDraft | undefined, row: Row): void {
  if (draft === undefined) return;
  const name = text(row, 'name');
  const { relation } = draft;
  let index: CatalogIndex | undefined = relation.indexes.find((each) => each.name === name);
  if (index === undefined) {
    index = {
      name,
      columns: [],
      include: [],
      unique: flag(row, 'unique'),
      primary: flag(row, 'primary'),
      method: text(row, 'method').toLowerCase().replaceAll('_', ' '),
      predicate: nullableText(row, 'predicate'),
    };
    relation.indexes.push(index);
  }
  const column = text(row, 'column');
  if (Number(row['partition']) > 0 && !isView(relation)) relation.partition_key ??= column;
  if (flag(row, 'included')) index.include.push(column);
  else if (Number(row['position']) > 0)
    index.columns.push({ column, expression: null, descending: flag(row, 'descending') });
  if (isView(relation) || Number(row['position']) === 0) return;
  if (index.primary) (relation.primary_key ??= { name, columns: [] }).columns.push(column);
  else if (flag(row, 'constraint')) {
    const key = relation.unique_keys.find((each) => each.name === name);
    if (key === undefined) relation.unique_keys.push({ name, columns: [column] });
    else key.columns.push(column);
  }
}

/** A columnstore index orders by nothing: the columns it carries are its columns. */
function finishIndexes({ indexes }: CatalogTable | CatalogView): void {
  for (const index of indexes) {
    if (index.columns.length > 0) continue;
    index.columns = index.include.map((column) => ({ column, expression: null, descending: false }));
    index.include = [];
  }
}

function addCheck(draft: RelationDraft | undefined, row: Row): void {
  if (draft === undefined || isView(draft.relation)) return;
  draft.relation.checks.push({ name: text(row, 'name'), expression: text(row, 'expression') });
}

function addTrigger(draft: RelationDraft | undefined, row: Row): void {
  if (draft === undefined) return;
  const name = text(row, 'name');
  const event = text(row, 'event').toLowerCase();
  const triggers = (draft.relation.triggers ??= []);
  const known: CatalogTrigger | undefined = triggers.find((each) => each.name === name);
  if (known !== undefined) return void known.events.push(event);
  triggers.push({
    name,
    timing: flag(row, 'instead') ? 'instead_of' : 'after',
    events: [event],
    level: 'statement',
    enabled: !flag(row, 'disabled'),
    definition: nullableText(row, 'definition'),
  });
}

function toSequence(row: Row): { schema: string; item: CatalogSequence } {
  const item: CatalogSequence = {
    name: text(row, 'name'),
    data_type: nullableText(row, 'type'),
    start: nullableText(row, 'start'),
    increment: nullableText(row, 'increment'),
    min: nullableText(row, 'min'),
    max: nullableText(row, 'max'),
    cycle: flag(row, 'cycle'),
    owned_by: null,
    comment: null,
  };
  return { schema: text(row, 'schema'), item };
}

const procedures: ReadonlySet<string> = new Set(['P', 'PC']);
const tableFunctions: ReadonlySet<string> = new Set(['IF', 'TF', 'FT']);
const inNet: ReadonlySet<string> = new Set(['PC', 'FS', 'FT', 'AF']);

function toRoutines(rows: readonly Row[]): { schema: string; item: CatalogRoutine }[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const own = found.get(text(row, 'id'));
    if (own === undefined) found.set(text(row, 'id'), [row]);
    else own.push(row);
  }
  return [...found.values()].map((own) => toRoutine(byPosition(own)));
}

function toRoutine(rows: readonly Row[]): { schema: string; item: CatalogRoutine } {
  const [first = {}] = rows;
  const kind = text(first, 'kind');
  const parameters = rows.filter((row) => Number(row['position'] ?? 0) > 0);
  const returned = rows.find((row) => row['position'] !== null && Number(row['position']) === 0);
  return {
    schema: text(first, 'schema'),
    item: {
      name: text(first, 'name'),
      kind: procedures.has(kind) ? 'procedure' : kind === 'AF' ? 'aggregate' : 'function',
      arguments: parameters
        .map((row) => `${text(row, 'parameter')} ${nativeOf(row)}${flag(row, 'output') ? ' output' : ''}`)
        .join(', '),
      returns: tableFunctions.has(kind) ? 'table' : returned === undefined ? null : nativeOf(returned),
      language: inNet.has(kind) ? 'CLR' : 'SQL',
      comment: null,
    },
  };
}
