import * as vscode from 'vscode';
import type { CoreServices } from '../platform/services.ts';
import { Ownership } from './ownership.ts';
import { Pacer } from './pacer.ts';
import { statusBarContent, type StatusBarContent } from './statusText.ts';
import { isEnded } from './viewItem.ts';

const intervalMs = 250;
const itemId = 'ombudsman.status';

/**
 * The one item in the status bar: hidden while there is nothing to say, spinning while jobs run, and telling of failures until
 * somebody looks. Whether a job counts as looked at is asked of `isSeen`, as the Jobs view knows when it is visible.
 */
export function createStatusBar(core: CoreServices, isJobsViewVisible: () => boolean): vscode.Disposable {
  const { session, jobs, workspace } = core;
  const ownership = new Ownership(workspace, () => vscode.workspace.workspaceFolders ?? []);
  const item = vscode.window.createStatusBarItem(itemId, vscode.StatusBarAlignment.Left, 10);
  item.name = 'Ombudsman';
  const unseen = new Set<string>();
  let shown: StatusBarContent | null = null;

  const draw = (): void => {
    if (isJobsViewVisible()) unseen.clear();
    const failures = [...unseen].flatMap((id) => {
      const job = jobs.jobs.get(id);
      return job !== undefined && isEnded(job.status) && job.progress.failed > 0 ? [job] : [];
    });
    const next = statusBarContent({
      state: session.state,
      jobs: jobs.jobs.values(),
      isOwn: (job) => ownership.isOwn(job),
      unseenFailures: failures,
    });
    if (JSON.stringify(next) === JSON.stringify(shown)) return;
    shown = next;
    if (next === null) item.hide();
    else show(item, next);
  };
  const pacer = new Pacer(intervalMs, draw);

  const disposables = [
    item,
    pacer,
    session.onDidChangeState(() => pacer.request()),
    workspace.onDidChange(() => {
      ownership.update();
      pacer.request();
    }),
    jobs.onDidChange(({ endedJobs, removedJobs }) => {
      for (const id of endedJobs) {
        const job = jobs.jobs.get(id);
        if (job !== undefined && job.progress.failed > 0 && ownership.isOwn(job)) unseen.add(id);
      }
      for (const id of removedJobs) unseen.delete(id);
      pacer.request();
    }),
  ];
  pacer.request();
  return vscode.Disposable.from(...disposables);
}

function show(item: vscode.StatusBarItem, content: StatusBarContent): void {
  const { text, tooltip, label, isError, jobId } = content;
  const markdown = new vscode.MarkdownString(tooltip, true);
  markdown.isTrusted = { enabledCommands: ['ombudsman.showJob'] };
  item.text = text;
  item.tooltip = markdown;
  item.accessibilityInformation = { label, role: 'button' };
  item.backgroundColor = isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  item.command =
    jobId === null
      ? { command: 'ombudsman.jobs.focus', title: 'Show jobs' }
      : { command: 'ombudsman.showJob', title: 'Show job', arguments: [jobId] };
  item.show();
}
