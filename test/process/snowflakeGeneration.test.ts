/** Generation into Snowflake: the statements in their order, as the service would receive them. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { snowflakeIntroduction } from '../../daemon/engine/connections/snowflake.ts';
import { generateData } from '../../daemon/engine/generation/generate.ts';
import { insertSql } from '../../daemon/engine/generation/targets/snowflake.ts';
import {
  snowflakeConnectionSchema,
  type SnowflakeDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { Sessions } from '../support/sessions.ts';
import { SnowflakeService, type SnowflakeAnswer } from '../support/snowflakeService.ts';

const sessions = new Sessions();
let service: SnowflakeService;
let definition: SnowflakeDefinition;
/** Rows of each table. */
let stored: Map<string, number>;
/** Tables that are there before. */
let present: string[];
let orphans: number;
let hasSchema: boolean;

beforeEach(async () => {
  service = new SnowflakeService();
  stored = new Map();
  present = [];
  orphans = 0;
  hasSchema = true;
  service.answer = answer;
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

const rows = (...values: string[]): SnowflakeAnswer => ({
  columns: [{ name: 'N', type: 'text' }],
  partitions: [values.map((value) => [value])],
});

function answer(sql: string): SnowflakeAnswer {
  if (sql === snowflakeIntroduction)
    return { columns: ['V', 'M'].map((name) => ({ name, type: 'text' })), partitions: [[['9.1.0', 'now']]] };
  if (sql.startsWith('select table_name from information_schema.tables')) return rows(...present);
  if (sql.includes('information_schema.schemata')) return rows(hasSchema ? '1' : '0');
  stored.delete(/^create or replace table "PUBLIC"\."_OMBUDSMAN_NEW_(\w+)"/.exec(sql)?.[1] ?? '');
  const into = /^insert into "PUBLIC"\."_OMBUDSMAN_NEW_(\w+)"/.exec(sql)?.[1];
  if (into !== undefined) {
    const count = sql.slice(sql.indexOf(' from values ')).split('),(').length;
    stored.set(into, (stored.get(into) ?? 0) + count);
    return rows(String(count));
  }
  if (sql.includes(' left join ')) return rows(String(orphans));
  const counted = /^select count\(\*\) from "PUBLIC"\."_OMBUDSMAN_NEW_(\w+)"$/.exec(sql)?.[1];
  return rows(counted === undefined ? 'done' : String(stored.get(counted) ?? 0));
}

function generate() {
  const { signal, scratchDir } = sessions.context();
  return generateData(
    { schema_type: 'Retail', row_count: 300, seed: 7, target: { name: 'place', definition } },
    {
      signal,
      scratchDir,
      artifactDir: sessions.path('artifacts'),
      progress: () => undefined,
      log: () => undefined,
    },
  );
}

const statements = (): string[] => service.requests.map(({ statement }) => statement);

describe('generation into Snowflake', () => {
  it('makes tables aside, fills and checks them, and renames them in one request', async () => {
    present = ['FACT_SALES'];
    const { result } = await generate();
    expect(stored.get('FACT_SALES')).toBe(300);
    expect(result.evidence.rows_written).toBe([...stored.values()].reduce((sum, count) => sum + count, 0));
    expect(statements()).toContainEqual(
      expect.stringMatching(
        /^create or replace table "PUBLIC"\."_OMBUDSMAN_NEW_FACT_SALES" \(\n {2}"SALES_KEY" bigint not null,/,
      ),
    );
    expect(statements()).toContainEqual(
      expect.stringMatching(/ left join .* on p\."PRODUCT_KEY" = c\."PRODUCT_KEY"/),
    );
    const last = service.requests.at(-1);
    expect(last?.statement).toContain(
      'alter table "PUBLIC"."FACT_SALES" rename to "PUBLIC"."_OMBUDSMAN_OLD_FACT_SALES"; ' +
        'alter table "PUBLIC"."_OMBUDSMAN_NEW_FACT_SALES" rename to "PUBLIC"."FACT_SALES"',
    );
    expect(last?.statement).toMatch(/drop table "PUBLIC"\."_OMBUDSMAN_OLD_FACT_SALES"$/);
    expect(last?.parameters?.['MULTI_STATEMENT_COUNT']).toBe(String(last?.statement.split('; ').length));
  });

  it('makes the schema only where it is missing', async () => {
    await generate();
    expect(statements()).not.toContain('create schema "PUBLIC"');
    hasSchema = false;
    await generate();
    expect(statements()).toContain('create schema "PUBLIC"');
  });

  it('mends what a writing left behind that was cut off between two renames', async () => {
    present = ['_OMBUDSMAN_OLD_FACT_SALES', 'DIM_DATE', '_OMBUDSMAN_OLD_DIM_DATE'];
    await generate();
    expect(statements()).toContain(
      'alter table "PUBLIC"."_OMBUDSMAN_OLD_FACT_SALES" rename to "PUBLIC"."FACT_SALES"',
    );
    expect(statements()).toContain('drop table "PUBLIC"."_OMBUDSMAN_OLD_DIM_DATE"');
  });

  it('keeps nothing when a check fails, and what was there stays', async () => {
    orphans = 1;
    present = ['FACT_SALES'];
    await expect(generate()).rejects.toMatchObject({ code: 'verification_failed' });
    expect(statements().filter((sql) => sql.includes('rename to'))).toEqual([]);
    expect(statements().at(-1)).toMatch(/^drop table if exists "PUBLIC"\."_OMBUDSMAN_NEW_/);
  });

  it('writes every value as text of its own, cast to its type', () => {
    const columns = [
      { name: 'is_on', type: 'BOOLEAN', sql: '', nullable: true },
      { name: 'at', type: 'TIMESTAMP', sql: '', nullable: true },
      { name: 'note', type: 'VARCHAR', sql: '', nullable: true },
      { name: 'sum', type: 'DECIMAL(12,2)', sql: '', nullable: true },
    ] as const;
    expect(
      insertSql('"P"."T"', columns, [
        ['1', '2024-01-01 00:00:00', "it's \\ x", '1.50'],
        [null, null, null, null],
      ]),
    ).toBe(
      `insert into "P"."T" ("IS_ON", "AT", "NOTE", "SUM") select (column1::varchar = '1'), column2::varchar::timestamp_ntz(6), ` +
        `column3::varchar, column4::varchar::decimal(12,2) from values ('1','2024-01-01 00:00:00','it''s \\\\ x','1.50'),(null,null,null,null)`,
    );
  });
});
