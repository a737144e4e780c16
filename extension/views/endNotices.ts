import * as vscode from 'vscode';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { CoreServices, DaemonAnswer, Notice } from '../platform/services.ts';
import { endNotice, type EndNotice } from './endNoticeText.ts';
import { isEnded } from './viewItem.ts';

const startedKey = 'ombudsman.startedJobs';
/** Jobs nobody ever heard the end of, such as those of a deleted data directory, do not pile up. */
const maxStarted = 500;
/** Ends that come together are told together. */
const gatherMs = 1_000;

/** Methods whose answer names a job that goes on because somebody in this window wanted it. */
const makingMethods: ReadonlySet<string> = new Set([
  'jobs/submit',
  'pipelines/bulkExecute',
  'data/bulkGenerate',
  'projects/multiValidate',
  'metadata/bulkExtract',
  'jobs/rerun',
  'jobs/retry',
  'jobs/resume',
]);

/**
 * One notice at the end of each job that was started in this window, also if the window was reloaded meanwhile: in the
 * dashboard while it is seen, else in VS Code. Jobs of other windows and of the command line are told where they were started.
 */
export function createEndNotices(
  core: CoreServices,
  onDidAnswer: vscode.Event<DaemonAnswer>,
): vscode.Disposable {
  const { jobs, settings, context, notices } = core;
  const started = new Set(context.workspaceState.get<string[]>(startedKey, []));
  let gathered: Job[] = [];
  let timer: NodeJS.Timeout | undefined;

  const keep = (): void => void context.workspaceState.update(startedKey, [...started].slice(-maxStarted));
  const tell = (): void => {
    timer = undefined;
    const notice = endNotice(gathered, settings.notifyAtEnd);
    gathered = [];
    if (notice !== null) notices.show(noticeOf(notice));
  };
  const look = (ids: Iterable<string>): void => {
    const ended = [...ids].flatMap((id) => {
      const job = started.has(id) ? jobs.jobs.get(id) : undefined;
      return job !== undefined && isEnded(job.status) ? [job] : [];
    });
    if (ended.length === 0) return;
    for (const { job_id: id } of ended) started.delete(id);
    keep();
    gathered.push(...ended);
    timer ??= setTimeout(tell, gatherMs);
  };

  const listening = [
    onDidAnswer(({ method, result }) => {
      const jobId = makingMethods.has(method) ? jobIdOf(result) : undefined;
      if (jobId === undefined) return;
      started.add(jobId);
      keep();
      // It may have ended before its answer came: then no event will tell of it again.
      setTimeout(() => look([jobId]), gatherMs);
    }),
    jobs.onDidChange(({ isReset, endedJobs, removedJobs }) => {
      for (const id of removedJobs) started.delete(id);
      look(isReset ? [...started] : endedJobs);
    }),
  ];
  return vscode.Disposable.from(...listening, {
    dispose: () => {
      clearTimeout(timer);
      // A look that is still to come finds nothing.
      started.clear();
    },
  });
}

function jobIdOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || 'dry_run' in result) return undefined;
  return 'job_id' in result && typeof result.job_id === 'string' ? result.job_id : undefined;
}

function noticeOf({ message, isGood, failedJobs, jobs }: EndNotice): Notice {
  const [failedJob] = failedJobs;
  const [only, ...others] = jobs;
  const retry = async (): Promise<void> => {
    for (const id of failedJobs) await vscode.commands.executeCommand('ombudsman.retryFailed', id);
  };
  return {
    severity: isGood ? 'info' : 'warning',
    message,
    ...(only !== undefined && others.length === 0 && { jobId: only }),
    followUps:
      failedJob === undefined
        ? [{ title: 'Show Job', command: 'ombudsman.showJob', args: [jobs.at(-1)] }]
        : [
            { title: 'Show Failures', command: 'ombudsman.showFailures', args: [failedJob] },
            { title: 'Retry Failed', run: retry },
          ],
  };
}
