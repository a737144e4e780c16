import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Services } from '../../extension/platform/services.ts';
import { services } from './contributionsSupport.ts';
import { until, workspaceFile, workspaceFolder } from './support.ts';

describe('a folder made outside of VS Code, with definitions in it', function () {
  this.timeout(90_000);
  const folder = workspaceFile('brought').fsPath;
  let parts: Services;
  let elsewhere: string;

  before(async () => {
    parts = await services();
    await parts.workspace.load();
    elsewhere = await mkdtemp(join(dirname(workspaceFolder().uri.fsPath), 'elsewhere-'));
    await mkdir(join(elsewhere, 'brought/deep'), { recursive: true });
    await writeFile(join(elsewhere, 'brought/ombudsman.yaml'), 'name: brought\nconnections: {}\n');
    await writeFile(
      join(elsewhere, 'brought/deep/a.batch.yaml'),
      'items: [{ schema_type: Retail, row_count: 1 }]\n',
    );
  });
  after(async () => {
    await rm(elsewhere, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  const isKnown = (): boolean =>
    (parts.workspace.contents?.projects ?? []).some(({ dir }) => dir === folder) &&
    (parts.workspace.contents?.batch_files ?? []).some(({ file }) => file.startsWith(folder));

  it('is seen when it is moved here, and missed when it is removed', async () => {
    assert.equal(isKnown(), false);
    await rename(join(elsewhere, 'brought'), folder);
    await until('the project that was moved here', isKnown);
    await cp(folder, join(elsewhere, 'brought'), { recursive: true });
    await rm(folder, { recursive: true });
    await until('no project that was removed', () => !isKnown());
  });

  it('is seen when it is copied here', async () => {
    await cp(join(elsewhere, 'brought'), folder, { recursive: true });
    await until('the project that was copied here', isKnown);
  });
});
