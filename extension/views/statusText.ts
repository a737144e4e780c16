/** What the one item of the status bar says. Pure: the state of things in, words out. */
import { plural } from '../../daemon/client/text.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { DaemonState } from '../platform/daemonState.ts';
import { facts, formatLeft } from './format.ts';
import { escapeMarkdown } from './markdown.ts';
import { isEnded } from './viewItem.ts';

export interface StatusBarContent {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says: no icons. */
  readonly label: string;
  readonly isError: boolean;
  /** What a click is about: this job, or the view. */
  readonly jobId: string | null;
}

export interface StatusBarInput {
  readonly state: DaemonState;
  readonly jobs: Iterable<Job>;
  readonly isOwn: (job: Job) => boolean;
  /** Jobs of this window that ended badly and were not looked at since. */
  readonly unseenFailures: readonly Job[];
}

const listedJobs = 10;

/** Null while there is nothing to say: then the item is hidden. */
export function statusBarContent(input: StatusBarInput): StatusBarContent | null {
  const { state } = input;
  const live = state.name === 'ready' ? liveContent(input) : unheardContent(input);
  return stateContent(state) ?? live ?? failureContent(input.unseenFailures);
}

/** A state that needs somebody, or that explains why nothing moves. */
function stateContent(state: DaemonState): StatusBarContent | null {
  switch (state.name) {
    case 'failed':
      return said('$(error) Ombudsman', 'The daemon could not be started', state.message, true);
    case 'incompatible':
      return said('$(warning) Ombudsman', 'A newer daemon is running', state.message, false);
    case 'starting':
      return said('$(sync~spin) Ombudsman', 'The daemon is starting', '', false);
    case 'connecting':
      return state.attempt === 0
        ? null
        : said('$(sync~spin) Ombudsman', 'Connecting to the daemon again', state.reason ?? '', false);
    case 'stopping':
      return said('$(sync~spin) Ombudsman', 'The daemon is stopping', '', false);
    case 'locating':
    case 'ready':
      return null;
  }
}

/** Without a connection nobody knows how far jobs are: what stood there last would look as if it went on. */
function unheardContent({ state, jobs }: StatusBarInput): StatusBarContent | null {
  const live = [...jobs].filter(({ status }) => !isEnded(status)).length;
  if (live === 0) return null;
  if (state.name !== 'locating' || state.isBusy)
    return said('$(sync~spin) Ombudsman', 'Connecting to the daemon', '', false);
  const detail = `${plural(live, 'job')} had not ended; the daemon carries on with them when it is started again.`;
  return said('$(debug-disconnect) Ombudsman', 'The daemon is not running', detail, false);
}

function said(text: string, what: string, detail: string, isError: boolean): StatusBarContent {
  const tooltip = detail === '' ? `${what}.` : `${what}.\n\n${escapeMarkdown(detail)}`;
  return { text, tooltip, label: `Ombudsman: ${what}. ${detail}`.trim(), isError, jobId: null };
}

/** This window's jobs if there are any, else everybody's. */
function liveContent({ jobs, isOwn }: StatusBarInput): StatusBarContent | null {
  const live = [...jobs].filter(({ status }) => !isEnded(status));
  const own = live.filter(isOwn);
  const shown = own.length > 0 ? own : live;
  const [first] = shown;
  if (first === undefined) return null;
  const total = sum(shown, ({ progress }) => progress.total);
  const done = sum(shown, doneOf);
  const failed = sum(shown, ({ progress }) => progress.failed);
  const isMoving = shown.some(({ status }) => status === 'running');
  const isPaused = !isMoving && shown.every(({ status }) => status === 'paused');
  const icon = isMoving ? '$(sync~spin)' : isPaused ? '$(debug-pause)' : '$(clock)';
  const said = facts(
    `${done}/${total}`,
    failed > 0 && `${failed} failed`,
    isMoving && leftText(shown),
    isPaused && 'paused',
    !isMoving && !isPaused && 'queued',
  );
  const words = shown.length === 1 ? first.job_name : plural(shown.length, 'job');
  return {
    text: `${icon} ${said}`,
    tooltip: tooltipOf(shown),
    label: `Ombudsman: ${words}, ${done} of ${total} operations done${failed > 0 ? `, ${failed} failed` : ''}`,
    isError: false,
    jobId: shown.length === 1 ? first.job_id : null,
  };
}

/** Jobs run side by side: what is left is what the longest has left, and unknown while one of them does not know. */
function leftText(jobs: readonly Job[]): string | null {
  const running = jobs.filter(({ status }) => status === 'running').map(({ progress }) => progress.eta_ms);
  const known = running.filter((leftMs) => leftMs !== null);
  return known.length === 0 || known.length < running.length ? null : formatLeft(Math.max(...known));
}

function failureContent(failures: readonly Job[]): StatusBarContent | null {
  const [first] = failures;
  if (first === undefined) return null;
  const failed = sum(failures, ({ progress }) => progress.failed);
  const words = failures.length === 1 ? first.job_name : plural(failures.length, 'job');
  return {
    text: `$(error) ${failed} failed`,
    tooltip: tooltipOf(failures),
    label: `Ombudsman: ${words}, ${plural(failed, 'operation')} failed`,
    isError: false,
    jobId: failures.length === 1 ? first.job_id : null,
  };
}

function tooltipOf(jobs: readonly Job[]): string {
  const lines = jobs.slice(0, listedJobs).map((job) => {
    const { progress } = job;
    const link = `command:ombudsman.showJob?${encodeURIComponent(JSON.stringify([job.job_id]))}`;
    const said = facts(
      `${doneOf(job)} of ${progress.total}`,
      progress.failed > 0 && `${progress.failed} failed`,
      job.status === 'running' && progress.eta_ms !== null && formatLeft(progress.eta_ms),
    );
    return `- [${escapeMarkdown(job.job_name)}](${link}): ${said}`;
  });
  const more = jobs.length - lines.length;
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function doneOf({ progress }: Job): number {
  return progress.completed + progress.failed + progress.skipped + progress.cancelled;
}

function sum(jobs: readonly Job[], of: (job: Job) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
