import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openConnection } from '../daemon/engine/connections/registry.ts';
import { extractCatalog } from '../daemon/engine/metadata/extract.ts';
import { catalogCounts } from '../daemon/engine/metadata/model.ts';
import type { ConnectionDefinition } from '../daemon/protocol/files/connections.ts';
import { startPostgres, stopPostgres } from '../test/support/postgres.ts';
import { inFolder, median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';

const tableCount = 1000;

/** 20 columns a table, an index on every one and a second on every other, a foreign key on every other. */
const schemaSql = `
do $$
declare others text := (select string_agg('d' || k || ' varchar(20)', ', ') from generate_series(1, 14) k);
begin
  for i in 0..${tableCount - 1} loop
    execute format('create table t%s (id bigint primary key, c1 int not null, c2 text, c3 numeric(10,2) default 0, c4 date, c5 timestamptz default now(), %s)', i, others);
    execute format('create index on t%s (c1)', i);
    if i % 2 = 0 then
      execute format('create index on t%s (lower(c2))', i);
      if i > 0 then execute format('alter table t%s add foreign key (id) references t%s (id)', i, i - 2); end if;
    end if;
  end loop;
end $$`;

/** The catalog of 1,000 PostgreSQL tables with 20,000 columns, beside pg_dump --schema-only of the same database, in pairs. */
export const metadata: Bench = async ({ rounds = 7 }) => {
  const server = await startPostgres();
  try {
    const definition = await server.createDatabase('bench');
    await server.sql(definition.database, schemaSql);
    await inFolder(async (folder) => {
      const times = { extract: [] as number[], dump: [] as number[] };
      let said = '';
      for (let round = 0; round < rounds; round += 1) {
        times.dump.push(dumpMs(definition));
        const extracted = await extractMs(definition, join(folder, `scratch-${round}`));
        times.extract.push(extracted.ms);
        said = extracted.said;
      }
      const [extract, dump] = [median(times.extract), median(times.dump)];
      console.log(`\nCatalog of ${said}, medians of ${rounds} pairs`);
      await printMachine();
      printTable(
        ['', 'time', 'of pg_dump'],
        [
          ['pg_dump --schema-only', `${dump.toFixed(0)} ms`, ratio(1)],
          ['extraction, connect to JSON', `${extract.toFixed(0)} ms`, ratio(extract / dump)],
        ],
      );
    });
  } finally {
    await stopPostgres();
  }
};

type Definition = ConnectionDefinition & { type: 'postgres' };

function dumpMs({ host, port, database, user }: Definition): number {
  const start = performance.now();
  const args = ['--schema-only', '-h', host, '-p', String(port), '-U', user ?? '', database];
  const { status } = spawnSync('pg_dump', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`pg_dump ended with ${status}`);
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
