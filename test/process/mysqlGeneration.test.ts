import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMysqlWriter } from '../../daemon/engine/connections/mysqlWriter.ts';
import { generateData } from '../../daemon/engine/generation/generate.ts';
import type { GenerationWork, ResolvedConnection } from '../../daemon/protocol/engine.ts';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { Sessions } from '../support/sessions.ts';
import { ValidationBench } from '../support/validationSides.ts';

type MysqlDefinition = ConnectionDefinition & { type: 'mysql' };

const bench = new ValidationBench();
let server: TestMariadb;
let sessions: Sessions;
let databases = 0;

beforeAll(async () => {
  server = await startMariadb();
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await bench.close();
});

async function place(): Promise<MysqlDefinition> {
  databases += 1;
  return server.createDatabase(`generation_${databases}`);
}

type Request = Partial<Omit<GenerationWork, 'type' | 'target'>>;

function generate(
  definition: ConnectionDefinition,
  request: Request = {},
  hooks: { signal?: AbortSignal; onProgress?: (rows: number) => void } = {},
) {
  const { signal, scratchDir } = sessions.context(hooks.signal);
  const work = { schema_type: 'Retail', row_count: 700, seed: 42, ...request } as const;
  return generateData(
    { ...work, target: { name: 'place', definition } },
    {
      signal,
      scratchDir,
      artifactDir: sessions.path('artifacts'),
      progress: ({ rows_done = 0 }) => hooks.onProgress?.(rows_done),
      log: () => undefined,
    },
  );
}

const tablesOf = async ({ database }: MysqlDefinition) =>
  (
    await server.sql(
      database,
      `select table_name as name from information_schema.tables where table_schema = '${database}' order by 1`,
    )
  ).map(({ name }) => String(name));

const rowsOf = async ({ database }: MysqlDefinition, table: string) =>
  Number((await server.sql(database, `select count(*) as n from \`${table}\``))[0]!['n']);

/** Every table of two places holds the same rows, told by the product itself; returns how many tables that were. */
async function expectSameRows(left: ConnectionDefinition, right: MysqlDefinition, tables: readonly string[]) {
  const sides: ResolvedConnection[] = [
    { name: 'left', definition: left },
    { name: 'right', definition: right },
  ];
  for (const table of tables) {
    const { result, error } = await bench.run(sides[0]!, sides[1]!, {
      keys: [],
      source: { connection: 'left', table },
      target: { connection: 'right', table },
      checks: ['row_count', 'row_hash'],
    });
    expect([table, error?.message, result.summary.passed]).toEqual([table, undefined, 2]);
  }
}

describe('generation into MariaDB', () => {
  it.each(['Retail', 'Finance', 'Healthcare'] as const)(
    '%s: the same rows as in DuckDB',
    async (schema_type) => {
      const [definition, reference] = [await place(), sessions.path(`${schema_type}.duckdb`)];
      const { result } = await generate(definition, { schema_type });
      await generate({ type: 'duckdb', path: reference }, { schema_type });
      const tables = result.tables.map(({ table }) => table);
      expect(await tablesOf(definition)).toEqual([...tables].sort());
      expect(result.verified.filter(({ expected, actual }) => expected !== actual)).toEqual([]);
      const total = result.tables.reduce((sum, { rows }) => sum + rows, 0);
      expect(result.evidence).toMatchObject({
        rows_written: total,
        target: { connection: 'place', system: 'MariaDB', rows_scanned: total },
      });
      await expectSameRows({ type: 'duckdb', path: reference }, definition, tables);
    },
  );

  it('declares keys, and foreign keys that hold', async () => {
    const definition = await place();
    const { result } = await generate(definition);
    const kinds = await server.sql(
      definition.database,
      `select constraint_type as type, count(*) as n from information_schema.table_constraints
       where table_schema = '${definition.database}' and constraint_type <> 'UNIQUE' group by 1 order by 1`,
    );
    // 12: what Retail refers to, from its eight tables.
    expect(kinds.map(({ type, n }) => [type, Number(n)])).toEqual([
      ['FOREIGN KEY', 12],
      ['PRIMARY KEY', result.tables.length],
    ]);
    const names = await server.sql(
      definition.database,
      `select distinct referenced_table_name as name from information_schema.referential_constraints
       where constraint_schema = '${definition.database}'`,
    );
    expect(names.filter(({ name }) => String(name).startsWith('_ombudsman'))).toEqual([]);
    await expect(server.sql(definition.database, 'delete from dim_customer')).rejects.toThrow(/foreign key/);
  });

  it('replaces what was there, again and again, with its keys', async () => {
    const definition = await place();
    await generate(definition);
    await generate(definition, { row_count: 50 });
    const { result } = await generate(definition, { row_count: 30 });
    expect(await rowsOf(definition, 'fact_sales')).toBe(30);
    expect(await tablesOf(definition)).toEqual(result.tables.map(({ table }) => table).sort());
  });

  it('goes by INSERT where the server takes no files, with the same rows', async () => {
    const [byFile, byInsert] = [await place(), await place()];
    const { result } = await generate(byFile, { row_count: 2500 });
    await server.sql('mysql', 'set global local_infile = 0');
    try {
      const inserted = await generate(byInsert, { row_count: 2500 });
      const sql = inserted.result.evidence.target!.sql.join('\n');
      expect(sql).toContain('insert into');
      expect(sql).not.toContain('load data');
    } finally {
      await server.sql('mysql', 'set global local_infile = 1');
    }
    expect(result.evidence.target!.sql.join('\n')).toContain('load data');
    await expectSameRows(
      byFile,
      byInsert,
      result.tables.map(({ table }) => table),
    );
  });

  it('plants faults where it is asked to', async () => {
    const definition = await place();
    const { result } = await generate(definition, { row_count: 2000, faults: { rate: 0.01 } });
    expect(Object.keys(result.faults_planted ?? {}).length).toBeGreaterThan(0);
  });

  it('leaves the old tables whole and nothing of its own when it is cancelled', async () => {
    const definition = await place();
    await generate(definition, { row_count: 20 });
    const before = await tablesOf(definition);
    const controller = new AbortController();
    const running = generate(
      definition,
      { row_count: 200_000 },
      { signal: controller.signal, onProgress: (rows) => rows > 1000 && controller.abort('cancel') },
    );
    await expect(running).rejects.toMatchObject({ kind: 'interrupted' });
    expect(await tablesOf(definition)).toEqual(before);
    expect(await rowsOf(definition, 'fact_sales')).toBe(20);
  });

  it('clears up what a killed writing left behind', async () => {
    const definition = await place();
    await server.sql(
      definition.database,
      'create table _ombudsman_new_fact_sales (a int); create table _ombudsman_old_fact_sales (a int)',
    );
    const { result } = await generate(definition);
    expect(await tablesOf(definition)).toEqual(result.tables.map(({ table }) => table).sort());
  });

  it('refuses to replace a table that another one refers to, and keeps it', async () => {
    const definition = await place();
    await generate(definition, { row_count: 20 });
    await server.sql(
      definition.database,
      'create table mine (id int primary key, store int, constraint mine_store foreign key (store) references dim_store (store_key))'.replace(
        'store int',
        `store ${String((await server.sql(definition.database, "select column_type as t from information_schema.columns where table_schema = database() and table_name = 'dim_store' and column_name = 'store_key'"))[0]!['t'])}`,
      ),
    );
    await expect(generate(definition)).rejects.toMatchObject({
      kind: 'definition',
      code: 'table_in_use',
      message: expect.stringMatching(
        /dim_store cannot be replaced: generation_\d+\.mine refers to it/,
      ) as string,
    });
    expect(await rowsOf(definition, 'fact_sales')).toBe(20);
  });

  it('makes the schema if it is missing, and takes it back if it fails', async () => {
    const definition = await place();
    const schema = `${definition.database}_made`;
    await generate(definition, { schema });
    expect(await rowsOf({ ...definition, database: schema }, 'fact_sales')).toBe(700);
    const gone = `${definition.database}_gone`;
    const controller = new AbortController();
    const cancelled = generate(
      definition,
      { schema: gone, row_count: 100_000 },
      { signal: controller.signal, onProgress: (rows) => rows > 1000 && controller.abort('cancel') },
    );
    await expect(cancelled).rejects.toMatchObject({ kind: 'interrupted' });
    expect(await server.sql('mysql', `show databases like '${gone}'`)).toEqual([]);
  });

  it('lets one writing into a schema wait for the other', async () => {
    const definition = await place();
    const both = await Promise.all([
      generate(definition, { row_count: 40 }),
      generate(definition, { row_count: 40 }),
    ]);
    expect(both.map(({ result }) => result.tables.find(({ table }) => table === 'fact_sales')?.rows)).toEqual(
      [40, 40],
    );
    expect(await rowsOf(definition, 'fact_sales')).toBe(40);
  });

  it('takes a warning of the server for the error it is', async () => {
    const definition = await place();
    const writer = await openMysqlWriter('place', definition, sessions.context());
    await writer.execute('create table few (a tinyint primary key, b varchar(3))');
    const load = "load data local infile 'x' into table few fields terminated by ',' (a, b)";
    for (const text of ['1,x\n300,y\n', '2,x\n2,y\n', '3,toolong\n'])
      await expect(writer.load(load, Readable.from([Buffer.from(text)]))).rejects.toMatchObject({
        kind: 'definition',
        code: 'bad_value',
      });
    expect(await writer.load(load, Readable.from([Buffer.from('9,z\n')]))).toBe(1);
    await writer.close();
  });
});
