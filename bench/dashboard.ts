import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { connectDaemon, type DaemonClient } from '../daemon/client/connectDaemon.ts';
import { shutdownDaemon } from '../daemon/client/shutdownDaemon.ts';
import { openDashboardPage, type DashboardPage } from '../test/support/dashboardPage.ts';
import { buildBundles, makeRunDir } from '../test/support/stageExtension.ts';
import { inFolder, percentile, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';
import { delaysOf, memoryOf, noting, readProbe, startProbe, type Told } from './support/dashboardProbe.ts';
import { printPaging } from './dashboardPaging.ts';

const bundleLimitBytes = 250 * 1024;
const inputLimitMs = 100;
const pixelLimitMs = 150;
const keyEveryMs = 40;
/** The completed operations in the details of a job. */
const completed = '.numbers .number:nth-child(2) dd';
const noWorkspace = { projects: [], batch_files: [] };

/** The least a page can do: it says how far the job is as soon as it is told. */
const floorScript = `
const api = acquireVsCodeApi();
const root = document.getElementById('root');
root.innerHTML = '<dl class="numbers"><div class="number"></div><div class="number"><dd></dd></div></dl>';
const number = root.querySelector('dd');
let jobId;
addEventListener('message', ({ data }) => {
  if (data.type === 'show') api.postMessage({ type: 'watch', job_id: (jobId = data.job_id) });
  const job = data.type === 'changes' ? data.jobs.find((each) => each.job_id === jobId) : undefined;
  if (job !== undefined) number.textContent = job.progress.completed;
});
api.postMessage({ type: 'ready' });
`;

/**
 * The dashboard in a Chromium, its host in this process: how long input waits, and an event until it is on the screen, while
 * operations that do nothing end as fast as the daemon can run them and their job is open; the memory after minutes of that; how
 * long a page of a million differing rows takes; the size of the bundle. Beside each: a page that does next to nothing.
 */
export const dashboard: Bench = async ({ operations = [10_000], minutes = 5, rows = 1_000_000 }) => {
  const runDir = makeRunDir('bench');
  const distDir = join(runDir, 'dist');
  try {
    buildBundles(distDir, ['server', 'engine', 'webview']);
    printBundle(distDir);
    await inFolder((folder) => printPaging(folder, distDir, rows));
    // From here on an engine that ends every operation at once: what is left is what the daemon tells.
    copyFileSync(
      join(import.meta.dirname, '../test/fixtures/engines/obedient.mjs'),
      join(distDir, 'engine.mjs'),
    );
    const floorDir = join(runDir, 'floor');
    mkdirSync(floorDir);
    writeFileSync(join(floorDir, 'webview.js'), floorScript);
    writeFileSync(join(floorDir, 'webview.css'), '');
    for (const count of operations) {
      await inFolder((folder) => printFlood({ folder, distDir, floorDir, count, minutes }));
    }
  } finally {
    rmSync(runDir, { recursive: true, force: true });
  }
};

function printBundle(distDir: string): void {
  const bytes = ['webview.js', 'webview.css'].map(
    (name) => gzipSync(readFileSync(join(distDir, name)), { level: 9 }).length,
  );
  const all = bytes.reduce((sum, each) => sum + each, 0);
  console.log('\nBundle, minified and gzipped');
  printTable(
    ['', 'KiB', 'of the limit'],
    [['webview.js and webview.css', (all / 1024).toFixed(1), ratio(all / bundleLimitBytes)]],
  );
}

interface Flood {
  readonly folder: string;
  readonly distDir: string;
  readonly floorDir: string;
  readonly count: number;
  readonly minutes: number;
}

interface Figures {
  readonly name: string;
  readonly tookMs: number;
  readonly pixelMs: readonly number[];
  readonly inputMs: readonly number[];
  readonly inputFrameMs: readonly number[];
  readonly frameMs: readonly number[];
  /** After each job. */
  readonly memory: readonly { readonly heapBytes: number; readonly nodes: number }[];
}

async function printFlood({ folder, distDir, floorDir, count, minutes }: Flood): Promise<void> {
  const project = makeProject(folder, count);
  const dataDir = join(folder, 'state');
  const client = await connectDaemon({
    dataDir,
    clientName: 'bench',
    serverPath: join(distDir, 'server.mjs'),
  });
  try {
    // The machine's caches warm and the code compiled, for both alike.
    await runJobs('warm', client, dataDir, project, floorDir, 0);
    const floor = await runJobs('a page of one number', client, dataDir, project, floorDir, minutes / 5);
    const ours = await runJobs('dashboard, details open', client, dataDir, project, distDir, minutes);
    console.log(`\n${whole(count)} operations at full speed, again and again for ${minutes} minutes`);
    await printMachine();
    printDelays([floor, ours]);
    printMemory([floor, ours]);
  } finally {
    client.close();
    await shutdownDaemon({ dataDir, clientName: 'bench', drain: false });
  }
}

/** Runs the job at least once, and again until the minutes are over; the page shows each. */
async function runJobs(
  name: string,
  client: DaemonClient,
  dataDir: string,
  project: string,
  pageDir: string,
  minutes: number,
): Promise<Figures> {
  let last: string | undefined;
  let arrivals: Told[] = [];
  const plain = await connectDaemon({ dataDir, clientName: 'bench', start: false });
  const watched = noting(plain, (jobId, told) => {
    if (jobId === last) arrivals.push(told);
  });
  const opened = await openDashboardPage({ distDir: pageDir, client: watched, workspace: noWorkspace });
  const untilMs = performance.now() + minutes * 60_000;
  const sums = { tookMs: 0, pixelMs: [] as number[], inputMs: [] as number[], inputFrameMs: [] as number[] };
  const frameMs: number[] = [];
  const memory: { heapBytes: number; nodes: number }[] = [];
  try {
    do {
      const jobId = await startPaused(client, project);
      await opened.post({ type: 'show', tab: 'active', job_id: jobId });
      if (last !== undefined) await client.call('jobs/delete', { job_id: last });
      last = jobId;
      await untilShown(opened, jobId);
      arrivals = [];
      const page = await flood(opened, client, jobId);
      sums.tookMs += page.tookMs;
      sums.pixelMs.push(...delaysOf(arrivals, page.shown));
      sums.inputMs.push(...page.inputDelaysMs);
      sums.inputFrameMs.push(...page.inputFramesMs);
      frameMs.push(...page.framesMs);
      memory.push(await memoryOf(opened.page));
    } while (performance.now() < untilMs);
    return { name, ...sums, tookMs: sums.tookMs / memory.length, frameMs, memory };
  } finally {
    await opened.close();
    watched.close();
  }
}

/** Paused before its first operation: what is measured begins when the page shows it. */
async function startPaused(client: DaemonClient, project: string): Promise<string> {
  const made = await client.call('jobs/submit', { file: join(project, 'flood.batch.yaml') });
  if (!('job_id' in made)) throw new Error('a plan and no job');
  await client.call('jobs/pause', { job_id: made.job_id });
  return made.job_id;
}

/** The dashboard has read all operations; the page of one number knows the job. */
async function untilShown({ page, asked }: DashboardPage, jobId: string): Promise<void> {
  while (!asked.some((message) => message.type === 'watch' && message.job_id === jobId)) await delay(10);
  const list = page.locator('.operations-list');
  if ((await page.locator('.app').count()) > 0)
    await list.getByText(/^[\d,]+ shown$/).waitFor({ timeout: 60_000 });
}

async function flood({ page }: DashboardPage, client: DaemonClient, jobId: string) {
  await startProbe(page, completed);
  const row = page.locator('.operations-list [data-row="0"]');
  if ((await row.count()) > 0) await row.focus();
  const startMs = performance.now();
  await client.call('jobs/resume', { job_id: jobId });
  let total = 0;
  for (;;) {
    await page.keyboard.press(total % 40 < 20 ? 'ArrowDown' : 'ArrowUp');
    total += 1;
    await delay(keyEveryMs);
    const { status, progress } = await client.call('jobs/get', { job_id: jobId });
    if (status === 'completed') {
      const tookMs = performance.now() - startMs;
      await page.evaluate(untilShows(progress.completed));
      return { ...(await readProbe(page)), tookMs };
    }
    if (status !== 'running' && status !== 'paused' && status !== 'pending') {
      throw new Error(`the job ended as ${status}`);
    }
  }
}

/** Resolves in the page two frames after the number is there, so that the probe has seen it. */
function untilShows(number: number): string {
  return `new Promise((done) => {
    const look = () => {
      const text = document.querySelector(${JSON.stringify(completed)})?.textContent ?? '';
      if (text.replace(/\\D/g, '') !== '${number}') requestAnimationFrame(look);
      else requestAnimationFrame(() => requestAnimationFrame(() => done()));
    };
    look();
  })`;
}

function printDelays(all: readonly Figures[]): void {
  const rows = all.map(({ name, tookMs, pixelMs, inputMs, inputFrameMs, frameMs }) => [
    name,
    `${(tookMs / 1000).toFixed(1)} s`,
    whole(pixelMs.length),
    ...[percentile(pixelMs, 50), percentile(pixelMs, 99)].map((ms) => `${ms.toFixed(0)} ms`),
    ratio(percentile(pixelMs, 99) / pixelLimitMs),
    whole(inputMs.length),
    `${percentile(inputMs, 99).toFixed(1)} ms`,
    ratio(percentile(inputMs, 99) / inputLimitMs),
    `${percentile(inputFrameMs, 99).toFixed(0)} ms`,
    `${percentile(frameMs, 99).toFixed(0)} ms`,
  ]);
  printTable(
    [
      '',
      'a job took',
      'events',
      'event to pixel p50',
      'p99',
      'of the limit',
      'keys',
      'input delay p99',
      'of the limit',
      'key to frame p99',
      'frame p99',
    ],
    rows,
  );
}

function printMemory(all: readonly Figures[]): void {
  const mib = (bytes: number | undefined): string => `${((bytes ?? 0) / 1024 ** 2).toFixed(1)} MiB`;
  printTable(
    ['heap after collection', 'first job', 'median', 'last job', 'jobs', 'nodes first', 'nodes last'],
    all.map(({ name, memory }) => [
      name,
      mib(memory[0]?.heapBytes),
      mib(
        percentile(
          memory.map(({ heapBytes }) => heapBytes),
          50,
        ),
      ),
      mib(memory.at(-1)?.heapBytes),
      whole(memory.length),
      whole(memory[0]?.nodes ?? 0),
      whole(memory.at(-1)?.nodes ?? 0),
    ]),
  );
}

function makeProject(folder: string, operations: number): string {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'ombudsman.yaml'), 'name: flood\nconnections: {}\n');
  const lines = Array.from(
    { length: operations },
    (_, index) => `  - { name: operation ${index + 1}, type: command, program: ok }`,
  );
  const definition = ['job_name: Flood', 'max_parallel: 64', 'operations:', ...lines, ''];
  writeFileSync(join(project, 'flood.batch.yaml'), definition.join('\n'));
  return project;
}
