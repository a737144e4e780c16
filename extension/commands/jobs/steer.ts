import * as vscode from 'vscode';
import pLimit from 'p-limit';
import { formatCount, plural } from '../../../daemon/client/text.ts';
import type { Job } from '../../../daemon/protocol/entities.ts';
import type { Services } from '../../platform/services.ts';
import { describeFailure } from '../failures/describeFailure.ts';
import { Refusal } from '../failures/refusal.ts';
import { showDone } from '../ui/notice.ts';
import { quoted } from '../words.ts';

export interface Steering {
  /** As the command is called. */
  readonly title: string;
  /** Said at the end, before what it was done to: `Deleted`. */
  readonly done: string;
  /** Said of jobs it was not done to: `deleted`. */
  readonly participle: string;
}

const atOnce = 8;

/** Does the same to every job, with progress in the Jobs view, and tells once how it went. */
export async function forEachJob(
  services: Services,
  jobs: readonly Job[],
  { title, done, participle }: Steering,
  steer: (job: Job) => Promise<unknown>,
): Promise<void> {
  const failures: { job: Job; error: unknown }[] = [];
  const limit = pLimit(atOnce);
  await vscode.window.withProgress({ location: { viewId: 'ombudsman.jobs' } }, () =>
    limit.map(jobs, async (job) => {
      try {
        await steer(job);
      } catch (error) {
        failures.push({ job, error });
      }
    }),
  );
  const [first] = failures;
  if (first === undefined) {
    const [only] = jobs;
    const what = jobs.length === 1 && only !== undefined ? quoted(only.job_name) : plural(jobs.length, 'job');
    showDone(`${done} ${what}`);
    return;
  }
  if (jobs.length === 1) throw first.error;
  const reason = describeFailure(first.error, title);
  const count = `${formatCount(failures.length)} of ${plural(jobs.length, 'job')}`;
  const verb = failures.length === 1 ? 'was' : 'were';
  throw new Refusal(
    `${count} ${verb} not ${participle}. ${quoted(first.job.job_name)}: ${reason?.message ?? 'cancelled'}`,
    reason?.followUps,
    'error',
  );
}
