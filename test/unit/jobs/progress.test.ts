import { expect, it } from 'vitest';
import type { OperationProgress } from '../../../daemon/protocol/entities.ts';
import { estimateMs, progressOf, workedMs } from '../../../daemon/server/jobs/progress.ts';
import { LiveJob } from '../../../daemon/server/jobs/liveJob.ts';
import { pendingOperation } from '../../../daemon/server/jobs/stateMachine.ts';
import type { OperationHistory, OperationState } from '../../../daemon/server/storage/schemas.ts';
import type { JobStore } from '../../../daemon/server/storage/store.ts';
import { planOf } from '../../support/jobs.ts';

const second = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
const now = Date.parse(second(100));
const running = (from: number): OperationState => ({
  ...pendingOperation,
  status: 'running',
  attempts: [{ attempt: 1, started_at: second(from) }],
});
const done = (from: number, to: number, rows = 0): OperationState => ({
  ...pendingOperation,
  status: 'completed',
  rows_processed: rows,
  finished_at: second(to),
  attempts: [{ attempt: 1, started_at: second(from), finished_at: second(to) }],
});

function jobWith(states: OperationState[], progress: Record<number, OperationProgress> = {}): LiveJob {
  const ignore = (): void => undefined;
  const document = {
    schema_version: 1,
    journal_seq: 0,
    state: {
      job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      status: 'running' as const,
      created_at: second(0),
      started_at: second(0),
    },
    plan: planOf(states.map(() => ({}))),
    operations: states,
  };
  const job = new LiveJob(document, 0, {} as JobStore, {
    jobChanged: ignore,
    operationChanged: ignore,
    storageFailed: ignore,
    recordRefused: ignore,
  });
  for (const [index, told] of Object.entries(progress)) job.setProgress(Number(index), told);
  return job;
}
const noHistory = (): undefined => undefined;
const historyOf = (...samples: [seconds: number, rows: number][]): OperationHistory => ({
  project_id: null,
  type: 'command',
  name: 'x',
  runs: samples.length,
  failures: 0,
  recent: samples.map(([seconds, rows]) => ({
    at: second(0),
    job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    duration_ms: seconds * 1000,
    rows,
    ok: true,
  })),
});

it('has no estimate without ground', () => {
  expect(estimateMs(jobWith([running(90), pendingOperation]), 4, noHistory, now)).toBeNull();
});

it('estimates from operations that ended in this job, shared by the slots', () => {
  const job = jobWith([done(0, 10), done(0, 30), pendingOperation, pendingOperation, pendingOperation]);
  expect(estimateMs(job, 1, noHistory, now)).toBe(60_000);
  expect(estimateMs(job, 2, noHistory, now)).toBe(30_000);
  expect(estimateMs(job, 64, noHistory, now), 'never shorter than the longest that is left').toBe(20_000);
});

it('prefers the past runs of the same operation, weighted by rows', () => {
  const history = historyOf([10, 1000], [10, 1000], [90, 9000]);
  expect(estimateMs(jobWith([pendingOperation]), 1, () => history, now)).toBe(10_000);
  const bigger = jobWith([running(100)], { 0: { rows_done: 0, rows_total: 4000 } });
  expect(estimateMs(bigger, 1, () => history, now)).toBe(40_000);
});

it('goes by the share done of what runs', () => {
  const job = jobWith([running(80)], { 0: { rows_done: 250, rows_total: 1000 } });
  expect(estimateMs(job, 1, noHistory, now)).toBe(60_000);
});

it('does not know the time left once the estimate of all that runs is used up', () => {
  const history = historyOf([10, 0]);
  expect(estimateMs(jobWith([running(95)]), 1, () => history, now)).toBe(5_000);
  expect(estimateMs(jobWith([running(90)]), 1, () => history, now)).toBeNull();
  expect(estimateMs(jobWith([done(0, 10), running(20)]), 1, noHistory, now)).toBeNull();
  const oneWaits = jobWith([running(20), pendingOperation]);
  expect(
    estimateMs(oneWaits, 2, () => history, now),
    'what waits is still to come',
  ).toBe(10_000);
});

it('counts rows and shares, and never says 100 % before all have ended', () => {
  const job = jobWith([done(0, 10, 500), running(90)], { 1: { rows_done: 999, rows_total: 1000 } });
  const progress = progressOf(job, null, now);
  expect(progress).toMatchObject({
    total: 2,
    completed: 1,
    running: 1,
    rows_processed: 1499,
    elapsed_ms: 100_000,
    current_operations: ['b'],
  });
  expect(progress.percent).toBeGreaterThan(99);
  expect(progress.percent).toBeLessThan(100);
});

it('counts the time worked, not the time between attempts', () => {
  const operation: OperationState = {
    ...done(50, 60),
    attempts: [
      { attempt: 1, started_at: second(0), finished_at: second(5) },
      { attempt: 2, started_at: second(50), finished_at: second(60) },
    ],
  };
  expect(workedMs(operation)).toBe(15_000);
});
