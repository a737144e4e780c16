import type { Job } from '../../daemon/protocol/entities.ts';
import { call, runCommand } from '../host.ts';
import { failed, notify } from './app.ts';
import { plural } from './format.ts';
import type { JobAction } from './jobs.ts';

const done: Readonly<Partial<Record<JobAction, string>>> = {
  pause: 'Paused',
  resume: 'Resumed',
  retry: 'Trying again what failed in',
  rerun: 'Started again:',
};

async function act(action: JobAction, jobId: string): Promise<void> {
  switch (action) {
    case 'pause':
      await call('jobs/pause', { job_id: jobId });
      return;
    case 'resume':
      await call('jobs/resume', { job_id: jobId });
      return;
    case 'retry':
      await call('jobs/retry', { job_id: jobId });
      return;
    case 'rerun':
      await call('jobs/rerun', { job_id: jobId });
      return;
    // These ask, say what came of it, and may take several jobs at once: commands of the extension.
    case 'cancel':
      return runCommand('ombudsman.cancelJob', [jobId]);
    case 'delete':
      return runCommand('ombudsman.deleteJob', [jobId]);
    case 'export':
      return runCommand('ombudsman.exportJob', [jobId]);
  }
}

/** Does it and says so; what goes wrong is said with the way out. */
export async function doWithJob(action: JobAction, job: Job): Promise<void> {
  try {
    await act(action, job.job_id);
    const words = done[action];
    if (words !== undefined) notify({ severity: 'info', text: `${words} ${job.job_name}` });
  } catch (error) {
    failed(error);
  }
}

/** The same with several: one question, one notice. */
export async function doWithJobs(action: JobAction, jobs: readonly Job[]): Promise<void> {
  const ids = jobs.map(({ job_id }) => job_id);
  try {
    if (action === 'cancel') await runCommand('ombudsman.cancelJob', ids);
    else if (action === 'delete') await runCommand('ombudsman.deleteJob', ids);
    else if (action === 'export') await runCommand('ombudsman.exportJob', ids);
    else {
      for (const id of ids) await act(action, id);
      notify({ severity: 'info', text: `${done[action] ?? ''} ${plural(ids.length, 'job')}` });
    }
  } catch (error) {
    failed(error);
  }
}
