import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Comparison } from '../../daemon/protocol/comparison.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import { methods } from '../../daemon/protocol/methods.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { changedRows, equalRows, shopProject, sourceRows } from '../support/shopProject.ts';

let shop: ProjectDaemon;
let green: Job;
let red: Job;

beforeAll(async () => {
  shop = await startProjectDaemon({ ...shopProject, 'data/new/other.csv': sourceRows });
  green = await shop.run('daily.batch.yaml');
  shop.write('data/new/other.csv', changedRows);
  shop.write(
    'pipelines/other.pipeline.yaml',
    shopProject['pipelines/other.pipeline.yaml']?.replace(
      'row_hash]',
      '{ row_hash: { columns: [name, amount] } }]',
    ) ?? '',
  );
  shop.write('data/new/same.csv', `${equalRows}`);
  red = await shop.run('daily.batch.yaml');
});
afterAll(() => shop.dispose());

/** Exit code and both streams of the command line. */
function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const all = [join(inject('distDir'), 'cli.mjs'), '--data-dir', shop.daemon.dataDir, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

describe('jobs/compare of real runs', () => {
  const check = (comparison: unknown): Comparison =>
    methods['jobs/compare'].result.strict().parse(comparison);

  it('tells what fails since, with rows and checks, and what was changed in the pipeline', async () => {
    const { client } = shop.daemon;
    const found = check(await client.call('jobs/compare', { before: green.job_id, after: red.job_id }));
    expect(found.before.job_id).toBe(green.job_id);
    expect(found.operations.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['other', 'newly_failing'],
      ['same', 'same'],
    ]);
    expect(found.operations[0]).toMatchObject({
      before: { status: 'completed', source_rows: 5, target_rows: 5, failing_checks: [] },
      after: {
        status: 'failed',
        source_rows: 5,
        target_rows: 4,
        failing_checks: ['row_count', 'row_hash(name, amount)'],
      },
    });
    expect(found.definition.changes).toEqual([
      {
        scope: 'operation',
        names: ['other'],
        count: 1,
        what: 'checks[row_hash].columns',
        after: ['name', 'amount'],
      },
    ]);
  });

  it('over REST the same', async () => {
    const path = `/batch/jobs/${green.job_id}/compare/${red.job_id}?verdict=newly_failing,fixed&limit=1`;
    const response = await fetch(`${shop.daemon.url}${path}`, { headers: shop.daemon.headers });
    expect(check(await response.json())).toMatchObject({ total: 1, operations: [{ name: 'other' }] });
  });

  it('of a job that is not there', async () => {
    const asked = { before: green.job_id, after: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    await expect(shop.daemon.client.call('jobs/compare', asked)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('on the command line: a report, and an exit code for what became worse', async () => {
    const worse = await cli('jobs', 'compare', green.job_id, red.job_id);
    expect(worse.out).toContain('newly failing');
    expect(worse.out).toContain('checks[row_hash].columns: nothing → ["name","amount"]');
    expect(worse.out).toContain('2 operations: 1 newly failing, 1 same');
    expect(worse.out).not.toMatch(/^same +same/m);
    expect(worse.code).toBe(1);
    const better = await cli('jobs', 'compare', red.job_id, green.job_id, '--all');
    expect(better.out).toMatch(/^fixed +other/m);
    expect(better.out).toMatch(/^same +same/m);
    expect(better.code).toBe(0);
    const json = await cli('jobs', 'compare', green.job_id, red.job_id, '--format', 'json');
    expect(check(JSON.parse(json.out)).counts.newly_failing).toBe(1);
    expect((await cli('jobs', 'compare', green.job_id, 'x')).code).toBe(2);
  });
});
