import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { MethodResult } from '../../daemon/protocol/methods.ts';
import { methods } from '../../daemon/protocol/methods.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { changedRows, shopProject, sourceRows } from '../support/shopProject.ts';

let shop: ProjectDaemon;
let client: DaemonClient;
beforeEach(async () => {
  shop = await startProjectDaemon(shopProject);
  client = shop.daemon.client;
});
afterEach(() => shop.dispose());

/** The answer must have the shape the contract gives it. */
async function results(ref = shop.dir): Promise<MethodResult<'projects/results'>> {
  return methods['projects/results'].result
    .strict()
    .parse(await client.call('projects/results', { project: ref }));
}

async function rest<T>(path: string): Promise<{ status: number; body: T }> {
  const response = await fetch(`${shop.daemon.url}${path}`, { headers: shop.daemon.headers });
  return { status: response.status, body: (await response.json()) as T };
}

const operationsOf = async ({ job_id }: Job): Promise<Operation[]> =>
  (await client.call('jobs/operations', { job_id })).operations;

describe('projects/results', () => {
  it('of a project that has not run: nothing, by path, by its file, and by id once it was seen', async () => {
    const nothing = { project_id: 'shop', path: shop.dir, pipelines: [], batch_files: [] };
    await expect(client.call('projects/results', { project: 'shop' })).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(await results()).toEqual(nothing);
    expect(await results(join(shop.dir, 'ombudsman.yaml'))).toEqual(nothing);
    expect(await results('shop')).toEqual(nothing);
    await expect(client.call('projects/results', { project: join(shop.dir, 'data') })).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  it('tells the last end of each pipeline and the latest job of each batch file, and goes back when a job is deleted', async () => {
    shop.write('data/new/other.csv', sourceRows);
    const passed = await shop.run('daily.batch.yaml');
    const before = await results();
    expect(before.pipelines.map(({ pipeline_id, status }) => [pipeline_id, status]).sort()).toEqual([
      ['other', 'completed'],
      ['same', 'completed'],
    ]);
    shop.write('data/new/other.csv', changedRows);
    const failed = await shop.run('daily.batch.yaml');
    const [, operation] = await operationsOf(failed);
    const after = await results();
    const other = after.pipelines.find(({ pipeline_id }) => pipeline_id === 'other');
    expect(other).toEqual({
      pipeline_id: 'other',
      job_id: failed.job_id,
      operation_id: 'op-0002',
      status: 'failed',
      finished_at: operation?.finished_at,
      duration_ms: operation?.duration_ms,
      error: { kind: 'checks_failed', message: operation?.error?.message, hint: operation?.error?.hint },
      checks: [
        expect.objectContaining({ check: 'row_count', status: 'failed', expected: 5, actual: 4 }),
        expect.objectContaining({ check: 'row_hash', status: 'failed', failing_rows: 5 }),
      ],
    });
    expect(JSON.stringify(other?.checks)).not.toMatch(/"samples"|"differences"/);
    expect(after.batch_files).toEqual([
      {
        file: join(shop.dir, 'daily.batch.yaml'),
        job_id: failed.job_id,
        status: 'partial_success',
        created_at: failed.created_at,
        finished_at: failed.finished_at,
        total: 2,
        completed: 1,
        failed: 1,
      },
    ]);

    await client.call('jobs/delete', { job_id: failed.job_id });
    const back = await results();
    expect(back.pipelines).toEqual(before.pipelines);
    expect(back.batch_files).toMatchObject([{ job_id: passed.job_id, status: 'completed' }]);
    await client.call('jobs/delete', { job_id: passed.job_id });
    expect(await results()).toMatchObject({ pipelines: [], batch_files: [] });
  });

  it('is the same after a restart, read from the documents', async () => {
    await shop.run('daily.batch.yaml');
    const before = await results();
    await shop.daemon.kill();
    client = await shop.daemon.connect();
    expect(await results()).toEqual(before);
    expect(before.pipelines).toHaveLength(2);
  });

  it('is the same after a restart without the index, made again from the jobs', async () => {
    await shop.run('green.batch.yaml');
    await shop.run('daily.batch.yaml');
    const before = await results();
    await shop.daemon.kill();
    rmSync(join(shop.daemon.dataDir, 'index.json'), { force: true });
    rmSync(join(shop.daemon.dataDir, 'index.log'));
    client = await shop.daemon.connect();
    expect(await results()).toEqual(before);
  });

  it('counts pipelines of a whole project and of a mixed batch, each with its own checks', async () => {
    const whole = await shop.run({ job_name: 'Whole', projects: [{ project: shop.dir }] });
    expect(whole.job_type).toBe('multi_project_validation');
    const { pipelines } = await results();
    expect(pipelines).toHaveLength(2);
    for (const told of pipelines) {
      expect(told).toMatchObject({ job_id: whole.job_id, operation_id: 'op-0001' });
      expect(told.checks.map(({ check, status }) => [check, status])).toEqual(
        told.pipeline_id === 'same'
          ? [
              ['row_count', 'passed'],
              ['row_hash', 'passed'],
            ]
          : [
              ['row_count', 'failed'],
              ['row_hash', 'failed'],
            ],
      );
      expect(told.status).toBe(told.pipeline_id === 'same' ? 'completed' : 'failed');
      expect(told.error?.kind).toBe(told.pipeline_id === 'same' ? undefined : 'checks_failed');
    }
    const mixed = await shop.run({
      job_name: 'Mixed',
      operations: [
        { name: 'first', type: 'command', program: process.execPath, args: ['-e', ''] },
        { name: 'renamed', type: 'pipeline', pipeline_id: 'same' },
      ],
    });
    const later = await results();
    expect(later.pipelines.map(({ pipeline_id, job_id }) => [pipeline_id, job_id])).toEqual([
      ['same', mixed.job_id],
      ['other', whole.job_id],
    ]);
    const { pipelines: trends } = await client.call('statistics/trends', { project_id: 'shop' });
    expect(trends.map(({ name, runs }) => [name, runs.map(({ job_id }) => job_id)])).toEqual([
      ['same', [whole.job_id, mixed.job_id]],
      ['other', [whole.job_id]],
    ]);
  });

  it('tells the end of an operation while its job goes on, also after a restart in the middle', async () => {
    const gate = join(shop.dir, 'gate');
    const waits = `const {existsSync} = require('fs'); setInterval(() => existsSync(${JSON.stringify(gate)}) && process.exit(0), 20)`;
    const definition = {
      job_name: 'Long',
      operations: [
        { name: 'other', type: 'pipeline', pipeline_id: 'other' },
        { name: 'gate', type: 'command', program: process.execPath, args: ['-e', waits] },
      ],
    };
    const made = await client.call('jobs/submit', { project: shop.dir, definition });
    const failed = [expect.objectContaining({ pipeline_id: 'other', status: 'failed' })];
    await expect.poll(async () => (await results()).pipelines, { timeout: 20_000 }).toEqual(failed);
    expect((await client.call('jobs/get', { job_id: 'job_id' in made ? made.job_id : '' })).status).toBe(
      'running',
    );
    const before = await results();
    await shop.daemon.kill();
    client = await shop.daemon.connect();
    expect(await results()).toEqual(before);
    expect(before.pipelines[0]?.checks).toHaveLength(2);
    writeFileSync(gate, '');
  });

  it('tells the retry once it has ended; the run before it stays in the trend', async () => {
    const { job_id } = await shop.run('daily.batch.yaml');
    const other = async () => (await results()).pipelines.find(({ pipeline_id }) => pipeline_id === 'other');
    const before = await other();
    expect(before?.status).toBe('failed');
    shop.write('data/new/other.csv', sourceRows);
    await client.call('jobs/retry', { job_id });
    await expect.poll(async () => (await other())?.status, { timeout: 20_000 }).toBe('completed');
    const { pipelines } = await client.call('statistics/trends', {});
    const runs = pipelines.find(({ name }) => name === 'other')?.runs;
    expect(runs?.map(({ status }) => status)).toEqual(['failed', 'completed']);
    expect(runs?.[0]?.finished_at).toBe(before?.finished_at);
  });

  it('is one project, however its folder is named', async () => {
    await shop.run('daily.batch.yaml');
    const link = `${shop.dir}-link`;
    symlinkSync(shop.dir, link);
    try {
      const seen = await results(link);
      expect(seen.path).toBe(link);
      expect(seen.pipelines).toHaveLength(2);
      expect(seen.batch_files.map(({ file }) => file)).toEqual([join(link, 'daily.batch.yaml')]);
    } finally {
      rmSync(link);
    }
  });

  it('answers over REST the same', async () => {
    await shop.run('green.batch.yaml');
    const answer = await rest(`/batch/projects/${encodeURIComponent(shop.dir)}/results`);
    expect(answer).toEqual({ status: 200, body: await results() });
    expect(await rest('/batch/projects/shop/results')).toEqual(answer);
  });
});

describe('projects/catalog', () => {
  const catalog = (connection: string) => client.call('projects/catalog', { project: shop.dir, connection });

  it('tells tables and columns of the last extraction, whatever was extracted before', async () => {
    await expect(catalog('store')).rejects.toMatchObject({
      kind: 'not_found',
      data: { hint: expect.stringContaining('ombudsman extract --connection store') as string },
    });
    const generated = await shop.run({
      job_name: 'Data',
      items: [{ schema_type: 'Retail', row_count: 50, seed: 1, connection: 'store' }],
    });
    expect(generated.status).toBe('completed');
    const extract = { job_name: 'Catalog', sources: [{ connection: 'store' }, { connection: 'old' }] };
    const first = await shop.run(extract);
    expect(first.status).toBe('completed');
    const store = methods['projects/catalog'].result.strict().parse(await catalog('store'));
    expect(store).toMatchObject({ connection: 'store', job_id: first.job_id, operation_id: 'op-0001' });
    const customer = store.tables.find(({ name }) => name === 'dim_customer');
    expect(customer?.schema).toBe('main');
    expect(customer?.columns).toContainEqual({ name: 'customer_key', type: 'BIGINT', nullable: false });
    const files = await catalog('old');
    expect(files.tables).toContainEqual({
      schema: null,
      name: 'same.csv',
      columns: [
        { name: 'id', type: 'BIGINT', nullable: null },
        { name: 'name', type: 'VARCHAR', nullable: null },
        { name: 'amount', type: 'DECIMAL(4,2)', nullable: null },
      ],
    });

    shop.write('data/old/late.csv', 'x\n1\n');
    const second = await shop.run({ job_name: 'Again', sources: [{ connection: 'old' }] });
    const later = await catalog('old');
    expect(later.job_id).toBe(second.job_id);
    expect(later.tables.map(({ name }) => name)).toContain('late.csv');
    expect((await catalog('store')).job_id).toBe(first.job_id);
    expect(await rest(`/batch/projects/shop/catalog?connection=old`)).toEqual({ status: 200, body: later });

    await client.call('jobs/delete', { job_id: second.job_id });
    expect((await catalog('old')).tables).toEqual(files.tables);
    await client.call('jobs/delete', { job_id: first.job_id });
    await expect(catalog('old')).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('is not one that failed, and says so when its file was removed', async () => {
    const failed = await shop.run({ job_name: 'Nothing', sources: [{ connection: 'store' }] });
    expect(failed.status).toBe('failed');
    await expect(catalog('store')).rejects.toMatchObject({ kind: 'not_found' });
    const { job_id } = await shop.run({ job_name: 'Catalog', sources: [{ connection: 'new' }] });
    rmSync(join(shop.daemon.dataDir, 'artifacts', job_id), { recursive: true });
    await expect(catalog('new')).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('the files are gone') as string,
    });
  });
});
