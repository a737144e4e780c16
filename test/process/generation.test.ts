import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeDuckdb, closeWorkspace, workspace } from '../../daemon/engine/connections/duckdbInstance.ts';
import { configureDuckdb } from '../../daemon/engine/connections/duckdbLimits.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { openSqliteWriter } from '../../daemon/engine/connections/sqlite.ts';
import { compileDomain } from '../../daemon/engine/generation/compile.ts';
import { domains } from '../../daemon/engine/generation/domains/registry.ts';
import { generateData, type GenerationOutcome } from '../../daemon/engine/generation/generate.ts';
import { openTarget } from '../../daemon/engine/generation/targets/registry.ts';
import { assertVerified, verifyTarget } from '../../daemon/engine/generation/verify.ts';
import type { GenerationWork } from '../../daemon/protocol/engine.ts';
import type { OperationProgress } from '../../daemon/protocol/entities.ts';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../support/postgres.ts';
import { Sessions } from '../support/sessions.ts';

let postgres: TestPostgres;
let sessions: Sessions;
let databases = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await closeDuckdb();
  await stopPostgres();
});
beforeEach(() => {
  sessions = new Sessions();
});
afterEach(() => sessions.close());

const kinds = ['duckdb', 'sqlite', 'parquet', 'csv', 'json', 'postgres'] as const;
type Kind = (typeof kinds)[number];

/** A fresh, empty place to write to. */
async function place(kind: Kind): Promise<ConnectionDefinition> {
  databases += 1;
  if (kind === 'postgres') return postgres.createDatabase(`generation_${databases}`);
  if (kind === 'duckdb') return { type: 'duckdb', path: sessions.path(`new/${databases}/t.duckdb`) };
  if (kind === 'sqlite') return { type: 'sqlite', path: sessions.path(`new/${databases}/t.sqlite`) };
  return { type: 'files', path: sessions.path(`t${databases}`), format: kind };
}

type Request = Partial<Omit<GenerationWork, 'type' | 'target'>> & {
  readonly definition?: ConnectionDefinition;
};

function generate(
  request: Request,
  progress: (told: OperationProgress) => void = () => undefined,
): Promise<GenerationOutcome> {
  const { definition, ...work } = request;
  const { signal, scratchDir } = sessions.context();
  return generateData(
    {
      schema_type: 'Retail',
      row_count: 700,
      seed: 42,
      ...work,
      ...(definition !== undefined && { target: { name: 'place', definition } }),
    },
    { signal, scratchDir, artifactDir: sessions.path('artifacts'), progress, log: () => undefined },
  );
}

async function rows(definition: ConnectionDefinition, sql: string): Promise<unknown[][]> {
  const context = sessions.context();
  const connection = await openConnection('place', definition, context);
  try {
    return (await connection.query(sql, { signal: context.signal })).rows;
  } finally {
    await connection.close();
  }
}

const count = async (definition: ConnectionDefinition, table: string) =>
  Number((await rows(definition, `select count(*) from "${table}"`))[0]?.[0]);

/** Values as every system tells them: cents as whole numbers, text and its absence, dates. */
const portable = [
  `select sales_key, customer_key, quantity, cast(round(net_amount * 100) as bigint) from fact_sales order by sales_key`,
  `select customer_key, customer_id, first_name, last_name, notes, cast(valid_to as varchar) from dim_customer order by customer_key`,
];

describe('the same rows everywhere', () => {
  test.each(kinds)('%s', async (kind) => {
    const definition = await place(kind);
    const told: OperationProgress[] = [];
    const { result } = await generate({ definition }, (progress) => told.push(progress));
    const reference = await place('duckdb');
    await generate({ definition: reference });
    for (const sql of portable) expect(await rows(definition, sql)).toEqual(await rows(reference, sql));
    for (const { table, rows: written } of result.tables)
      expect([table, await count(definition, table)]).toEqual([table, written]);
    expect(result.tables.find(({ table }) => table === 'fact_sales')?.rows).toBe(700);
    expect(result.verified.length).toBeGreaterThan(result.tables.length);
    expect(result.verified.filter(({ expected, actual }) => expected !== actual)).toEqual([]);
    const total = result.tables.reduce((sum, each) => sum + each.rows, 0);
    expect(result.evidence).toMatchObject({
      rows_written: total,
      target: { connection: 'place', rows_scanned: total },
    });
    expect(told.at(-1)).toMatchObject({ rows_done: total, rows_total: total });
  });

  test.each(kinds)('%s: writing again replaces', async (kind) => {
    const definition = await place(kind);
    await generate({ definition });
    await generate({ definition, row_count: 30 });
    expect(await count(definition, 'fact_sales')).toBe(30);
  });

  test.each(['duckdb', 'sqlite', 'csv', 'postgres'] as const)(
    '%s: planted faults arrive with their answer key',
    async (kind) => {
      const definition = await place(kind);
      const { result } = await generate({ definition, faults: { count: 64 } });
      expect(result.faults_planted?.total).toBe(64);
      expect(await count(definition, '_faults')).toBe(64);
      const clean = await place(kind);
      await generate({ definition: clean });
      const answers = await rows(
        definition,
        `select "key", column_name, original, corrupted from _faults where table_name = 'dim_customer' and column_name in ('first_name', 'notes', 'city', 'street')`,
      );
      expect(answers.length).toBeGreaterThan(0);
      for (const [key, column, original, corrupted] of answers) {
        const { customer_key: own } = JSON.parse(String(key)) as { customer_key: string };
        const select = `select ${String(column)} from dim_customer where customer_key = ${own}`;
        expect(await rows(clean, select)).toEqual([[original]]);
        expect(await rows(definition, select)).toEqual([[corrupted]]);
      }
    },
  );
});

describe('the same bytes', () => {
  const hashes = (folder: string) =>
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]);

  test.each(['parquet', 'csv', 'json'] as const)(
    '%s: twice, and with one, two and four threads',
    async (kind) => {
      const all = [];
      for (const threads of [1, 2, 2, 4]) {
        await closeDuckdb();
        configureDuckdb({ memory_limit_mb: 1024, threads });
        const definition = await place(kind);
        await generate({ definition, row_count: 250_000, tables: ['fact_sales'] });
        all.push(hashes(sessions.path(`t${databases}`)));
      }
      await closeDuckdb();
      configureDuckdb({ memory_limit_mb: 1024, threads: 2 });
      expect(all[0]?.map(([name]) => name)).toContain(`fact_sales.${kind}`);
      for (const other of all.slice(1)) expect(other).toEqual(all[0]);
    },
  );

  test('a million rows are a million rows', async () => {
    const definition = await place('parquet');
    await generate({ definition, row_count: 1_000_000 });
    expect(await count(definition, 'fact_sales')).toBe(1_000_000);
  });
});

describe('options', () => {
  test('tables: those named and what they refer to', async () => {
    const definition = await place('parquet');
    const { result } = await generate({ definition, tables: ['fact_returns'] });
    expect(result.tables.map(({ table }) => table)).not.toContain('fact_inventory_daily');
    expect(result.tables.map(({ table }) => table)).toContain('dim_customer');
  });

  test('an unknown table is named with the nearest', async () => {
    await expect(generate({ tables: ['dim_custmer'] })).rejects.toMatchObject({
      kind: 'definition',
      hint: expect.stringContaining('dim_customer') as string,
    });
  });

  test.each(['duckdb', 'postgres'] as const)('%s: schema is made if it is missing', async (kind) => {
    const definition = await place(kind);
    await generate({ definition, schema: 'Test Data', row_count: 5 });
    expect(await rows(definition, 'select count(*) from "Test Data".fact_sales')).toEqual([['5']]);
  });

  test('files: schema is a folder inside the folder', async () => {
    const definition = await place('csv');
    await generate({ definition, schema: 'inner', row_count: 5 });
    expect(await rows(definition, 'select count(*) from "inner/fact_sales"')).toEqual([['5']]);
    await expect(generate({ definition, schema: '../outer' })).rejects.toMatchObject({
      code: 'outside_folder',
    });
  });

  test('without a connection: Parquet artifacts', async () => {
    const { result, artifacts } = await generate({ schema_type: 'Finance', row_count: 40 });
    expect(artifacts.map(({ name }) => name).sort()).toEqual(
      result.tables.map(({ table }) => `${table}.parquet`).sort(),
    );
    expect(readdirSync(sessions.path('artifacts')).sort()).toEqual(artifacts.map(({ name }) => name).sort());
  });
});

describe('keys', () => {
  test('PostgreSQL has them all, valid', async () => {
    const definition = (await place('postgres')) as ConnectionDefinition & { type: 'postgres' };
    await generate({ definition, schema_type: 'Healthcare', row_count: 90 });
    const found = await postgres.sql(
      definition.database,
      `select contype, count(*)::int as n, bool_and(convalidated) as valid, bool_or(conname like '%ombudsman%') as odd
       from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'f') group by 1 order by 1`,
    );
    const foreign = domains.Healthcare.tables.reduce((sum, table) => sum + table.foreign_keys.length, 0);
    expect(found).toEqual([
      { contype: 'f', n: foreign, valid: true, odd: false },
      { contype: 'p', n: domains.Healthcare.tables.length, valid: true, odd: false },
    ]);
  });

  test('a table that others refer to is not replaced, and nothing is changed', async () => {
    const server = (await place('postgres')) as ConnectionDefinition & { type: 'postgres' };
    await generate({ definition: server });
    await postgres.sql(server.database, 'create view cheap as select * from fact_sales where net_amount < 1');
    await expect(generate({ definition: server, row_count: 9 })).rejects.toMatchObject({
      kind: 'definition',
      code: 'table_in_use',
    });
    expect(await count(server, 'fact_sales')).toBe(700);

    const file = (await place('sqlite')) as ConnectionDefinition & { type: 'sqlite' };
    await generate({ definition: file });
    const writer = await openSqliteWriter(file.path, sessions.context());
    await writer.execute('create table mine (sales_key references fact_sales (sales_key))');
    await writer.close();
    await expect(generate({ definition: file, row_count: 9 })).rejects.toMatchObject({
      kind: 'definition',
      code: 'table_in_use',
    });
    expect(await count(file, 'fact_sales')).toBe(700);

    const embedded = await place('duckdb');
    await generate({ definition: embedded });
    await expect(
      generate({ definition: embedded, row_count: 9, tables: ['dim_product'] }),
    ).rejects.toMatchObject({
      kind: 'definition',
      code: 'table_in_use',
    });
    expect(await count(embedded, 'dim_product')).toBe(130);
  });
});

describe('verification reads what was written', () => {
  test('one lost parent and one lost row turn it red', async () => {
    const context = sessions.context();
    const definition = await place('duckdb');
    const duckdb = await workspace(context);
    const { setup, tables } = compileDomain(domains.Retail, 50, 42);
    for (const statement of setup) await duckdb.run(statement);
    const target = await openTarget(
      { name: 'place', definition },
      {
        ...context,
        artifactDir: sessions.path('a'),
        duckdb,
        schema: undefined,
        onLog: () => undefined,
        closeDuckdb: () => closeWorkspace(duckdb),
      },
    );
    try {
      const all = tables.map(({ table, ...rest }) => ({
        ...table,
        ...rest,
        primary_key: [],
        foreign_keys: [],
      }));
      await target.begin(all);
      for (const table of all) await target.load(table, () => undefined);
      const expected = tables.map(({ table, rows: wanted }) => ({
        table: table.name,
        rows: wanted,
        foreign_keys: table.foreign_keys,
      }));
      const good = await verifyTarget(target, expected, context.signal);
      expect(() => assertVerified(good)).not.toThrow();
      await duckdb.run('delete from dim_store where store_key = (select min(store_key) from fact_sales)');
      const bad = await verifyTarget(target, expected, context.signal);
      const red = bad.filter(({ expected: wanted, actual }) => wanted !== actual).map(({ what }) => what);
      expect(red).toContain('rows of dim_store');
      expect(red).toContain('orphans of fact_sales (store_key) in dim_store');
      expect(() => assertVerified(bad)).toThrow(/nothing was kept/);
    } finally {
      await target.close();
    }
  });
});

describe('files', () => {
  test('a stranger in the folder stays, a leftover of a dead generation goes', async () => {
    const definition = await place('csv');
    await generate({ definition, row_count: 5 });
    const folder = sessions.path(`t${databases}`);
    writeFileSync(join(folder, 'mine.csv'), 'a\n1\n');
    // No process has this number: Linux gives none above 2^22, other systems none above 99,999.
    writeFileSync(join(folder, '.ombudsman-generation-99999999-x-fact_sales.csv'), 'half');
    await generate({ definition, row_count: 6 });
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readFileSync(join(folder, 'mine.csv'), 'utf8')).toBe('a\n1\n');
  });
});
