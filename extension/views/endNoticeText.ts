/** The one notice at the end of what was started in this window. Pure. */
import { formatDuration, plural } from '../../daemon/client/text.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { Settings } from '../platform/services.ts';
import { short } from './format.ts';

export interface EndNotice {
  readonly message: string;
  readonly isGood: boolean;
  /** Jobs with operations that did not complete. */
  readonly failedJobs: readonly string[];
  readonly jobs: readonly string[];
}

/** Null if the setting wants none. Several ends come as one notice. A job that a person cancelled is no news to that person. */
export function endNotice(ended: readonly Job[], when: Settings['notifyAtEnd']): EndNotice | null {
  const news = ended.filter(({ status }) => status !== 'cancelled');
  const bad = news.filter(({ status }) => status !== 'completed');
  const told = when === 'never' ? [] : when === 'failures' ? bad : news;
  const [first] = told;
  if (first === undefined) return null;
  return {
    message: told.length === 1 ? oneJob(first) : severalJobs(told),
    isGood: told.every(({ status }) => status === 'completed'),
    failedJobs: told.filter(({ progress }) => progress.failed > 0).map(({ job_id: id }) => id),
    jobs: told.map(({ job_id: id }) => id),
  };
}

function oneJob({ job_name: name, progress, duration_ms: durationMs }: Job): string {
  const took = durationMs === undefined ? '' : ` in ${formatDuration(durationMs)}`;
  if (progress.completed === progress.total) {
    const all = progress.total === 1 ? 'the operation' : `all ${plural(progress.total, 'operation')}`;
    return `${short(name, 80)}: ${all} completed${took}.`;
  }
  const parts = [
    `${progress.failed} of ${plural(progress.total, 'operation')} failed`,
    progress.skipped > 0 ? `${progress.skipped} skipped` : '',
    progress.cancelled > 0 ? `${progress.cancelled} cancelled` : '',
  ].filter((part) => part !== '');
  return `${short(name, 80)}: ${parts.join(', ')}${took}.`;
}

function severalJobs(jobs: readonly Job[]): string {
  const bad = jobs.filter(({ status }) => status !== 'completed');
  if (bad.length === 0) return `${plural(jobs.length, 'job')} completed.`;
  const failed = bad.reduce((total, { progress }) => total + progress.failed, 0);
  return `${plural(jobs.length, 'job')} ended, ${bad.length} of them with ${plural(failed, 'failed operation')}.`;
}
