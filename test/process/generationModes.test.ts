import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { generateData } from '../../daemon/engine/generation/generate.ts';
import type { GenerationWork } from '../../daemon/protocol/engine.ts';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startMariadb, stopMariadb } from '../support/mariadb.ts';
import { startPostgres, stopPostgres } from '../support/postgres.ts';
import { Sessions } from '../support/sessions.ts';

let sessions: Sessions;
let places = 0;
beforeAll(() => {
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
  await stopPostgres();
  await stopMariadb();
});

const kinds = ['duckdb', 'sqlite', 'parquet', 'csv', 'json', 'postgres', 'mysql'] as const;

async function place(kind: (typeof kinds)[number]): Promise<ConnectionDefinition> {
  places += 1;
  if (kind === 'postgres') return (await startPostgres()).createDatabase(`modes_${places}`);
  if (kind === 'mysql') return (await startMariadb()).createDatabase(`modes_${places}`);
  if (kind === 'duckdb' || kind === 'sqlite')
    return { type: kind, path: sessions.path(`modes_${places}.${kind}`) };
  return { type: 'files', path: sessions.path(`modes_${places}`), format: kind };
}

const tables = ['dim_date', 'dim_customer', 'dim_product', 'dim_store', 'dim_promotion', 'fact_sales'];

function generate(definition: ConnectionDefinition, work: Partial<GenerationWork>) {
  const { signal, scratchDir } = sessions.context();
  return generateData(
    {
      schema_type: 'Retail',
      row_count: 300,
      seed: 42,
      tables,
      target: { name: 'place', definition },
      ...work,
    },
    {
      signal,
      scratchDir,
      artifactDir: sessions.path('artifacts'),
      progress: () => undefined,
      log: () => undefined,
    },
  );
}

async function rows(definition: ConnectionDefinition, sql: string): Promise<unknown[][]> {
  const context = sessions.context();
  const connection = await openConnection('place', definition, context);
  try {
    return (await connection.query(sql, { signal: context.signal })).rows.map((row) => row.map(String));
  } finally {
    await connection.close();
  }
}

const count = async (definition: ConnectionDefinition, table: string) =>
  Number((await rows(definition, `select count(*) from ${table}`))[0]?.[0]);

/** What does not depend on how many rows the parents have. */
const own = 'select sales_key, order_id, line_no, quantity from fact_sales order by sales_key';

describe.each(kinds)('%s', (kind) => {
  test('append adds the rows that come next, and what they refer to', async () => {
    const [definition, whole] = [await place(kind), await place('duckdb')];
    const first = await generate(definition, {});
    const { result } = await generate(definition, { mode: 'append', row_count: 450 });
    await generate(whole, { row_count: 750 });
    expect(await rows(definition, own)).toEqual(await rows(whole, own));
    for (const table of tables)
      expect([table, await count(definition, table)]).toEqual([table, await count(whole, table)]);
    expect(result.tables.find(({ table }) => table === 'fact_sales')?.rows).toBe(450);
    expect(result.verified).toContainEqual(
      expect.objectContaining({ what: 'rows of fact_sales', expected: 750, actual: 750 }),
    );
    expect(result.verified).toContainEqual(
      expect.objectContaining({ what: 'repeated keys of fact_sales', actual: 0 }),
    );
    const names = 'select customer_key, last_name, notes from dim_customer order by customer_key';
    expect(await rows(definition, names)).toEqual(await rows(whole, names));
    expect(first.result.tables.find(({ table }) => table === 'fact_sales')?.rows).toBe(300);
  });

  test('append to rows of other keys is refused, and nothing is changed', async () => {
    const definition = await place(kind);
    // The keys of the first rows are there twice: what comes next would be counted from the wrong row.
    const schema = (start: number) => ({
      schema_name: 'keys',
      tables: {
        item: { rows: 50, columns: { id: { sequence: { start, step: 1 } }, name: { dictionary: 'city' } } },
      },
    });
    const work = { schema_type: undefined, row_count: undefined, tables: undefined };
    await generate(definition, { ...work, schema_definition: schema(60) });
    const before = await rows(definition, 'select * from item order by id');
    await expect(
      generate(definition, { ...work, schema_definition: schema(20), mode: 'append' }),
    ).rejects.toThrow();
    expect(await rows(definition, 'select * from item order by id')).toEqual(before);
  });

  test('create makes what is not there, and refuses what is', async () => {
    const definition = await place(kind);
    await generate(definition, { mode: 'create' });
    expect(await count(definition, 'fact_sales')).toBe(300);
    await expect(generate(definition, { mode: 'create', row_count: 5 })).rejects.toMatchObject({
      kind: 'definition',
      code: 'table_exists',
    });
    expect(await count(definition, 'fact_sales')).toBe(300);
    await generate(definition, { mode: 'replace', row_count: 5 });
    expect(await count(definition, 'fact_sales')).toBe(5);
  });

  test('append to nothing makes the tables; to some of them, or with faults, it is refused', async () => {
    const definition = await place(kind);
    await generate(definition, { mode: 'append', tables: ['dim_store'] });
    expect(await count(definition, 'dim_store')).toBeGreaterThan(0);
    await expect(generate(definition, { mode: 'append' })).rejects.toMatchObject({ code: 'cannot_append' });
    await expect(
      generate(definition, { mode: 'append', tables: ['dim_store'], faults: { count: 1 } }),
    ).rejects.toMatchObject({ code: 'cannot_append' });
    await generate(definition, {});
    await expect(generate(definition, { mode: 'append', tables: undefined })).rejects.toMatchObject({
      code: 'cannot_append',
    });
  });
});
