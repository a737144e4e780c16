/** What a person can be told about a machine, its data directory and its connections; for the command line and the editor alike. */
import { accessSync, constants, existsSync, readdirSync, type Dirent } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MethodResult } from '../protocol/methods.ts';
import { chooseNode, findServerPath } from './runtime.ts';
import { formatBytes, plural, visible } from './text.ts';

/** One thing that was looked at. `mend` says what to do about it. */
export interface Finding {
  readonly what: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly mend?: string;
}

/** What the reader can do, in the words of the program that tells the findings. */
export interface Remedies {
  /** `BATCH_JOBS_DIR or --data-dir` */
  readonly moveDataDirectory: string;
  /** `"jobs delete"` */
  readonly deleteJobs: string;
  /** `"ombudsman daemon logs"` */
  readonly showDaemonLog: string;
}

const lowSpaceBytes = 1024 ** 3;
const tooLittleSpaceBytes = 50 * 1024 ** 2;

/** Node runs everything from 20 on; SQLite connections need the `node:sqlite` of the one that the daemon runs on. */
export function checkNode(version: string, daemonRunsOnPackagedNode: boolean): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const what = 'Node';
  if (major < 20) {
    return {
      what,
      level: 'error',
      message: `version ${version} is too old`,
      mend: 'Install Node 22.13 or newer.',
    };
  }
  if (daemonRunsOnPackagedNode) {
    return {
      what,
      level: 'ok',
      message: `version ${version}; the daemon runs on the one packaged with this program`,
    };
  }
  if (major > 22 || (major === 22 && minor >= 13))
    return { what, level: 'ok', message: `version ${version}` };
  const message = `version ${version}; sqlite connections need 22.13`;
  return {
    what,
    level: 'warning',
    message,
    mend: 'Install Node 22.13 or newer if you use sqlite connections.',
  };
}

/** True if a daemon that this program starts runs on another Node than this program. */
export function usesPackagedNode(): boolean {
  return chooseNode(findServerPath()).program !== process.execPath;
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** Files that were damaged and set aside (`.corrupt-<time>`), at most 1,000. */
function damagedFiles(dir: string): string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number) => {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      if (found.length >= 1000) return;
      const path = join(folder, entry.name);
      if (entry.name.includes('.corrupt-')) found.push(path);
      else if (entry.isDirectory() && depth < 1 && entry.name !== 'artifacts') look(path, depth + 1);
    }
  };
  look(dir, 0);
  return found;
}

async function checkSpace(dir: string, remedies: Remedies): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const what = 'free space';
  const message = `${formatBytes(free)} where the data directory is`;
  if (free >= lowSpaceBytes) return { what, level: 'ok', message };
  const mend = `Free some space, delete old jobs (${remedies.deleteJobs}), or move the data directory with ${remedies.moveDataDirectory}.`;
  return { what, level: free < tooLittleSpaceBytes ? 'error' : 'warning', message, mend };
}

/** Whether the data directory can be written, how much room it has, and what was set aside in it. */
export async function checkDataDirectory(dir: string, remedies: Remedies): Promise<Finding[]> {
  const existing = nearestExisting(dir);
  const what = 'data directory';
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    const mend = `Make ${existing} writable for you, or name another folder with ${remedies.moveDataDirectory}.`;
    return [{ what, level: 'error', message: `${dir} cannot be written`, mend }];
  }
  const damaged = damagedFiles(dir);
  const findings: Finding[] = [
    { what, level: 'ok', message: existing === dir ? dir : `${dir} (made at the first start)` },
    await checkSpace(existing, remedies),
  ];
  if (damaged.length > 0) {
    findings.push({
      what: 'damaged files',
      level: 'warning',
      message: `${plural(damaged.length, 'file')} set aside: ${damaged.slice(0, 3).join(', ')}${damaged.length > 3 ? ' …' : ''}`,
      mend: 'The daemon goes on without them. Look into them if a job is missed, then delete them.',
    });
  }
  return findings;
}

function mendConnection(kind: string | undefined, remedies: Remedies): string {
  const ways: Record<string, string> = {
    connection:
      'Check host, port and path in ombudsman.yaml and that the server runs and can be reached from here.',
    permission: 'Check user, password and rights; for files, who owns them.',
    definition: 'Correct the connection in ombudsman.yaml.',
    resource:
      'Another program may hold the file, or the server takes no more connections: close what holds it.',
    timeout: 'The system did not answer in time: check the network, or raise connect_timeout.',
  };
  return ways[kind ?? ''] ?? `See ${remedies.showDaemonLog}.`;
}

/** What a check of a connection found. */
export function connectionFinding(
  probe: MethodResult<'projects/check'>['connections'][number],
  remedies: Remedies,
): Finding {
  const what = `connection ${visible(probe.connection)}`;
  if (probe.ok) {
    const words = [probe.type, probe.system === probe.type ? undefined : probe.system, probe.version];
    return { what, level: 'ok', message: words.filter((word) => word !== undefined).join(' ') };
  }
  const message = `${probe.type}: ${visible(probe.error?.message ?? 'cannot be opened')}`;
  return {
    what,
    level: 'error',
    message,
    mend: probe.error?.hint ?? mendConnection(probe.error?.kind, remedies),
  };
}
