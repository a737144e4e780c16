import {
  isGroupAlive,
  isProcessAlive,
  isSameProcess,
  processesByVariable,
  signalGroup,
} from '../../platform/process.ts';

/** Stands in the environment of every program an operation starts, and of all that those start: the attempt it belongs to. */
export const attemptVariable = 'OMBUDSMAN_ATTEMPT_ID';

/** Ends a program and its group that outlived its engine, if the pid still is that program; resolves when it is gone. */
export async function endProgram(pid: number, start: string): Promise<void> {
  if (!isSameProcess(pid, start) && !isGroupAlive(pid)) return;
  // The leader may be gone while its group lives; a pid is not given out again while a group of that number exists.
  if (isProcessAlive(pid) && !isSameProcess(pid, start)) return;
  if (signalGroup(pid, 'SIGKILL')) await waitUntil(() => !isGroupAlive(pid));
}

/**
 * Ends what these attempts started, found by the mark in its environment: also a program whose pid was not on disk yet when daemon and
 * engine died, and one that left its group. Only Linux tells the environment of a process; elsewhere the recorded pid must do.
 */
export async function endMarkedPrograms(attemptIds: ReadonlySet<string>): Promise<void> {
  if (attemptIds.size === 0) return;
  const marked = [...processesByVariable(attemptVariable)].filter(([attemptId]) => attemptIds.has(attemptId));
  const pids = marked.flatMap(([, found]) => found);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
  }
  await waitUntil(() => !pids.some(isProcessAlive));
}

/** Looks every 10 ms, for 5 s at most: a process in the kernel's hands may take that long to go, and nothing else tells of it. */
export async function waitUntil(isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isDone(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
