import type { CatalogIndex, CatalogKey, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { select } from './filter.ts';
import {
  assemble,
  estimated,
  isView,
  notCounted,
  wantsSchemaObjects,
  type CatalogReader,
  type Countable,
} from './model.ts';
import { addColumns, type RelationDraft } from './postgresColumns.ts';
import { addTriggersAndGrants, readSchemaObjects } from './postgresObjects.ts';
import { estimateRows, kindOf } from './postgresRelations.ts';
import { constraintsSql, indexesSql, relationsSql, schemasSql } from './postgresSql.ts';
import { count, flag, list, nullableText, text, type Row } from './session.ts';

interface Draft {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly row: Row;
}

interface Built extends RelationDraft {
  readonly draft: Draft;
}

/** PostgreSQL by pg_catalog: eleven statements, and one more for grants. information_schema hides what the user does not own and is several times slower. */
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
    await addTriggersAndGrants(session, built, oids, filter.grants === true);
    const objects = wantsSchemaObjects(filter) ? await readSchemaObjects(session) : undefined;

    const wanted = new Set(chosen.schemas);
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
    bytes: estimate === null ? null : count(row, 'bytes'),
  };
  const kind = kindOf(row);
  if (kind === 'view' || kind === 'materialized_view') {
    const row_count = kind === 'view' ? { ...notCounted } : estimated(estimate);
    return { ...common, kind, definition: nullableText(row, 'definition'), row_count };
  }
  const parent = byOid.get(nullableText(row, 'parent') ?? '');
  const partitionKey = nullableText(row, 'partition_key');
  const server = nullableText(row, 'foreign_server');
  const inherits = list(row, 'parents').flatMap((oid) => {
    const from = byOid.get(oid);
    return from === undefined ? [] : [{ schema: from.schema, table: from.name }];
  });
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
    ...(inherits.length > 0 && { inherits }),
  };
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
  const late = deferrableOf(row);
  switch (text(row, 'type')) {
    case 'p':
      table.primary_key = { name, columns, ...late };
      break;
    case 'u':
      table.unique_keys.push({ name, columns, ...late });
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
        ...late,
      });
      break;
  }
}

function deferrableOf(row: Row): Pick<CatalogKey, 'deferrable'> {
  const when = nullableText(row, 'deferrable');
  if (when === null) return {};
  return { deferrable: when === 'deferred' ? 'deferred' : 'immediate' };
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
