import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isGroupAlive, isWindows, processStart, signalGroup } from '../../platform/process.ts';
import type { CommandWork } from '../../protocol/engine.ts';
import type { CommandResult } from '../../protocol/results.ts';
import { programEnvironment } from '../config.ts';
import { abortedError, EngineError, throwIfAborted } from '../errors.ts';
import { BoundedLog } from './commandLog.ts';
import { HiddenValues } from './hiddenValues.ts';
import type { OperationContext, OperationRunner } from './operation.ts';

const killAfterMs = 5_000;
const pollMs = 20;

/**
 * Runs a program without a shell, in a process group of its own. Exit code 0 is success. When the program ends, by itself or because
 * the signal aborted, whatever is left of its group is ended too: an operation leaves nothing running.
 */
export const runCommand: OperationRunner<CommandWork> = async (work, context) => {
  throwIfAborted(context.signal);
  const startedAt = new Date().toISOString();
  const log = new BoundedLog(context.artifacts.path('output.log'));
  let end: ProgramEnd;
  try {
    end = await runProgram(work, context, log);
  } finally {
    await log.close();
  }
  const artifact = await context.artifacts.add({
    name: 'output.log',
    kind: 'log',
    content_type: 'text/plain',
  });
  if (context.signal.aborted) throw abortedError(context.signal);
  const result: CommandResult = {
    type: 'command',
    exit_code: end.code,
    ...(end.signal !== null && { signal: end.signal }),
    log_artifact_id: artifact.artifact_id,
    log_truncated: log.isTruncated,
    evidence: { started_at: startedAt, finished_at: new Date().toISOString() },
  };
  return end.code === 0 ? { result } : { result, error: failure(work, end) };
};

interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function failure(work: CommandWork, end: ProgramEnd): EngineError {
  const hint = 'The log artifact of this operation holds what the program printed.';
  if (end.signal !== null)
    return new EngineError('internal', 'killed_by_signal', `${work.program} was ended by ${end.signal}`, {
      hint,
    });
  return new EngineError('internal', 'exit_code', `${work.program} ended with exit code ${end.code}`, {
    hint,
    details: { exit_code: end.code },
  });
}

async function runProgram(
  work: CommandWork,
  context: OperationContext,
  log: BoundedLog,
): Promise<ProgramEnd> {
  const child = await start(work);
  const pid = child.pid as number;
  context.child(pid, processStart(pid) ?? '');
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const hiding = new HiddenValues(work.hidden_values ?? []);
    stream?.on('data', (bytes: Buffer) => log.write(hiding.push(bytes)));
    return hiding;
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<ProgramEnd>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  let ending: Promise<void> | undefined;
  const onAbort = () => {
    ending ??= endGroup(pid);
  };
  if (context.signal.aborted) onAbort();
  else context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await exited;
    if (isGroupAlive(pid) && !ending) {
      context.log('warn', `${work.program} has ended but left processes running; they are ended`);
      ending = endGroup(pid);
    }
    await ending;
    // A process that left the group may hold the pipes open for ever; what it prints is not waited for.
    if (await Promise.race([closed.then(() => false), delay(killAfterMs, true, { ref: false })])) {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    for (const hiding of outputs) log.write(hiding.end());
    return end;
  } finally {
    context.signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves once the program runs; not found, not executable and a missing folder are told apart. */
async function start(work: CommandWork): Promise<ChildProcess> {
  if (!isFolder(work.cwd))
    throw new EngineError('definition', 'no_such_folder', `the folder ${work.cwd} does not exist`, {
      hint: 'Check `cwd` of the command.',
    });
  const child = spawn(work.program, work.args, {
    cwd: work.cwd,
    env: { ...programEnvironment(), ...work.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
    shell: false,
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => reject(startError(work, error)));
  });
  return child;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function startError(work: CommandWork, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT')
    return new EngineError('definition', 'no_such_program', `there is no program "${work.program}"`, {
      hint: 'Write its full path, or a name that is found in PATH; arguments go into args, for no shell is used.',
      cause: error,
    });
  if (error.code === 'EACCES')
    return new EngineError('permission', 'not_executable', `${work.program} may not be executed`, {
      hint: `Make it executable: chmod +x ${work.program}`,
      cause: error,
    });
  return error;
}

/** SIGTERM to the whole group, SIGKILL to what is left after 5 s; resolves when nothing of it is alive. */
async function endGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), killAfterMs);
  // The system tells nobody when the last process of a group is gone, so it is asked.
  while (isGroupAlive(pid)) await delay(pollMs);
  clearTimeout(killTimer);
}
