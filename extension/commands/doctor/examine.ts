import * as vscode from 'vscode';
import { clientDataDir } from '../../../daemon/client/config.ts';
import {
  checkDataDirectory,
  checkNode,
  connectionFinding,
  usesPackagedNode,
  type Finding,
  type Remedies,
} from '../../../daemon/client/doctor.ts';
import { formatDuration, plural } from '../../../daemon/client/text.ts';
import type { WorkspaceProject } from '../../../daemon/protocol/language.ts';
import type { MethodResult } from '../../../daemon/protocol/methods.ts';
import { productVersion } from '../../../daemon/protocol/version.ts';
import type { Services } from '../../platform/services.ts';
import { describeFailure } from '../failures/describeFailure.ts';
import { said, type Section } from './report.ts';

const remedies: Remedies = {
  moveDataDirectory: 'the setting “ombudsman.dataDirectory”',
  deleteJobs: '“Clear Finished Jobs”',
  showDaemonLog: '“Show Daemon Log”',
};

/** Everything a job needs, each looked at whatever the others say. Never rejects. */
export async function examine(services: Services): Promise<Section[]> {
  const machine: Section = { title: 'This window', findings: [trust(), versions(), node()] };
  const { session, settings } = services;
  const dataDir =
    session.state.name === 'ready' ? session.state.dataDir : clientDataDir(settings.dataDirectory);
  const directory: Section = {
    title: 'Data directory',
    findings: await findingsOf('data directory', () => checkDataDirectory(dataDir, remedies)),
  };
  if (!vscode.workspace.isTrusted) return [machine, directory];
  const daemon: Section = {
    title: 'Daemon',
    findings: await findingsOf('daemon', async () => daemonFindings(await session.call('daemon/status', {}))),
  };
  return [machine, directory, daemon, ...(await projectSections(services))];
}

function trust(): Finding {
  const what = 'workspace trust';
  return vscode.workspace.isTrusted
    ? { what, level: 'ok', message: 'trusted' }
    : {
        what,
        level: 'warning',
        message: 'Restricted Mode: files are checked, nothing runs and no daemon is started',
        mend: 'Trust the workspace: “Manage Workspace Trust”.',
      };
}

function versions(): Finding {
  const where = vscode.env.remoteName === undefined ? '' : `, remote: ${vscode.env.remoteName}`;
  return {
    what: 'versions',
    level: 'ok',
    message: `Ombudsman ${productVersion}, VS Code ${vscode.version}${where}, ${process.platform} ${process.arch}`,
  };
}

function node(): Finding {
  try {
    return checkNode(process.versions.node, usesPackagedNode());
  } catch (error) {
    return failureFinding('daemon’s program', error);
  }
}

/** What `look` finds, or the failure of looking as the one finding. */
async function findingsOf(what: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [failureFinding(what, error)];
  }
}

function failureFinding(what: string, error: unknown): Finding {
  const message = describeFailure(error, 'Doctor')?.message ?? String(error);
  return {
    what,
    level: 'error',
    message,
    mend: '“Show Daemon Log” and “Show Extension Log” have the details.',
  };
}

function daemonFindings(status: MethodResult<'daemon/status'>): Finding[] {
  const { pid, version, storage, engines } = status;
  const load = `${plural(status.live_jobs, 'live job')}, ${plural(status.running_operations, 'running operation')}`;
  const findings: Finding[] = [
    {
      what: 'daemon',
      level: version === productVersion ? 'ok' : 'warning',
      message: `pid ${pid}, version ${version}, up ${formatDuration(status.uptime_ms)}, ${load}`,
      mend: version === productVersion ? undefined : '“Restart Daemon” replaces it by one of this version.',
    },
    {
      what: 'storage',
      level: storage.ok ? 'ok' : 'error',
      message: storage.ok ? 'can be written' : (storage.message ?? 'cannot be written'),
      mend: storage.ok
        ? undefined
        : 'Make room or mend the folder; nothing new is accepted until a write goes well.',
    },
  ];
  const restarts = engines.reduce((sum, engine) => sum + engine.restarts, 0);
  if (restarts > 0) {
    findings.push({
      what: 'engine',
      level: 'warning',
      message: `started again ${plural(restarts, 'time')} after it ended by itself`,
      mend: 'Its last words stand in the log: “Show Daemon Log”.',
    });
  }
  return findings;
}

async function projectSections(services: Services): Promise<Section[]> {
  let projects: readonly WorkspaceProject[];
  try {
    ({ projects } = await services.workspace.load());
  } catch (error) {
    return [{ title: 'Projects', findings: [failureFinding('workspace', error)] }];
  }
  if (projects.length === 0) {
    const mend = 'Open the folder that has it, or make one with “Create Project”.';
    const none: Finding = {
      what: 'project',
      level: 'warning',
      message: 'no ombudsman.yaml in this workspace',
      mend,
    };
    return [{ title: 'Projects', findings: [none] }];
  }
  return Promise.all(
    projects.map(async (project) => ({
      title: `Project ${said(project.project_id)} in ${said(project.dir)}`,
      findings: await findingsOf('project', () => projectFindings(services, project)),
    })),
  );
}

async function projectFindings(services: Services, { dir }: WorkspaceProject): Promise<Finding[]> {
  const secrets = await services.secrets.forProject(dir);
  const { connections, diagnostics } = await services.session.call('projects/check', {
    project: dir,
    secrets,
  });
  services.connectionStatus.set(dir, connections);
  const mistakes = diagnostics.map((diagnostic): Finding => ({
    what: `${vscode.workspace.asRelativePath(diagnostic.file)}:${diagnostic.line}:${diagnostic.column}`,
    level: diagnostic.severity === 'error' ? 'error' : 'warning',
    message: diagnostic.message,
    mend: diagnostic.hint,
  }));
  return [...mistakes, ...connections.map((probe) => connectionFinding(probe, remedies))];
}
