import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visible } from '../../webview/state/format.ts';
import { openDashboardPage, type DashboardPage } from '../support/dashboardPage.ts';
import { sceneWorkspace } from '../support/dashboardScenes.ts';
import {
  bidi,
  connections,
  emoji,
  hostileJobs,
  hostileProject,
  longJob,
  markup,
  pipelineIds,
} from '../support/hostileProject.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { buildBundles, makeRunDir } from '../support/stageExtension.ts';

const distDir = join(makeRunDir('hostile'), 'dist');
let project: ProjectDaemon;
let opened: DashboardPage;
let page: Page;

beforeAll(async () => {
  buildBundles(distDir, ['webview']);
  project = await startProjectDaemon(hostileProject);
  for (const job of [...hostileJobs, ...hostileJobs.slice(0, 1)]) await project.run(job);
  const workspace = sceneWorkspace(project.dir);
  const [shop] = workspace.projects;
  const [pipeline] = shop?.pipelines ?? [];
  if (shop === undefined || pipeline === undefined) throw new Error('the workspace is empty');
  const side = (connection: string) => ({ connection, relation: `${markup}.csv` });
  const hostile = {
    ...shop,
    project_id: emoji,
    pipelines: pipelineIds.map((pipeline_id) => ({
      ...pipeline,
      pipeline_id,
      source: side(connections.source),
      target: side(connections.target),
    })),
    connections: Object.values(connections).map((name) => ({ ...shop.connections[0]!, name })),
  };
  opened = await openDashboardPage({
    distDir,
    client: await project.daemon.connect(),
    workspace: { projects: [hostile, { ...hostile, dir: `${project.dir}${bidi}` }], batch_files: [] },
  });
  ({ page } = opened);
  page.setDefaultTimeout(30_000);
});
afterAll(async () => {
  await opened.close();
  await project.dispose();
  rmSync(join(distDir, '..'), { recursive: true, force: true });
});

interface Harm {
  readonly elements: number;
  /** Texts and attributes in which something turns the direction around. */
  readonly turned: string[];
  readonly sidewaysPx: number;
  readonly title: string;
}

/** What the page shows must be text, read from left to right, within its width. */
async function expectHarmless(): Promise<void> {
  const harm = await page.evaluate<Harm>(`(() => {
    const turning = /[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/;
    const turned = [];
    for (const element of document.querySelectorAll('#root *')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data);
      // What scripts keep there nobody sees.
      const shown = [...element.attributes].filter(({ name }) => !/^(data-|value$)/.test(name));
      const attributes = shown.map((attribute) => attribute.value);
      turned.push(...[...own, ...attributes].filter((text) => turning.test(text)));
    }
    const panel = document.querySelector('.panel');
    return {
      elements: document.querySelectorAll('#root :is(img, b, iframe, script, object, embed)').length,
      turned,
      sidewaysPx: Math.max(panel.scrollWidth - panel.clientWidth, document.documentElement.scrollWidth - innerWidth),
      title: document.title,
    };
  })()`);
  expect(harm).toEqual({ elements: 0, turned: [], sidewaysPx: 0, title: 'Ombudsman' });
}

const tab = (name: string) => page.getByRole('tab', { name }).click();
describe('hostile names and data are text', () => {
  it('in the grids of jobs', async () => {
    for (const [name, grid] of [
      ['Active Jobs', 'Active jobs'],
      ['History', 'Ended jobs'],
    ] as const) {
      await tab(name);
      const names = page.getByRole('grid', { name: grid });
      for (const job of [markup, bidi, emoji, longJob])
        await names.getByText(visible(job, 500), { exact: true }).first().waitFor();
      await expectHarmless();
    }
  });

  it('in the forms', async () => {
    await tab('Bulk Pipelines');
    const list = page.locator('.choice-list');
    for (const id of pipelineIds) await list.getByText(visible(id), { exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'Select all' }).click();
    await expectHarmless();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText(/^Plan: 4 operations/).waitFor();
    await expectHarmless();
    for (const name of ['Data Generation', 'Metadata', 'Projects']) {
      await tab(name);
      await page.locator('.form').waitFor();
      await expectHarmless();
    }
  });

  it('in the overview', async () => {
    await tab('Overview');
    const failing = page.getByRole('region', { name: 'What fails most' });
    await failing.getByText(visible(bidi)).first().waitFor();
    await expectHarmless();
  });

  it('in the details, the result and the differing rows', async () => {
    await tab('Active Jobs');
    await page.getByRole('grid', { name: 'Active jobs' }).getByText(markup).first().click();
    await page.getByRole('article', { name: 'Job details' }).waitFor();
    await expectHarmless();
    for (const id of pipelineIds) {
      const name = `validate ${id}`;
      await page.locator('.operations-list').getByText(visible(name, 500), { exact: true }).first().click();
      const card = page.locator('.card');
      await card.getByText(visible(name, 500), { exact: true }).waitFor();
      await card.getByText('Evidence').waitFor();
      await card.getByRole('button', { name: 'Show rows' }).click();
      await card.locator('.differences-grid mark:not(:empty)').first().waitFor();
      await card.getByRole('button', { name: 'Show JSON' }).click();
      await expectHarmless();
    }
  });

  it('in errors and logs', async () => {
    await page.locator('.operations-list').getByText('missing', { exact: true }).click();
    await page
      .locator('.card .error-box')
      .getByText(visible(`${markup}${bidi}`))
      .waitFor();
    await page.locator('.card').getByRole('button', { name: 'Show log' }).click();
    await page.locator('.card .log-lines').waitFor();
    await expectHarmless();
    await page.locator('.operations-list').getByText('print', { exact: false }).first().click();
    await page.locator('.card').getByRole('button', { name: 'Show log' }).click();
    await page.locator('.card .log-line').first().waitFor();
    await expectHarmless();
  });

  it('in a comparison, and in a notice', async () => {
    await tab('History');
    for (const at of [0, 1])
      await page
        .locator('[role=row] vscode-checkbox')
        .nth(at + 1)
        .click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('grid', { name: 'Operations of both runs' }).waitFor();
    await expectHarmless();
    await page.getByRole('button', { name: 'Back to the history' }).click();
    await page.getByRole('button', { name: `Run again ${visible(bidi, 100)}` }).click();
    await page.locator('.snackbar').getByText(visible(bidi)).first().waitFor();
    await expectHarmless();
  });

  it('and the page had nothing to complain of but the one probe of the toolkit', () => {
    const others = opened.complaints.filter((text) => !text.startsWith('Applying inline style violates'));
    expect(others).toEqual([]);
  });
});
