// npm run screenshots [-- NAME…]: pictures of the main states in docs/images, dark (NAME.png) and light (NAME-light.png), made
// with the package installed in a real VS Code and the example in it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeGatedBatch } from '../test/e2e/support/gates.ts';
import type { Locator } from 'playwright-core';
import { Dashboard } from '../test/e2e/pages/dashboard.ts';
import { Workbench } from '../test/e2e/pages/workbench.ts';
import { copyExample } from '../test/host/states.ts';
import { makeRunDir } from '../test/support/stageExtension.ts';
import { startVsCode, type VsCode } from '../test/support/vscode.ts';
import { runVsCodeCli } from '../test/support/vscodeServer.ts';
import { makePackage } from './package.mjs';

const root = resolve(import.meta.dirname, '..');
const images = join(root, 'docs', 'images');
const size = { width: 1360, height: 850 };
const themes = { '': 'Dark Modern', '-light': 'Light Modern' };
const wanted = process.argv.slice(2);

const staging = ['customers', 'products', 'stores', 'sales', 'returns', 'inventory'].map(
  (name) => `load ${name}`,
);
/** Mistakes as one makes them: a pipeline that is called otherwise, a key with a typo, a number that is none. */
const broken = `job_name: Weekly validation
pipelines:
  - pipeline_id: dim_customer_validation
  - pipeline_id: dim_costumer_validation
  - pipeline_id: fact_sales_validation
    depend_on: [dim_customer_validation]
parallel_execution: true
max_parallel: three
timeout: 10 minuets
`;

/** One picture in each theme of what the window shows. */
async function shoot(window: Workbench, name: string): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  await window.command('Notifications: Clear All Notifications');
  for (const [suffix, theme] of Object.entries(themes)) {
    await setTheme(window, theme);
    // Nothing under the pointer: hovers would be in the picture.
    await window.page.mouse.move(size.width / 2, 1);
    await window.page.waitForTimeout(settleMs);
    await window.page.screenshot({ path: join(images, `${name}${suffix}.png`) });
  }
  console.log(`docs/images/${name}.png, ${name}-light.png`);
}
const settleMs = 1_000;

async function setTheme(window: Workbench, theme: string): Promise<void> {
  await window.command('Preferences: Color Theme');
  await window.quickInput.type(theme);
  await window.quickInput.pick(theme);
  await window.quickInput.widget.waitFor({ state: 'hidden' });
}

async function drag(
  window: Workbench,
  from: readonly [number, number],
  by: readonly [number, number],
): Promise<void> {
  const { mouse } = window.page;
  await mouse.move(...from);
  await mouse.down();
  await mouse.move(from[0] + by[0], from[1] + by[1], { steps: 5 });
  await mouse.up();
}

/** Room for the lines of the Jobs view: a wider sidebar, less below it. */
async function makeRoomForJobs(window: Workbench): Promise<void> {
  const header = (view: string): Locator => window.page.locator(`.pane-header[aria-label^="${view}"]`);
  await header('Batch Files').click();
  await header('Connections').click();
  const sidebar = await window.page.locator('.part.sidebar').boundingBox();
  const pipelines = await header('Pipelines').boundingBox();
  if (sidebar === null || pipelines === null) throw new Error('there is no sidebar with our views');
  await drag(window, [sidebar.x + sidebar.width + 1, sidebar.y + sidebar.height / 2], [100, 0]);
  await drag(window, [pipelines.x + pipelines.width / 2, pipelines.y - 1], [0, 190]);
}

/** Shows what is below a line of the Test Explorer. */
async function openTest(window: Workbench, name: string): Promise<void> {
  const row = window.page.locator('.test-explorer .monaco-list-row', { hasText: name }).first();
  await row.locator('.monaco-tl-twistie').click();
}

async function runFile(window: Workbench, file: string, jobName: string, state: string): Promise<void> {
  await window.editor.open(file);
  await window.editor.lens('Run').click();
  if (file === 'generate.batch.yaml') await window.quickInput.pick('Use defaults');
  await window.jobs.job(jobName, state).waitFor();
}

async function shootAll(vscode: VsCode): Promise<void> {
  const folder = copyExample(vscode.folder);
  const gates = writeGatedBatch(folder, 'load-staging.batch.yaml', 'Load staging tables', staging, 3);
  writeFileSync(join(folder, 'weekly.batch.yaml'), broken);
  const page = await vscode.open({ folder });
  await page.setViewportSize(size);
  const window = new Workbench(page);
  await window.ready();
  await window.showJobs();

  await window.editor.open('daily-validation.batch.yaml');
  // The views say that there is no project until the files were found and read: each of them fills by itself.
  for (const line of [/^Batch file generate,/, /^Pipeline dim_customer_validation,/, /^Connection legacy,/])
    await page.getByRole('treeitem', { name: line }).waitFor();
  await shoot(window, 'restricted');
  await window.trustWorkspace();

  await runFile(window, 'generate.batch.yaml', 'Generate retail data', 'completed');
  await runFile(window, 'extract-metadata.batch.yaml', 'Extract metadata', 'completed');
  for (const name of staging.slice(0, 3)) gates.open(name);
  await runFile(window, 'load-staging.batch.yaml', 'Load staging tables', 'running, 3/6');
  await runFile(window, 'daily-validation.batch.yaml', 'Daily validation', 'partial success');
  await makeRoomForJobs(window);
  await window.command('View: Close All Editors');
  await window.editor.open('daily-validation.batch.yaml');
  await window.editor.lens('Last: 4 failed').waitFor();
  await shoot(window, 'jobs');

  await window.jobs.press(window.jobs.operation('dim_product_validation', 'failed'), 'Show Differences');
  await page.locator('.monaco-diff-editor').waitFor();
  await shoot(window, 'differences');

  await window.command('View: Close All Editors');
  await window.editor.open('weekly.batch.yaml');
  await window.command('Problems: Focus on Problems View');
  await page.locator('.markers-panel .monaco-list-row').first().waitFor();
  await shoot(window, 'diagnostics');
  await window.command('View: Hide Panel');

  await window.command('View: Close All Editors');
  await window.command('Testing: Focus on Test Explorer View');
  await openTest(window, 'retail_migration');
  await openTest(window, 'dim_product_validation');
  await window.editor.open('dim_product.pipeline.yaml');
  await shoot(window, 'testExplorer');

  await window.showJobs();
  await window.command('Ombudsman: Open Dashboard');
  const { frame } = new Dashboard(page);
  await frame.getByText('Daily validation').first().click();
  await frame.locator('.operations-list').getByText('dim_customer_validation').waitFor();
  await window.command('View: Toggle Primary Side Bar Visibility');
  await shoot(window, 'dashboard');

  await frame.locator('.operations-list').getByText('dim_customer_validation').click();
  await frame.getByRole('button', { name: 'Show rows' }).first().click();
  await frame.locator('.differences-grid mark').first().waitFor();
  await shoot(window, 'dashboardDifferences');
}

const runDir = makeRunDir('screenshots');
mkdirSync(images, { recursive: true });
try {
  const vsix = await makePackage({ out: join(runDir, 'ombudsman.vsix') });
  const vscode = await startVsCode({
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
    prepare: async (server) => {
      const { code, output } = await runVsCodeCli(server, ['--install-extension', vsix]);
      if (code !== 0) throw new Error(`the package could not be installed:\n${output}`);
    },
  });
  try {
    await shootAll(vscode);
  } finally {
    await vscode.dispose();
  }
} finally {
  rmSync(runDir, { recursive: true, force: true });
}
