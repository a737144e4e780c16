import { describe, expect, it } from 'vitest';
import { DaemonUnreachableError } from '../../../../daemon/client/errors.ts';
import {
  ApiError,
  rpcErrors,
  type Diagnostic,
  type RpcErrorKind,
} from '../../../../daemon/protocol/errors.ts';
import { describeFailure, inCommands } from '../../../../extension/commands/failures/describeFailure.ts';
import { Dismissed, Refusal } from '../../../../extension/commands/failures/refusal.ts';
import { SessionError } from '../../../../extension/platform/sessionError.ts';

const diagnostic = (changes: Partial<Diagnostic> = {}): Diagnostic => ({
  file: '/data/shop/daily.batch.yaml',
  line: 4,
  column: 7,
  end_line: 4,
  end_column: 20,
  severity: 'error',
  code: 'unknown_pipeline',
  message: 'the project has no pipeline "dim_custmer"',
  ...changes,
});

const invalid = (diagnostics: Diagnostic[]) =>
  new ApiError('definition_invalid', 'The definition is not valid.', { diagnostics });

const commandsOf = (error: unknown) => describeFailure(error, 'Run')?.followUps.map(({ command }) => command);

describe('what is said about a failure', () => {
  it('is nothing where a person pressed Escape', () => {
    const cancelled = Object.assign(new Error('Canceled'), { name: 'Canceled' });
    expect(describeFailure(new Dismissed(), 'Run')).toBeNull();
    expect(describeFailure(cancelled, 'Run')).toBeNull();
  });

  it('is what a command itself says, with its buttons', () => {
    const followUps = [{ title: 'Create Project', command: 'ombudsman.init' }];
    expect(describeFailure(new Refusal('No project.', followUps, 'warning'), 'Run')).toMatchObject({
      severity: 'warning',
      message: 'No project.',
      followUps,
      isUnexpected: false,
    });
  });

  it('is the message of the daemon and its hint, as sentences, in the words of commands', () => {
    const error = new ApiError('conflict', 'The job has ended (failed) and cannot be cancelled.', {
      hint: 'jobs/retry runs its failed operations again.',
    });
    expect(describeFailure(error, 'Cancel')).toMatchObject({
      severity: 'error',
      message:
        'The job has ended (failed) and cannot be cancelled. “Retry Failed Operations” runs its failed operations again.',
    });
  });

  it('leads to the log where something of ours is wrong', () => {
    expect(commandsOf(new ApiError('internal_error', 'x'))).toContain('ombudsman.showDaemonLog');
    expect(commandsOf(new ApiError('storage_unavailable', 'x'))).toContain('ombudsman.doctor');
    expect(commandsOf(new DaemonUnreachableError('gone'))).toEqual([
      'ombudsman.showDaemonLog',
      'ombudsman.doctor',
    ]);
    expect(commandsOf(new SessionError('failed', 'x'))).toEqual([
      'ombudsman.showDaemonLog',
      'ombudsman.doctor',
    ]);
  });

  it('leads to trust, to a newer daemon’s end, or nowhere', () => {
    expect(commandsOf(new SessionError('untrusted', 'x'))).toEqual(['workbench.trust.manage']);
    expect(commandsOf(new SessionError('newer', 'x'))).toContain('ombudsman.restartDaemon');
    expect(commandsOf(new SessionError('stopped', 'x'))).toEqual([]);
  });

  it('names the command and goes into the log where nobody expected it', () => {
    expect(describeFailure(new TypeError('x is undefined'), 'Run Pipelines')).toMatchObject({
      message: '“Run Pipelines” failed: x is undefined.',
      isUnexpected: true,
      followUps: [{ command: 'ombudsman.showLog' }],
    });
    expect(describeFailure('just text', 'Run')?.message).toBe('“Run” failed: just text.');
  });
});

describe('mistakes in definitions', () => {
  it('are told by the first error with its place, and how many more', () => {
    const warning = diagnostic({ severity: 'warning', line: 1, message: 'a warning' });
    const error = invalid([
      warning,
      diagnostic({ hint: 'did you mean dim_customer?' }),
      diagnostic({ line: 9 }),
      diagnostic({ line: 10, file: '/data/shop/ombudsman.yaml' }),
    ]);
    expect(describeFailure(error, 'Run')).toEqual({
      severity: 'error',
      message:
        'daily.batch.yaml:4:7: the project has no pipeline "dim_custmer". Did you mean dim_customer? (and 2 more)',
      followUps: [
        {
          title: 'Open File',
          command: 'ombudsman.openDefinition',
          args: ['/data/shop/daily.batch.yaml', 4, 7],
        },
      ],
      files: ['/data/shop/daily.batch.yaml', '/data/shop/ombudsman.yaml'],
      isUnexpected: false,
    });
  });

  it('of a request name no place that nobody wrote', () => {
    const error = invalid([diagnostic({ file: '(request)' })]);
    expect(describeFailure(error, 'Run')).toMatchObject({
      message: 'The project has no pipeline "dim_custmer".',
      followUps: [],
      files: [],
    });
  });
});

describe('hints of the daemon', () => {
  it.each([
    ['jobs/rerun makes a new job of it.', '“Run Again” makes a new job of it.'],
    ['Cancel it first.', 'Cancel it first.'],
    ['write NAME=… into data/.env', 'write NAME=… into data/.env'],
    ['jobs/list and projects/list tell what there is', undefined],
    ['GET /openapi.json names every method', undefined],
    [undefined, undefined],
  ])('%j are said as %j', (hint, expected) => {
    expect(inCommands(hint)).toBe(expected);
  });

  it.each(Object.keys(rpcErrors) as RpcErrorKind[])('of %s name no method of the API', (kind) => {
    const message = describeFailure(new ApiError(kind, 'It failed.'), 'Run')?.message ?? '';
    expect(message).not.toMatch(/jobs\/|projects\/|openapi/);
  });
});
