import type { Job, JobStatus, Progress } from '../../daemon/protocol/entities.ts';
import { formatCount, plural } from '../../daemon/client/text.ts';
import { facts, formatAgo, formatLeft, short, spoken } from './format.ts';
import {
  isEnded,
  jobIcons,
  jobWords,
  stoppingIcon,
  unheardIcon,
  type ItemIcon,
  type ViewItem,
} from './viewItem.ts';

export interface JobItemContext {
  readonly nowMs: number;
  /** Of a project in the folders of this window. */
  readonly isOwn: boolean;
  /** False: the last known state is shown. */
  readonly isConnected: boolean;
}

/** The line of a job. */
export function jobItem(job: Job, context: JobItemContext): ViewItem {
  const label = short(job.job_name);
  const state = isEnded(job.status)
    ? facts(endedText(job), formatAgo(job.finished_at ?? job.created_at, context.nowMs))
    : liveText(job, context);
  const description = facts(state, !context.isOwn && projectText(job));
  return {
    id: job.job_id,
    label,
    description,
    icon: iconOf(job, context),
    contextValue: jobTokens(job).join(' '),
    accessibilityLabel: spoken('Job', label, wordsOf(job), description),
    children: 'collapsed',
  };
}

function iconOf(job: Job, { isConnected }: JobItemContext): ItemIcon {
  if (isEnded(job.status)) return jobIcons[job.status];
  if (!isConnected) return unheardIcon;
  return job.cancel_requested === true ? stoppingIcon : jobIcons[job.status];
}

function wordsOf(job: Job): string {
  return job.cancel_requested === true && !isEnded(job.status) ? 'cancelling' : jobWords[job.status];
}

/** Operations at an end, whatever the end. */
export function doneCount({ progress }: Job): number {
  return progress.completed + progress.failed + progress.skipped + progress.cancelled;
}

function liveText(job: Job, { isConnected }: JobItemContext): string {
  const { total, failed, eta_ms: etaMs } = job.progress;
  const done = `${formatCount(doneCount(job))}/${formatCount(total)}`;
  const bad = failed > 0 && `${formatCount(failed)} failed`;
  if (job.cancel_requested === true) return facts('cancelling', done, bad);
  if (job.status === 'pending') return facts('queued', plural(total, 'operation'));
  if (job.status === 'paused') return facts('paused', done, bad);
  return facts(done, bad, isConnected ? etaMs !== null && formatLeft(etaMs) : 'when last heard of');
}

/** What became of the operations of an ended job: `12 completed`, `2 of 12 failed, 3 skipped`. */
export function endedText({
  status,
  progress,
}: {
  readonly status: JobStatus;
  readonly progress: Pick<Progress, 'total' | 'completed' | 'failed' | 'skipped' | 'cancelled'>;
}): string {
  const { total, completed, failed, skipped, cancelled } = progress;
  if (status === 'completed') return `${formatCount(completed)} completed`;
  if (status === 'cancelled') {
    const bad = failed > 0 ? `, ${formatCount(failed)} failed` : '';
    return `cancelled, ${formatCount(completed)} of ${formatCount(total)} completed${bad}`;
  }
  const told: string[] = [];
  const tell = (count: number, word: string) => {
    if (count === 0) return;
    const of = told.length === 0 ? ` of ${formatCount(total)}` : '';
    told.push(`${formatCount(count)}${of} ${word}`);
  };
  tell(failed, 'failed');
  tell(skipped, 'skipped');
  tell(cancelled, 'cancelled');
  return told.length === 0 ? jobWords[status] : told.join(', ');
}

function projectText(job: Job): string | false {
  return job.project_id !== null && short(job.project_id);
}

function jobTokens(job: Job): string[] {
  const { status, progress, cancel_requested: isCancelling } = job;
  const hasEnded = isEnded(status);
  const isSteerable = !hasEnded && isCancelling !== true;
  const retryable = progress.failed + progress.skipped + progress.cancelled;
  const tokens: readonly (readonly [string, boolean])[] = [
    ['ended', hasEnded],
    ['running', status === 'running'],
    ['cancelable', isSteerable],
    ['pausable', isSteerable && status !== 'paused'],
    ['resumable', isSteerable && status === 'paused'],
    // While it lives, single operations can be retried; a third button would hide how far it is.
    ['retryable', hasEnded && retryable > 0],
    ['hasFailures', progress.failed > 0],
    ['deletable', hasEnded],
    ['exportable', true],
    ['hasDefinition', job.definition_file !== undefined],
  ];
  return ['job', ...tokens.flatMap(([token, holds]) => (holds ? [token] : []))];
}
