import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectProjectSecrets, collectSecrets } from '../../../daemon/cli/secrets.ts';

let dir: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const project = (password: string) =>
  `name: p\nconnections:\n  a: { type: postgres, database: d, user: "\${env:CLI_TEST_USER}", password: "${password}" }\n`;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-secrets-'));
  vi.stubEnv('CLI_TEST_USER', 'reader');
  vi.stubEnv('CLI_TEST_PASSWORD', 's3cret');
  vi.stubEnv('CLI_TEST_UNRELATED', 'never sent');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

describe('secrets sent with a call', () => {
  it('are the values of this environment that the project refers to, and no others', async () => {
    write('ombudsman.yaml', project('${env:CLI_TEST_PASSWORD}'));
    write('batches/daily.batch.yaml', 'pipelines: [{ pipeline_id: x }]\n');
    expect(await collectSecrets(join(dir, 'batches/daily.batch.yaml'))).toEqual({
      [dir]: { 'env:CLI_TEST_USER': 'reader', 'env:CLI_TEST_PASSWORD': 's3cret' },
    });
  });

  it('are looked for without a word about files the daemon will refuse', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    write('ombudsman.yaml', 'name: p\n- a: b\n  - c: d\n');
    write('daily.batch.yaml', 'pipelines:\n- pipeline_id: a\n  - pipeline_id: b\n');
    await collectSecrets(join(dir, 'daily.batch.yaml'));
    // Node emits warnings in the next tick.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('leave out what is not set, and what only a comment names', async () => {
    write('ombudsman.yaml', `# \${env:CLI_TEST_UNRELATED}\n${project('${env:CLI_TEST_UNSET}')}`);
    expect(await collectProjectSecrets(dir)).toEqual({ [dir]: { 'env:CLI_TEST_USER': 'reader' } });
  });

  it('leave secrets of the .env file to the daemon, which reads it for each project anew', async () => {
    write('ombudsman.yaml', project('${secret:CLI_TEST_PASSWORD}'));
    expect(await collectProjectSecrets(dir)).toMatchObject({
      [dir]: { 'secret:CLI_TEST_PASSWORD': 's3cret' },
    });
    write('.env', 'CLI_TEST_PASSWORD=from the file\n');
    expect(await collectProjectSecrets(dir)).toEqual({ [dir]: { 'env:CLI_TEST_USER': 'reader' } });
  });

  it.each([
    'projects: [{ project: ../other }]',
    'operations: [{ name: v, type: project_validation, project: ../other }]',
  ])('include those of projects that the batch names: %s', async (batch) => {
    write('main/ombudsman.yaml', 'name: main\nconnections: {}\n');
    write('main/all.batch.yaml', batch);
    write('other/ombudsman.yaml', project('${env:CLI_TEST_PASSWORD}'));
    expect(await collectSecrets(join(dir, 'main/all.batch.yaml'))).toEqual({
      [join(dir, 'other')]: { 'env:CLI_TEST_USER': 'reader', 'env:CLI_TEST_PASSWORD': 's3cret' },
    });
  });

  it('are those of each project: what one leaves to its .env file is not sent for it because another needs it', async () => {
    write('main/ombudsman.yaml', project('${secret:CLI_TEST_PASSWORD}'));
    write('main/all.batch.yaml', 'projects: [{ project: ../other }]');
    write('other/ombudsman.yaml', project('${secret:CLI_TEST_PASSWORD}'));
    write('other/.env', 'CLI_TEST_PASSWORD=from the file\n');
    expect(await collectSecrets(join(dir, 'main/all.batch.yaml'))).toEqual({
      [join(dir, 'main')]: { 'env:CLI_TEST_USER': 'reader', 'secret:CLI_TEST_PASSWORD': 's3cret' },
      [join(dir, 'other')]: { 'env:CLI_TEST_USER': 'reader' },
    });
  });

  it('of a batch outside any project belong to no folder', async () => {
    write(
      'alone.batch.yaml',
      'operations: [{ type: command, program: x, cwd: /, env: { P: "${env:CLI_TEST_PASSWORD}" } }]\n',
    );
    expect(await collectSecrets(join(dir, 'alone.batch.yaml'))).toEqual({
      'env:CLI_TEST_PASSWORD': 's3cret',
    });
  });

  it('are none for files that cannot be read as YAML: the daemon says what is wrong with them', async () => {
    write('ombudsman.yaml', 'name: [unclosed\n');
    write('a.batch.yaml', '\t: : :\n');
    expect(await collectSecrets(join(dir, 'a.batch.yaml'))).toEqual({});
  });
});
