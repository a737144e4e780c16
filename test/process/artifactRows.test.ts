import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import { methods, type MethodInput } from '../../daemon/protocol/methods.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';

let shop: ProjectDaemon;
let client: DaemonClient;

async function rest<T>(path: string): Promise<{ status: number; body: T }> {
  const response = await fetch(`${shop.daemon.url}${path}`, { headers: shop.daemon.headers });
  return { status: response.status, body: (await response.json()) as T };
}

const operationsOf = async ({ job_id }: Job): Promise<Operation[]> =>
  (await client.call('jobs/operations', { job_id })).operations;

describe('artifacts/rows', () => {
  type Query = Omit<MethodInput<'artifacts/rows'>, 'job_id' | 'operation_id' | 'artifact_id'>;
  let job: Job;
  let artifactId: string;
  const place = () => ({ job_id: job.job_id, operation_id: 'op-0002', artifact_id: artifactId });
  async function rows(query: Query = {}) {
    const answer = await client.call('artifacts/rows', { ...place(), ...query });
    return methods['artifacts/rows'].result.strict().parse(answer);
  }

  async function runAgain(): Promise<void> {
    job = await shop.run('daily.batch.yaml');
    const [, other] = await operationsOf(job);
    const result = other?.result?.type === 'pipeline' ? other.result : undefined;
    artifactId = result?.checks.find(({ check }) => check === 'row_hash')?.differences?.artifact_id ?? '';
    expect(other?.artifacts.map(({ artifact_id }) => artifact_id)).toContain(artifactId);
  }

  beforeAll(async () => {
    shop = await startProjectDaemon(shopProject);
    client = shop.daemon.client;
    await runAgain();
  });
  afterAll(() => shop.dispose());

  const rounded = {
    class: 'value',
    key: { id: '1' },
    column: 'amount',
    source_value: '10.50',
    target_value: '10.51',
  };
  const blank = { class: 'value', key: { id: '2' }, column: 'name', kind: 'trailing_blank' };
  const missing = {
    class: 'missing',
    key: { id: '3' },
    column: null,
    source_value: null,
    row: { name: 'Edsger', amount: '30.00' },
  };
  const duplicate = { class: 'duplicate', key: { id: '4' } };
  const extra = {
    class: 'extra',
    key: { id: '5' },
    column: null,
    kind: null,
    row: { name: '100% Barbara', amount: '50.00' },
  };

  it('finds exactly the planted differences', async () => {
    const { rows: all, total } = await rows();
    expect(total).toBe(5);
    expect(all).toHaveLength(5);
    for (const planted of [rounded, blank, missing, duplicate, extra])
      expect(all).toContainEqual(expect.objectContaining(planted));
  });

  it.each<[string, Query, object[]]>([
    ['class', { class: 'missing' }, [missing]],
    ['class and column', { class: 'value', column: 'amount' }, [rounded]],
    ['column', { column: 'name' }, [blank]],
    ['kind', { kind: 'trailing_blank' }, [blank]],
    ['a value of the target', { search: '10.51' }, [rounded]],
    ['a value, whatever the case', { search: 'gRACE' }, [blank]],
    ['a value of the key', { search: '3', class: 'missing' }, [missing]],
    ['all at once', { search: '1', column: 'amount', class: 'value' }, [rounded]],
    ['nothing: two that contradict', { class: 'missing', column: 'amount' }, []],
    ['nothing: names of key columns are no values', { search: 'id' }, []],
    ['a value of a whole row: a search is no pattern', { search: '%' }, [extra]],
    ['nothing: a search is no pattern', { search: '_' }, []],
    ['nothing: a search is no SQL', { search: "' or 1=1 --" }, []],
    ['nothing: a column is no SQL', { column: "x' or '1'='1" }, []],
  ])('by %s', async (_name, query, expected) => {
    const found = await rows(query);
    expect(found.total).toBe(found.rows.length);
    expect(found.rows).toEqual(expected.map((row) => expect.objectContaining(row) as unknown));
  });

  it('in pages that join, with the total of all', async () => {
    const all = (await rows()).rows;
    const pages = await Promise.all([0, 2, 4, 6].map((offset) => rows({ limit: 2, offset })));
    expect(pages.flatMap((page) => page.rows)).toEqual(all);
    expect(pages.map(({ total }) => total)).toEqual([5, 5, 5, 5]);
  });

  it('over REST the same, its filters from the query', async () => {
    const { job_id, operation_id, artifact_id } = place();
    const path = `/batch/jobs/${job_id}/operations/${operation_id}/artifacts/${artifact_id}/rows`;
    expect(await rest(`${path}?class=missing&limit=1`)).toEqual({
      status: 200,
      body: await rows({ class: 'missing', limit: 1 }),
    });
    expect((await rest(`${path}?class=nothing`)).status).toBe(422);
  });

  it('as CSV under the filter, over RPC and REST', async () => {
    const file = join(shop.dir, 'missing.csv');
    const answer = await client.call('artifacts/export', { ...place(), class: 'missing', file });
    expect(answer).toEqual({ file, rows: 1 });
    expect(readFileSync(file, 'utf8')).toBe('class,key.id,row.name,row.amount\nmissing,3,Edsger,30.00\n');
    const { job_id, operation_id, artifact_id } = place();
    const path = `/batch/jobs/${job_id}/operations/${operation_id}/artifacts/${artifact_id}/export`;
    const response = await fetch(`${shop.daemon.url}${path}`, {
      method: 'POST',
      headers: { ...shop.daemon.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ file }),
    });
    expect(await response.json()).toEqual({ file, rows: 5 });
    expect(readFileSync(file, 'utf8')).toContain('value,1,amount,rounding,10.50,10.51,,\n');
  });

  it('as CSV to no place where the daemon keeps jobs, to no folder, and to no path that is relative', async () => {
    const { dataDir } = shop.daemon;
    const refused = async (file: string, message: string) => {
      await expect(client.call('artifacts/export', { ...place(), file })).rejects.toMatchObject({
        kind: 'invalid_params',
        message: expect.stringContaining(message) as string,
      });
    };
    await refused('out.csv', 'no absolute path');
    await refused(join(dataDir, 'jobs', `${job.job_id}.json`), 'in the data directory');
    await refused(join(shop.dir, '..', 'x', '..', '..', dataDir.slice(1), 'x.csv'), 'in the data directory');
    await refused(join(shop.dir, 'no such', 'out.csv'), 'There is no folder');
    await refused(shop.dir, 'is a folder');
    const elsewhere = { ...place(), artifact_id: 'x', file: join(shop.dir, 'x.csv') };
    await expect(client.call('artifacts/export', elsewhere)).rejects.toMatchObject({ kind: 'not_found' });
    expect(existsSync(join(shop.dir, 'x.csv'))).toBe(false);
  });

  it('of nothing but an artifact of that operation with differences', async () => {
    const refused = (changes: Partial<MethodInput<'artifacts/rows'>>, kind: string) =>
      expect(client.call('artifacts/rows', { ...place(), ...changes })).rejects.toMatchObject({ kind });
    await refused({ operation_id: 'op-0001' }, 'not_found');
    await refused({ operation_id: 'op-9999' }, 'not_found');
    await refused({ artifact_id: '../../../../etc/passwd' }, 'not_found');
    await refused({ job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'not_found');
    const extracted = await shop.run({ job_name: 'Catalog', sources: [{ connection: 'old' }] });
    const [operation] = await operationsOf(extracted);
    const wrongKind = {
      job_id: extracted.job_id,
      operation_id: 'op-0001',
      artifact_id: operation?.artifacts[0]?.artifact_id ?? '',
    };
    await refused(wrongKind, 'invalid_params');
  });

  it('not through a document that names a file elsewhere', async () => {
    await runAgain();
    const path = join(shop.daemon.dataDir, 'jobs', `${job.job_id}.json`);
    const artifact = /"path":"artifacts[^"]*parquet"/;
    // The end of a job is told when it is in the journal; the document follows.
    await expect.poll(() => readFileSync(path, 'utf8')).toMatch(artifact);
    await shop.daemon.kill();
    const secret = shop.write('secret.parquet', 'x');
    const text = readFileSync(path, 'utf8').replace(artifact, `"path":${JSON.stringify(join('..', secret))}`);
    expect(text).toContain('secret.parquet');
    writeFileSync(path, text);
    client = await shop.daemon.connect();
    await expect(rows()).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('says so when the file is gone, or is no Parquet', async () => {
    await runAgain();
    const folder = join(shop.daemon.dataDir, 'artifacts', job.job_id, 'op-0002', 'attempt-1');
    const name = readdirSync(folder).find((each) => each.endsWith('.parquet')) ?? '';
    writeFileSync(join(folder, name), 'not Parquet');
    await expect(rows()).rejects.toMatchObject({ kind: 'internal_error' });
    rmSync(join(folder, name));
    await expect(rows()).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining(name) as string,
    });
  });
});
