import { isJobEnded, type Job, type Operation } from '../../protocol/entities.ts';

/** A command that can be typed as it stands, and what it is good for. */
export interface NextStep {
  readonly command: string;
  readonly why: string;
}

function failedSteps(job: Job, failed: readonly Operation[], program: string): NextStep[] {
  const steps: NextStep[] = [];
  const kinds = new Set(failed.map((operation) => operation.error?.kind));
  const differing = failed.find((operation) =>
    operation.artifacts.some((artifact) => artifact.kind === 'differences'),
  );
  const first = differing ?? failed[0];
  if (first !== undefined) {
    steps.push({
      command: `${program} jobs show ${job.job_id} --operation ${first.operation_id}`,
      why: 'every check, the SQL and the evidence of one operation',
    });
  }
  const artifact = differing?.artifacts.find((each) => each.kind === 'differences');
  if (artifact?.path.endsWith('.parquet') === true) {
    steps.push({
      command: `duckdb -c "from '${artifact.path}'"`,
      why: 'all differing rows, if you have the DuckDB shell (any Parquet reader will do)',
    });
  }
  if (kinds.has('connection') || kinds.has('permission')) {
    steps.push({
      command: `${program} doctor`,
      why: 'checks every connection of the project in this folder',
    });
  }
  steps.push({
    command: `${program} jobs retry ${job.job_id}`,
    why: 'after mending: runs only what failed, in the same job',
  });
  return steps;
}

/** What a person would want to do after a job ended like this; empty while it is not ended. */
export function nextSteps(job: Job, operations: readonly Operation[], program: string): NextStep[] {
  if (!isJobEnded(job.status)) return [];
  const failed = operations.filter((operation) => operation.status === 'failed');
  const steps = failed.length > 0 ? failedSteps(job, failed, program) : [];
  if (job.status === 'cancelled') {
    steps.push({ command: `${program} jobs rerun ${job.job_id}`, why: 'the same batch again, as a new job' });
  }
  steps.push({
    command: `${program} jobs export ${job.job_id} --format html --output report.html`,
    why: 'the whole evidence as one file to hand on',
  });
  return steps;
}
