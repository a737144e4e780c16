/** Catalogs of SQL Server: what its sys views answer, read through the protocol, as one catalog. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { introductionSql } from '../../daemon/engine/connections/sqlserver.ts';
import { extractCatalog } from '../../daemon/engine/metadata/extract.ts';
import * as sql from '../../daemon/engine/metadata/sqlserverSql.ts';
import { catalogSchema } from '../../daemon/protocol/catalog.ts';
import type { MetadataWork } from '../../daemon/protocol/engine.ts';
import {
  sqlserverConnectionSchema,
  type SqlserverDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { Sessions } from '../support/sessions.ts';
import { TdsServer, type TdsAnswer } from '../support/tdsServer.ts';
import type { TdsValue } from '../support/tdsTokens.ts';

const sessions = new Sessions();
let server: TdsServer;
let definition: SqlserverDefinition;
type Answers = Readonly<Record<string, readonly Readonly<Record<string, TdsValue>>[]>>;
let answers: Answers;

beforeEach(async () => {
  server = new TdsServer();
  answers = shop;
  server.answer = answer;
  definition = sqlserverConnectionSchema.parse({
    type: 'sqlserver',
    host: '127.0.0.1',
    port: await server.start(),
    database: 'shop',
    user: 'reader',
    ssl: false,
  });
});
afterEach(() => server.stop());
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

/** Rows with the columns of the statement, each as text, as far as a test fills them in. */
function table(rows: readonly Readonly<Record<string, TdsValue>>[]): TdsAnswer {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    columns: names.map((name) => ({ name, type: 'text' })),
    rows: rows.map((row) => names.map((name) => row[name] ?? null)),
  };
}

function answer(statement: string): TdsAnswer | undefined {
  if (statement === introductionSql) return table([{ v: '16.0.1', e: '3', s: '0', m: 'now' }]);
  if (statement.startsWith('set ')) return undefined;
  if (statement.includes('dm_exec_describe_first_result_set'))
    return { columns: [{ name: 'name', type: 'text' }], rows: [] };
  const known: readonly (readonly [string, string])[] = [
    [sql.schemasSql, 'schemas'],
    ...(
      [
        'relations',
        'columns',
        'indexes',
        'foreignKeys',
        'checks',
        'triggers',
        'sequences',
        'routines',
        'grants',
      ] as const
    ).map((name) => [sql[`${name}Sql`](['dbo', 'sales']), name] as const),
  ];
  const name = known.find(([text]) => text === statement)?.[1];
  if (name !== undefined) return table(answers[name] ?? []);
  if (statement.startsWith('select 0 as "i", count(*)'))
    return table([
      { i: '0', rows: '41' },
      { i: '1', rows: '7' },
    ]);
  return { error: [102, `not asked for here: ${statement}`] };
}

const customer = { schema: 'sales', relation: 'customer' };
const column = {
  length: '4',
  precision: '10',
  scale: '0',
  nullable: '0',
  identity: '0',
  stored: '0',
  collation: null,
};
const index = {
  ...customer,
  unique: '0',
  primary: '0',
  constraint: '0',
  included: '0',
  descending: '0',
  partition: '0',
  method: 'NONCLUSTERED',
};

const shop: Answers = {
  schemas: [{ name: 'dbo' }, { name: 'sales' }],
  relations: [
    {
      schema: 'sales',
      name: 'customer',
      type: 'U',
      comment: 'People',
      rows: '40',
      bytes: '81920',
      partitions: '1',
      collation: 'Latin1_General_CI_AS',
    },
    {
      schema: 'dbo',
      name: 'region',
      type: 'U',
      rows: '7',
      bytes: '8192',
      partitions: '4',
      collation: 'Latin1_General_CI_AS',
    },
    {
      schema: 'sales',
      name: 'v_customer',
      type: 'V',
      definition: 'create view …',
      collation: 'Latin1_General_CI_AS',
    },
  ],
  columns: [
    { ...customer, ...column, name: 'id', position: '1', type: 'int', identity: '1' },
    {
      ...customer,
      ...column,
      name: 'name',
      position: '2',
      type: 'nvarchar',
      length: '80',
      nullable: '1',
      collation: 'Latin1_General_BIN2',
      default: "(N'x')",
      comment: 'Full name',
    },
    {
      ...customer,
      ...column,
      name: 'total',
      position: '3',
      type: 'decimal',
      precision: '12',
      scale: '2',
      expression: '([a]+[b])',
      stored: '1',
    },
    { ...customer, ...column, name: 'seen', position: '4', type: 'datetime2', scale: '7' },
    { schema: 'sales', relation: 'v_customer', ...column, name: 'id', position: '1', type: 'int' },
    { schema: 'dbo', relation: 'region', ...column, name: 'region_id', position: '1', type: 'smallint' },
  ],
  indexes: [
    {
      ...index,
      name: 'PK_customer',
      unique: '1',
      primary: '1',
      method: 'CLUSTERED',
      position: '2',
      place: '2',
      column: 'name',
    },
    {
      ...index,
      name: 'PK_customer',
      unique: '1',
      primary: '1',
      method: 'CLUSTERED',
      position: '1',
      place: '1',
      column: 'id',
    },
    {
      ...index,
      name: 'UQ_name',
      unique: '1',
      constraint: '1',
      position: '1',
      place: '1',
      column: 'name',
      descending: '1',
    },
    {
      ...index,
      name: 'IX_seen',
      position: '1',
      place: '1',
      column: 'seen',
      predicate: '([seen] IS NOT NULL)',
    },
    {
      ...index,
      name: 'IX_seen',
      position: '0',
      place: '2',
      column: 'total',
      included: '1',
      predicate: '([seen] IS NOT NULL)',
    },
    {
      ...index,
      name: 'CS',
      method: 'CLUSTERED COLUMNSTORE',
      position: '0',
      place: '1',
      column: 'id',
      included: '1',
    },
  ],
  foreignKeys: [
    {
      ...customer,
      name: 'FK_region',
      position: '2',
      column: 'b',
      other_schema: 'dbo',
      other_table: 'region',
      other_column: 'y',
      on_update: 'NO_ACTION',
      on_delete: 'SET_NULL',
    },
    {
      ...customer,
      name: 'FK_region',
      position: '1',
      column: 'a',
      other_schema: 'dbo',
      other_table: 'region',
      other_column: 'x',
      on_update: 'NO_ACTION',
      on_delete: 'SET_NULL',
    },
  ],
  checks: [{ ...customer, name: 'CK_total', expression: '([total]>=(0))' }],
  triggers: [
    { ...customer, name: 'tr', instead: '0', disabled: '1', event: 'UPDATE', definition: 'create trigger …' },
    { ...customer, name: 'tr', instead: '0', disabled: '1', event: 'INSERT', definition: 'create trigger …' },
  ],
  sequences: [
    {
      schema: 'dbo',
      name: 'numbers',
      type: 'bigint',
      start: '1',
      increment: '1',
      min: '-9223372036854775808',
      max: '9223372036854775807',
      cycle: '0',
    },
  ],
  routines: [
    {
      schema: 'dbo',
      id: '1',
      name: 'tax',
      kind: 'FN',
      position: '0',
      parameter: '',
      type: 'decimal',
      length: '9',
      precision: '12',
      scale: '2',
      output: '1',
    },
    {
      schema: 'dbo',
      id: '1',
      name: 'tax',
      kind: 'FN',
      position: '1',
      parameter: '@of',
      type: 'nvarchar',
      length: '20',
      precision: '0',
      scale: '0',
      output: '0',
    },
    { schema: 'dbo', id: '2', name: 'close_day', kind: 'P' },
  ],
  grants: [
    { ...customer, grantee: 'analyst', privilege: 'SELECT', state: 'W' },
    { schema: 'sales', relation: null, grantee: 'loader', privilege: 'INSERT', state: 'G' },
  ],
};

async function extract(work: Partial<MetadataWork> = {}) {
  const context = sessions.context();
  const connection = await openConnection('old', definition, context);
  try {
    return await extractCatalog(
      connection,
      { source: { name: 'old', definition }, row_counts: 'estimate', profile: false, ...work },
      { signal: context.signal, onProgress: () => undefined },
    );
  } finally {
    await connection.close();
  }
}

describe('the catalog of SQL Server', () => {
  it('tells tables, views, columns, keys, indexes and what belongs to them', async () => {
    const { catalog } = await extract({ grants: true });
    expect(catalogSchema.parse(catalog)).toEqual(catalog);
    const sales = catalog.schemas.find(({ name }) => name === 'sales');
    const [found] = sales?.tables ?? [];
    expect(found).toMatchObject({
      name: 'customer',
      kind: 'table',
      comment: 'People',
      bytes: 81920,
      row_count: { value: 40, method: 'estimate' },
      primary_key: { name: 'PK_customer', columns: ['id', 'name'] },
      unique_keys: [{ name: 'UQ_name', columns: ['name'] }],
      foreign_keys: [
        {
          name: 'FK_region',
          columns: ['a', 'b'],
          references: { schema: 'dbo', table: 'region', columns: ['x', 'y'] },
          on_update: 'NO ACTION',
          on_delete: 'SET NULL',
        },
      ],
      checks: [{ name: 'CK_total', expression: '([total]>=(0))' }],
      triggers: [{ name: 'tr', timing: 'after', events: ['update', 'insert'], enabled: false }],
      grants: [
        { grantee: 'analyst', privilege: 'SELECT', grantable: true },
        { grantee: 'loader', privilege: 'INSERT', grantable: false },
      ],
    });
    expect(
      found?.columns.map(
        ({ native_type: native, canonical_type: ours, identity, generated, collation, ...rest }) => [
          rest.name,
          native,
          ours,
          rest.nullable,
          rest.default,
          identity,
          generated,
          collation,
          rest.comment,
        ],
      ),
    ).toEqual([
      ['id', 'int', 'integer(32)', false, null, 'always', null, null, null],
      ['name', 'nvarchar(40)', 'varchar(40)', true, "(N'x')", null, null, 'Latin1_General_BIN2', 'Full name'],
      [
        'total',
        'decimal(12,2)',
        'decimal(12,2)',
        false,
        null,
        null,
        { expression: '([a]+[b])', stored: true },
        null,
        null,
      ],
      ['seen', 'datetime2(7)', 'timestamp(7)', false, null, null, null, null, null],
    ]);
    expect(
      found?.indexes.map(({ name, columns, include, predicate, method }) => [
        name,
        columns.map((each) => each.column),
        include,
        predicate,
        method,
      ]),
    ).toEqual([
      ['CS', ['id'], [], null, 'clustered columnstore'],
      ['IX_seen', ['seen'], ['total'], '([seen] IS NOT NULL)', 'nonclustered'],
      ['PK_customer', ['id', 'name'], [], null, 'clustered'],
      ['UQ_name', ['name'], [], null, 'nonclustered'],
    ]);
    expect(sales?.views).toMatchObject([{ name: 'v_customer', definition: 'create view …' }]);
    const dbo = catalog.schemas.find(({ name }) => name === 'dbo');
    expect(dbo?.tables).toMatchObject([{ name: 'region', kind: 'partitioned_table' }]);
    expect(dbo?.sequences).toMatchObject([{ name: 'numbers', min: '-9223372036854775808', cycle: false }]);
    expect(dbo?.routines).toMatchObject([
      { name: 'close_day', kind: 'procedure', arguments: '', returns: null },
      { name: 'tax', kind: 'function', arguments: '@of nvarchar(10)', returns: 'decimal(12,2)' },
    ]);
  });

  it('asks the same statements for one table and for a thousand', async () => {
    await extract();
    const few = server.statements.length;
    server.statements.length = 0;
    const names = Array.from({ length: 1000 }, (_, number) => `t${number}`);
    answers = {
      schemas: shop['schemas'] ?? [],
      relations: names.map((name) => ({
        schema: 'dbo',
        name,
        type: 'U',
        rows: '1',
        bytes: '8192',
        partitions: '1',
      })),
      columns: names.map((relation) => ({
        schema: 'dbo',
        relation,
        ...column,
        name: 'id',
        position: '1',
        type: 'int',
      })),
    };
    const { catalog } = await extract();
    expect(catalog.schemas.find(({ name }) => name === 'dbo')?.tables).toHaveLength(1000);
    expect(server.statements.length).toBe(few);
  });

  it('counts rows exactly where that is asked for, and names what it does not profile', async () => {
    const counted = await extract({ row_counts: 'exact' });
    expect(
      counted.catalog.schemas.flatMap(({ tables }) => tables.map(({ row_count: rows }) => rows.value)),
    ).toEqual([7, 41]);
    const { catalog } = await extract({ profile: true });
    expect(catalog.unreadable.map(({ object }) => object).sort()).toEqual([
      'profile of dbo.region',
      'profile of sales.customer',
    ]);
  });
});
