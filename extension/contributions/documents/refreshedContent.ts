import { isJobEnded, type Job } from '../../../daemon/protocol/entities.ts';
import type { JobStore, Services } from '../../platform/services.ts';
import { failureText, type DocumentContent } from './documentContent.ts';
import { Refresher } from './refresher.ts';

export interface RefreshedOptions {
  readonly services: Services;
  readonly jobId: string;
  /** What cannot be shown if it fails, `The log`. */
  readonly what: string;
  /** The text as it stands now. */
  readonly load: () => Promise<string>;
  readonly onDidChange: () => void;
  /** `changes`: whenever the store tells of the job. `time`: also now and then while it is live, for what no event tells. */
  readonly follows: 'changes' | 'time';
}

const intervalMs = 1000;
const heartbeatMs = 2000;

/** The text of something that belongs to a job, asked for again when the store says that the job has changed. */
export function refreshedContent(options: RefreshedOptions): DocumentContent {
  const { services, jobId, what, load, onDidChange, follows } = options;
  let text: string | undefined;
  const refresh = async (): Promise<void> => {
    const before = text;
    // Only who opens a document needs the daemon for it; one that was stopped meanwhile stays stopped.
    if (before !== undefined && services.session.client === undefined) return;
    try {
      text = await load();
    } catch (error) {
      // A connection that is lost for a while takes away nothing that was read before.
      if (before === undefined || services.session.state.name === 'ready') text = failureText(what, error);
    }
    if (before !== undefined && text !== before) onDidChange();
  };
  const refresher = new Refresher(refresh, intervalMs);
  const beat = (): void => {
    const job = services.jobs.jobs.get(jobId);
    if (job !== undefined && !isJobEnded(job.status)) refresher.poke();
  };
  const heartbeat = follows === 'time' ? setInterval(beat, heartbeatMs) : undefined;
  const listeners = [
    services.jobs.onDidChange(({ isReset, changedJobs, changedOperations, removedJobs }) => {
      if (isReset || changedJobs.has(jobId) || changedOperations.has(jobId) || removedJobs.has(jobId))
        refresher.poke();
    }),
    services.session.onDidChangeState((state) => {
      if (state.name === 'ready') refresher.poke();
    }),
  ];
  return {
    async read() {
      await refresher.first;
      return text ?? '';
    },
    poke: () => refresher.poke(),
    dispose() {
      clearInterval(heartbeat);
      refresher.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** Makes a job known to the store that it does not know. Not again and again: what is learnt is told as a change. */
export function learnOnce(jobs: JobStore, job: Job): void {
  if (!jobs.jobs.has(job.job_id)) jobs.learn([job]);
}
