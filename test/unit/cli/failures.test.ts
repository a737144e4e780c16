import { describe, expect, it } from 'vitest';
import { exitCodes, worstExitCode } from '../../../daemon/cli/exitCodes.ts';
import { describeFailure, UsageError } from '../../../daemon/cli/failures.ts';
import { LostDaemonError } from '../../../daemon/cli/follow/follow.ts';
import { exitCodeOfJob } from '../../../daemon/cli/jobFlow.ts';
import { askedFormat } from '../../../daemon/cli/program.ts';
import { DaemonUnreachableError, IncompatibleDaemonError } from '../../../daemon/client/errors.ts';
import { ApiError, rpcErrors, type RpcErrorKind } from '../../../daemon/protocol/errors.ts';

describe('exit codes', () => {
  it.each([
    ['completed', 0],
    ['partial_success', 1],
    ['failed', 1],
    ['cancelled', 3],
  ] as const)('a job that is %s gives %d', (status, code) => {
    expect(exitCodeOfJob(status)).toBe(code);
  });

  it('tells the worst of several, and 0 of none', () => {
    expect(worstExitCode([0, 1, 0])).toBe(1);
    expect(worstExitCode([1, 3])).toBe(3);
    expect(worstExitCode([3, 5, 4])).toBe(5);
    expect(worstExitCode([])).toBe(0);
  });

  it('gives every kind of API error a code of its own sort, none of them success', () => {
    const byKind = Object.fromEntries(
      (Object.keys(rpcErrors) as RpcErrorKind[]).map((kind) => [
        kind,
        describeFailure(new ApiError(kind, 'x')).exitCode,
      ]),
    );
    expect(byKind).toMatchObject({
      definition_invalid: exitCodes.usage,
      invalid_params: exitCodes.usage,
      not_found: exitCodes.usage,
      conflict: exitCodes.usage,
      unauthenticated: exitCodes.unreachable,
      shutting_down: exitCodes.unreachable,
      storage_unavailable: exitCodes.internal,
      internal_error: exitCodes.internal,
    });
    expect(Object.values(byKind)).not.toContain(exitCodes.completed);
  });

  it('tells a daemon that cannot be reached from a fault of this program', () => {
    const versions = { daemon: '2.0.0', client: '1.0.0' };
    const unreachable = [
      new DaemonUnreachableError('refused'),
      new IncompatibleDaemonError('newer', versions),
      new LostDaemonError('01JDQ3Z4N5K6M7P8Q9R0S1T2V3'),
    ];
    expect(unreachable.map((error) => describeFailure(error).exitCode)).toEqual([4, 4, 4]);
    expect(describeFailure(new TypeError('oops'))).toMatchObject({
      exitCode: 5,
      failure: { kind: 'internal' },
    });
    expect(describeFailure(new UsageError('which?', 'this'))).toMatchObject({
      exitCode: 2,
      failure: { hint: 'this' },
    });
  });
});

describe('what to do next', () => {
  it('is said in commands, not in methods of the API', () => {
    const hintOf = (hint: string) => describeFailure(new ApiError('conflict', 'x', { hint })).failure.hint;
    expect(hintOf('jobs/rerun makes a new job of it.')).toBe('"ombudsman jobs rerun" makes a new job of it.');
    expect(hintOf('jobs/operations tells more.')).toBe('jobs/operations tells more.');
    expect(hintOf('Look into data/jobs/list.')).toBe('Look into data/jobs/list.');
  });
});

describe('the asked format', () => {
  it.each([
    [['run', 'a.yaml'], 'human'],
    [['run', 'a.yaml', '--format', 'json'], 'json'],
    [['run', '--format=json', 'a.yaml'], 'json'],
    [['run', '--format'], 'human'],
  ])('of %j is %s', (args, format) => {
    expect(askedFormat(args)).toBe(format);
  });
});
