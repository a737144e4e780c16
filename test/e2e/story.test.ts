import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import { keepEvidence } from './support/evidence.ts';
import { writeGatedBatch, type Gates } from './support/gates.ts';
import { installPackage, type Installed } from './support/installed.ts';
import { uiTimeoutMs } from './pages/support.ts';
import type { Workbench } from './pages/workbench.ts';

/** What somebody does who got the package and the example, in that order, in one window: each step stands on those before. */
describe('the package in a fresh VS Code', () => {
  let installed: Installed;
  let window: Workbench;
  let gates: Gates;

  beforeAll(async () => {
    installed = await installPackage({ 'security.workspace.trust.startupPrompt': 'never' });
    gates = writeGatedBatch(installed.folder, 'gated.batch.yaml', 'Gated work', ['first', 'second', 'third']);
    window = await installed.openWindow();
  });
  afterEach((context) => keepEvidence(context, installed.vscode, window));
  afterAll(() => installed?.vscode.dispose());

  it('opens in Restricted Mode: files are read and checked, nothing runs', async () => {
    await window.showJobs();
    await window.jobs.pane.getByText('Restricted Mode').waitFor();
    await window.page.getByRole('treeitem', { name: /^Batch file generate,/ }).waitFor();
    await window.editor.open('generate.batch.yaml');
    expect(await window.editor.lens('Run').count()).toBe(0);
    expect(existsSync(installed.vscode.dataDir)).toBe(false);
  });

  it('wakes when it is trusted, without a reload', async () => {
    await window.trustWorkspace();
    await window.editor.lens('Run').waitFor();
    await window.jobs.pane.getByText('No jobs yet.').waitFor();
  });

  it('generates data from the code lens of a batch file', async () => {
    await window.editor.lens('Run').click();
    await window.quickInput.pick('Use defaults');
    await window.jobs.job('Generate retail data', 'completed').waitFor();
    await window.notice(/Generate retail data/).waitFor();
  });

  it('runs a batch from its code lens and fills in its operations, failed first', async () => {
    await window.editor.open('daily-validation.batch.yaml');
    await window.editor.lens('Run').click();
    await window.jobs.job('Daily validation', 'partial success').waitFor();
    await window.notice(/4 of 8/).waitFor();
    const states = async (): Promise<string[]> =>
      (await window.jobs.operations('Daily validation')).map(({ state }) => state);
    const failedFirst = [...Array<string>(4).fill('failed'), ...Array<string>(4).fill('completed')];
    await vi.waitFor(async () => expect(await states()).toEqual(failedFirst), { timeout: uiTimeoutMs });
    await window.editor.lens('Last: 4 failed').waitFor();
  });

  it('shows the differences of an operation', async () => {
    await window.jobs.press(window.jobs.operation('dim_product_validation', 'failed'), 'Show Differences');
    await window.page.locator('.monaco-diff-editor').waitFor();
    await vi.waitFor(
      async () => expect(await window.page.locator('.monaco-diff-editor').innerText()).toContain('weight_kg'),
      { timeout: uiTimeoutMs },
    );
  });

  it('cancels a job from the tree', async () => {
    await window.editor.open('gated.batch.yaml');
    await window.editor.lens('Run').click();
    const running = window.jobs.job('Gated work', 'running');
    await window.jobs.press(running, 'Cancel Job');
    await window.jobs.job('Gated work', 'cancelled').waitFor();
  });

  it('retries what failed, and only that', async () => {
    await window.editor.lens('Run').click();
    await window.jobs.job('Gated work', 'running').waitFor();
    gates.open('first');
    gates.open('second', 1);
    gates.open('third');
    const job = window.jobs.job('Gated work', 'partial success');
    await job.waitFor();
    const before = gates.starts('first');
    gates.open('second', 0);
    await window.jobs.press(job, 'Retry Failed Operations');
    await window.jobs.job('Gated work', 'completed').waitFor();
    expect(gates.starts('first')).toBe(before);
  });

  it('exports a job to a file', async () => {
    await window.jobs.choose(window.jobs.job('Daily validation', 'partial success'), 'Export Job…');
    await window.quickInput.pick('JSON');
    const file = await window.quickInput.saveAs('evidence.json', 'Daily_validation');
    await window.editor.tab('evidence.json').waitFor();
    const { job, operations } = JSON.parse(readFileSync(file, 'utf8')) as {
      job: Job;
      operations: Operation[];
    };
    expect(job).toMatchObject({ job_name: 'Daily validation', status: 'partial_success' });
    expect(operations.filter(({ status }) => status === 'failed')).toHaveLength(4);
  });
});
