import type * as vscode from 'vscode';
import type { CoreServices } from '../platform/services.ts';
import { ConnectionStatus } from './connectionStatus.ts';
import { JobsView, type JobsViewApi } from './jobsView.ts';
import { WorkspaceModel } from './workspaceModel.ts';
import { WorkspaceTree, type WorkspaceTreeOptions } from './workspaceTree.ts';

export interface RegisteredViews extends vscode.Disposable {
  readonly jobsView: JobsViewApi;
  readonly connectionStatus: ConnectionStatus;
}

/** Makes the four views. What they give others goes into Services. */
export function registerViews(core: CoreServices): RegisteredViews {
  const { workspace, results, jobs, session } = core;
  const connectionStatus = new ConnectionStatus();
  const jobsView = new JobsView(core);
  const model = new WorkspaceModel({ workspace, results, jobs, connectionStatus, nowMs: () => Date.now() });
  const trees: WorkspaceTree[] = [];
  const isAnyVisible = (): boolean => trees.some(({ isVisible }) => isVisible);
  const loadResults = (): void => {
    for (const { dir } of model.projects) if (results.get(dir) === undefined) void results.load(dir);
  };
  const read = () => workspace.load();
  const tree = (viewId: string, children: WorkspaceTreeOptions['children']): WorkspaceTree => {
    const made = new WorkspaceTree({ viewId, model, children, read, needed: loadResults });
    trees.push(made);
    return made;
  };
  const batchFiles = tree('ombudsman.batchFiles', (node) => model.batchFiles(node));
  const pipelines = tree('ombudsman.pipelines', (node) => model.pipelines(node));
  const connections = tree('ombudsman.connections', (node) => model.connections(node));
  let lastRuns = '';

  const disposables: vscode.Disposable[] = [
    jobsView,
    ...trees,
    workspace.onDidChange(() => {
      for (const each of trees) each.redraw();
      if (isAnyVisible()) loadResults();
    }),
    results.onDidChange(() => {
      batchFiles.redraw();
      pipelines.redraw();
    }),
    connectionStatus.onDidChange(() => connections.redraw()),
    session.onDidChangeState(({ name }) => {
      if (name === 'ready' && isAnyVisible()) loadResults();
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
    dispose: () => {
      for (const each of disposables) each.dispose();
    },
  };
}
