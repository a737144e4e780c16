import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { ApiError } from '../../daemon/protocol/errors.ts';
import { methods, type MethodName } from '../../daemon/protocol/methods.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';

let shop: ProjectDaemon;
let client: DaemonClient;
/** A folder that is none of the daemon's business. */
let outside: string;
let dataDir: string;

beforeAll(async () => {
  shop = await startProjectDaemon(shopProject);
  ({ client, dataDir } = shop.daemon);
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-outside-')));
});
afterAll(async () => {
  await shop.dispose();
  rmSync(outside, { recursive: true, force: true });
});

/** A job that ended, with an operation that has an artifact of differing rows. */
async function differing() {
  const { job_id } = await shop.run('daily.batch.yaml');
  const { operations } = await client.call('jobs/operations', { job_id });
  const other = operations.find(({ name }) => name === 'other');
  const artifact = other?.artifacts.find(({ kind }) => kind === 'differences');
  if (other === undefined || artifact === undefined) throw new Error('nothing differs');
  return {
    place: { job_id, operation_id: other.operation_id, artifact_id: artifact.artifact_id },
    path: artifact.path,
  };
}

/** The kind of error a call ends with; fails if it is answered. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    (answer) => new Error(`answered: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (!ApiError.is(error)) throw error;
  return error.kind;
}

const climbing = [
  '../../../../etc/passwd',
  '..',
  '/etc/passwd',
  '..\\..\\windows',
  '%2e%2e%2fetc',
  'a/../../b',
  'x\0y',
  '.',
  '~root',
  `${'../'.repeat(400)}etc/passwd`,
];

describe('names that climb', () => {
  it('out of every method that takes the name of something kept are refused, and nothing is made or read there', async () => {
    const { place } = await differing();
    const before = readdirSync(dataDir).sort();
    const names = ['job_id', 'operation_id', 'artifact_id', 'project_id', 'connection'] as const;
    const asked = (Object.keys(methods) as MethodName[]).flatMap((method) =>
      names.filter((name) => name in methods[method].params.shape).map((name) => [method, name] as const),
    );
    expect(asked.length).toBeGreaterThan(15);
    const bad: string[] = [];
    for (const [method, name] of asked) {
      for (const path of climbing) {
        const known = Object.entries(place).filter(([key]) => key in methods[method].params.shape);
        const params = { ...Object.fromEntries(known), [name]: path };
        const answer = await client.call(method, params as never).then(
          (result: unknown) => JSON.stringify(result),
          (error: unknown) => (ApiError.is(error) ? error.kind : String(error)),
        );
        if (/root:|internal_error/.test(answer))
          bad.push(`${method} ${name}=${path}: ${answer.slice(0, 200)}`);
      }
    }
    expect(bad).toEqual([]);
    expect(readdirSync(dataDir).sort()).toEqual(before);
    expect(await client.call('jobs/get', { job_id: place.job_id })).toMatchObject({ job_id: place.job_id });
  });

  it('out of addresses lead nowhere', async () => {
    for (const path of climbing) {
      const { status, headers } = await fetch(
        `${shop.daemon.url}/batch/jobs/${encodeURIComponent(path)}/export?format=json`,
        { headers: shop.daemon.headers },
      );
      expect([path, status, headers.get('content-disposition')]).toEqual([path, 404, null]);
    }
  });

  it('as the name of a project are no project', async () => {
    for (const project of [...climbing, dataDir, outside]) {
      expect(await refusal(client.call('projects/pipelines', { project })), project).toMatch(
        /^(not_found|definition_invalid|invalid_params)$/,
      );
    }
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe('an export', () => {
  it('never lands in the data directory, whatever leads there', async () => {
    const { place } = await differing();
    const registration = join(dataDir, 'daemon.json');
    const before = readFileSync(registration, 'utf8');
    symlinkSync(dataDir, join(outside, 'folder'));
    symlinkSync(registration, join(outside, 'file'));
    symlinkSync(join(dataDir, 'jobs', 'new.json'), join(outside, 'dangling'));
    for (const file of [
      registration,
      join(outside, 'folder', 'daemon.json'),
      join(outside, 'folder', 'jobs', 'x.csv'),
      join(outside, 'folder', '..', 'folder', 'x.csv'),
      join(outside, 'file'),
      join(outside, 'dangling'),
      `${outside}/../${outside.split('/').at(-1)}/folder/x.csv`,
    ]) {
      expect(await refusal(client.call('artifacts/export', { ...place, file })), file).toBe('invalid_params');
    }
    expect(readFileSync(registration, 'utf8')).toBe(before);
    expect(existsSync(join(dataDir, 'jobs', 'new.json'))).toBe(false);
    const good = join(outside, 'rows.csv');
    expect(await client.call('artifacts/export', { ...place, file: good })).toMatchObject({ file: good });
  });
});

describe('symbolic links out of the data directory', () => {
  it('are not followed where rows are read', async () => {
    const { place, path } = await differing();
    const moved = join(outside, 'rows.parquet');
    renameSync(path, moved);
    symlinkSync(moved, path);
    expect(await refusal(client.call('artifacts/rows', place))).toBe('not_found');
    const folder = dirname(path);
    rmSync(path);
    renameSync(moved, path);
    expect((await client.call('artifacts/rows', place)).total).toBeGreaterThan(0);
    renameSync(folder, join(outside, 'attempt'));
    symlinkSync(join(outside, 'attempt'), folder);
    expect(await refusal(client.call('artifacts/rows', place))).toBe('not_found');
  });

  it('are removed with a job, and what they point to stays', async () => {
    const { place, path } = await differing();
    const precious = join(outside, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'work.txt'), 'mine');
    symlinkSync(precious, join(dirname(path), 'link'));
    const document = join(dataDir, 'jobs', `${place.job_id}.json`);
    renameSync(document, join(outside, 'document.json'));
    symlinkSync(join(outside, 'document.json'), document);
    await client.call('jobs/delete', { job_id: place.job_id });
    expect(existsSync(path)).toBe(false);
    expect(() => lstatSync(document)).toThrow('ENOENT');
    expect(readFileSync(join(precious, 'work.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(outside, 'document.json'))).toBe(true);
  });

  it('in place of the artifacts of a job cost only the link', async () => {
    const { place, path } = await differing();
    const folder = join(dataDir, 'artifacts', place.job_id);
    renameSync(folder, join(outside, 'artifacts'));
    symlinkSync(join(outside, 'artifacts'), folder);
    await client.call('jobs/delete', { job_id: place.job_id });
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(path.replace(folder, join(outside, 'artifacts')))).toBe(true);
  });
});
