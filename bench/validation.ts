import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkParameterSchemas } from '../daemon/protocol/files/checks.ts';
import type { ConnectionDefinition } from '../daemon/protocol/files/connections.ts';
import type { CheckResult } from '../daemon/protocol/results.ts';
import { startEngine } from '../test/support/engine.ts';
import { stopMariadb } from '../test/support/mariadb.ts';
import { stopPostgres } from '../test/support/postgres.ts';
import { bisect } from './candidates/bisection.ts';
import { inFolder, median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';
import { ComparedData, planted, type System } from './support/comparedData.ts';

interface Side {
  readonly definition: ConnectionDefinition;
  readonly table: string;
}

interface Measured {
  readonly ms: number;
  readonly peak_mb: number;
  readonly check: CheckResult;
}

/** One row_hash in an engine process of its own, from the message until its answer. */
async function compare(source: Side, target: Side, strategy: string): Promise<Measured> {
  const engine = await startEngine();
  try {
    const start = performance.now();
    engine.run('bench', {
      type: 'pipeline',
      source: { name: 'source', definition: source.definition },
      target: { name: 'target', definition: target.definition },
      pipeline: {
        pipeline_id: 'bench',
        source: { connection: 'source', table: source.table },
        target: { connection: 'target', table: target.table },
        keys: ['id'],
        column_map: {},
        exclude: [],
        checks: [
          {
            check: 'row_hash',
            name: 'row_hash',
            severity: 'fail',
            params: checkParameterSchemas.row_hash.parse({ strategy }),
          },
        ],
      },
    });
    const outcome = await engine.ended('bench');
    const ms = performance.now() - start;
    const result = 'result' in outcome ? outcome.result : undefined;
    const check = result?.type === 'pipeline' ? result.checks[0] : undefined;
    if (check === undefined) throw new Error(JSON.stringify(outcome));
    return { ms, peak_mb: peakOf(engine.child.pid), check };
  } finally {
    await engine.stop();
  }
}

function peakOf(pid: number | undefined): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** All that was planted, with its column and kind, and nothing else. */
function assertFound({ check }: Measured): void {
  const { differences } = check;
  const kinds = Object.fromEntries(
    (differences?.by_column ?? []).map(({ column, kind, rows }) => [`${column} ${kind}`, rows]),
  );
  const found = JSON.stringify({ missing: differences?.missing, extra: differences?.extra, kinds });
  const expected = JSON.stringify({
    missing: planted.missing,
    extra: planted.extra,
    kinds: {
      'amount rounding': planted.amount,
      'note null_vs_empty': planted.note,
      'created precision': planted.created,
    },
  });
  if (found !== expected) throw new Error(`found ${found} and not ${expected}: ${check.reason}`);
}

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}

const sqliteReader = `const { DatabaseSync } = require('node:sqlite');
const rows = new DatabaseSync(process.argv[1]).prepare('select * from data'); rows.setReturnArrays(true);
for (const row of rows.iterate()) if (row.length === 0) throw new Error();`;

/** Reads a table to nowhere, with the client of its system. */
function readRaw({ definition, table }: Side): Promise<void> {
  switch (definition.type) {
    case 'postgres': {
      const { host, port, user, database } = definition;
      const args = ['-h', host, '-p', String(port), '-U', user ?? '', '-d', database];
      return run('psql', [...args, '-c', `copy ${table} to stdout`]);
    }
    case 'mysql': {
      const { host, port, user, database } = definition;
      const args = [`--host=${host}`, `--port=${port}`, `--user=${user}`, '--quick', '--batch'];
      return run('mariadb', [...args, '--skip-column-names', database, '-e', `select * from ${table}`]);
    }
    case 'sqlite':
      return run(process.execPath, ['-e', sqliteReader, definition.path]);
    default: {
      const isFile = definition.type === 'files';
      const from = isFile ? `'${join(definition.path, table)}'` : 'data';
      const open = definition.type === 'duckdb' ? definition.path : ':memory:';
      const script = `const { DuckDBInstance } = await import('@duckdb/node-api');
        const c = await (await DuckDBInstance.create(process.argv[1], { threads: '2' })).connect();
        await c.run(process.argv[2]);`;
      const args = [
        '--input-type=module',
        '-e',
        script,
        open,
        `copy (from ${from}) to '/dev/null' (format csv)`,
      ];
      return run(process.execPath, args);
    }
  }
}

async function readBoth(source: Side, target: Side): Promise<void> {
  // Two DuckDBs do not write to one file, /dev/null neither, and one takes both cores.
  const isOneByOne = source.definition.type === 'files' && target.definition.type === 'files';
  const first = readRaw(source);
  if (isOneByOne) await first;
  await Promise.all([first, readRaw(target)]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const pairs: readonly (readonly [System, System, readonly string[]])[] = [
  ['postgres', 'mysql', ['auto', 'export']],
  ['postgres', 'duckdb', ['auto', 'export']],
  ['sqlite', 'postgres', ['auto', 'export']],
  ['postgres', 'postgres', ['auto', 'stream', 'export']],
  ['files', 'files', ['auto', 'export']],
];

/** row_hash of two tables with 155 planted faults, beside reading both raw at once, md5 bisection, and DuckDB's own join. */
export const validation: Bench = async ({ rows = 1_000_000, rounds = 3 }) => {
  try {
    await inFolder(async (folder) => {
      const data = new ComparedData(rows, folder);
      const made = new Map<string, Side>();
      const side = async (system: System, isFaulty: boolean): Promise<Side> => {
        const name = `${system} ${isFaulty}`;
        const known = made.get(name);
        if (known !== undefined) return known;
        const definition = await data.make(system, isFaulty);
        const fresh = { definition, table: system === 'files' ? data.lastFile : 'data' };
        made.set(name, fresh);
        return fresh;
      };
      console.log(`\n${whole(rows)} rows × 12 columns, 155 faults, medians of ${rounds}`);
      for (const [from, to, strategies] of pairs) {
        const [source, target] = [await side(from, false), await side(to, true)];
        await printMachine();
        const times = new Map<string, number[]>();
        const note = new Map<string, string>();
        const add = (name: string, ms: number): void =>
          void times.set(name, [...(times.get(name) ?? []), ms]);
        for (let round = 0; round < rounds; round += 1) {
          add('raw', await timed(() => readBoth(source, target)));
          for (const strategy of strategies) {
            const measured = await compare(source, target, strategy);
            assertFound(measured);
            add(strategy, measured.ms);
            note.set(
              strategy,
              `${measured.check.plan?.strategy}, ${whole(measured.peak_mb)} MiB, ${measured.check.plan?.buckets?.unequal ?? 0} buckets`,
            );
          }
          if (from === 'files') add('full outer join', ownJoin(source, target, note));
          if (to === 'mysql') await addBisection(source, target, rows, add, note);
        }
        const raw = median(times.get('raw') ?? []);
        const table = [...times].map(([name, all]) => {
          const ms = median(all);
          return [name, `${whole(ms)} ms`, ratio(ms / raw), note.get(name) ?? ''];
        });
        printTable([`${from} ⇄ ${to}`, 'time', 'of reading raw', ''], table);
      }
    });
  } finally {
    await stopPostgres();
    await stopMariadb();
  }
};

async function addBisection(
  source: Side,
  target: Side,
  rows: number,
  add: (name: string, ms: number) => void,
  note: Map<string, string>,
): Promise<void> {
  const [from, to] = [source.definition, target.definition];
  if (from.type !== 'postgres' || to.type !== 'mysql') return;
  const start = performance.now();
  const found = await bisect(from, to, rows);
  add('md5 bisection', performance.now() - start);
  note.set('md5 bisection', `${found} rows found`);
}

/** DuckDB's own join in a process of its own. */
function ownJoin(source: Side, target: Side, note: Map<string, string>): number {
  const paths = [source, target].map(({ definition, table }) =>
    definition.type === 'files' ? join(definition.path, table) : '',
  );
  const script = join(import.meta.dirname, 'candidates/duckdbJoin.ts');
  const said = JSON.parse(execFileSync(process.execPath, [script, ...paths], { encoding: 'utf8' })) as {
    ms: number;
    rows: number;
    peak_mb: number;
  };
  note.set('full outer join', `${said.rows} rows found, ${whole(said.peak_mb)} MiB`);
  return said.ms;
}
