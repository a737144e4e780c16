import type * as vscode from 'vscode';
import type { CoreServices } from '../platform/services.ts';
import { CatalogModel } from './catalogModel.ts';
import { ConnectionStatus } from './connectionStatus.ts';
import { JobsView, type JobsViewApi } from './jobsView.ts';
import { WorkspaceModel } from './workspaceModel.ts';
import { WorkspaceTree, type ConnectionsViewApi, type WorkspaceTreeOptions } from './workspaceTree.ts';

export interface RegisteredViews extends vscode.Disposable {
  readonly jobsView: JobsViewApi;
  readonly connectionStatus: ConnectionStatus;
  readonly connectionsView: ConnectionsViewApi;
}

/** Makes the four views. What they give others goes into Services. */
export function registerViews(core: CoreServices): RegisteredViews {
  const { workspace, results, catalogs, jobs, session } = core;
  const nowMs = (): number => Date.now();
  const connectionStatus = new ConnectionStatus();
  const jobsView = new JobsView(core);
  const model = new WorkspaceModel({
    workspace,
    results,
    jobs,
    connectionStatus,
    catalogs: new CatalogModel(catalogs, nowMs),
    nowMs,
  });
  const trees: WorkspaceTree[] = [];
  const isAnyVisible = (): boolean => trees.some(({ isVisible }) => isVisible);
  const loadResults = (): void => {
    for (const { dir } of model.projects) if (results.get(dir) === undefined) void results.load(dir);
  };
  const loadCatalogs = (): void => {
    for (const { dir } of model.projects) void catalogs.load(dir);
  };
  const read = () => workspace.load();
  const tree = (
    viewId: string,
    children: WorkspaceTreeOptions['children'],
    needed = loadResults,
  ): WorkspaceTree => {
    const made = new WorkspaceTree({ viewId, model, children, read, needed });
    trees.push(made);
    return made;
  };
  const batchFiles = tree('ombudsman.batchFiles', (node) => model.batchFiles(node));
  const pipelines = tree('ombudsman.pipelines', (node) => model.pipelines(node));
  const connections = tree('ombudsman.connections', (node) => model.connections(node), loadCatalogs);
  let lastRuns = '';

  const disposables: vscode.Disposable[] = [
    jobsView,
    ...trees,
    workspace.onDidChange(() => {
      for (const each of trees) each.redraw();
      if (isAnyVisible()) loadResults();
      if (connections.isVisible) loadCatalogs();
    }),
    catalogs.onDidChange(() => connections.redraw()),
    results.onDidChange(() => {
      batchFiles.redraw();
      pipelines.redraw();
    }),
    connectionStatus.onDidChange(() => connections.redraw()),
    session.onDidChangeState(({ name }) => {
      if (name === 'ready' && isAnyVisible()) loadResults();
      if (name === 'ready' && connections.isVisible) loadCatalogs();
    }),
    jobs.onDidChange(() => {
      if (!batchFiles.isVisible) return;
      const runs = model.lastRuns();
      if (runs !== lastRuns) batchFiles.redraw();
      lastRuns = runs;
    }),
  ];
  return {
    jobsView,
    connectionStatus,
    connectionsView: connections,
    dispose: () => {
      for (const each of disposables) each.dispose();
    },
  };
}
