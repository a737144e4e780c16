import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { connectDaemon, type DaemonClient } from '../daemon/client/connectDaemon.ts';
import { shutdownDaemon } from '../daemon/client/shutdownDaemon.ts';
import { openDashboardPage, type DashboardPage } from '../test/support/dashboardPage.ts';
import { percentile, printMachine, printTable, ratio, whole } from './support/bench.ts';

const pages = 20;
const rowsPerPage = 500;

/**
 * Differing rows, one for each row of both sides: how long the dashboard takes from the press of Next until the rows of the
 * other page are on the screen, and the daemon for a page anywhere in the artifact; beside them a call that reads nothing.
 */
export async function printPaging(folder: string, distDir: string, rows: number): Promise<void> {
  const project = await makeProject(folder, rows);
  const dataDir = join(folder, 'state');
  const client = await connectDaemon({
    dataDir,
    clientName: 'bench',
    serverPath: join(distDir, 'server.mjs'),
  });
  try {
    const where = await runComparison(client, project, rows);
    const opened = await openDashboardPage({
      distDir,
      client,
      workspace: { projects: [], batch_files: [] },
    });
    try {
      const next = await nextPagesMs(opened, where.job_id);
      const anywhere = await timesMs((turn) => {
        // Spread over all of it, and the same in every run.
        const offset = Math.floor((((turn * 7919) % pages) / pages) * rows);
        return client.call('artifacts/rows', { ...where, offset, limit: rowsPerPage });
      });
      const floor = await timesMs(() => client.call('jobs/get', { job_id: where.job_id }));
      console.log(`\n${whole(rows)} differing rows, pages of ${rowsPerPage}`);
      await printMachine();
      const least = percentile(floor, 50);
      const row = (name: string, times: readonly number[]) => [
        name,
        `${percentile(times, 50).toFixed(1)} ms`,
        `${Math.max(...times).toFixed(1)} ms`,
        ratio(percentile(times, 50) / least),
      ];
      printTable(
        ['', 'median', 'longest', 'of a call that reads nothing'],
        [
          row('a call that reads nothing', floor),
          row('a page anywhere, at the daemon', anywhere),
          row('Next, until the rows are on the screen', next),
        ],
      );
    } finally {
      await opened.close();
    }
  } finally {
    client.close();
    await shutdownDaemon({ dataDir, clientName: 'bench', drain: false });
  }
}

/** Two Parquet files of the same keys in which every value differs. */
async function makeProject(folder: string, rows: number): Promise<string> {
  const project = join(folder, 'project');
  mkdirSync(join(project, 'pipelines'), { recursive: true });
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  for (const [name, more] of Object.entries({ old: 0, new: 1 })) {
    mkdirSync(join(project, name));
    const path = join(project, name, 'facts.parquet').replaceAll("'", "''");
    await connection.run(
      `copy (select i as id, (i * 7 + ${more})::bigint as amount from range(${rows}) as t(i)) to '${path}' (format parquet)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  const write = (path: string, text: string): void => writeFileSync(join(project, path), text);
  write(
    'ombudsman.yaml',
    'name: facts\nconnections:\n  old: { type: files, path: old }\n  new: { type: files, path: new }\n',
  );
  write(
    'pipelines/facts.pipeline.yaml',
    `pipeline_id: facts
source: { connection: old, table: facts.parquet }
target: { connection: new, table: facts.parquet }
keys: [id]
checks: [row_hash: { max_diffs: ${rows} }]
`,
  );
  write('facts.batch.yaml', 'job_name: Facts\npipelines: [{ pipeline_id: facts }]\n');
  return project;
}

async function runComparison(client: DaemonClient, project: string, rows: number) {
  const made = await client.call('jobs/submit', { file: join(project, 'facts.batch.yaml') });
  if (!('job_id' in made)) throw new Error('a plan and no job');
  const { job_id } = made;
  while ((await client.call('jobs/get', { job_id })).finished_at === undefined) await delay(100);
  const { operations } = await client.call('jobs/operations', { job_id });
  const [operation] = operations;
  const result = operation?.result?.type === 'pipeline' ? operation.result : undefined;
  const differences = result?.checks.find(({ check }) => check === 'row_hash')?.differences;
  if (operation === undefined || differences?.value !== rows || differences.artifact_id === null) {
    throw new Error(`not every row was found to differ: ${JSON.stringify(operation?.error ?? differences)}`);
  }
  return { job_id, operation_id: operation.operation_id, artifact_id: differences.artifact_id };
}

/** Opens the differing rows and pages through them. */
async function nextPagesMs(opened: DashboardPage, jobId: string): Promise<number[]> {
  const { page, post } = opened;
  await page.locator('.app').waitFor();
  await post({ type: 'show', tab: 'active', job_id: jobId });
  await page.locator('.operations-list [data-row="0"]').click();
  await page.getByRole('button', { name: 'Show rows' }).click();
  await page.locator('.differences-grid [data-row="0"]').waitFor();
  const times: number[] = [];
  for (let turn = 1; turn <= pages; turn += 1) times.push(await page.evaluate<number>(pressNext(turn)));
  return times;
}

/** All of it in the page: the way of a remote control to the button is not the dashboard's. Answers milliseconds. */
function pressNext(turn: number): string {
  return `new Promise((done) => {
    const grid = document.querySelector('.differences-grid');
    const buttons = [...grid.querySelectorAll('vscode-button')];
    const startMs = performance.now();
    buttons.find((button) => button.textContent.trim() === 'Next rows').click();
    const look = () => {
      const isThere = grid.querySelector('[data-id="${turn * rowsPerPage}"]') !== null;
      if (isThere && grid.getAttribute('aria-busy') === 'false') done(performance.now() - startMs);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`;
}

async function timesMs(work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < pages; turn += 1) {
    const start = performance.now();
    await work(turn);
    times.push(performance.now() - start);
  }
  return times;
}
