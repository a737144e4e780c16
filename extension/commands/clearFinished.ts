import type { Job } from '../../daemon/protocol/entities.ts';
import { formatCount, plural } from '../../daemon/client/text.ts';
import type { Services } from '../platform/services.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { clearings, type Clearing } from './jobs/clearings.ts';
import { deletionOf } from './jobs/deletion.ts';
import { forEachJob } from './jobs/steer.ts';
import { confirm } from './ui/confirm.ts';
import { askOnce } from './ui/steps.ts';

const title = 'Clear Finished Jobs';
const pageSize = 500;

/** Deletes ended jobs of a kind or an age, or those that the Jobs view is filtered to. */
export const clearFinished: Command = {
  id: 'ombudsman.clearFinished',
  needs: 'daemon',
  async run(services) {
    const counted = await Promise.all(
      clearings(services.jobsView.filter, new Date()).map(async (clearing) => ({
        clearing,
        total: (await services.session.call('jobs/list', { ...clearing.query, limit: 1 })).total,
      })),
    );
    const items = counted
      .filter(({ total }) => total > 0)
      .map(({ clearing, total }) => ({
        label: clearing.label,
        description: plural(total, 'job'),
        value: clearing,
      }));
    if (items.length === 0) throw new Refusal('No job has ended yet: there is nothing to clear.');
    const clearing = await askOnce(title, (ask) =>
      ask.pick({ placeholder: 'Select the jobs to delete', items }),
    );
    const jobs = await listAll(services, clearing);
    if (jobs.length === 0) throw new Refusal('These jobs are gone already.');
    const { question, detail } = deletionOf(jobs);
    await confirm(question, `Delete ${formatCount(jobs.length)}`, detail);
    const words = { title, done: 'Deleted', participle: 'deleted' };
    await forEachJob(services, jobs, words, ({ job_id }) => services.session.call('jobs/delete', { job_id }));
  },
};

async function listAll({ session }: Services, { query }: Clearing): Promise<Job[]> {
  const found = new Map<string, Job>();
  // Pages shift while jobs end: by id nothing is counted twice.
  for (let offset = 0; ; offset += pageSize) {
    const { jobs, total } = await session.call('jobs/list', {
      ...query,
      sort: 'created_at',
      limit: pageSize,
      offset,
    });
    for (const job of jobs) found.set(job.job_id, job);
    if (jobs.length === 0 || offset + jobs.length >= total) return [...found.values()];
  }
}
