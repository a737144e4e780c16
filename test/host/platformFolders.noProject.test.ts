import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'mocha';
import { services } from './contributionsSupport.ts';
import { until, workspaceFile, workspaceFolder } from './support.ts';

describe('a workspace without a project', () => {
  const folder = workspaceFile('brought').fsPath;
  let elsewhere = '';
  after(async () => {
    await rm(elsewhere, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it('has one when a folder with one is moved there, and none when it is removed', async () => {
    const { contextKeys } = await services();
    const hasProject = () => contextKeys.get('ombudsman.hasProject');
    await until('the first look', () => hasProject() === false);
    elsewhere = await mkdtemp(join(dirname(workspaceFolder().uri.fsPath), 'elsewhere-'));
    await mkdir(join(elsewhere, 'brought/deep'), { recursive: true });
    await writeFile(join(elsewhere, 'brought/deep/ombudsman.yaml'), 'name: brought\nconnections: {}\n');
    await rename(join(elsewhere, 'brought'), folder);
    await until('the project', () => hasProject() === true);
    await rm(folder, { recursive: true });
    await until('no project', () => hasProject() === false);
  });
});
