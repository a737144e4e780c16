import { rmSync, statSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import { openDashboardPage, type DashboardPage } from '../support/dashboardPage.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';
import { buildBundles, makeRunDir } from '../support/stageExtension.ts';

const hostile = '<img src=x onerror=document.title="gone">';
const distDir = join(makeRunDir('dashboard'), 'dist');
let project: ProjectDaemon;
let opened: DashboardPage | undefined;

beforeAll(async () => {
  buildBundles(distDir, ['webview']);
  project = await startProjectDaemon(shopProject);
  await project.run('green.batch.yaml');
  await project.run('daily.batch.yaml');
  await project.run({
    job_name: hostile,
    tags: ['odd'],
    operations: [{ name: 'a\u202eb', type: 'command', program: 'true' }],
  });
});
afterEach(async () => {
  const complaints = opened?.complaints ?? [];
  await opened?.close();
  opened = undefined;
  // Not one thing that the policy refused, in whatever test.
  expect(complaints).toEqual([]);
});
afterAll(async () => {
  await project.dispose();
  rmSync(join(distDir, '..'), { recursive: true, force: true });
});

const start = { line: 0, character: 0 };
const range = { start, end: start };

function workspace(): WorkspaceContents {
  const { dir } = project;
  const pipeline = (id: string) => ({
    pipeline_id: id,
    file: join(dir, 'pipelines', `${id}.pipeline.yaml`),
    range,
    source: { connection: 'old', relation: `${id}.csv` },
    target: { connection: 'new', relation: `${id}.csv` },
    checks: [],
    has_errors: false,
  });
  const shop = {
    project_id: 'shop',
    dir,
    file: join(dir, 'ombudsman.yaml'),
    has_errors: false,
    pipelines: [pipeline('same'), pipeline('other')],
    connections: ['old', 'new', 'store'].map((name) => ({ name, type: 'files', range })),
    references: [],
  };
  return { projects: [shop], batch_files: [] };
}

async function open(): Promise<DashboardPage> {
  opened = await openDashboardPage({
    distDir,
    client: await project.daemon.connect(),
    workspace: workspace(),
    exportFile: join(project.dir, 'rows.csv'),
  });
  opened.page.setDefaultTimeout(30_000);
  await opened.page.getByRole('grid', { name: 'Active jobs' }).waitFor();
  return opened;
}

describe('the dashboard, in a browser under its policy, on a real daemon', () => {
  it('fits into 250 KiB', () => {
    const bytes = ['webview.js', 'webview.css'].map(
      (name) => gzipSync(readFileSync(join(distDir, name)), { level: 9 }).length,
    );
    expect(statSync(join(distDir, 'webview.js')).size).toBeGreaterThan(0);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(250 * 1024);
  });

  it('refuses a style with a word in it, and a script', async () => {
    const { page, complaints } = await open();
    const refused = async (part: string, message: string) => {
      await page.evaluate(`document.head.append(Object.assign(document.createElement(${part}))`);
      await expect.poll(() => complaints.length).toBe(1);
      expect(complaints.splice(0)[0]).toContain(message);
    };
    await refused(`'style'), { textContent: 'a { color: red }' }`, 'Applying inline style violates');
    await refused(
      `'script'), { textContent: 'document.title = "gone"' }`,
      'Executing inline script violates',
    );
    expect(await page.title()).toBe('Ombudsman');
  });

  it('shows a job while it lives, pauses and resumes it', async () => {
    const { page } = await open();
    const steps = Array.from({ length: 3 }, (_, at) => ({
      name: `step ${at}`,
      type: 'command',
      program: 'sleep',
      args: ['2'],
    }));
    const ended = project.run({ job_name: 'Live', parallel_execution: false, operations: steps });
    const row = page.getByRole('row').filter({ hasText: 'Live' });
    await row.getByText('Running').waitFor();
    await row.getByRole('button', { name: 'Pause Live' }).click();
    await row.getByText('Paused').waitFor();
    await row.getByRole('button', { name: 'Resume Live' }).click();
    await row.getByText('Completed').waitFor();
    await row.getByText('3 of 3').waitFor();
    expect((await ended).status).toBe('completed');
    // What ends is told by the extension, which alone knows whether the page is seen.
    expect(await page.locator('.snackbar').getByText('completed').count()).toBe(0);
  });

  it('notices of the extension come one at a time; their buttons go back to it', async () => {
    const { page, asked, post } = await open();
    const jobId = await page.getByRole('row').filter({ hasText: 'Daily' }).getAttribute('data-id');
    const notice = { severity: 'warning' as const, job_id: jobId, actions: ['Retry Failed'] };
    await post({ type: 'notice', notice: { ...notice, notice_id: 4, text: 'Daily: 1 of 2 failed.' } });
    await post({ type: 'notice', notice: { ...notice, notice_id: 5, text: 'Another one.', job_id: null } });
    const snackbar = page.locator('.snackbar');
    await snackbar.getByText('Daily: 1 of 2 failed.').waitFor();
    expect(await snackbar.count()).toBe(1);
    await snackbar.getByRole('button', { name: 'Retry Failed' }).click();
    await expect.poll(() => asked.at(-1)).toEqual({ type: 'noticeAction', notice_id: 4, action: 0 });
    await snackbar.getByText('Another one.').waitFor();
    await snackbar.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => snackbar.count()).toBe(0);
    await post({ type: 'notice', notice: { ...notice, notice_id: 6, text: 'Look at Daily.' } });
    await snackbar.getByRole('button', { name: 'View' }).click();
    await page.getByRole('heading', { name: 'Daily' }).waitFor();
  });

  it('tells the extension which notices were read: what asks for something is so only when it is dismissed', async () => {
    const { page, asked, post } = await open();
    const read = () => asked.flatMap((each) => (each.type === 'noticeRead' ? [each.notice_id] : []));
    const notice = { severity: 'info' as const, job_id: null, actions: [] };
    await post({ type: 'notice', notice: { ...notice, notice_id: 1, text: 'Saved.' } });
    await post({ type: 'notice', notice: { ...notice, notice_id: 2, text: 'Saved.' } });
    // The second is answered as it comes, the first when it has been drawn.
    await expect.poll(() => read().toSorted()).toEqual([1, 2]);
    const snackbar = page.locator('.snackbar');
    await snackbar.getByRole('button', { name: 'Dismiss' }).click();
    await post({ type: 'notice', notice: { ...notice, notice_id: 3, text: 'Gone?', actions: ['Look'] } });
    await post({ type: 'notice', notice: { ...notice, notice_id: 4, text: 'Waits.' } });
    await snackbar.getByText('Gone?').waitFor();
    expect(read().filter((id) => id > 2)).toEqual([]);
    await snackbar.getByRole('button', { name: 'Dismiss' }).click();
    await snackbar.getByText('Waits.').waitFor();
    await expect.poll(() => read().filter((id) => id > 2)).toEqual([3, 4]);
  });

  it('keeps the filter of the overview over a reload', async () => {
    const { page } = await open();
    const period = page.getByRole('combobox', { name: 'Jobs created in' });
    await page.getByRole('tab', { name: 'Overview' }).click();
    await period.selectOption('7');
    // What was chosen is kept in the next frame.
    await expect.poll(() => page.evaluate(`sessionStorage.getItem('state')`)).toContain('"period":"7"');
    await page.reload();
    await expect.poll(() => period.inputValue()).toBe('7');
  });

  it('what needs a question or a dialog goes to the extension as a command', async () => {
    const { page, asked } = await open();
    const row = page.getByRole('row').filter({ hasText: 'Daily' });
    await row.getByRole('button', { name: 'Delete Daily' }).click();
    await expect.poll(() => asked.at(-1)).toMatchObject({ type: 'command', command: 'ombudsman.deleteJob' });
  });

  it('names are text, whatever they hold', async () => {
    const page = await open();
    await page.page.getByText(hostile).first().click();
    await page.page.getByRole('article', { name: 'Job details' }).waitFor();
    await page.page.getByText('a\\u202eb').first().waitFor();
    expect(await page.page.title()).toBe('Ombudsman');
    expect(await page.page.locator('img').count()).toBe(0);
  });

  it('history filters at the daemon, and says so when nothing fits', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'History' }).click();
    const rows = page.getByRole('grid', { name: 'Ended jobs' }).locator('[data-id]');
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('partial_success');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('textbox', { name: 'Search' }).fill('no such job');
    await page.getByText('No ended job fits the filters.').waitFor();
    await page.getByRole('search').getByText('Clear filters').click();
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3);
  });

  it('an operation shows its checks, and its differing rows with the filter', async () => {
    const { page } = await open();
    await page.getByText('Daily').first().click();
    await page.getByRole('grid', { name: 'Operations of Daily' }).getByText('other').click();
    const card = page.getByRole('complementary', { name: 'Operation other' });
    await card.getByText('2 of 2 checks failed').waitFor();
    await card.getByRole('cell', { name: 'row_count' }).waitFor();
    await card.getByText('Show rows').click();
    const grid = page.getByRole('grid', { name: 'Differing rows' });
    const rows = grid.locator('[data-id]');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.locator('mark').allTextContents()).toContain('␣');
    await card.getByRole('combobox', { name: 'Column' }).selectOption('amount');
    await expect.poll(() => rows.count()).toBe(1);
    await grid.getByText('10.51').waitFor();
    await page.reload();
    await grid.getByText('10.51').waitFor();
    expect(await rows.count()).toBe(1);
    expect(await card.getByRole('combobox', { name: 'Column' }).inputValue()).toBe('amount');
  });

  it('rows that one side lacks stand apart, with the columns of the side that has them, and are exported as filtered', async () => {
    const { page, asked } = await open();
    await page.getByText('Daily').first().click();
    await page.getByRole('grid', { name: 'Operations of Daily' }).getByText('other').click();
    const card = page.getByRole('complementary', { name: 'Operation other' });
    await card.getByText('Show rows').click();
    const grid = page.getByRole('grid', { name: 'Differing rows' });
    const heads = () => grid.getByRole('columnheader').allTextContents();
    const sections = card.getByRole('tablist', { name: 'Kinds of differences' }).getByRole('tab');
    expect(await sections.allTextContents()).toEqual([
      'Other values (2)',
      'Missing in target (1)',
      'Extra in target (1)',
      'Duplicate keys (1)',
    ]);
    await sections.nth(1).click();
    await grid.getByText('Edsger').waitFor();
    expect(await heads()).toEqual(['id (key)', 'name', 'amount']);
    expect(await card.getByRole('combobox', { name: 'Column' }).count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await grid.getByText('100% Barbara').waitFor();
    await page.keyboard.press('End');
    await expect.poll(heads).toEqual(['id (key)', 'Rows in source', 'Rows in target']);
    await sections.nth(2).click();
    await grid.getByText('100% Barbara').waitFor();
    await card.getByRole('button', { name: 'Export 1 row as CSV…' }).click();
    await page.locator('.snackbar').getByText('Wrote 1 rows').waitFor();
    expect(asked.at(-1)).toMatchObject({ type: 'exportRows', name: 'row_hash extra' });
    expect(readFileSync(join(project.dir, 'rows.csv'), 'utf8')).toBe(
      'class,key.id,row.name,row.amount\nextra,5,100% Barbara,50.00\n',
    );
  });

  it('two selected runs are compared', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'History' }).click();
    for (const name of ['Daily', 'Green'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).click();
    await page.getByText('2 jobs selected').waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    const grid = page.getByRole('grid', { name: 'Operations of both runs' });
    await grid.getByRole('row').filter({ hasText: 'other' }).getByText('New').waitFor();
    const changes = page.getByRole('group').filter({ hasText: 'What changed in the definition' });
    await changes.getByText('definition_file').waitFor();
    await page.getByRole('combobox', { name: 'Operations' }).selectOption('same');
    await expect.poll(() => grid.locator('[data-id]').count()).toBe(1);
    await page.reload();
    await expect.poll(() => grid.locator('[data-id]').count()).toBe(1);
    expect(await page.getByRole('combobox', { name: 'Operations' }).inputValue()).toBe('same');
    await grid.getByText('same', { exact: true }).click();
    await page.getByRole('complementary', { name: 'Operation same' }).waitFor();
  });

  it('a form says what is missing, plans, and runs', async () => {
    const page = await open();
    await page.page.getByRole('tab', { name: 'Bulk Pipelines' }).click();
    await page.page.getByRole('button', { name: 'Execute' }).click();
    await page.page.getByText('Tick at least one pipeline.').waitFor();
    await page.page.getByRole('checkbox', { name: 'same' }).click();
    await page.page.getByRole('textbox', { name: 'Job name' }).fill('From the form');
    await page.page.getByRole('button', { name: 'Dry run' }).click();
    await page.page.getByText('Plan: 1 operation').waitFor();
    await page.page.getByRole('button', { name: 'Save as batch file…' }).click();
    await expect
      .poll(() => page.asked.at(-1))
      .toMatchObject({
        type: 'saveBatchFile',
        project_dir: project.dir,
        definition: { job_name: 'From the form', pipelines: [{ pipeline_id: 'same' }] },
      });
    await page.page.getByRole('button', { name: 'Execute' }).click();
    await page.page.getByRole('heading', { name: 'From the form' }).waitFor();
    await page.page.locator('.details-head').getByText('Completed').waitFor();
  });

  it('a validated project shows the checks and the rows of each of its pipelines', async () => {
    const { page } = await open();
    const job = await project.run({ job_name: 'Whole project', projects: [{ project: project.dir }] });
    expect(job.status).toBe('failed');
    await page.getByText('Whole project').first().click();
    await page.getByRole('grid', { name: 'Operations of Whole project' }).getByText('shop').click();
    const card = page.getByRole('complementary', { name: 'Operation shop' });
    await card.getByText('1 of 2 pipelines passed').waitFor();
    await card.getByText('Checks of same').waitFor();
    const other = card.getByRole('group').filter({ hasText: 'Checks of other' });
    await other.getByRole('cell', { name: 'row_count' }).waitFor();
    await other.getByRole('group').filter({ hasText: 'Target' }).getByText('4 rows read').waitFor();
    await other.getByText('Show rows').click();
    const rows = page.getByRole('grid', { name: 'Differing rows' }).locator('[data-id]');
    await expect.poll(() => rows.count()).toBe(2);
  });

  it('an operation that failed shows the error whole, its attempts, and opens what it wrote', async () => {
    const { page, asked } = await open();
    const operations = [
      { name: 'broken', type: 'command', program: 'sh', args: ['-c', 'echo no luck; exit 3'] },
    ];
    await project.run({ job_name: 'Broken', operations });
    await page.getByText('Broken').first().click();
    await page.getByRole('grid', { name: 'Operations of Broken' }).getByText('broken').click();
    const card = page.getByRole('complementary', { name: 'Operation broken' });
    await card.getByText('Exit code 3').first().waitFor();
    await card.locator('.error-box').getByText('Details').click();
    await card.getByLabel('Details').getByText('"exit_code": 3').waitFor();
    const attempts = card.getByRole('region', { name: 'Attempts' });
    expect(await attempts.getByRole('listitem').count()).toBe(1);
    await card.getByRole('region', { name: 'Artifacts' }).getByRole('button').first().click();
    await expect.poll(() => asked.at(-1)).toMatchObject({ type: 'openArtifact', operation_id: 'op-0001' });
  });

  it('one pipeline runs after another', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'Bulk Pipelines' }).click();
    for (const name of ['same', 'other']) await page.getByRole('checkbox', { name }).click();
    await page.getByRole('textbox', { name: 'Job name' }).fill('In order');
    await page.getByText('Advanced').click();
    await page.getByRole('textbox', { name: 'Priority' }).fill('7');
    const after = page.getByRole('textbox', { name: 'other runs after' });
    await after.fill('sane');
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('sane is not one of the ticked pipelines.').first().waitFor();
    await after.fill('same');
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByRole('heading', { name: 'In order' }).waitFor();
    await page.getByRole('grid', { name: 'Operations of In order' }).getByText('other').click();
    await page.getByRole('complementary', { name: 'Operation other' }).getByText('After same').waitFor();
    await page.locator('.fact').filter({ hasText: 'Priority' }).getByText('7').waitFor();
  });

  it('a reload brings back the tab, the filter and the job', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('textbox', { name: 'Search' }).fill('Green');
    const rows = page.getByRole('grid', { name: 'Ended jobs' }).locator('[data-id]');
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().click();
    await page.getByRole('heading', { name: 'Green' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Green' }).waitFor();
    await page.getByRole('grid', { name: 'Operations of Green' }).getByText('same').waitFor();
    await page.getByRole('button', { name: 'Back to the jobs' }).click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Search' }).inputValue()).toBe('Green');
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'Active Jobs' }).focus();
    await page.keyboard.press('ArrowRight');
    const grid = page.getByRole('grid', { name: 'Ended jobs' });
    await grid.locator('[data-row="0"]').focus();
    await page.keyboard.press('Space');
    await page.getByText('1 job selected').waitFor();
    await page.keyboard.press('End');
    const last = (await grid.locator('[data-id]').count()) - 1;
    await expect.poll(() => grid.locator('[data-row]:focus').getAttribute('data-row')).toBe(String(last));
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Job details' }).waitFor();
  });

  it('the overview counts what ran', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'Overview' }).click();
    const failing = page.getByRole('region', { name: 'What fails most' });
    await failing.getByText('other').waitFor();
    await page.getByRole('region', { name: 'Trends' }).getByText('same').waitFor();
  });
});
