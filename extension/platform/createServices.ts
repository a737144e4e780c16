import * as vscode from 'vscode';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { MethodName } from '../../daemon/protocol/methods.ts';
import { DaemonCatalogStore } from './catalogStore.ts';
import { createContextKeys } from './contextKeys.ts';
import { DaemonConnection } from './daemonSession.ts';
import { EventJobStore } from './jobStore.ts';
import { NoticeBoard } from './notices.ts';
import { DaemonResultStore } from './resultStore.ts';
import { createSecretStore } from './secretStore.ts';
import type { CoreServices } from './services.ts';
import { createSettings } from './settings.ts';
import { LanguageWorkspaceIndex } from './workspaceIndex.ts';

const methodsThatTellAJob: ReadonlySet<MethodName> = new Set([
  'jobs/get',
  'jobs/cancel',
  'jobs/pause',
  'jobs/resume',
  'jobs/retry',
]);

/** The services of this window, and the workspace index as the parts of `platform` see it. */
export interface CreatedServices extends CoreServices, vscode.Disposable {
  readonly workspace: LanguageWorkspaceIndex;
}

/** Builds the services. Nothing is connected, started or read by it: each of them begins when it is first asked. */
export function createServices(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): CreatedServices {
  const inDist = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  const settings = createSettings(log);
  const session: DaemonConnection = new DaemonConnection({
    dataDir: () => settings.dataDirectory,
    serverPath: inDist('server.mjs'),
    isTrusted: () => vscode.workspace.isTrusted,
    hasLiveJobs: (): boolean => jobs.hasLiveJobs,
    log,
  });
  const jobs = new EventJobStore(session, log);
  const workspace = new LanguageWorkspaceIndex({
    openSource: async () => {
      // The client library takes longer to load than all of activation may.
      const { LanguageConnection } = await import('../language/languageConnection.ts');
      return new LanguageConnection({ session, settings, log, cliPath: inDist('cli.mjs') });
    },
    hasFolders: () => (vscode.workspace.workspaceFolders ?? []).length > 0,
    log,
  });
  const results = new DaemonResultStore(session, jobs, log);
  const catalogs = new DaemonCatalogStore(session, jobs, log);
  const secrets = createSecretStore({
    storage: context.secrets,
    state: context.globalState,
    references: async (projectDir) => {
      try {
        const { projects } = await workspace.load();
        return projects.find(({ dir }) => dir === projectDir)?.references;
      } catch (error) {
        log.warn(`what ${projectDir} refers to is not known: its stored secrets go with the call`, error);
        return undefined;
      }
    },
  });
  const contextKeys = createContextKeys();
  contextKeys.set('ombudsman.daemonState', session.state.name);

  let { dataDirectory } = settings;
  const listeners = [
    // What a button did shows with its answer, not with the next frame of events.
    session.onDidAnswer(({ method, result }) => {
      if (methodsThatTellAJob.has(method)) jobs.learn([result as Job]);
    }),
    session.onDidChangeState(({ name }) => contextKeys.set('ombudsman.daemonState', name)),
    settings.onDidChange(() => {
      if (settings.dataDirectory === dataDirectory) return;
      dataDirectory = settings.dataDirectory;
      jobs.clear();
      session.switchDataDir();
    }),
  ];
  return {
    context,
    log,
    settings,
    session,
    jobs,
    workspace,
    results,
    catalogs,
    secrets,
    contextKeys,
    notices: new NoticeBoard(log),
    // In reverse: what listens goes before what it listens to.
    dispose: () => {
      vscode.Disposable.from(
        ...listeners,
        secrets,
        catalogs,
        results,
        workspace,
        jobs,
        session,
        settings,
      ).dispose();
    },
  };
}
