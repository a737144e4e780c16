/** Every part of the dashboard and each of its states, reached as a person reaches them: for accessibility and pictures. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import { tabs } from '../../webview/protocol/messages.ts';
import { tabTitles } from '../../webview/state/words.ts';
import type { DashboardPage } from './dashboardPage.ts';
import type { ProjectDaemon } from './projectDaemon.ts';
import { shopProject } from './shopProject.ts';

/** The project that scenes are made of: jobs of every end, operations of every status, a value longer than any cell. */
export const sceneProject: Readonly<Record<string, string>> = {
  ...shopProject,
  'broken.batch.yaml': `job_name: Nightly load with a step that cannot work
tags: [nightly, release 7]
operations:
  - { name: validate, type: pipeline, pipeline_id: same }
  - { name: compare, type: pipeline, pipeline_id: other }
  - { name: no such program, type: command, program: ombudsman-has-no-such-program }
  - { name: publish, type: command, program: 'true', depends_on: [no such program] }
`,
};

/** Runs what the scenes show. */
export async function runSceneJobs(project: ProjectDaemon): Promise<void> {
  await project.run('green.batch.yaml');
  await project.run('daily.batch.yaml');
  await project.run('broken.batch.yaml');
  await project.run({ job_name: 'Test data', items: [{ schema_type: 'Retail', row_count: 100, seed: 7 }] });
  await project.run({ job_name: 'Catalog', sources: [{ connection: 'old' }] });
  await project.run('daily.batch.yaml');
}

const start = { line: 0, character: 0 };
const range = { start, end: start };

/** What the language server would tell of the project. */
export function sceneWorkspace(dir: string): WorkspaceContents {
  const pipeline = (id: string, hasErrors = false) => ({
    pipeline_id: id,
    file: join(dir, 'pipelines', `${id}.pipeline.yaml`),
    range,
    source: { connection: 'old', relation: `${id}.csv` },
    target: { connection: 'new', relation: `${id}.csv` },
    checks: [],
    has_errors: hasErrors,
  });
  const shop = {
    project_id: 'shop',
    dir,
    file: join(dir, 'ombudsman.yaml'),
    has_errors: false,
    pipelines: [pipeline('same'), pipeline('other'), pipeline('unfinished', true)],
    connections: ['old', 'new', 'store'].map((name) => ({ name, type: 'files', range })),
    references: [],
  };
  return { projects: [shop], batch_files: [] };
}

export interface Scene {
  readonly name: string;
  /** Leaves the page as the scene is; begins from any other. */
  show(opened: DashboardPage): Promise<void>;
}

const chooseTab = async (page: Page, title: string): Promise<void> =>
  page.getByRole('tab', { name: title }).click();

async function openJob(page: Page, name: string): Promise<void> {
  await chooseTab(page, tabTitles.active);
  await page.getByRole('grid', { name: 'Active jobs' }).getByText(name).first().click();
  await page.getByRole('article', { name: 'Job details' }).waitFor();
}

async function openOperation(page: Page, job: string, operation: string): Promise<void> {
  await openJob(page, job);
  const grid = page.getByRole('grid', { name: `Operations of ${job}` });
  await grid.getByText(operation, { exact: true }).click();
  await page.getByRole('complementary', { name: `Operation ${operation}` }).waitFor();
}

const broken = 'Nightly load with a step that cannot work';
/** What is in each tab once it is there. */
const landmarks: Readonly<Record<(typeof tabs)[number], string>> = {
  overview: 'region[name="Overview"]',
  active: 'grid[name="Active jobs"]',
  history: 'grid[name="Ended jobs"]',
  pipelines: 'button[name="Execute"]',
  generation: 'button[name="Generate"]',
  metadata: 'button[name="Extract"]',
  projects: 'button[name="Validate"]',
};
const tabScenes: readonly Scene[] = tabs.map((tab) => ({
  name: tab,
  show: async ({ page }) => {
    await chooseTab(page, tabTitles[tab]);
    await page.locator(`role=${landmarks[tab]}`).waitFor();
  },
}));

/** Of a daemon that has run `runSceneJobs`. */
export const scenes: readonly Scene[] = [
  ...tabScenes,
  {
    name: 'history, two selected',
    show: async ({ page }) => {
      await chooseTab(page, tabTitles.history);
      for (const at of [0, 1]) {
        const box = page.getByRole('checkbox', { name: 'Select Daily' }).nth(at);
        if ((await box.getAttribute('aria-checked')) !== 'true') await box.click();
      }
      await page.getByText('2 jobs selected').waitFor();
    },
  },
  {
    name: 'compare',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.getByRole('grid', { name: 'Operations of both runs' }).waitFor();
    },
  },
  {
    name: 'a form with problems',
    show: async ({ page }) => {
      await chooseTab(page, tabTitles.pipelines);
      await page.getByRole('textbox', { name: 'Attempts' }).fill('many');
      await page.getByRole('button', { name: 'Execute' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'a plan',
    show: async ({ page }) => {
      await chooseTab(page, tabTitles.pipelines);
      await page.getByRole('textbox', { name: 'Attempts' }).fill('1');
      const box = page.getByRole('checkbox', { name: 'Select all' });
      if ((await box.getAttribute('aria-checked')) !== 'true') await box.click();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByRole('region', { name: 'Plan' }).waitFor();
    },
  },
  { name: 'details', show: ({ page }) => openJob(page, 'Green') },
  {
    name: 'details with the log',
    show: async ({ page }) => {
      await openJob(page, 'Green');
      await page.getByRole('region', { name: 'Log' }).getByText('Show log').click();
      await page.getByRole('list', { name: 'Log' }).waitFor();
    },
  },
  {
    name: 'an operation with failed checks',
    show: async ({ page }) => {
      await openOperation(page, broken, 'compare');
      await page.getByRole('cell', { name: 'row_hash' }).first().waitFor();
    },
  },
  {
    name: 'differences',
    show: async ({ page }) => {
      await openOperation(page, broken, 'compare');
      await page.getByText('Show rows').click();
      await page.getByRole('grid', { name: 'Differing rows' }).locator('[data-id]').first().waitFor();
    },
  },
  {
    name: 'an operation with an error',
    show: async ({ page }) => {
      await openOperation(page, broken, 'no such program');
      await page.getByText('Show JSON').click();
    },
  },
  {
    name: 'generated tables',
    show: async ({ page }) => {
      await openOperation(page, 'Test data', 'Retail');
      await page.getByText('Evidence').waitFor();
    },
  },
  {
    name: 'nothing fits the filters',
    show: async ({ page }) => {
      await chooseTab(page, tabTitles.history);
      // The operations of a job have a search of their own, which stands until the tab is drawn.
      const history = page.getByRole('region', { name: 'History' });
      await history.getByRole('textbox', { name: 'Search' }).fill('no such job');
      await page.getByText('No ended job fits the filters.').waitFor();
    },
  },
  {
    name: 'a daemon that cannot start',
    show: async ({ page, post }) => {
      await chooseTab(page, tabTitles.active);
      await post({
        type: 'daemon',
        daemon: { name: 'failed', message: 'The daemon did not start: its folder cannot be written.' },
      });
      await page.getByText('Restart daemon').waitFor();
    },
  },
  {
    name: 'a job that was deleted',
    show: async ({ page, post }) => {
      await post({ type: 'show', tab: 'active', job_id: '01AAAAAAAAAAAAAAAAAAAAAAAA' });
      await page.getByText('This job is no longer there').waitFor();
    },
  },
  {
    name: 'a notice',
    show: async ({ page }) => {
      await openJob(page, 'Green');
      await page.getByRole('button', { name: 'Run again Green' }).click();
      await page.locator('.snackbar').waitFor();
    },
  },
];

/** Of a daemon that has run nothing, in a workspace without a project. */
export const emptyScenes: readonly Scene[] = tabs.map((tab) => ({
  name: `${tab}, nothing there`,
  show: async ({ page }) => {
    await chooseTab(page, tabTitles[tab]);
    await page.locator('.empty-title').waitFor();
  },
}));

/** Of a daemon that answers nothing: its client is closed. */
export const brokenScenes: readonly Scene[] = (['overview', 'history'] as const).map((tab) => ({
  name: `${tab}, the daemon does not answer`,
  show: async ({ page }) => {
    await chooseTab(page, tabTitles[tab]);
    await page.locator('.empty-title').waitFor();
  },
}));
