import { clientDataDir } from '../client/config.ts';
import { checkDataDirectory, connectionFinding, type Finding, type Remedies } from '../client/doctor.ts';
import { visible } from '../client/text.ts';
import { ApiError } from '../protocol/errors.ts';
import { productVersion } from '../protocol/version.ts';
import { describeFailure } from './failures.ts';
import { collectProjectSecrets } from './secrets.ts';
import { openSession, type Session } from './session.ts';

const remedies: Remedies = {
  moveDataDirectory: 'BATCH_JOBS_DIR or --data-dir',
  deleteJobs: '"ombudsman jobs delete"',
  showDaemonLog: '"ombudsman daemon logs"',
};

/** Whether the data directory can be written, how much room it has, and what was set aside in it. */
export function checkDirectory(option: string | undefined): Promise<Finding[]> {
  return checkDataDirectory(clientDataDir(option), remedies);
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
    return [project, ...mistakes, ...answer.connections.map((probe) => connectionFinding(probe, remedies))];
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
