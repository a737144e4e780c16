/** What stands around the list of jobs: title, badge, message. */
import { formatCount, plural } from '../../daemon/client/text.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { DaemonState } from '../platform/daemonState.ts';
import type { JobFilter } from '../platform/services.ts';
import { facts } from './format.ts';
import { filterText, isEmptyFilter } from './jobFilter.ts';
import { isEnded } from './viewItem.ts';

export interface JobCounts {
  readonly running: number;
  readonly pending: number;
  readonly paused: number;
  readonly ended: number;
}

export function countJobs(jobs: Iterable<Job>): JobCounts {
  const counts = { running: 0, pending: 0, paused: 0, ended: 0 };
  for (const { status } of jobs) {
    if (isEnded(status)) counts.ended += 1;
    else if (status === 'running') counts.running += 1;
    else if (status === 'pending') counts.pending += 1;
    else counts.paused += 1;
  }
  return counts;
}

/** Beside the title: the filter while there is one, else what is going on. */
export function descriptionOf(counts: JobCounts, filter: JobFilter): string {
  const { running, pending, paused } = counts;
  const live = facts(
    running > 0 && `${formatCount(running)} running`,
    pending > 0 && `${formatCount(pending)} queued`,
    paused > 0 && `${formatCount(paused)} paused`,
  );
  return isEmptyFilter(filter) ? live : `filter: ${filterText(filter)}`;
}

export function badgeOf({ running }: JobCounts): { value: number; tooltip: string } | undefined {
  return running === 0 ? undefined : { value: running, tooltip: `${plural(running, 'job')} running` };
}

/** A connection that is back by then was never worth a word. */
export const messageAfterMs = 1_500;

/**
 * Says that what is shown may be old, `goneMs` after the connection was lost. Where nothing is shown, the welcome view of the state
 * says more.
 */
export function messageOf(state: DaemonState, shownCount: number, goneMs: number): string | undefined {
  if (state.name === 'ready' || shownCount === 0) return undefined;
  const last = 'This is the last known state.';
  switch (state.name) {
    case 'failed':
      return `The daemon could not be started. ${last}`;
    case 'incompatible':
      return `A newer daemon is running. ${last}`;
    case 'locating':
      return state.isBusy ? undefined : `The daemon is not running. ${last}`;
    case 'starting':
    case 'connecting':
    case 'stopping':
      return goneMs < messageAfterMs ? undefined : `Connecting to the daemon … ${last}`;
  }
}
