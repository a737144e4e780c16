import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { methods, type MethodName } from '../../daemon/protocol/methods.ts';
import { registerSecret } from '../../daemon/server/log.ts';
import { routes } from '../../daemon/server/rest/routes.ts';
import { fakeJob, fakeJobId } from '../support/fakeJobService.ts';
import { startLocalDaemon, type LocalDaemon } from '../support/localDaemon.ts';

let local: LocalDaemon;

beforeEach(async () => {
  local = await startLocalDaemon();
});
afterEach(() => local.dispose());

interface ErrorAnswer {
  error: {
    code: number;
    kind: string;
    message: string;
    data: { kind: string; hint?: string; issues?: { path: string }[] };
  };
}

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${local.url}${path}`, {
    ...init,
    headers: { ...local.headers, ...(init.headers as Record<string, string>) },
  });
const post = (path: string, body?: unknown) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  });
const errorOf = async (answer: Response) => ((await answer.json()) as ErrorAnswer).error;
const lastCall = () => local.service.calls.at(-1);

/** A request whose every header and path byte the test chooses (fetch would put them right). */
function raw(
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { port } = local.daemon.registration;
    const request = httpRequest({ host: '127.0.0.1', port, path, ...options }, (answer) => {
      answer.resume();
      resolve(answer);
    });
    request.on('error', reject);
    request.end();
  });
}

describe('who may call', () => {
  it('tells its health to anybody, and only that', async () => {
    const answer = await fetch(`${local.url}/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready' });
  });

  it.each(['/batch/jobs', '/openapi.json', '/nothing', '/batch/events'])('%s needs a token', async (path) => {
    const answer = await fetch(`${local.url}${path}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(answer)).toMatchObject({ code: -32000, kind: 'unauthenticated' });
  });

  it.each(['Bearer wrong', 'Basic abc', 'Bearer', ''])('refuses Authorization: %s', async (authorization) => {
    const answer = await fetch(`${local.url}/batch/jobs`, { headers: { authorization } });
    expect(answer.status).toBe(401);
  });

  it('refuses a token in the address, even beside a good header', async () => {
    const { token } = local.daemon.registration;
    expect((await fetch(`${local.url}/batch/jobs?token=${token}`)).status).toBe(401);
    const answer = await ask(`/batch/jobs?token=${token}`);
    expect(answer.status).toBe(403);
    expect((await errorOf(answer)).data.hint).toContain('Authorization: Bearer');
  });

  it('refuses an Origin and a foreign Host, with a token too', async () => {
    const { port } = local.daemon.registration;
    expect(
      (await raw('/batch/jobs', { headers: { ...local.headers, origin: 'http://localhost' } })).statusCode,
    ).toBe(403);
    expect((await raw('/health', { headers: { host: `evil.example:${port}` } })).statusCode).toBe(403);
    expect((await raw('/health', { headers: { host: `localhost:${port}` } })).statusCode).toBe(200);
  });
});

describe('the table of routes', () => {
  it('has a route for every method that names one', () => {
    const named = (Object.keys(methods) as MethodName[]).filter((name) => methods[name].rest !== null);
    const targets = routes.map(({ target }) => target);
    expect(targets).toEqual(expect.arrayContaining(named));
    expect(new Set(routes.map(({ verb, path }) => `${verb === 'SSE' ? 'GET' : verb} ${path}`)).size).toBe(
      routes.length,
    );
  });

  it('creates jobs with 200, as the answer of the method says', async () => {
    const body = { job_name: 'Generate', items: [{ schema_type: 'Retail', row_count: 10_000 }] };
    const answer = await post('/batch/data/bulk-generate', body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'pending', total_operations: 1 });
    expect(lastCall()).toMatchObject({
      method: 'data/bulkGenerate',
      params: { items: [{ row_count: 10_000, seed: 42 }] },
    });
  });

  it('takes a POST without a body as {}', async () => {
    local.service.answers.set('jobs/cancel', async () => fakeJob(fakeJobId(3)));
    expect((await post(`/batch/jobs/${fakeJobId(3)}/cancel`)).status).toBe(200);
    expect(lastCall()).toEqual({ method: 'jobs/cancel', params: { job_id: fakeJobId(3) } });
  });

  it('reads numbers, booleans and lists from the query', async () => {
    await ask('/batch/jobs?limit=7&offset=2&status=failed,cancelled&tags=a&tags=b&search=12&job_type=mixed');
    expect(lastCall()?.params).toEqual({
      limit: 7,
      offset: 2,
      status: ['failed', 'cancelled'],
      tags: ['a', 'b'],
      search: '12',
      job_type: 'mixed',
    });
    await ask('/batch/jobs?tags=only');
    expect(lastCall()?.params).toMatchObject({ tags: ['only'] });
  });

  it.each([
    ['/batch/jobs?limit=many', 'limit'],
    ['/batch/jobs?limit=501', 'limit'],
    ['/batch/jobs?limit=1&limit=2', 'limit'],
    ['/batch/jobs?limit=', 'limit'],
    ['/batch/jobs?colour=red', ''],
    ['/batch/jobs?__proto__=1', ''],
    ['/batch/jobs?status=green', 'status'],
  ])('%s is 422 and names what is wrong', async (path, where) => {
    const answer = await ask(path);
    expect(answer.status).toBe(422);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code: -32602, kind: 'invalid_params', data: { kind: 'invalid_params' } });
    expect(error.data.issues?.map((issue) => issue.path)).toContain(where);
    expect(local.service.calls).toEqual([]);
  });

  it('answers an unknown route with the nearest one', async () => {
    const answer = await ask('/batch/pipelines/bulk-excute', { method: 'POST' });
    expect(answer.status).toBe(404);
    expect((await errorOf(answer)).data.hint).toContain('POST /batch/pipelines/bulk-execute');
  });

  it('answers a wrong verb with 405 and Allow', async () => {
    const answer = await ask(`/batch/jobs/${fakeJobId(1)}`, { method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, DELETE');
    expect((await ask('/batch/jobs', { method: 'DELETE' })).headers.get('allow')).toBe('POST, GET');
  });

  it('answers HEAD like GET without a body', async () => {
    const answer = await ask('/batch/jobs', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });

  it('keeps an encoded slash inside its path parameter', async () => {
    local.service.answers.set('projects/pipelines', async () => ({}));
    await ask(`/batch/projects/${encodeURIComponent('/home/me/my project')}/pipelines`);
    expect(lastCall()).toEqual({ method: 'projects/pipelines', params: { project: '/home/me/my project' } });
  });

  it('answers a badly encoded path with 400', async () => {
    expect((await raw('/batch/jobs/%ff%zz', { headers: local.headers })).statusCode).toBe(400);
  });

  it('refuses another job_id in the body than in the path', async () => {
    const answer = await post(`/batch/jobs/${fakeJobId(1)}/retry`, { job_id: fakeJobId(2) });
    expect(answer.status).toBe(422);
    expect(local.service.calls).toEqual([]);
  });

  it('maps errors of the service', async () => {
    expect((await ask(`/batch/jobs/${fakeJobId(404)}`)).status).toBe(404);
    local.service.answers.set('projects/list', async () => {
      throw new Error('boom');
    });
    const answer = await ask('/batch/projects');
    expect(answer.status).toBe(500);
    expect(await errorOf(answer)).toMatchObject({
      code: -32603,
      kind: 'internal_error',
      message: 'Internal error',
    });
  });

  it('hides registered secrets in errors', async () => {
    registerSecret('hunter2-of-the-test');
    const { ApiError } = await import('../../daemon/protocol/errors.ts');
    local.service.answers.set('projects/list', async () => {
      throw new ApiError('conflict', 'login with hunter2-of-the-test failed', {
        hint: 'not hunter2-of-the-test',
      });
    });
    const text = await (await ask('/batch/projects')).text();
    expect(text).toContain('login with [secret] failed');
    expect(text).not.toContain('hunter2');
  });
});

describe('bodies', () => {
  it.each([
    ['{"items": [}', 400, 'parse_error'],
    ['{"a": "\ud800"', 400, 'parse_error'],
    ['[1]', 422, 'invalid_params'],
    ['"text"', 422, 'invalid_params'],
    ['null', 422, 'invalid_params'],
    [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'invalid_request'],
  ])('%.20s is answered with %i', async (body, status, kind) => {
    const answer = await post('/batch/jobs', body);
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).kind).toBe(kind);
    expect(local.service.calls).toEqual([]);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await ask('/batch/jobs', { method: 'POST', body: Buffer.from([0x7b, 0xff, 0x7d]) });
    expect(answer.status).toBe(400);
  });

  it('answers a body of 20 MiB with 413, and serves on', async () => {
    const answer = await post('/batch/jobs', `{"file":"${'x'.repeat(20 * 1_048_576)}"}`);
    expect(answer.status).toBe(413);
    expect((await errorOf(answer)).kind).toBe('too_large');
    expect((await ask('/batch/jobs')).status).toBe(200);
  });

  it('survives a client that goes away in the middle of a body', async () => {
    const { port, token } = local.daemon.registration;
    const socket = createConnection(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /batch/jobs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n{"file`,
    );
    socket.resetAndDestroy();
    await closed;
    expect((await ask('/batch/jobs')).status).toBe(200);
    expect(local.service.calls.map(({ method }) => method)).toEqual(['jobs/list']);
  });
});

describe('export', () => {
  const jobId = fakeJobId(5);
  beforeEach(() => local.service.jobs.set(jobId, fakeJob(jobId, 'completed')));

  it('answers the shape of the method by default', async () => {
    const answer = await ask(`/batch/jobs/${jobId}/export?format=csv`);
    expect(await answer.json()).toEqual({
      content_type: 'text/csv; charset=utf-8',
      content: `job_id\r\n${jobId}\r\n`,
    });
  });

  it.each([
    ['?format=csv&download=1', {}],
    ['?format=csv', { accept: 'text/csv' }],
  ])('answers the content itself for %s %j', async (query, headers) => {
    const answer = await ask(`/batch/jobs/${jobId}/export${query}`, { headers });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${jobId}.csv"`);
    expect(await answer.text()).toBe(`job_id\r\n${jobId}\r\n`);
  });

  it('refuses download on other routes', async () => {
    expect((await ask('/batch/jobs?download=1')).status).toBe(422);
  });
});

describe('GET /openapi.json', () => {
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
    components: { schemas: Record<string, unknown> };
  }

  it('describes every route, and every reference leads somewhere', async () => {
    const answer = await ask('/openapi.json');
    const text = await answer.text();
    const document = JSON.parse(text) as Document;
    expect(document.openapi).toBe('3.1.0');
    for (const { verb, path } of routes) {
      expect(document.paths[path], path).toHaveProperty(verb === 'SSE' ? 'get' : verb.toLowerCase());
    }
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });
});
