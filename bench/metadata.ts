import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../daemon/engine/connections/registry.ts';
import { extractCatalog } from '../daemon/engine/metadata/extract.ts';
import { catalogCounts } from '../daemon/engine/metadata/model.ts';
import type { ConnectionDefinition } from '../daemon/protocol/files/connections.ts';
import { startMariadb, stopMariadb } from '../test/support/mariadb.ts';
import { startPostgres, stopPostgres } from '../test/support/postgres.ts';
import { inFolder, median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';

const defaultSizes = [1000, 5000];

/** 20 columns a table, an index on every one and a second on every other, a foreign key on every other. */
const postgresSql = (tables: number): string => `
do $$
declare others text := (select string_agg('d' || k || ' varchar(20)', ', ') from generate_series(1, 14) k);
begin
  for i in 0..${tables - 1} loop
    execute format('create table t%s (id bigint primary key, c1 int not null, c2 text, c3 numeric(10,2) default 0, c4 date, c5 timestamptz default now(), %s)', i, others);
    execute format('create index on t%s (c1)', i);
    if i % 2 = 0 then
      execute format('create index on t%s (lower(c2))', i);
      if i > 0 then execute format('alter table t%s add foreign key (id) references t%s (id)', i, i - 2); end if;
    end if;
    if i % 500 = 499 then commit; end if;
  end loop;
end $$`;

const others = Array.from({ length: 14 }, (_, k) => `d${k + 1} varchar(20)`).join(', ');

/** The same in MariaDB, which has no index on an expression. */
function mariadbSql(table: number): string {
  const isEven = table % 2 === 0;
  return [
    `create table t${table} (id bigint primary key, c1 int not null, c2 varchar(100), c3 decimal(10,2) default 0, c4 date,`,
    ` c5 timestamp(6) default now(6), ${others}, key (c1)${isEven ? ', key (c2)' : ''}`,
    `${isEven && table > 0 ? `, foreign key (id) references t${table - 2} (id)` : ''})`,
  ].join('');
}

interface System {
  readonly peer: string;
  readonly dumpMs: () => number;
  readonly extractMs: (scratchDir: string) => Promise<{ ms: number; said: string }>;
}

/** The catalogs of 1,000 and 5,000 tables in PostgreSQL and MariaDB, each beside the dump of the same schema, in pairs. */
export const metadata: Bench = async ({ rounds = 7, operations: sizes = defaultSizes }) => {
  const postgres = await startPostgres();
  try {
    for (const tables of sizes) {
      const definition = await postgres.createDatabase(`bench_${tables}`);
      await postgres.sql(definition.database, postgresSql(tables));
      const { host, port, database, user = '' } = definition;
      const args = ['--schema-only', '-h', host, '-p', String(port), '-U', user, database];
      await measure('PostgreSQL', rounds, {
        peer: 'pg_dump --schema-only',
        dumpMs: () => programMs('pg_dump', args),
        extractMs: (folder) => extractMs(definition, folder),
      });
    }
  } finally {
    await stopPostgres();
  }
  const mariadb = await startMariadb();
  try {
    for (const tables of sizes) {
      const definition = await mariadb.createDatabase(`bench_${tables}`);
      const statements = Array.from({ length: tables }, (_, table) => mariadbSql(table));
      for (let from = 0; from < tables; from += 100)
        await mariadb.sql(definition.database, statements.slice(from, from + 100).join('; '));
      const { host, port, database, user = '' } = definition;
      const args = ['--no-data', '-h', host, '-P', String(port), '-u', user, database];
      await measure('MariaDB', rounds, {
        peer: 'mariadb-dump --no-data',
        dumpMs: () => programMs('mariadb-dump', args),
        extractMs: (folder) => extractMs(definition, folder),
      });
    }
  } finally {
    await stopMariadb();
  }
};

async function measure(
  system: string,
  rounds: number,
  { peer, dumpMs, extractMs: read }: System,
): Promise<void> {
  await inFolder(async (folder) => {
    const times = { extract: [] as number[], dump: [] as number[] };
    let said = '';
    for (let round = 0; round < rounds; round += 1) {
      times.dump.push(dumpMs());
      const extracted = await read(join(folder, `scratch-${round}`));
      times.extract.push(extracted.ms);
      said = extracted.said;
    }
    const [extract, dump] = [median(times.extract), median(times.dump)];
    console.log(`\n${system}: catalog of ${said}, medians of ${rounds} pairs`);
    await printMachine();
    printTable(
      ['', 'time', `of ${peer}`],
      [
        [peer, `${dump.toFixed(0)} ms`, ratio(1)],
        ['extraction, connect to JSON', `${extract.toFixed(0)} ms`, ratio(extract / dump)],
      ],
    );
    console.log(`  load afterwards ${loadavg()[0]?.toFixed(1)}`);
  });
}

type Definition = ConnectionDefinition & { type: 'postgres' | 'mysql' };

function programMs(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return performance.now() - start;
}

async function extractMs(definition: Definition, scratchDir: string): Promise<{ ms: number; said: string }> {
  const { signal } = new AbortController();
  const start = performance.now();
  const connection = await openConnection('bench', definition, { signal, scratchDir, readOnly: true });
  try {
    const work = { source: { name: 'bench', definition }, row_counts: 'estimate', profile: false } as const;
    const { catalog } = await extractCatalog(connection, work, { signal, onProgress: () => undefined });
    JSON.stringify(catalog);
    const ms = performance.now() - start;
    const { tables, columns, indexes } = catalogCounts(catalog.schemas);
    return { ms, said: `${whole(tables)} tables, ${whole(columns)} columns, ${whole(indexes)} indexes` };
  } finally {
    await connection.close();
  }
}
