import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { Operation } from '../../daemon/protocol/entities.ts';
import type { ApiError } from '../../daemon/protocol/errors.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { whenEnded } from '../support/projectDaemon.ts';

let daemon: TestDaemon;
let root: string;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-secrets-')));
  for (const name of ['a', 'b']) makeProject(name);
  daemon = await startTestDaemon();
});
afterEach(async () => {
  await daemon.dispose();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

const dirOf = (name: string): string => join(root, name);

/** A project whose connection opens only with its own value of `${secret:PLACE}`: the folder of its data. */
function makeProject(name: string): void {
  write(
    `${name}/ombudsman.yaml`,
    `name: ${name}\nconnections:\n  data: { type: files, path: "\${secret:PLACE}" }\n`,
  );
  write(
    `${name}/pipelines/same.pipeline.yaml`,
    'pipeline_id: same\nsource: { connection: data, table: rows.csv }\ntarget: { connection: data, table: rows.csv }\nkeys: [id]\nchecks: [row_count]\n',
  );
  write(`${name}/place-of-${name}/rows.csv`, 'id,owner\n1,x\n');
}

/** Runs one after another: the first until the file `go` is there, the second only with this value of `${secret:PLACE}`. */
const heldThenChecked = (name: string, value: string): MethodInput<'jobs/submit'> => ({
  project: dirOf(name),
  definition: {
    job_name: `job of ${name}`,
    parallel_execution: false,
    operations: [
      {
        name: 'held',
        type: 'command',
        program: process.execPath,
        args: [
          '-e',
          'const { existsSync } = require("fs"); const look = () => existsSync(process.argv[1]) || setTimeout(look, 20); look();',
          join(root, 'go'),
        ],
      },
      {
        name: 'checked',
        type: 'command',
        program: process.execPath,
        args: ['-e', `process.exit(process.env.PLACE === ${JSON.stringify(value)} ? 0 : 1)`],
        env: { PLACE: '${secret:PLACE}' },
      },
    ],
  },
});

async function submit(client: DaemonClient, input: MethodInput<'jobs/submit'>): Promise<string> {
  const made = await client.call('jobs/submit', input);
  if (!('job_id' in made)) throw new Error('a plan and no job');
  return made.job_id;
}

const go = (): void => write('go', '');

async function operations(client: DaemonClient, jobId: string): Promise<Operation[]> {
  return (await client.call('jobs/operations', { job_id: jobId })).operations;
}

async function endOf(jobId: string) {
  const client = await daemon.connect();
  try {
    return await whenEnded(client, jobId);
  } finally {
    client.close();
  }
}

const refusal = async (call: Promise<unknown>): Promise<ApiError> =>
  await call.then(
    () => {
      throw new Error('it was accepted');
    },
    (error: unknown) => error as ApiError,
  );

describe('a value given with a call', () => {
  it('is that of its own job, whatever another project gives under the same name before it runs', async () => {
    const { client } = daemon;
    const first = await submit(client, { ...heldThenChecked('a', 'of a'), secrets: { PLACE: 'of a' } });
    const second = await submit(client, { ...heldThenChecked('b', 'of b'), secrets: { PLACE: 'of b' } });
    go();
    expect([(await endOf(first)).status, (await endOf(second)).status]).toEqual(['completed', 'completed']);
  });

  it('is not taken for a job that was given none', async () => {
    const { client } = daemon;
    await submit(client, { ...heldThenChecked('a', 'of a'), secrets: { PLACE: 'of a' } });
    const { kind, data } = await refusal(client.call('jobs/submit', heldThenChecked('b', 'of b')));
    expect(kind).toBe('definition_invalid');
    expect(data.diagnostics).toMatchObject([{ code: 'unset_secret', severity: 'error' }]);
    go();
  });

  it('is that of one project where a job runs over several', async () => {
    const { client } = daemon;
    const made = await client.call('projects/multiValidate', {
      job_name: 'both',
      projects: [{ project: dirOf('a') }, { project: dirOf('b') }],
      secrets: {
        [dirOf('a')]: { 'secret:PLACE': join(dirOf('a'), 'place-of-a') },
        [dirOf('b')]: { PLACE: join(dirOf('b'), 'place-of-b') },
      },
    });
    if (!('job_id' in made)) throw new Error('a plan and no job');
    const job = await endOf(made.job_id);
    expect(job.status, JSON.stringify(await operations(client, job.job_id))).toBe('completed');
  });

  it('goes by kind where a variable and a secret have one name', async () => {
    const { client } = daemon;
    const jobId = await submit(client, {
      project: dirOf('a'),
      definition: {
        operations: [
          {
            type: 'command',
            program: process.execPath,
            args: [
              '-e',
              'process.exit(process.env.ONE === "variable" && process.env.TWO === "secret" ? 0 : 1)',
            ],
            env: { ONE: '${env:SAME}', TWO: '${secret:SAME}' },
          },
        ],
      },
      secrets: { [dirOf('a')]: { 'env:SAME': 'variable', 'secret:SAME': 'secret' } },
    });
    expect((await endOf(jobId)).status).toBe('completed');
  });
});

describe('a value that is gone with the daemon it was given to', () => {
  it('makes the operation fail with what to do, and retry with the value completes it', async () => {
    const jobId = await submit(daemon.client, {
      ...heldThenChecked('a', 'of a'),
      secrets: { PLACE: 'of a' },
    });
    await daemon.kill();
    go();
    const client = await daemon.connect();
    expect((await endOf(jobId)).status).toBe('partial_success');
    const [held, checked] = await operations(client, jobId);
    expect(held?.status).toBe('completed');
    expect(checked).toMatchObject({
      status: 'failed',
      error: { kind: 'definition', code: 'unset_secret' },
    });
    expect(checked?.error?.message).toContain('${secret:PLACE}');
    expect(checked?.error?.hint).toMatch(/memory only.*again.*retry/s);

    await client.call('jobs/retry', { job_id: jobId, secrets: { PLACE: 'of a' } });
    expect((await endOf(jobId)).status).toBe('completed');
    client.close();
  });

  it('makes running the job again be refused, not accepted and failed, until it is given', async () => {
    go();
    const input = { ...heldThenChecked('a', 'of a'), secrets: { PLACE: 'of a' } };
    const jobId = await submit(daemon.client, input);
    expect((await endOf(jobId)).status).toBe('completed');
    // As long as the daemon lives it knows what the first job was given.
    const again = await daemon.client.call('jobs/rerun', { job_id: jobId });
    expect((await endOf(again.job_id)).status).toBe('completed');

    await daemon.kill();
    const client = await daemon.connect();
    const { kind, message, data } = await refusal(client.call('jobs/rerun', { job_id: jobId }));
    expect(kind).toBe('definition_invalid');
    expect(message).toContain('${secret:PLACE} has no value');
    expect(data.diagnostics).toMatchObject([
      { code: 'unset_secret', severity: 'error', file: join(dirOf('a'), 'ombudsman.yaml') },
    ]);
    const { job_id } = await client.call('jobs/rerun', { job_id: jobId, secrets: { PLACE: 'of a' } });
    expect((await endOf(job_id)).status).toBe('completed');
    expect((await client.call('jobs/list', {})).total).toBe(3);
    client.close();
  });

  it('is found in the .env file when the job runs again', async () => {
    go();
    const jobId = await submit(daemon.client, {
      ...heldThenChecked('a', 'of a'),
      secrets: { PLACE: 'of a' },
    });
    await endOf(jobId);
    await daemon.kill();
    write('a/.env', 'PLACE=of a\n');
    const client = await daemon.connect();
    const { job_id } = await client.call('jobs/rerun', { job_id: jobId });
    expect((await endOf(job_id)).status).toBe('completed');
    client.close();
  });
});
