import type { CatalogIndex, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import type { Value } from '../connections/connection.ts';
import { fromPostgresType, type CanonicalType } from '../validation/types.ts';
import { select } from './filter.ts';
import {
  assemble,
  estimated,
  isView,
  notCounted,
  typeFields,
  type CatalogReader,
  type Countable,
} from './model.ts';
import { estimateRows, kindOf } from './postgresRelations.ts';
import {
  collationsSql,
  columnCommentsSql,
  columnsSql,
  constraintsSql,
  indexesSql,
  relationsSql,
  schemasSql,
  typesSql,
} from './postgresSql.ts';
import { count, flag, list, nullableText, text, type CatalogSession, type Row } from './session.ts';

interface Draft {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly row: Row;
}

interface Built {
  readonly draft: Draft;
  readonly relation: CatalogTable | CatalogView;
  /** Column names by attnum, which constraints and indexes speak in. */
  readonly names: Map<number, string>;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
}

/** PostgreSQL by pg_catalog: eight statements. information_schema hides what the user does not own and is several times slower. */
export const postgresReader: CatalogReader = {
  async read(session, filter) {
    const schemaRows = await session.query(schemasSql);
    const all = (await session.query(relationsSql)).map((row): Draft => ({
      oid: text(row, 'oid'),
      schema: text(row, 'schema'),
      name: text(row, 'name'),
      row,
    }));
    const chosen = select(
      filter,
      schemaRows.map((row) => text(row, 'name')),
      all,
      session.connection.name,
    );
    const rowsOf = estimateRows(all.map(({ row }) => row));
    const byOid = new Map(all.map((draft) => [draft.oid, draft]));
    const built = new Map(
      chosen.relations.map((draft): [string, Built] => [
        draft.oid,
        {
          draft,
          relation: relationOf(draft, rowsOf(draft.oid), byOid),
          names: new Map(),
          columnKinds: new Map(),
        },
      ]),
    );
    const oids = [`{${[...built.keys()].join(',')}}`];
    await addColumns(session, built, oids);
    for (const row of await session.query(constraintsSql, oids)) addConstraint(built, row);
    for (const row of await session.query(indexesSql, oids)) addIndex(built, row);

    const wanted = new Set(chosen.schemas);
    return {
      schemas: assemble(
        schemaRows
          .filter((row) => wanted.has(text(row, 'name')))
          .map((row) => ({ name: text(row, 'name'), comment: nullableText(row, 'comment') })),
        [...built.values()].map(({ draft, relation }) => ({ schema: draft.schema, relation })),
      ),
      countables: [...built.values()].flatMap((one) => countable(one, session.connection.dialect)),
      unreadable: [],
    };
  },
};

function relationOf(
  draft: Draft,
  estimate: number | null,
  byOid: ReadonlyMap<string, Draft>,
): CatalogTable | CatalogView {
  const { row } = draft;
  const common = {
    name: draft.name,
    comment: nullableText(row, 'comment'),
    columns: [],
    indexes: [],
    bytes: count(row, 'bytes'),
  };
  const kind = kindOf(row);
  if (kind === 'view' || kind === 'materialized_view') {
    const row_count = kind === 'view' ? { ...notCounted } : estimated(estimate);
    return { ...common, kind, definition: nullableText(row, 'definition'), row_count };
  }
  const parent = byOid.get(nullableText(row, 'parent') ?? '');
  const partitionKey = nullableText(row, 'partition_key');
  const server = nullableText(row, 'foreign_server');
  return {
    ...common,
    kind,
    row_count: estimated(estimate),
    primary_key: null,
    unique_keys: [],
    foreign_keys: [],
    checks: [],
    ...(partitionKey !== null && { partition_key: partitionKey }),
    ...(parent !== undefined && {
      partition_of: { schema: parent.schema, table: parent.name, bound: nullableText(row, 'bound') ?? '' },
    }),
    ...(server !== null && { foreign_server: server }),
  };
}

const identities: Readonly<Record<string, 'always' | 'by_default'>> = { a: 'always', d: 'by_default' };

interface ColumnWords {
  /** By type and modifier. */
  readonly types: ReadonlyMap<string, Row>;
  readonly collations: ReadonlyMap<string, string>;
  /** By relation and attnum. */
  readonly comments: ReadonlyMap<string, string>;
}
const typeKey = (oid: string, modifier: Value): string => `${oid} ${Number(modifier)}`;

async function addColumns(
  session: CatalogSession,
  built: ReadonlyMap<string, Built>,
  oids: readonly string[],
): Promise<void> {
  const types = await session.query(typesSql, oids);
  const collations = await session.query(collationsSql, oids);
  const comments = await session.query(columnCommentsSql, oids);
  const words: ColumnWords = {
    types: new Map(types.map((row) => [typeKey(text(row, 'oid'), row.own_modifier ?? null), row])),
    collations: new Map(collations.map((row) => [text(row, 'oid'), text(row, 'name')])),
    comments: new Map(
      comments.map((row) => [`${text(row, 'relation')} ${Number(row.number)}`, text(row, 'comment')]),
    ),
  };
  const columns = await session.query(columnsSql, oids);
  columns.sort((a, b) => Number(a.number) - Number(b.number));
  for (const row of columns) {
    const one = built.get(text(row, 'relation'));
    if (one !== undefined) addColumn(one, row, words);
  }
}

function addColumn(one: Built, row: Row, words: ColumnWords): void {
  const name = text(row, 'name');
  one.names.set(Number(row.number), name);
  const typeRow = words.types.get(typeKey(text(row, 'type'), row.modifier ?? null));
  // Types and columns are read in one snapshot, so each column's type is among the types.
  if (typeRow === undefined) throw new Error(`the type of ${one.relation.name}.${name} was not read`);
  const native = text(typeRow, 'native_type');
  const type = fromPostgresType(
    text(typeRow, 'name'),
    Number(typeRow.modifier),
    text(typeRow, 'kind'),
    native,
  );
  one.columnKinds.set(name, type.kind);
  const generated = text(row, 'generated');
  const expression = nullableText(row, 'expression');
  const isNotNull = flag(row, 'not_null') || flag(typeRow, 'not_null');
  one.relation.columns.push({
    name,
    // Not attnum: dropped columns leave holes in it, and the reader asks for the third column of what is there.
    position: one.relation.columns.length + 1,
    native_type: native,
    ...typeFields(type),
    nullable: isView(one.relation) ? null : !isNotNull,
    default: generated === '' ? expression : null,
    identity: identities[text(row, 'identity')] ?? null,
    generated: generated === '' ? null : { expression: expression ?? '', stored: generated === 's' },
    collation:
      row.collation === typeRow.collation ? null : (words.collations.get(text(row, 'collation')) ?? null),
    comment: words.comments.get(`${text(row, 'relation')} ${Number(row.number)}`) ?? null,
  });
}

const actions: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

function addConstraint(built: ReadonlyMap<string, Built>, row: Row): void {
  const one = built.get(text(row, 'relation'));
  if (one === undefined || isView(one.relation)) return;
  const table = one.relation;
  const name = text(row, 'name');
  const columns = list(row, 'columns').map((number) => one.names.get(Number(number)) ?? '');
  switch (text(row, 'type')) {
    case 'p':
      table.primary_key = { name, columns };
      break;
    case 'u':
      table.unique_keys.push({ name, columns });
      break;
    case 'c':
      table.checks.push({ name, expression: text(row, 'expression') });
      break;
    case 'x':
      (table.exclusions ??= []).push({ name, definition: text(row, 'definition') });
      break;
    case 'f':
      table.foreign_keys.push({
        name,
        columns,
        references: {
          schema: text(row, 'referenced_schema'),
          table: text(row, 'referenced_table'),
          columns: list(row, 'referenced_columns'),
        },
        on_update: actions[text(row, 'on_update')] ?? 'NO ACTION',
        on_delete: actions[text(row, 'on_delete')] ?? 'NO ACTION',
      });
      break;
  }
}

function addIndex(built: ReadonlyMap<string, Built>, row: Row): void {
  const one = built.get(text(row, 'relation'));
  if (one === undefined) return;
  const numbers = text(row, 'columns').split(' ').map(Number);
  const options = text(row, 'options').split(' ').map(Number);
  const keys = Number(row.keys);
  const expressions = list(row, 'expressions');
  const index: CatalogIndex = {
    name: text(row, 'name'),
    columns: numbers.slice(0, keys).map((number, position) => ({
      column: number === 0 ? null : (one.names.get(number) ?? null),
      expression: number === 0 ? (expressions[position] ?? null) : null,
      // indoption bit 0: descending.
      descending: ((options[position] ?? 0) & 1) === 1,
    })),
    include: numbers.slice(keys).flatMap((number) => one.names.get(number) ?? []),
    unique: flag(row, 'unique'),
    primary: flag(row, 'primary'),
    method: text(row, 'method'),
    predicate: nullableText(row, 'predicate'),
  };
  one.relation.indexes.push(index);
}

function countable(
  { draft, relation, columnKinds }: Built,
  dialect: { quoteIdentifier(name: string): string },
): Countable[] {
  if (relation.kind === 'view') return [];
  const { row, schema, name } = draft;
  const hindrance = !flag(row, 'schema_usable')
    ? `no USAGE on schema ${schema}`
    : !flag(row, 'selectable')
      ? 'no SELECT on it'
      : flag(row, 'row_security')
        ? 'row-level security may hide rows from this user, so a count would be of the visible ones only'
        : undefined;
  const from = `${dialect.quoteIdentifier(schema)}.${dialect.quoteIdentifier(name)}`;
  return [{ schema, relation, from, columnKinds, hindrance }];
}
