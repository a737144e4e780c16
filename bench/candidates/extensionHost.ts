/** Runs inside VS Code's extension host: measures what BENCH_PHASE says and writes it as JSON to the file of BENCH_REPORT. */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ActivationFigures, FloodFigures, LoopFigures } from '../extension.ts';
import type { Services } from '../../extension/platform/services.ts';

const extensionId = 'ombudsman.ombudsman-batch-operations';
/** Windows go on loading for a while; the extension is not to be blamed for that. */
const settleMs = 8_000;
const idleMs = 5_000;

function extension(): vscode.Extension<{ services: Services }> {
  const found = vscode.extensions.getExtension<{ services: Services }>(extensionId);
  if (found === undefined) throw new Error(`${extensionId} is not there`);
  return found;
}

/**
 * How long the event loop was blocked at a time while this went on; and how long it computed at a time, which is what would be
 * left of it if nobody else used the processor.
 */
async function loopWhile(work: () => Promise<unknown>): Promise<LoopFigures> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const computed = longestComputing();
  histogram.enable();
  await work();
  histogram.disable();
  return {
    max_ms: histogram.max / 1e6,
    p99_ms: histogram.percentile(99) / 1e6,
    computed_ms: computed.stop(),
  };
}

/** Looks at every turn of the loop how much processor time the one before it took. */
function longestComputing(): { stop(): number } {
  const usedMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = usedMs();
  const timer = setInterval(() => {
    const now = usedMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return longest;
    },
  };
}

/** From the call to the end of `activate`: reading and running the module, and what the editor's own part of it takes. */
async function measureActivation(): Promise<ActivationFigures> {
  await delay(settleMs);
  const ours = extension();
  if (ours.isActive) throw new Error('it was active before anybody needed it');
  const start = performance.now();
  const before = process.threadCpuUsage();
  await ours.activate();
  const { user, system } = process.threadCpuUsage(before);
  return { activate_ms: performance.now() - start, computed_ms: (user + system) / 1000 };
}

async function measureFlood(): Promise<FloodFigures> {
  const { services } = await extension().activate();
  await services.session.ensure();
  await vscode.commands.executeCommand('ombudsman.jobs.focus');
  await delay(settleMs);
  const idle = await loopWhile(() => delay(idleMs));
  const tree = await flood(services);
  await vscode.commands.executeCommand('ombudsman.openDashboard');
  await delay(settleMs);
  return { idle, tree, dashboard: await flood(services) };
}

/** Runs the batch as its code lens does, which brings the job into view, until its end is known here. */
async function flood(services: Services): Promise<FloodFigures['tree']> {
  const [file] = await vscode.workspace.findFiles('flood.batch.yaml');
  if (file === undefined) throw new Error('there is no flood.batch.yaml');
  let changes = 0;
  const start = performance.now();
  const loop = await loopWhile(async () => {
    const answer = await vscode.commands.executeCommand<{ job_id: string }>('ombudsman.runBatchFile', file);
    const listening = services.jobs.onDidChange(() => (changes += 1));
    while (services.jobs.jobs.get(answer.job_id)?.status !== 'completed') await delay(50);
    listening.dispose();
  });
  return { ...loop, changes, took_ms: performance.now() - start };
}

export async function run(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  if (path === undefined) throw new Error('BENCH_REPORT does not say where the figures go');
  const measure = process.env['BENCH_PHASE'] === 'activation' ? measureActivation : measureFlood;
  writeFileSync(path, JSON.stringify(await measure()));
}
