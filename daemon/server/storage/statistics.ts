import {
  isJobEnded,
  jobStatusSchema,
  jobTypeSchema,
  operationStatusSchema,
  type Job,
  type Statistics,
} from '../../protocol/entities.ts';
import type { MethodParams } from '../../protocol/methods.ts';
import { isoOf } from './listing.ts';
import type { OperationHistory, RunSample } from './schemas.ts';

type PipelineStatistic = Statistics['slowest_pipelines'][number];
const listLength = 10;

export interface StatisticsSource {
  readonly jobs: Iterable<Job>;
  readonly histories: Iterable<OperationHistory>;
  readonly operationsPerHour: number;
}

/**
 * Statistics of the jobs created since `since` (of all, if absent), of one project or of all. Durations of jobs are those of ended
 * jobs. Pipelines are told by their runs since `since`, or their last 50; `runs` and `failures` without `since` count all.
 */
export function computeStatistics(
  query: MethodParams<'statistics/get'>,
  { jobs, histories, operationsPerHour }: StatisticsSource,
): Statistics {
  const since = query.since === undefined ? undefined : isoOf(query.since);
  const byStatus = zeroes(jobStatusSchema.options);
  const byType = zeroes(jobTypeSchema.options);
  const operations = zeroes(operationStatusSchema.options);
  const durations: number[] = [];
  let totalJobs = 0;
  let totalOperations = 0;
  for (const job of jobs) {
    if (query.project_id !== undefined && job.project_id !== query.project_id) continue;
    if (since !== undefined && job.created_at < since) continue;
    totalJobs += 1;
    byStatus[job.status] += 1;
    byType[job.job_type] += 1;
    const { progress } = job;
    totalOperations += progress.total;
    operations.completed += progress.completed;
    operations.failed += progress.failed;
    operations.skipped += progress.skipped;
    operations.cancelled += progress.cancelled;
    operations.running += progress.running;
    if (isJobEnded(job.status) && job.duration_ms !== undefined) durations.push(job.duration_ms);
  }
  const { pending: _none, ...told } = operations;
  operations.pending = totalOperations - sum(Object.values(told));
  const ran = operations.completed + operations.failed;
  const pipelines = pipelineStatistics(histories, query.project_id, since);
  return {
    total_jobs: totalJobs,
    by_status: byStatus,
    by_type: byType,
    total_operations: totalOperations,
    operations_by_status: operations,
    success_rate: ran === 0 ? null : operations.completed / ran,
    average_duration_ms: durations.length === 0 ? null : average(durations),
    p95_duration_ms: durations.length === 0 ? null : percentile95(durations),
    operations_per_hour: operationsPerHour,
    slowest_pipelines: pipelines
      .toSorted((a, b) => b.average_duration_ms - a.average_duration_ms || byName(a, b))
      .slice(0, listLength),
    failing_pipelines: pipelines
      .filter((pipeline) => pipeline.failures > 0)
      .toSorted(
        (a, b) => b.failures - a.failures || b.failures / b.runs - a.failures / a.runs || byName(a, b),
      )
      .slice(0, listLength),
  };
}

function pipelineStatistics(
  histories: Iterable<OperationHistory>,
  projectId: string | undefined,
  since: string | undefined,
): PipelineStatistic[] {
  const statistics: PipelineStatistic[] = [];
  for (const history of histories) {
    if (history.type !== 'pipeline') continue;
    if (projectId !== undefined && history.project_id !== projectId) continue;
    const runs = since === undefined ? history.recent : history.recent.filter((run) => run.at >= since);
    if (runs.length > 0) statistics.push(pipelineStatistic(history, runs, since === undefined));
  }
  return statistics;
}

function pipelineStatistic(
  history: OperationHistory,
  runs: readonly RunSample[],
  isWhole: boolean,
): PipelineStatistic {
  const durations = runs.map((run) => run.duration_ms);
  return {
    name: history.name,
    runs: isWhole ? history.runs : runs.length,
    failures: isWhole ? history.failures : runs.filter((run) => !run.ok).length,
    average_duration_ms: average(durations),
    p95_duration_ms: percentile95(durations),
  };
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function average(values: readonly number[]): number {
  return Math.round(sum(values) / values.length);
}

/** The nearest-rank percentile: the smallest value that at least 95 % of all values do not exceed. */
function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

function byName(a: PipelineStatistic, b: PipelineStatistic): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
