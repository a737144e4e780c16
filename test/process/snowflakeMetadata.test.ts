/** Catalogs of Snowflake: what information_schema and SHOW answer, read through the SQL API, as one catalog. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { snowflakeIntroduction } from '../../daemon/engine/connections/snowflake.ts';
import { extractCatalog } from '../../daemon/engine/metadata/extract.ts';
import * as sql from '../../daemon/engine/metadata/snowflakeSql.ts';
import { catalogSchema } from '../../daemon/protocol/catalog.ts';
import type { MetadataWork } from '../../daemon/protocol/engine.ts';
import {
  snowflakeConnectionSchema,
  type SnowflakeDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { Sessions } from '../support/sessions.ts';
import { SnowflakeService, type SnowflakeAnswer } from '../support/snowflakeService.ts';

type Rows = readonly Readonly<Record<string, string | null>>[];

const sessions = new Sessions();
let service: SnowflakeService;
let definition: SnowflakeDefinition;
let answers: Readonly<Record<string, Rows>>;

beforeEach(async () => {
  service = new SnowflakeService();
  service.answer = answer;
  answers = shop;
  definition = snowflakeConnectionSchema.parse({
    type: 'snowflake',
    account: 'myorg-account1',
    url: await service.start(),
    token: 't',
    database: 'SHOP',
  });
});
afterEach(() => service.stop());
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

function table(rows: Rows): SnowflakeAnswer {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    columns: names.map((name) => ({ name, type: 'text' })),
    partitions: [rows.map((row) => names.map((name) => row[name] ?? null))],
  };
}

function answer(statement: string): SnowflakeAnswer {
  if (statement === snowflakeIntroduction) return table([{ v: '9.1.0', m: '2026-01-02 03:04:05.0 +0000' }]);
  const known: readonly (readonly [string, string])[] = [
    [sql.schemasSql, 'schemas'],
    [sql.primaryKeysSql, 'primaryKeys'],
    [sql.uniqueKeysSql, 'uniqueKeys'],
    [sql.foreignKeysSql, 'foreignKeys'],
    ...(['relations', 'columns', 'sequences', 'routines', 'grants'] as const).map(
      (name) => [sql[`${name}Sql`](['PUBLIC']), name] as const,
    ),
  ];
  const name = known.find(([text]) => text === statement)?.[1];
  if (name !== undefined) return table(answers[name] ?? []);
  if (statement.startsWith('select 0 as "i", count(*)')) return table([{ i: '0', rows: '41' }]);
  return { status: 422, code: '001003', sqlState: '42000', message: `not asked for here: ${statement}` };
}

const customer = { schema: 'PUBLIC', relation: 'CUSTOMER' };
const key = { schema_name: 'PUBLIC', table_name: 'CUSTOMER' };
const foreign = {
  fk_schema_name: 'PUBLIC',
  fk_table_name: 'CUSTOMER',
  fk_name: 'FK',
  pk_schema_name: 'PUBLIC',
  pk_table_name: 'REGION',
  update_rule: 'NO ACTION',
  delete_rule: 'NO ACTION',
};

const shop: Readonly<Record<string, Rows>> = {
  schemas: [{ name: 'PUBLIC', comment: 'Main' }],
  relations: [
    {
      schema: 'PUBLIC',
      name: 'CUSTOMER',
      type: 'BASE TABLE',
      comment: 'People',
      rows: '40',
      bytes: '1024',
      clustering: 'LINEAR(ID)',
    },
    { schema: 'PUBLIC', name: 'V', type: 'VIEW', comment: '', definition: 'create view …' },
    { schema: 'PUBLIC', name: 'MV', type: 'MATERIALIZED VIEW' },
  ],
  columns: [
    {
      ...customer,
      name: 'ID',
      position: '1',
      type: 'NUMBER',
      precision: '38',
      scale: '0',
      nullable: 'NO',
      identity: 'YES',
    },
    {
      ...customer,
      name: 'NAME',
      position: '2',
      type: 'TEXT',
      length: '40',
      nullable: 'YES',
      default: "'x'",
      identity: 'NO',
      comment: 'Full name',
    },
    {
      ...customer,
      name: 'AT',
      position: '3',
      type: 'TIMESTAMP_NTZ',
      fraction: '9',
      nullable: 'YES',
      identity: 'NO',
    },
    { ...customer, name: 'DOC', position: '4', type: 'VARIANT', nullable: 'YES', identity: 'NO' },
    {
      schema: 'PUBLIC',
      relation: 'V',
      name: 'ID',
      position: '1',
      type: 'NUMBER',
      precision: '9',
      scale: '2',
      nullable: 'YES',
      identity: 'NO',
    },
  ],
  primaryKeys: [
    { ...key, column_name: 'NAME', key_sequence: '2', constraint_name: 'PK' },
    { ...key, column_name: 'ID', key_sequence: '1', constraint_name: 'PK' },
    {
      schema_name: 'OTHER',
      table_name: 'CUSTOMER',
      column_name: 'X',
      key_sequence: '1',
      constraint_name: 'PK2',
    },
  ],
  uniqueKeys: [{ ...key, column_name: 'NAME', key_sequence: '1', constraint_name: 'UQ' }],
  foreignKeys: [
    { ...foreign, key_sequence: '2', fk_column_name: 'B', pk_column_name: 'Y' },
    { ...foreign, key_sequence: '1', fk_column_name: 'A', pk_column_name: 'X' },
  ],
  sequences: [
    {
      schema: 'PUBLIC',
      name: 'S',
      type: 'NUMBER',
      start: '1',
      increment: '1',
      min: null,
      max: null,
      cycle: 'NO',
    },
  ],
  routines: [
    {
      schema: 'PUBLIC',
      name: 'TAX',
      kind: 'function',
      arguments: '(X NUMBER)',
      returns: 'NUMBER(38,0)',
      language: 'SQL',
    },
  ],
  grants: [{ ...customer, grantee: 'ANALYST', privilege: 'SELECT', grantable: 'NO' }],
};

async function extract(work: Partial<MetadataWork> = {}) {
  const context = sessions.context();
  const connection = await openConnection('new', definition, context);
  try {
    return await extractCatalog(
      connection,
      { source: { name: 'new', definition }, row_counts: 'estimate', profile: false, ...work },
      { signal: context.signal, onProgress: () => undefined },
    );
  } finally {
    await connection.close();
  }
}

describe('the catalog of Snowflake', () => {
  it('tells tables, views, columns and keys', async () => {
    const { catalog } = await extract({ grants: true });
    expect(catalogSchema.parse(catalog)).toEqual(catalog);
    const [found] = catalog.schemas;
    expect(found).toMatchObject({
      name: 'PUBLIC',
      comment: 'Main',
      sequences: [{ name: 'S', start: '1', cycle: false }],
      routines: [{ name: 'TAX', arguments: 'X NUMBER', returns: 'NUMBER(38,0)' }],
      views: [
        { name: 'MV', kind: 'materialized_view' },
        { name: 'V', kind: 'view', definition: 'create view …', comment: null },
      ],
      tables: [
        {
          name: 'CUSTOMER',
          comment: 'People',
          bytes: 1024,
          row_count: { value: 40, method: 'estimate' },
          partition_key: 'LINEAR(ID)',
          primary_key: { name: 'PK', columns: ['ID', 'NAME'] },
          unique_keys: [{ name: 'UQ', columns: ['NAME'] }],
          foreign_keys: [
            {
              name: 'FK',
              columns: ['A', 'B'],
              references: { schema: 'PUBLIC', table: 'REGION', columns: ['X', 'Y'] },
            },
          ],
          grants: [{ grantee: 'ANALYST', privilege: 'SELECT', grantable: false }],
        },
      ],
    });
    const columns = found?.tables[0]?.columns ?? [];
    expect(
      columns.map((each) => [
        each.name,
        each.native_type,
        each.canonical_type,
        each.nullable,
        each.identity,
        each.default,
        each.comment,
      ]),
    ).toEqual([
      ['ID', 'NUMBER(38,0)', 'decimal(38,0)', false, 'auto_increment', null, null],
      ['NAME', 'VARCHAR(40)', 'varchar(40)', true, null, "'x'", 'Full name'],
      ['AT', 'TIMESTAMP_NTZ(9)', 'timestamp(9)', true, null, null, null],
      ['DOC', 'VARIANT', 'json', true, null, null, null],
    ]);
  });

  it('asks the same statements for one table and for a thousand, and says where SHOW ends', async () => {
    await extract();
    const few = service.requests.length;
    service.requests.length = 0;
    const names = Array.from({ length: 1000 }, (_, number) => `T${number}`);
    answers = {
      schemas: shop['schemas'] ?? [],
      relations: names.map((name) => ({ schema: 'PUBLIC', name, type: 'BASE TABLE' })),
      columns: names.map((relation) => ({
        schema: 'PUBLIC',
        relation,
        name: 'ID',
        position: '1',
        type: 'NUMBER',
        precision: '38',
        scale: '0',
        nullable: 'NO',
        identity: 'NO',
      })),
      primaryKeys: Array.from({ length: 10_000 }, (_, number) => ({
        schema_name: 'PUBLIC',
        table_name: `T${number % 1000}`,
        column_name: 'ID',
        key_sequence: '1',
        constraint_name: `P${number}`,
      })),
    };
    const { catalog } = await extract();
    expect(catalog.schemas[0]?.tables).toHaveLength(1000);
    expect(service.requests.length).toBe(few);
    expect(catalog.unreadable).toEqual([
      { object: 'primary keys', reason: 'SHOW tells 10000 columns of keys at most' },
    ]);
  });

  it('counts rows exactly where that is asked for', async () => {
    const { catalog } = await extract({ row_counts: 'exact' });
    expect(catalog.schemas[0]?.tables[0]?.row_count).toEqual({ value: 41, method: 'exact' });
  });
});
