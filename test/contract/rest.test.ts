import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job, Operation, Progress, Statistics } from '../../daemon/protocol/entities.ts';
import type { Submitted } from '../../daemon/protocol/answers.ts';
import { createWorkspace, type Workspace } from '../support/product.ts';
import { smallProject } from './fixtures.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = createWorkspace(smallProject);
  expect((await workspace.cli(['daemon', 'start'])).code).toBe(0);
});
afterAll(() => workspace.dispose());

interface RestError {
  readonly error: { code: number; kind: string; message: string; data: { hint?: string } };
}

async function untilEnded(jobId: string): Promise<Job> {
  expect([0, 1, 3]).toContain((await workspace.cli(['jobs', 'watch', jobId])).code);
  return (await workspace.rest<Job>('GET', `/batch/jobs/${jobId}`)).body;
}

async function operationsOf(jobId: string): Promise<readonly Operation[]> {
  const { body } = await workspace.rest<{ operations: Operation[]; total: number }>(
    'GET',
    `/batch/jobs/${jobId}/operations`,
  );
  expect(body.total).toBe(body.operations.length);
  return body.operations;
}

describe('the examples of the first version of this system', () => {
  it('bulk-execute pipelines: answered when durable, run to the end, told truthfully', async () => {
    const made = await workspace.rest<Submitted>('POST', '/batch/pipelines/bulk-execute', {
      project: workspace.dir,
      job_name: 'Daily Validation - 2024-12-04',
      pipelines: [{ pipeline_id: 'same' }, { pipeline_id: 'other' }],
      parallel_execution: true,
      max_parallel: 3,
      stop_on_error: false,
    });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ status: 'pending', total_operations: 2 });
    const job = await untilEnded(made.body.job_id);
    expect(job).toMatchObject({
      job_name: 'Daily Validation - 2024-12-04',
      job_type: 'bulk_pipeline_execution',
      status: 'partial_success',
    });
    const progress = await workspace.rest<Progress>('GET', `/batch/jobs/${job.job_id}/progress`);
    expect(progress.body).toMatchObject({ total: 2, completed: 1, failed: 1, running: 0, percent: 100 });
    expect((await operationsOf(job.job_id)).map(({ name, status }) => [name, status])).toEqual([
      ['same', 'completed'],
      ['other', 'failed'],
    ]);
  });

  it('bulk-generate: row_count 12345 is 12,345 rows in the database, not what it pleases', async () => {
    const made = await workspace.rest<Submitted>('POST', '/batch/data/bulk-generate', {
      project: workspace.dir,
      job_name: 'Generate Test Data',
      items: [{ schema_type: 'Retail', row_count: 12_345, connection: 'store' }],
      parallel_execution: true,
    });
    expect(made.status).toBe(200);
    expect((await untilEnded(made.body.job_id)).status).toBe('completed');
    // Counted by another road than the one that wrote it: a query of a pipeline.
    const counted = await workspace.rest<Submitted>('POST', '/batch/pipelines/bulk-execute', {
      project: workspace.dir,
      pipelines: [
        {
          pipeline_id: 'count',
          pipeline: {
            source: { connection: 'store', query: 'select 12345 as sales' },
            target: {
              connection: 'store',
              query: 'select cast(count(*) as integer) as sales from fact_sales',
            },
            checks: ['row_hash'],
          },
        },
      ],
    });
    expect((await untilEnded(counted.body.job_id)).status).toBe('completed');
  });

  it('multi-validate projects and bulk-extract metadata', async () => {
    const validated = await workspace.rest<Submitted>('POST', '/batch/projects/multi-validate', {
      job_name: 'All projects',
      projects: [{ project: workspace.dir, pipeline_ids: ['same'] }],
    });
    expect((await untilEnded(validated.body.job_id)).status).toBe('completed');
    const extracted = await workspace.rest<Submitted>('POST', '/batch/metadata/bulk-extract', {
      project: workspace.dir,
      job_name: 'Catalogs',
      sources: [{ connection: 'old' }, { connection: 'new' }],
    });
    const job = await untilEnded(extracted.body.job_id);
    expect(job).toMatchObject({ status: 'completed', job_type: 'bulk_metadata_extraction' });
    for (const { result } of await operationsOf(job.job_id)) {
      expect(result).toMatchObject({ type: 'metadata_extraction', counts: { tables: 2, columns: 6 } });
    }
  });

  it('lists with filters, retries, exports, counts and deletes', async () => {
    const made = await workspace.rest<Submitted>('POST', '/batch/jobs', {
      file: `${workspace.dir}/red.batch.yaml`,
    });
    const job = await untilEnded(made.body.job_id);
    const listed = await workspace.rest<{ jobs: Job[]; total: number }>(
      'GET',
      '/batch/jobs?status=failed&job_type=bulk_pipeline_execution&project_id=shop&search=Red&limit=500',
    );
    expect(listed.body.jobs.map((each) => each.job_id)).toEqual([job.job_id]);
    const retried = await workspace.rest<Job>('POST', `/batch/jobs/${job.job_id}/retry`);
    expect([retried.status, retried.body.status]).toEqual([200, 'running']);
    expect((await untilEnded(job.job_id)).status).toBe('failed');
    expect((await operationsOf(job.job_id))[0]?.attempts).toHaveLength(2);
    for (const [format, type] of [
      ['json', 'application/json'],
      ['csv', 'text/csv'],
      ['junit', 'application/xml'],
      ['html', 'text/html'],
    ]) {
      const path = `/batch/jobs/${job.job_id}/export?format=${format}`;
      const { body } = await workspace.rest<{ content_type: string; content: string }>('GET', path);
      expect(body.content_type).toContain(type);
      expect(body.content).toContain('other');
    }
    const statistics = await workspace.rest<Statistics>('GET', '/batch/statistics?project_id=shop');
    expect(statistics.body.failing_pipelines.map(({ name }) => name)).toContain('other');
    const deleted = await workspace.rest('DELETE', `/batch/jobs/${job.job_id}`);
    expect(deleted.status).toBe(200);
    expect((await workspace.rest('GET', `/batch/jobs/${job.job_id}`)).status).toBe(404);
  });

  it('cancels a running job: cancelled is said when the program is dead', async () => {
    const made = await workspace.rest<Submitted>('POST', '/batch/jobs', {
      file: `${workspace.dir}/sleep.batch.yaml`,
    });
    const cancelled = await workspace.rest<Job>('POST', `/batch/jobs/${made.body.job_id}/cancel`);
    expect(cancelled.status).toBe(200);
    expect((await untilEnded(made.body.job_id)).status).toBe('cancelled');
    expect((await operationsOf(made.body.job_id)).filter(({ status }) => status === 'completed')).toEqual([]);
  });
});

describe('what is wrong is answered, never run', () => {
  const post = (path: string, body: unknown) => workspace.rest<RestError>('POST', path, body);

  it.each([
    ['an unknown pipeline', { pipelines: [{ pipeline_id: 'smae' }] }, /smae/],
    ['no pipelines', { pipelines: [] }, /pipelines/],
    ['too many at once', { pipelines: [{ pipeline_id: 'same' }], max_parallel: 65 }, /max_parallel/],
    ['a field that does not exist', { pipelines: [{ pipeline_id: 'same' }], paralel: true }, /paralel/],
  ])('422 for %s', async (_name, body, message) => {
    const before = await workspace.rest<{ total: number }>('GET', '/batch/jobs');
    const answer = await post('/batch/pipelines/bulk-execute', { project: workspace.dir, ...body });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toMatch(message);
    const after = await workspace.rest<{ total: number }>('GET', '/batch/jobs');
    expect(after.body.total).toBe(before.body.total);
  });

  it.each([
    ['/batch/data/bulk-generate', { items: [{ schema_type: 'Retial', row_count: 5 }] }],
    ['/batch/data/bulk-generate', { items: [{ schema_type: 'Retail', row_count: 0 }] }],
    ['/batch/data/bulk-generate', { items: [{ schema_type: 'Retail', row_count: '5' }] }],
    ['/batch/metadata/bulk-extract', { sources: [{ connection: 'nowhere' }] }],
    ['/batch/projects/multi-validate', { projects: [{ project: '/no/such/folder' }] }],
    ['/batch/jobs', { definition: { job_name: 'nothing to do' } }],
  ])('422 for %s with %j', async (path, body) => {
    const isOwn = path !== '/batch/projects/multi-validate';
    expect((await post(path, isOwn ? { project: workspace.dir, ...body } : body)).status).toBe(422);
  });

  it('404 for an address that no job can have, 405 for another verb: each with kind and hint', async () => {
    for (const [verb, path, status] of [
      ['GET', '/batch/jobs/nope', 404],
      ['GET', '/batch/jobs/nope/progress', 404],
      ['POST', '/batch/jobs/..%2F..%2Fetc/cancel', 404],
      ['DELETE', '/batch/jobs/%00', 404],
      ['PUT', '/batch/jobs', 405],
    ] as const) {
      const { status: answered, body } = await workspace.rest<RestError>(verb, path);
      expect([verb, path, answered]).toEqual([verb, path, status]);
      expect(body.error.data).toEqual({ kind: body.error.kind, hint: expect.stringMatching(/./) as string });
    }
  });

  it('404 for jobs that are not there, 409 for what their state forbids', async () => {
    const absent = '01JDQ3Z4N5K6M7P8Q9R0S1T2V3';
    for (const path of ['', '/progress', '/operations', '/log']) {
      expect((await workspace.rest('GET', `/batch/jobs/${absent}${path}`)).status).toBe(404);
    }
    const made = await workspace.rest<Submitted>('POST', '/batch/jobs', {
      file: `${workspace.dir}/green.batch.yaml`,
    });
    const { job_id } = await untilEnded(made.body.job_id);
    const retry = await post(`/batch/jobs/${job_id}/retry`, {});
    expect([retry.status, retry.body.error.kind]).toEqual([409, 'conflict']);
    expect((await post(`/batch/jobs/${job_id}/cancel`, {})).status).toBe(409);
  });

  it('401 without the token or with another one; health says nothing but that it is well', async () => {
    const { port, token } = workspace.registration();
    const url = `http://127.0.0.1:${port}`;
    const status = async (path: string, headers: Record<string, string>) =>
      (await fetch(`${url}${path}`, { headers })).status;
    expect(await status('/batch/jobs', {})).toBe(401);
    expect(await status('/batch/jobs', { authorization: `Bearer ${token.slice(1)}x` })).toBe(401);
    expect(await status(`/batch/jobs?token=${token}`, {})).toBe(401);
    expect(
      await status('/batch/jobs', { authorization: `Bearer ${token}`, origin: 'http://localhost' }),
    ).toBe(403);
    const health = await fetch(`${url}/health`);
    expect([health.status, Object.keys((await health.json()) as object)]).toEqual([200, ['status']]);
  });
});

describe('the OpenAPI document', () => {
  it('names every route of the design', async () => {
    const { body } = await workspace.rest<{ openapi: string; paths: Record<string, object> }>(
      'GET',
      '/openapi.json',
    );
    expect(body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/batch/pipelines/bulk-execute',
        '/batch/data/bulk-generate',
        '/batch/projects/multi-validate',
        '/batch/metadata/bulk-extract',
        '/batch/jobs',
        '/batch/jobs/{job_id}',
        '/batch/jobs/{job_id}/cancel',
        '/batch/jobs/{job_id}/retry',
        '/batch/jobs/{job_id}/progress',
        '/batch/jobs/{job_id}/operations',
        '/batch/jobs/{job_id}/export',
        '/batch/statistics',
      ]),
    );
  });
});
