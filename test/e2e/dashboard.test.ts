import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { trustedSettings } from '../support/vscode.ts';
import { Dashboard } from './pages/dashboard.ts';
import { uiTimeoutMs } from './pages/support.ts';
import type { Workbench } from './pages/workbench.ts';
import { keepEvidence } from './support/evidence.ts';
import { writeGatedBatch, type Gates } from './support/gates.ts';
import { installPackage, type Installed } from './support/installed.ts';

const narrowPx = 300;

/** What somebody does who keeps the dashboard open all day: each step stands on those before. */
describe('the dashboard in a real VS Code', () => {
  let installed: Installed;
  let window: Workbench;
  let dashboard: Dashboard;
  let gates: Gates;

  beforeAll(async () => {
    installed = await installPackage(trustedSettings);
    gates = writeGatedBatch(installed.folder, 'gated.batch.yaml', 'Gated work', ['first', 'second']);
    window = await installed.openWindow();
    await window.command('Ombudsman: Open Dashboard');
    dashboard = new Dashboard(window.page);
    await dashboard.frame.getByText('No job is running.').waitFor();
  });
  afterEach((context) => keepEvidence(context, installed.vscode, window));
  afterAll(() => installed?.vscode.dispose());

  /** Presses the button of a form and waits for the end of the job it makes. */
  const run = async (button: string, name: string, end: string | RegExp): Promise<void> => {
    await dashboard.fill('Job name', name);
    await dashboard.press(button);
    await dashboard.title(name).waitFor();
    await dashboard.status(end).waitFor();
  };

  it('generates both sides of the example from its form', async () => {
    await dashboard.choose('Data Generation');
    await dashboard.tick('Retail');
    await dashboard.fill('Rows of fact_sales', '2000');
    await dashboard.frame.getByRole('combobox', { name: 'Write to' }).selectOption('legacy');
    await run('Generate', 'Old side', 'Completed');
    await dashboard.choose('Data Generation');
    await dashboard.frame.getByRole('combobox', { name: 'Write to' }).selectOption('warehouse');
    await dashboard.fill('Faults to plant', '40');
    await run('Generate', 'New side', 'Completed');
  });

  it('plans and runs all pipelines, and shows the differing rows of one', async () => {
    await dashboard.choose('Bulk Pipelines');
    await dashboard.tick('Select all');
    await dashboard.frame.getByText('8 of 8 selected').waitFor();
    await dashboard.press('Dry run');
    await dashboard.frame.getByText('Plan: 8 operations').waitFor();
    await run('Execute', 'All pipelines', /Partial success|Failed/);
    const failed = dashboard.frame.locator('.operations-list [role=row][data-id]', { hasText: 'row_hash' });
    await failed.first().click();
    await dashboard.press('Show rows');
    const rows = dashboard.frame.getByRole('grid').locator('mark');
    await vi.waitFor(async () => expect(await rows.count()).toBeGreaterThan(0), { timeout: uiTimeoutMs });
  });

  it('extracts a catalog and validates a project', async () => {
    await dashboard.choose('Metadata');
    await dashboard.tick('warehouse');
    await run('Extract', 'Catalog', 'Completed');
    await dashboard.choose('Projects');
    await dashboard.tick('retail_migration');
    await run('Validate', 'Whole project', /Failed|Partial success/);
  });

  it('writes the batch file of what is set', async () => {
    await dashboard.choose('Metadata');
    await dashboard.press('Save as batch file…');
    const file = await window.quickInput.saveAs('catalog.batch.yaml', 'new.batch.yaml');
    await window.editor.tab('catalog.batch.yaml').waitFor();
    expect(file).toBe(join(installed.folder, 'catalog.batch.yaml'));
    expect(readFileSync(file, 'utf8')).toContain('connection: warehouse');
  });

  it('pauses, cancels, retries and deletes a job from the grid', async () => {
    await window.editor.open('gated.batch.yaml');
    await window.editor.lens('Run').click();
    await window.editor.tab('Ombudsman').click();
    await dashboard.choose('Active Jobs');
    const job = dashboard.job('Gated work');
    await job.getByText('Running').waitFor();
    await dashboard.press('Pause Gated work');
    await job.getByText('Paused').waitFor();
    await dashboard.press('Resume Gated work');
    await job.getByText('Running').waitFor();
    await dashboard.press('Cancel Gated work');
    await job.getByText('Cancelled', { exact: true }).waitFor();
    gates.open('first');
    gates.open('second', 1);
    await dashboard.press('Retry failed operations of Gated work');
    await job.getByText('Partial success').waitFor();
    expect(gates.starts('first')).toBe(2);
    await dashboard.press('Delete Gated work');
    await window.answerDialog('Delete');
    await job.waitFor({ state: 'detached' });
  });

  it('is right at once when it is shown again', async () => {
    gates.close('second');
    await window.editor.tab('gated.batch.yaml').click();
    await window.editor.lens('Run').click();
    await window.editor.tab('Ombudsman').click();
    await dashboard.job('Gated work').getByText('1 of 2').waitFor();
    await dashboard.job('Gated work').click();
    await dashboard.status('Running').waitFor();
    await window.editor.tab('gated.batch.yaml').click();
    await dashboard.frame.locator('.details-head').waitFor({ state: 'detached' });
    gates.open('second');
    await window.editor.lens('Last: completed').waitFor();
    await window.editor.tab('Ombudsman').click();
    await dashboard.title('Gated work').waitFor();
    // Its first picture, not one that comes later.
    expect(await dashboard.status('Completed').count()).toBe(1);
    await dashboard.operation('second').getByText('Completed').waitFor();
  });

  it('a reload of the window brings back the tab, the filters and the job', async () => {
    await dashboard.choose('History');
    await dashboard.frame.getByRole('combobox', { name: 'Type' }).selectOption('bulk_metadata_extraction');
    await dashboard.fill('Search', 'Cata');
    await dashboard.frame.getByText('1 to 1 of 1').waitFor();
    await dashboard.job('Catalog').click();
    await dashboard.title('Catalog').waitFor();
    await dashboard.fill('Search', 'WAREhouse');
    // The last of what was chosen, and found nowhere else.
    await window.leaveUntilKept('WAREhouse');
    await window.reload();
    await dashboard.title('Catalog').waitFor();
    await dashboard.operation('warehouse').getByText('Completed').waitFor();
    const search = dashboard.frame.getByRole('textbox', { name: 'Search' });
    await expect.poll(() => search.inputValue()).toBe('WAREhouse');
    await dashboard.press('Back to the jobs');
    await dashboard.frame.getByText('1 to 1 of 1').waitFor();
    const { frame } = dashboard;
    expect(await frame.getByRole('tab', { name: 'History' }).getAttribute('aria-selected')).toBe('true');
    await expect.poll(() => search.inputValue()).toBe('Cata');
    const type = frame.getByRole('combobox', { name: 'Type' });
    await expect.poll(() => type.inputValue()).toBe('bulk_metadata_extraction');
    await dashboard.press('Clear filters');
  });

  it('is whole in a panel as narrow as a sidebar', async () => {
    const size = window.page.viewportSize();
    const { widthPx } = await dashboard.overflow();
    if (size === null) throw new Error('the window has no size');
    await window.page.setViewportSize({ ...size, width: size.width - widthPx + narrowPx });
    await vi.waitFor(
      async () => expect((await dashboard.overflow()).widthPx).toBeLessThanOrEqual(narrowPx + 20),
      {
        timeout: uiTimeoutMs,
      },
    );
    const found: unknown[] = [];
    const look = async (place: string): Promise<void> => {
      const { sidewaysPx, cutOff } = await dashboard.overflow();
      if (sidewaysPx > 0 || cutOff.length > 0) found.push({ place, sidewaysPx, cutOff });
    };
    const tabs = await dashboard.frame.getByRole('tab').allTextContents();
    expect(tabs).toHaveLength(7);
    for (const tab of tabs) {
      await dashboard.choose(tab);
      await dashboard.frame.locator('.panel .field, .panel [role=grid]').first().waitFor();
      await look(tab);
    }
    await dashboard.choose('Active Jobs');
    await dashboard.job('All pipelines').click();
    await dashboard.operation('fact_sales').first().click();
    await dashboard.frame.getByText('Evidence').waitFor();
    await look('details');
    expect(found).toEqual([]);
  });
});
