import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { faker } from '@faker-js/faker';
import { configureDuckdb } from '../daemon/engine/connections/duckdbLimits.ts';
import { closeDuckdb, closeWorkspace, workspace } from '../daemon/engine/connections/duckdbInstance.ts';
import { generateData } from '../daemon/engine/generation/generate.ts';
import type { ConnectionDefinition } from '../daemon/protocol/files/connections.ts';
import { schemaTypes, type SchemaType } from '../daemon/protocol/files/generation.ts';
import { startMariadb, stopMariadb } from '../test/support/mariadb.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../test/support/postgres.ts';
import { inFolder, median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';

const targets = ['parquet', 'duckdb', 'postgres', 'mariadb', 'sqlite'] as const;
type Target = (typeof targets)[number];

/** Rows written in a time. */
interface Written {
  readonly rows: number;
  readonly ms: number;
  /** Seconds of processors that this process used; what a server used is not in it. */
  readonly cpu?: number;
}

const rate = ({ rows, ms }: Written): number => (rows / ms) * 1000;

/** Where a run writes: a fresh, empty place each time. */
class Places {
  readonly folder: string;
  #made = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  async next(target: Target): Promise<ConnectionDefinition> {
    this.#made += 1;
    const name = `bench_${this.#made}`;
    if (target === 'postgres') return (await startPostgres()).createDatabase(name);
    if (target === 'mariadb') return (await startMariadb()).createDatabase(name);
    if (target === 'parquet') return { type: 'files', path: join(this.folder, name), format: 'parquet' };
    return { type: target, path: join(this.folder, `${name}.${target}`) };
  }

  scratch(): string {
    this.#made += 1;
    return join(this.folder, `scratch_${this.#made}`);
  }
}

async function generate(
  places: Places,
  schemaType: SchemaType,
  rowCount: number,
  definition: ConnectionDefinition,
): Promise<Written> {
  const start = performance.now();
  const used = process.cpuUsage();
  const { result } = await generateData(
    { schema_type: schemaType, row_count: rowCount, seed: 42, target: { name: 'bench', definition } },
    {
      signal: new AbortController().signal,
      scratchDir: places.scratch(),
      artifactDir: places.scratch(),
      progress: () => undefined,
      log: () => undefined,
    },
  );
  const { user, system } = process.cpuUsage(used);
  return {
    rows: result.evidence.rows_written ?? 0,
    ms: performance.now() - start,
    cpu: (user + system) / 1e6,
  };
}

/** DuckDB by itself: as many rows of 17 constants into a table of a file, or into Parquet. */
async function constantRows(places: Places, rows: number, target: 'duckdb' | 'parquet'): Promise<Written> {
  const scratchDir = places.scratch();
  const duckdb = await workspace({ signal: new AbortController().signal, scratchDir });
  const columns = Array.from({ length: 17 }, (_, index) =>
    index % 4 === 0
      ? `'text ${index}' as c${index}`
      : index % 4 === 1
        ? `${index}.25 as c${index}`
        : `${index} as c${index}`,
  ).join(', ');
  mkdirSync(scratchDir, { recursive: true });
  const start = performance.now();
  const used = process.cpuUsage();
  try {
    if (target === 'parquet')
      await duckdb.run(
        `copy (select ${columns} from range(${rows})) to '${join(scratchDir, 'rows.parquet')}'`,
      );
    else {
      await duckdb.run(`attach '${join(scratchDir, 'rows.duckdb')}' as peer`);
      await duckdb.run(`create table peer.rows as select ${columns} from range(${rows})`);
      await duckdb.run('detach peer');
    }
    const { user, system } = process.cpuUsage(used);
    return { rows, ms: performance.now() - start, cpu: (user + system) / 1e6 };
  } finally {
    await closeWorkspace(duckdb);
  }
}

/** The server's own way: the tables of a generation as CSV files on its disk, made again with their keys and filled with COPY. */
async function copyFromFiles(
  server: TestPostgres,
  places: Places,
  definition: ConnectionDefinition,
): Promise<Written> {
  if (definition.type !== 'postgres') throw new Error('not a PostgreSQL connection');
  const env = { ...process.env, PGPASSWORD: '' };
  const args = ['-h', server.host, '-p', String(server.port), '-U', server.user];
  const run = (program: string, more: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, [...args, ...more], {
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  };
  const folder = places.scratch();
  mkdirSync(folder, { recursive: true });
  const tables = run('psql', [
    '-At',
    '-d',
    definition.database,
    '-c',
    `select tablename from pg_tables where schemaname = 'public'`,
  ])
    .split('\n')
    .filter((name) => name !== '');
  for (const table of tables)
    run('psql', [
      '-q',
      '-d',
      definition.database,
      '-c',
      `\\copy "${table}" to '${join(folder, `${table}.csv`)}' (format csv)`,
    ]);
  const [before, after] = ['pre-data', 'post-data'].map((section) =>
    run('pg_dump', ['--section', section, '-d', definition.database]),
  );
  const peer = await server.createDatabase(`copy_${Date.now()}`);
  const script = [
    before,
    ...tables.map((table) => `\\copy public."${table}" from '${join(folder, `${table}.csv`)}' (format csv)`),
    after,
  ];
  const start = performance.now();
  const { status, stderr } = spawnSync(
    'psql',
    [...args, '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', peer.database],
    {
      env,
      input: script.join('\n'),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`psql: ${stderr}`);
  let rows = 0;
  for (const table of tables)
    rows += Number((await server.sql(peer.database, `select count(*) as n from "${table}"`))[0]?.['n']);
  rmSync(folder, { recursive: true, force: true });
  return { rows, ms };
}

/** Row by row, nothing written: a person and a sale in the columns of fact_sales. */
function fakerRows(rows: number): Written {
  faker.seed(42);
  const start = performance.now();
  let length = 0;
  for (let row = 0; row < rows; row += 1) {
    const record = [
      row,
      faker.number.int({ min: 1, max: 100_000 }),
      faker.person.fullName(),
      faker.location.streetAddress(),
      faker.location.city(),
      faker.location.zipCode(),
      faker.commerce.productName(),
      faker.number.int({ min: 1, max: 9 }),
      faker.commerce.price(),
      faker.date.between({ from: '2022-01-01', to: '2024-12-31' }).toISOString(),
      faker.finance.accountNumber(),
      faker.datatype.boolean(),
    ];
    length += record.length;
  }
  if (length !== rows * 12) throw new Error('rows are missing');
  return { rows, ms: performance.now() - start };
}

/** Rows a second of every domain into every target, beside DuckDB writing constants, COPY of the same rows from files, and faker. */
export const generation: Bench = async ({ rows: rowCount = 1_000_000, rounds = 3 }) => {
  configureDuckdb({ memory_limit_mb: 1024, threads: 2 });
  try {
    await inFolder(async (folder) => {
      const places = new Places(folder);
      console.log(
        `\nGeneration, row_count ${whole(rowCount)} (SQLite and servers: a quarter of it), medians of ${rounds}`,
      );
      await printMachine();
      const table: string[][] = [];
      const times = new Map<string, Written[]>();
      const note = (name: string, written: Written) => times.set(name, [...(times.get(name) ?? []), written]);
      for (let round = 0; round < rounds; round += 1) {
        note('DuckDB, constant rows into Parquet', await constantRows(places, rowCount, 'parquet'));
        note('DuckDB, constant rows into a table', await constantRows(places, rowCount, 'duckdb'));
        for (const target of targets)
          for (const domain of schemaTypes) {
            const isFast = target === 'parquet' || target === 'duckdb';
            const count = isFast ? rowCount : Math.ceil(rowCount / 4);
            const definition = await places.next(target);
            note(`${domain} into ${target}`, await generate(places, domain, count, definition));
            if (target === 'postgres' && domain === 'Retail')
              note(
                'psql \\copy of the same Retail tables from files, with keys',
                await copyFromFiles(await startPostgres(), places, definition),
              );
          }
        note('faker, 12 fields row by row, nothing written', fakerRows(Math.min(rowCount, 20_000)));
      }
      for (const [name, runs] of times) {
        const found = median(runs.map(rate));
        const peer = peerOf(name);
        const of = peer === null ? null : median((times.get(peer) ?? []).map(rate));
        table.push([
          name,
          whole(runs[0]?.rows ?? 0),
          whole(found),
          of === null ? '' : ratio(found / of),
          perMillion(runs),
        ]);
      }
      printTable(['', 'rows', 'rows/s', '× its peer', 'CPU s / M rows'], table);
      console.log(`  load at the end ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? ''}`);
    });
  } finally {
    await closeDuckdb();
    await stopPostgres();
    await stopMariadb();
  }
};

/** Where other programs compete for the cores this holds and the time does not. */
function perMillion(runs: readonly Written[]): string {
  const costs = runs.flatMap(({ cpu, rows }) => (cpu === undefined ? [] : [(cpu / rows) * 1e6]));
  return costs.length === 0 ? '' : median(costs).toFixed(2);
}

function peerOf(name: string): string | null {
  if (name.endsWith(' into parquet')) return 'DuckDB, constant rows into Parquet';
  if (name.endsWith(' into duckdb')) return 'DuckDB, constant rows into a table';
  return name === 'Retail into postgres'
    ? 'psql \\copy of the same Retail tables from files, with keys'
    : null;
}
