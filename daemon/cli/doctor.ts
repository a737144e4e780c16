import { accessSync, constants, existsSync, readdirSync, type Dirent } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clientDataDir } from '../client/config.ts';
import { chooseNode, findServerPath } from '../client/runtime.ts';
import { ApiError } from '../protocol/errors.ts';
import type { MethodResult } from '../protocol/methods.ts';
import { productVersion } from '../protocol/version.ts';
import { describeFailure } from './failures.ts';
import { collectProjectSecrets } from './secrets.ts';
import { openSession, type Session } from './session.ts';
import { formatBytes, plural, visible } from './view/text.ts';

/** One thing that was looked at. `mend` says what to do about it. */
export interface Finding {
  readonly what: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly mend?: string;
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

async function checkSpace(dir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const what = 'free space';
  const message = `${formatBytes(free)} where the data directory is`;
  if (free >= lowSpaceBytes) return { what, level: 'ok', message };
  const mend =
    'Free some space, delete old jobs ("jobs delete"), or move the data directory with BATCH_JOBS_DIR.';
  return { what, level: free < tooLittleSpaceBytes ? 'error' : 'warning', message, mend };
}

/** Whether the data directory can be written, how much room it has, and what was set aside in it. */
export async function checkDataDirectory(option: string | undefined): Promise<Finding[]> {
  const dir = clientDataDir(option);
  const existing = nearestExisting(dir);
  const what = 'data directory';
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    const mend = `Make ${existing} writable for you, or name another folder with BATCH_JOBS_DIR or --data-dir.`;
    return [{ what, level: 'error', message: `${dir} cannot be written`, mend }];
  }
  const damaged = damagedFiles(dir);
  const findings: Finding[] = [
    { what, level: 'ok', message: existing === dir ? dir : `${dir} (made at the first start)` },
    await checkSpace(existing),
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

/** Reaches the daemon, starting it if need be. The session is the caller's to close. */
export async function checkDaemon(
  dataDir: string | undefined,
): Promise<{ finding: Finding; session: Session | null }> {
  const what = 'daemon';
  try {
    const session = await openSession({ dataDir, start: true });
    const { pid, version } = session.client.hello;
    const message = `reachable, pid ${pid}, version ${version}`;
    const status = await session.client.call('daemon/status', {});
    if (!status.storage.ok) {
      const storage = status.storage.message ?? 'it cannot write its data';
      const mend = 'Make room or mend the folder; nothing new is accepted until a write goes well.';
      return { finding: { what, level: 'error', message: `${message}, but ${storage}`, mend }, session };
    }
    if (version !== productVersion) {
      const mend = 'Close other windows that use it, then "ombudsman daemon stop".';
      const differs = `${message}; this program is version ${productVersion}`;
      return { finding: { what, level: 'warning', message: differs, mend }, session };
    }
    return { finding: { what, level: 'ok', message }, session };
  } catch (error) {
    const { failure } = describeFailure(error);
    const mend = failure.hint ?? 'See "ombudsman daemon logs"; then try "ombudsman daemon start".';
    return { finding: { what, level: 'error', message: failure.message, mend }, session: null };
  }
}

function mendConnection(kind: string | undefined): string {
  const ways: Record<string, string> = {
    connection:
      'Check host, port and path in ombudsman.yaml and that the server runs and can be reached from here.',
    permission: 'Check user, password and rights; for files, who owns them.',
    definition: 'Correct the connection in ombudsman.yaml.',
    resource:
      'Another program may hold the file, or the server takes no more connections: close what holds it.',
    timeout: 'The system did not answer in time: check the network, or raise connect_timeout.',
  };
  return ways[kind ?? ''] ?? 'See "ombudsman daemon logs".';
}

/** Opens every connection of the project once. Mistakes in its files are findings too. */
export async function checkConnections(session: Session, dir: string | null): Promise<Finding[]> {
  if (dir === null) {
    return [
      {
        what: 'project',
        level: 'ok',
        message: 'no ombudsman.yaml at or above this folder, so no connections to check',
      },
    ];
  }
  try {
    const answer = await session.client.call('projects/check', {
      project: dir,
      secrets: await collectProjectSecrets(dir),
    });
    const project: Finding = {
      what: 'project',
      level: 'ok',
      message: `${visible(answer.project_id)} in ${dir}`,
    };
    const mistakes = answer.diagnostics.map((diagnostic): Finding => ({
      what: `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`,
      level: diagnostic.severity === 'error' ? 'error' : 'warning',
      message: diagnostic.message,
      mend: diagnostic.hint,
    }));
    return [project, ...mistakes, ...answer.connections.map(connectionFinding)];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { diagnostics } = error.data;
    const first = diagnostics?.[0];
    const place =
      first === undefined ? '' : ` (${first.file}:${first.line}:${first.column}: ${first.message})`;
    return [
      {
        what: 'project',
        level: 'error',
        message: error.message + place,
        mend: error.data.hint ?? first?.hint,
      },
    ];
  }
}

function connectionFinding(probe: MethodResult<'projects/check'>['connections'][number]): Finding {
  const what = `connection ${visible(probe.connection)}`;
  if (probe.ok) {
    const words = [probe.type, probe.system === probe.type ? undefined : probe.system, probe.version];
    return { what, level: 'ok', message: words.filter((word) => word !== undefined).join(' ') };
  }
  const message = `${probe.type}: ${visible(probe.error?.message ?? 'cannot be opened')}`;
  return { what, level: 'error', message, mend: probe.error?.hint ?? mendConnection(probe.error?.kind) };
}
