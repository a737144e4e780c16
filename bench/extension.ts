import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRunDir, stageExtension } from '../test/support/stageExtension.ts';
import { startVsCode, trustedSettings } from '../test/support/vscode.ts';
import { bundleTestModule, runInWindow } from '../test/support/vscodeTestModule.ts';
import { median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';

export interface ActivationFigures {
  readonly activate_ms: number;
  /** Of it, what the thread computed. */
  readonly computed_ms: number;
}
export interface LoopFigures {
  readonly max_ms: number;
  readonly p99_ms: number;
  /** The longest that the thread computed at a time. */
  readonly computed_ms: number;
}
export interface FloodFigures {
  readonly idle: LoopFigures;
  readonly tree: LoopFigures & { readonly changes: number; readonly took_ms: number };
  readonly dashboard: FloodFigures['tree'];
}

const activationLimitMs = 50;
const blockedLimitMs = 50;

/**
 * The extension in a real VS Code: how long its activation takes, and how long its extension host is blocked at a time while
 * operations that do nothing come and go as fast as the daemon can run them, its job open in the tree, then with the dashboard.
 */
export const extension: Bench = async ({ operations = [10_000], rounds = 3 }) => {
  const runDir = makeRunDir('bench');
  try {
    const extensionDir = stageExtension(runDir);
    // An engine that ends every program at once: what is left is what the daemon tells.
    const engine = join(import.meta.dirname, '../test/fixtures/engines/obedient.mjs');
    copyFileSync(engine, join(extensionDir, 'dist', 'engine.mjs'));
    const testModule = join(runDir, 'bench.cjs');
    const contents = "export { run } from './extensionHost.ts';";
    const resolveDir = join(import.meta.dirname, 'candidates');
    await bundleTestModule({ contents, resolveDir, loader: 'ts' }, testModule);
    await printActivation(extensionDir, testModule, rounds);
    for (const count of operations) await printFlood(extensionDir, testModule, count, rounds);
  } finally {
    rmSync(runDir, { recursive: true, force: true });
  }
};

async function printActivation(extensionDir: string, testModule: string, rounds: number): Promise<void> {
  const figures: ActivationFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    figures.push(await measure<ActivationFigures>('activation', extensionDir, testModule));
  }
  console.log(`\nActivation, medians of ${rounds} windows`);
  await printMachine();
  const time = median(figures.map(({ activate_ms }) => activate_ms));
  const computed = median(figures.map(({ computed_ms }) => computed_ms));
  printTable(
    ['', 'time', 'of the limit', 'computed'],
    [['activate()', `${time.toFixed(1)} ms`, ratio(time / activationLimitMs), `${computed.toFixed(1)} ms`]],
  );
}

async function printFlood(
  extensionDir: string,
  testModule: string,
  operations: number,
  rounds: number,
): Promise<void> {
  const figures: FloodFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    figures.push(await measure<FloodFigures>('flood', extensionDir, testModule, operations));
  }
  console.log(
    `\nExtension host blocked at a time, ${whole(operations)} operations, medians of ${rounds} windows`,
  );
  await printMachine();
  const row = (
    name: string,
    of: (one: FloodFigures) => LoopFigures & { changes?: number; took_ms?: number },
  ) => {
    const all = figures.map(of);
    const [max, p99] = [median(all.map(({ max_ms }) => max_ms)), median(all.map(({ p99_ms }) => p99_ms))];
    const took = median(all.map(({ took_ms }) => took_ms ?? 0));
    return [
      name,
      `${max.toFixed(1)} ms`,
      `${p99.toFixed(1)} ms`,
      ratio(max / blockedLimitMs),
      `${median(all.map(({ computed_ms }) => computed_ms)).toFixed(1)} ms`,
      took === 0 ? '' : `${(took / 1000).toFixed(1)} s`,
      took === 0 ? '' : whole(median(all.map(({ changes }) => changes ?? 0))),
    ];
  };
  printTable(
    ['', 'longest', 'p99', 'of the limit', 'longest computing', 'took', 'batches of events'],
    [
      row('idle window', ({ idle }) => idle),
      row('job open in the tree', ({ tree }) => tree),
      row('and in the dashboard', ({ dashboard }) => dashboard),
    ],
  );
}

/** One window, from its start to its figures. */
async function measure<Figures>(
  phase: 'activation' | 'flood',
  extensionDir: string,
  testModule: string,
  operations = 0,
): Promise<Figures> {
  const reportIn = (folder: string): string => join(folder, 'figures.json');
  const vscode = await startVsCode({
    settings: trustedSettings,
    hasTestDriver: true,
    environment: (folder) => ({ BENCH_REPORT: reportIn(folder), BENCH_PHASE: phase }),
  });
  try {
    const folder = operations === 0 ? undefined : makeProject(join(vscode.folder, 'flood'), operations);
    const end = await runInWindow(vscode, { folder, extensionDir, testModule });
    const report = reportIn(vscode.folder);
    if (!existsSync(report)) throw new Error(`no figures came (${end})\n${vscode.log()}`);
    return JSON.parse(readFileSync(report, 'utf8')) as Figures;
  } finally {
    await vscode.dispose();
  }
}

function makeProject(folder: string, operations: number): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'ombudsman.yaml'), 'name: flood\nconnections: {}\n');
  const lines = Array.from(
    { length: operations },
    (_, index) => `  - { name: operation ${index + 1}, type: command, program: ok }`,
  );
  const definition = ['job_name: Flood', 'max_parallel: 64', 'operations:', ...lines, ''];
  writeFileSync(join(folder, 'flood.batch.yaml'), definition.join('\n'));
  return folder;
}
