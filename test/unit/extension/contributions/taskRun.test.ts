import { describe, expect, it } from 'vitest';
import { DaemonUnreachableError } from '../../../../daemon/client/errors.ts';
import type { JobStatus } from '../../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../../daemon/protocol/errors.ts';
import type { Plan, Submitted } from '../../../../daemon/protocol/answers.ts';
import { readTaskDefinition } from '../../../../extension/contributions/tasks/taskDefinition.ts';
import { TaskRun } from '../../../../extension/contributions/tasks/taskRun.ts';
import { SessionError } from '../../../../extension/platform/sessionError.ts';
import { FakeServices } from './fakeServices.ts';
import { failedPipeline, job, jobId } from './samples.ts';

class Escape extends Error {}

const submitted: Submitted = { job_id: jobId, status: 'pending', total_operations: 1, diagnostics: [] };
const task = { file: '/w/daily.batch.yaml', parameters: undefined, isDryRun: false };

function taskRun(submit: () => Promise<Submitted | Plan>, fake = new FakeServices()) {
  const lines: string[] = [];
  const run = new TaskRun(
    {
      services: fake.services,
      submit,
      print: (line) => lines.push(line),
      isDismissal: (error) => error instanceof Escape,
    },
    task,
  );
  return { run, lines };
}

function endedJob(status: JobStatus): FakeServices {
  const fake = new FakeServices();
  fake.jobMap.set(jobId, job({ status }));
  fake.answers = { 'jobs/operations': () => ({ operations: [failedPipeline], total: 1 }) };
  return fake;
}

describe('exit code of a task', () => {
  it.each([
    ['completed', 0],
    ['partial_success', 1],
    ['failed', 1],
    ['cancelled', 3],
  ] as const)('a job that is %s: %d', async (status, code) => {
    const { run, lines } = taskRun(() => Promise.resolve(submitted), endedJob(status));
    expect(await run.run()).toBe(code);
    expect(lines[0]).toBe(`Job ${jobId}: 1 operation`);
    expect(lines.filter((line) => line.startsWith('[1/1]'))).toHaveLength(1);
    expect(lines.at(-1)).toContain(`Daily ${status}`);
  });

  it.each([
    [new ApiError('definition_invalid', 'bad'), 2],
    [new ApiError('not_found', 'no file'), 2],
    [new Escape(), 3],
    [new SessionError('failed', 'did not start'), 4],
    [new DaemonUnreachableError('gone'), 4],
    [new ApiError('shutting_down', 'later'), 4],
    [new ApiError('storage_unavailable', 'disk full'), 5],
    [new TypeError('a bug'), 5],
  ])('%s: %d', async (error, code) => {
    const { run, lines } = taskRun(() => Promise.reject(error));
    expect(await run.run()).toBe(code);
    expect(lines[0]).toBe(
      error instanceof Escape ? 'Cancelled: nothing was run.' : `error: ${error.message}`,
    );
  });

  it('mistakes are told with their places and how many there are', async () => {
    const diagnostic = {
      file: '/w/daily.batch.yaml',
      line: 2,
      column: 1,
      end_line: 2,
      end_column: 2,
      code: 'x',
      message: 'no',
    };
    const diagnostics = [
      { ...diagnostic, severity: 'error' as const },
      { ...diagnostic, severity: 'warning' as const },
    ];
    const error = new ApiError('definition_invalid', 'no', { diagnostics });
    const { run, lines } = taskRun(() => Promise.reject(error));
    expect(await run.run()).toBe(2);
    expect(lines).toEqual([
      '/w/daily.batch.yaml:2:1 error no',
      '/w/daily.batch.yaml:2:1 warning no',
      '',
      '1 error; nothing was run.',
    ]);
  });
});

describe('cancelling a task', () => {
  it('before there is a job cancels it as soon as there is', async () => {
    const fake = endedJob('cancelled');
    fake.jobMap.clear();
    let made: (answer: Submitted) => void = () => undefined;
    const { run } = taskRun(() => new Promise((resolve) => (made = resolve)), fake);
    fake.answers = {
      ...fake.answers,
      'jobs/get': () => job({ status: 'cancelled' }),
      'jobs/cancel': () => job({ status: 'cancelled' }),
    };
    const running = run.run();
    await run.cancel();
    expect(fake.calls).toEqual([]);
    made(submitted);
    expect(await running).toBe(3);
    expect(fake.calls[0]).toEqual({ method: 'jobs/cancel', input: { job_id: jobId } });
  });

  it('of a job that has ended asks nobody', async () => {
    const fake = endedJob('completed');
    const { run } = taskRun(() => Promise.resolve(submitted), fake);
    await run.run();
    await run.cancel();
    expect(fake.calls.some(({ method }) => method === 'jobs/cancel')).toBe(false);
  });
});

describe('definition of a task', () => {
  it('is a file, parameters and whether it is a dry run', () => {
    expect(readTaskDefinition({ file: 'a.batch.yaml' }, '/w')).toEqual({
      file: '/w/a.batch.yaml',
      parameters: undefined,
      isDryRun: false,
    });
    const all = { file: '/x/a.batch.yaml', parameters: { rows: 5, name: 'x', on: true }, dryRun: true };
    expect(readTaskDefinition(all, undefined)).toEqual({
      file: '/x/a.batch.yaml',
      parameters: all.parameters,
      isDryRun: true,
    });
  });

  it.each([
    [{}, '/w', 'must be the path'],
    [{ file: 3 }, '/w', 'must be the path'],
    [{ file: 'a' }, undefined, 'absolute path'],
    [{ file: 'a', dryRun: 'yes' }, '/w', '"dryRun"'],
    [{ file: 'a', parameters: [1] }, '/w', '"parameters"'],
    [{ file: 'a', parameters: { x: { y: 1 } } }, '/w', '"parameters"'],
    [{ file: 'a', parameters: null }, '/w', '"parameters"'],
  ])('%j in %s is refused', (definition, folder, part) => {
    expect(readTaskDefinition(definition, folder)).toContain(part);
  });
});
