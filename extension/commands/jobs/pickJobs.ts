import { formatCount } from '../../../daemon/client/text.ts';
import type { Job, Operation, OperationStatus } from '../../../daemon/protocol/entities.ts';
import type { Services } from '../../platform/services.ts';
import { jobIdOf, jobIdsOf } from '../arguments.ts';
import { Refusal } from '../failures/refusal.ts';
import { askOnce, type PickItem } from '../ui/steps.ts';
import { quoted } from '../words.ts';
import type { JobFit } from './jobFits.ts';
import { jobItem, operationItem } from './jobItems.ts';

export interface JobChoice extends JobFit {
  /** Title of the box. */
  readonly title: string;
  /** Said if no job fits. */
  readonly none: string;
  /** Why a job that was named does not fit, after its name: `has ended: only live jobs can be cancelled`. */
  readonly unfit: string;
}

const listLimit = 200;

/** The jobs a command is called with, of those the ones that fit; picked by the person if it is called with none. */
export async function jobsFor(
  services: Services,
  args: readonly unknown[],
  choice: JobChoice,
): Promise<Job[]> {
  const given = jobIdsOf(args);
  if (given.length === 0) return pickMany(services, choice);
  const jobs = await Promise.all(given.map((jobId) => currentJob(services, jobId, choice)));
  const fitting = jobs.filter(choice.fits);
  const [first] = jobs;
  if (fitting.length > 0 || first === undefined) return fitting;
  const others = jobs.length > 1 ? ` (and ${formatCount(jobs.length - 1)} more)` : '';
  throw new Refusal(`${quoted(first.job_name)}${others} ${choice.unfit}.`);
}

/** The same for commands about one job. */
export async function jobFor(services: Services, args: readonly unknown[], choice: JobChoice): Promise<Job> {
  const jobId = jobIdOf(args);
  if (jobId !== undefined) {
    const job = await currentJob(services, jobId, choice);
    if (choice.fits(job)) return job;
    throw new Refusal(`${quoted(job.job_name)} ${choice.unfit}.`);
  }
  const { items, placeholder } = await fittingItems(services, choice, 'Select a job');
  const selected = selectedIds(services);
  return askOnce(choice.title, (ask) =>
    ask.pick({ placeholder, items, active: ({ job_id }) => selected.has(job_id) }),
  );
}

/** What the store knows, else what the daemon says. Rejects with ApiError not_found. */
export async function jobOf(services: Services, jobId: string): Promise<Job> {
  return services.jobs.jobs.get(jobId) ?? services.session.call('jobs/get', { job_id: jobId });
}

/** The same, but nobody is refused for what was so a moment ago: events come later than answers. */
export async function currentJob(
  services: Services,
  jobId: string,
  { fits }: Pick<JobFit, 'fits'>,
): Promise<Job> {
  const known = services.jobs.jobs.get(jobId);
  return known !== undefined && fits(known) ? known : services.session.call('jobs/get', { job_id: jobId });
}

async function pickMany(services: Services, choice: JobChoice): Promise<Job[]> {
  const { items, placeholder } = await fittingItems(services, choice, 'Select jobs');
  const selected = selectedIds(services);
  return askOnce(choice.title, (ask) =>
    ask.pickMany({
      placeholder,
      items,
      picked: ({ job_id }) => selected.has(job_id) || items.length === 1,
      nothingPicked: 'Tick at least one job, or press Escape',
    }),
  );
}

async function fittingItems(
  services: Services,
  { fits, statuses, none }: JobChoice,
  what: string,
): Promise<{ items: PickItem<Job>[]; placeholder: string }> {
  const { jobs, total } = await services.session.call('jobs/list', {
    status: statuses === undefined ? undefined : [...statuses],
    limit: listLimit,
    sort: '-created_at',
  });
  const fitting = jobs.filter(fits);
  if (fitting.length === 0) throw new Refusal(none);
  const nowMs = Date.now();
  const isCut = total > jobs.length;
  const placeholder = isCut
    ? `${what}: the newest ${formatCount(listLimit)} of ${formatCount(total)}; older ones are in the Jobs view`
    : what;
  return { items: fitting.map((job) => jobItem(job, nowMs)), placeholder };
}

function selectedIds({ jobsView }: Services): ReadonlySet<string> {
  const nodes = jobsView.isVisible ? jobsView.selection : [];
  return new Set(nodes.flatMap((node) => ('jobId' in node && node.jobId !== undefined ? [node.jobId] : [])));
}

const operationsLimit = 500;

/** Operations of a job, failed ones first, as far as a list can show them. */
export async function operationsOfJob(
  services: Services,
  jobId: string,
  status?: readonly OperationStatus[],
): Promise<Operation[]> {
  const { operations } = await services.session.call('jobs/operations', {
    job_id: jobId,
    status: status === undefined ? undefined : [...status],
    sort: 'failed_first',
    detail: 'summary',
    limit: operationsLimit,
  });
  return operations;
}

/** One operation of those that fit; no question where there is only one. */
export async function pickOperation(
  title: string,
  jobId: string,
  operations: readonly Operation[],
  none: string,
): Promise<Operation> {
  const [only, ...others] = operations;
  if (only === undefined) throw new Refusal(none);
  if (others.length === 0) return only;
  const items = operations.map((operation) => operationItem(jobId, operation));
  return askOnce(title, (ask) => ask.pick({ placeholder: 'Select an operation', items }));
}
