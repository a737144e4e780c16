import { readdirSync, readFileSync } from 'node:fs';

/**
 * What differs between Linux, macOS and Windows about processes, in one place. Nothing here starts a process.
 */

export const isWindows = process.platform === 'win32';

/** True while a process with this pid exists; EPERM means it does and belongs to somebody else. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function statFields(pid: number): string[] | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name (field 2) is in parentheses and may hold blanks and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function isZombie(pid: number): boolean {
  return statFields(pid)?.[0] === 'Z';
}

/**
 * Start time of a process in the system's own unit (Linux: clock ticks since boot, with the boot id), or null where it
 * cannot be read without running a program. pid and start together name one process for ever; a pid alone may be reused.
 */
export function processStart(pid: number): string | null {
  const ticks = statFields(pid)?.[19];
  if (ticks === undefined) return null;
  return `${bootId()}:${ticks}`;
}

let cachedBootId: string | undefined;
function bootId(): string {
  cachedBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return cachedBootId;
}

/** True if this pid still is the process that was seen with this start; without a known start, liveness must do. */
export function isSameProcess(pid: number, start: string | null | undefined): boolean {
  if (!isProcessAlive(pid)) return false;
  const now = processStart(pid);
  return start === null || start === undefined || now === null || now === start;
}

/**
 * Sends a signal to a process started with `detached: true` and to all of its group. Windows has no groups: there the process
 * alone is ended (its children end with the job object Node puts them in only if they were not detached).
 * Returns false if nothing was there to signal.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(isWindows ? pid : -pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** True while any process of the group is alive; dead ones whose parent has not asked for their end do not count. */
export function isGroupAlive(pid: number): boolean {
  if (isWindows) return isProcessAlive(pid);
  try {
    process.kill(-pid, 0);
    return !hasOnlyZombies(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In a container whose first process never reaps, a dead grandchild stays in its group for ever. Linux only. */
function hasOnlyZombies(group: number): boolean {
  if (process.platform !== 'linux') return false;
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const members = pids.map(statFields).filter((fields) => fields?.[2] === String(group));
  return members.every((fields) => fields?.[0] === 'Z');
}

/**
 * Pids of processes whose environment, as it was when they started, holds this variable, by its value. Empty where the system does not
 * tell (all but Linux); processes of other users are not seen.
 */
export function processesByVariable(name: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  if (process.platform !== 'linux') return found;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const value = environmentValue(entry, name);
    if (value !== undefined) found.set(value, [...(found.get(value) ?? []), Number(entry)]);
  }
  return found;
}

function environmentValue(pid: string, name: string): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return environment.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  } catch {
    return undefined; // Gone meanwhile, or another user's.
  }
}
