import type { Services } from '../platform/services.ts';
import { jobIdOf, nodeOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobFor } from './jobs/pickJobs.ts';

/** Selects a job in the Jobs view; of a batch file, the last job made from it. */
export const showJob: Command = {
  id: 'ombudsman.showJob',
  needs: 'daemon',
  async run(services, ...args) {
    const jobId = jobIdOf(args) ?? (await lastJobOfFile(services, args)) ?? (await pick(services));
    if (await services.jobsView.reveal(jobId)) return;
    throw new Refusal('This job is no longer there: it was deleted.', [], 'warning');
  },
};

async function pick(services: Services): Promise<string> {
  const choice = { ...jobFits.any, title: 'Show Job', none: 'There are no jobs yet.', unfit: '' };
  return (await jobFor(services, [], choice)).job_id;
}

async function lastJobOfFile(services: Services, args: readonly unknown[]): Promise<string | undefined> {
  const node = nodeOf(args);
  if (node?.kind !== 'batchFile') return undefined;
  const { batch_files } = services.workspace.contents ?? (await services.workspace.load());
  const dir = batch_files.find(({ file }) => file === node.file)?.project_dir;
  const results = dir == null ? undefined : (services.results.get(dir) ?? (await services.results.load(dir)));
  const last = results?.batch_files.find(({ file }) => file === node.file);
  if (last === undefined) throw new Refusal('No job was made from this batch file yet.');
  return last.job_id;
}
