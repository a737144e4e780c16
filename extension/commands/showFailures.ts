import * as vscode from 'vscode';
import { plural } from '../../daemon/client/text.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import { openDifferences, openJobLog, openOperation } from '../contributions/documents/openDocument.ts';
import type { Services } from '../platform/services.ts';
import { jobIdOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { jobFits } from './jobs/jobFits.ts';
import { hasDifferences, operationItem } from './jobs/jobItems.ts';
import { jobFor, operationsOfJob, type JobChoice } from './jobs/pickJobs.ts';
import { askOnce, type PickItem } from './ui/steps.ts';
import { quoted } from './words.ts';

type Choice = Operation | 'other job';

const choice: JobChoice = {
  ...jobFits.withFailures,
  title: 'Show Failures',
  none: 'No operation has failed in any job.',
  unfit: 'has no failed operation',
};

/** The failed operations of a job, of the last one with failures if none is named; choosing one opens what it found. */
export const showFailures: Command = {
  id: 'ombudsman.showFailures',
  needs: 'daemon',
  async run(services, ...args) {
    const isGiven = jobIdOf(args) !== undefined;
    let job = isGiven ? await jobFor(services, args, choice) : await lastWithFailures(services);
    for (;;) {
      const failed = await operationsOfJob(services, job.job_id, ['failed']);
      if (failed.length === 0) throw new Refusal(`${quoted(job.job_name)} has no failed operation any more.`);
      const chosen = await pickFailed(job, failed, !isGiven);
      if (chosen !== 'other job') return open(services, job, chosen);
      job = await jobFor(services, [], choice);
    }
  },
};

async function lastWithFailures(services: Services): Promise<Job> {
  const { jobs } = await services.session.call('jobs/list', {
    status: [...jobFits.withFailures.statuses],
    sort: '-created_at',
    limit: 50,
  });
  const job = jobs.find(choice.fits);
  if (job === undefined) throw new Refusal(choice.none);
  return job;
}

function pickFailed(job: Job, failed: readonly Operation[], hasOthers: boolean): Promise<Choice> {
  const separator = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const other: PickItem<Choice>[] = [
    separator,
    { label: '$(list-unordered) Another job…', value: 'other job' },
  ];
  const items: PickItem<Choice>[] = [
    ...failed.map((operation) => operationItem(job.job_id, operation)),
    ...(hasOthers ? other : []),
  ];
  return askOnce(`Failures of ${quoted(job.job_name)}`, (ask) =>
    ask.pick({ placeholder: `${plural(failed.length, 'failed operation')}: choose one to see why`, items }),
  );
}

/** Differing rows where there are some; else the operation, or for a program the log that tells what it printed. */
async function open(services: Services, { job_id }: Job, operation: Operation): Promise<void> {
  const { operation_id, type, error } = operation;
  if (hasDifferences(operation)) await openDifferences(services, job_id, operation_id);
  else if (type === 'command' && error?.code === 'exit_code')
    await openJobLog(services, job_id, operation_id);
  else await openOperation(services, job_id, operation_id);
}
