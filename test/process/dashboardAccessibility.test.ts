import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { openDashboardPage, type DashboardOptions, type DashboardPage } from '../support/dashboardPage.ts';
import {
  brokenScenes,
  emptyScenes,
  runSceneJobs,
  sceneProject,
  scenes,
  sceneWorkspace,
  type Scene,
} from '../support/dashboardScenes.ts';
import { dashboardThemes, type ThemeName } from '../support/dashboardThemes.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { buildBundles, makeRunDir } from '../support/stageExtension.ts';

/** axe-core is the judge of the tests and no part of what is shipped. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const distDir = join(makeRunDir('accessibility'), 'dist');
/** A hundred looks of a second each. */
const scenesTimeoutMs = 400_000;
const themeNames = Object.keys(dashboardThemes) as ThemeName[];
let project: ProjectDaemon;
let empty: TestDaemon;

beforeAll(async () => {
  buildBundles(distDir, ['webview']);
  project = await startProjectDaemon(sceneProject);
  await runSceneJobs(project);
  empty = await startTestDaemon();
});
afterAll(async () => {
  await project.dispose();
  await empty.dispose();
  rmSync(join(distDir, '..'), { recursive: true, force: true });
});

/** `rule (impact): what it wants, at its places`. */
async function seriousFindings({ page }: DashboardPage): Promise<string[]> {
  await page.evaluate(axeSource);
  const options: RunOptions = { resultTypes: ['violations', 'passes'] };
  // A string: the types of the page are not known here.
  const { violations, passes } = await page.evaluate<AxeResults>(
    `axe.run(document, ${JSON.stringify(options)})`,
  );
  // A run that looked at nothing finds nothing.
  expect(passes.length).toBeGreaterThan(5);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => {
      const places = nodes.slice(0, 3).map(({ target, any, all }) => {
        const why = [...any, ...all].map(({ message }) => message)[0] ?? '';
        return `    ${target.join(' ')}: ${why}`;
      });
      return [`${id} (${impact}): ${help}, ${nodes.length} times`, ...places].join('\n');
    });
}

/** All findings of all scenes in one page, each scene in every theme; what was found is named by scene and theme. */
async function look(shown: readonly Scene[], options: Pick<DashboardOptions, 'client' | 'workspace'>) {
  const opened = await openDashboardPage({ distDir, ...options });
  opened.page.setDefaultTimeout(30_000);
  const found: string[] = [];
  try {
    for (const scene of shown) {
      await scene.show(opened);
      for (const theme of themeNames) {
        await opened.setTheme(theme);
        // The elements of the toolkit hand their attributes on in the frame after.
        await opened.page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
        );
        const findings = await seriousFindings(opened);
        found.push(...findings.map((finding) => `${scene.name}, ${theme}: ${finding}`));
      }
    }
  } finally {
    await opened.close();
  }
  return found;
}

describe('the dashboard, judged by axe-core in every theme', () => {
  it(
    'has nothing serious in any tab, form, detail, comparison, or error',
    async () => {
      const options = { client: await project.daemon.connect(), workspace: sceneWorkspace(project.dir) };
      expect(await look(scenes, options)).toEqual([]);
    },
    scenesTimeoutMs,
  );

  it('has nothing serious where there is nothing to show', async () => {
    const options = { client: await empty.connect(), workspace: { projects: [], batch_files: [] } };
    expect(await look(emptyScenes, options)).toEqual([]);
  });

  it('has nothing serious while the daemon does not answer', async () => {
    const client = await empty.connect();
    client.close();
    expect(await look(brokenScenes, { client, workspace: { projects: [], batch_files: [] } })).toEqual([]);
  });
});
