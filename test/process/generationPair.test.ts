import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { generateData } from '../../daemon/engine/generation/generate.ts';
import type { GenerationWork, ResolvedConnection } from '../../daemon/protocol/engine.ts';
import { faultKindSchema, type FaultsDefinition } from '../../daemon/protocol/files/generation.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';
import { Sessions } from '../support/sessions.ts';
import { checkNamed, readParquet, ValidationBench } from '../support/validationSides.ts';

const bench = new ValidationBench();
let sessions: Sessions;
beforeAll(() => {
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await bench.close();
});

function generate(work: Omit<GenerationWork, 'type'>) {
  const { signal, scratchDir } = sessions.context();
  return generateData(work, {
    signal,
    scratchDir,
    artifactDir: sessions.path('artifacts'),
    progress: () => undefined,
    log: () => undefined,
  });
}

async function query({ name, definition }: ResolvedConnection, sql: string): Promise<(string | null)[][]> {
  const context = sessions.context();
  const connection = await openConnection(name, definition, context);
  try {
    const { rows } = await connection.query(sql, { signal: context.signal });
    return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  } finally {
    await connection.close();
  }
}

const pairs: Readonly<Record<string, () => Promise<readonly [ResolvedConnection, ResolvedConnection]>>> = {
  'DuckDB to SQLite': async () => [
    { name: 'source', definition: { type: 'duckdb', path: sessions.path('a.duckdb') } },
    { name: 'target', definition: { type: 'sqlite', path: sessions.path('b.sqlite') } },
  ],
  'PostgreSQL to MariaDB': async () => [
    { name: 'source', definition: await (await startPostgres()).createDatabase('pair_source') },
    { name: 'target', definition: await (await startMariadb()).createDatabase('pair_target') },
  ],
  'CSV to Parquet': async () => [
    { name: 'source', definition: { type: 'files', path: sessions.path('csv'), format: 'csv' } },
    { name: 'target', definition: { type: 'files', path: sessions.path('parquet'), format: 'parquet' } },
  ],
};

const keys: Readonly<Record<string, string>> = {
  dim_date: 'date_key',
  dim_customer: 'customer_key',
  dim_product: 'product_key',
  dim_store: 'store_key',
  fact_sales: 'sales_key',
  fact_returns: 'return_key',
};

/** What one fault is called: table, class of row, key, column, kind. A lost or added row has no column. */
type Named = readonly (string | null)[];
const inOrder = (list: readonly Named[]): string[] => list.map((each) => JSON.stringify(each)).sort();

/** What is planted, as the answer key says. */
async function planted(target: ResolvedConnection): Promise<string[]> {
  const rows = await query(target, 'select table_name, "key", column_name, kind from _faults');
  const found = rows.map(([table = '', key = '', column = null, kind = ''] = []): Named => {
    const isRow = column === null;
    const own = Object.values(JSON.parse(key ?? '') as Record<string, string>)[0] ?? '';
    return [table, isRow ? kind : 'value', own, column, isRow ? null : kind];
  });
  return inOrder(found);
}

/** What row_hash finds between the two, table by table. */
async function found(source: ResolvedConnection, target: ResolvedConnection): Promise<string[]> {
  const all: Named[] = [];
  for (const [table, key] of Object.entries(keys)) {
    const { result, files } = await bench.run(source, target, {
      keys: [key],
      source: { connection: source.name, table },
      target: { connection: target.name, table },
      checks: ['row_hash'],
    });
    const { differences } = checkNamed(result, 'row_hash');
    const path = files.get(differences?.artifact_id ?? '');
    if (path === undefined) continue;
    for (const row of await readParquet(path)) {
      const text = (name: string) => row[name] as string | null;
      const own = Object.values(JSON.parse(String(row['key'])) as Record<string, unknown>)[0];
      const isValue = row['class'] === 'value';
      all.push([
        table,
        text('class'),
        String(own),
        isValue ? text('column') : null,
        isValue ? text('kind') : null,
      ]);
    }
  }
  return inOrder(all);
}

describe.each(Object.keys(pairs))('%s', (name) => {
  let source: ResolvedConnection;
  let target: ResolvedConnection;
  const faults: FaultsDefinition = {
    count: 140,
    tables: Object.keys(keys),
    rates: { swapped_columns: 0.002, other: 0.004 },
    columns: {
      'dim_customer.email': { count: 5, kinds: ['case', 'null_vs_value'] },
      'fact_sales.net_amount': { rate: 0.003, kinds: ['rounding'] },
    },
  };

  beforeAll(async () => {
    [source, target] = await pairs[name]!();
  });

  test('validation finds exactly what was planted: key, column and kind, none more, none less', async () => {
    const { result } = await generate({
      schema_type: 'Retail',
      row_count: 3000,
      seed: 7,
      target: source,
      pair_target: target,
      faults,
    });
    expect(result.verified.filter(({ expected, actual }) => expected !== actual)).toEqual([]);
    const expected = await planted(target);
    const kinds = new Set(
      expected.map((each) => (JSON.parse(each) as Named)[4]).filter((kind) => kind !== null),
    );
    expect([...kinds].sort()).toEqual(
      faultKindSchema.options
        // Shops are closed in the nights in which clocks change.
        .filter((kind) => !['missing', 'extra', 'duplicate', 'dst_hour'].includes(kind))
        .sort(),
    );
    const total = Object.values(result.faults_planted?.by_kind ?? {}).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(result.faults_planted?.total);
    expect(new Set((await query(target, 'select fault_id from _faults')).flat()).size).toBe(total);
    expect(result.faults_planted?.total).toBeGreaterThanOrEqual(140 + 5 + 9);
    expect(await found(source, target)).toEqual(expected);
  });

  test('the source is clean and has no answer key; a pair again gives the same faults', async () => {
    await expect(query(source, 'select count(*) from _faults')).rejects.toThrow();
    const before = await query(target, 'select * from _faults order by fault_id, column_name');
    await generate({
      schema_type: 'Retail',
      row_count: 3000,
      seed: 7,
      target: source,
      pair_target: target,
      faults,
    });
    expect(await query(target, 'select * from _faults order by fault_id, column_name')).toEqual(before);
  });
});

test('an hour too many where clocks change: planted in such nights alone, and found as what it is', async () => {
  const [source, target] = [
    { name: 'source', definition: { type: 'duckdb', path: sessions.path('dst_a.duckdb') } },
    { name: 'target', definition: { type: 'duckdb', path: sessions.path('dst_b.duckdb') } },
  ] as const;
  const moments = { from: '2024-03-31 00:00:00', to: '2024-03-31 03:00:00', precision: 'seconds' } as const;
  const { result } = await generate({
    schema_definition: {
      schema_name: 'nights',
      tables: { event: { rows: 200, columns: { id: { sequence: 1 }, at: { timestamp: moments } } } },
    },
    seed: 1,
    target: source,
    pair_target: target,
    faults: { rates: { dst_hour: 0.1 } },
  });
  expect(result.faults_planted).toEqual({ total: 20, by_kind: { dst_hour: 20 } });
  const outcome = await bench.run(source, target, {
    keys: ['id'],
    source: { connection: 'source', table: 'event' },
    target: { connection: 'target', table: 'event' },
    checks: ['row_hash'],
  });
  expect(checkNamed(outcome.result, 'row_hash').differences?.by_column).toEqual([
    expect.objectContaining({ column: 'at', kind: 'dst_hour', rows: 20 }),
  ]);
});
