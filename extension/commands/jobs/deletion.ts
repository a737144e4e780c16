/** What to ask before jobs are deleted. Free of vscode. */
import { formatCount, plural } from '../../../daemon/client/text.ts';
import { isJobEnded, type Job } from '../../../daemon/protocol/entities.ts';
import { quoted } from '../words.ts';

export interface Deletion {
  readonly question: string;
  readonly detail: string;
  /** Nothing of it can be deleted, and why. */
  readonly refusal?: string;
}

const lost = 'Their differing rows, catalogs and logs are removed from disk. This cannot be undone.';

/** Only ended jobs can be deleted; live ones among them stay and are named. */
export function deletionOf(jobs: readonly Job[]): Deletion {
  const ended = jobs.filter(({ status }) => isJobEnded(status));
  const live = jobs.filter(({ status }) => !isJobEnded(status));
  const [first] = live;
  const [only] = ended;
  const question =
    ended.length === 1 && only !== undefined
      ? `Delete ${quoted(only.job_name)} and its artifacts?`
      : `Delete ${plural(ended.length, 'job')} and their artifacts?`;
  const staying =
    live.length === 0
      ? ''
      : ` ${live.length === 1 ? 'One more has' : `${formatCount(live.length)} more have`} not ended and will stay: cancel first what should go.`;
  const detail = `${ended.length === 1 ? lost.replace('Their', 'Its') : lost}${staying}`;
  if (ended.length > 0 || first === undefined) return { question, detail };
  const subject = live.length === 1 ? quoted(first.job_name) : `None of the ${formatCount(live.length)} jobs`;
  const state = live.length === 1 ? `is ${first.status}` : 'has ended';
  return { question, detail, refusal: `${subject} ${state}: only ended jobs can be deleted. Cancel first.` };
}
