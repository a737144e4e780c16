import { describe, expect, it } from 'vitest';
import { actionsOf, activeJobs, durationText, etaText, shownStatus } from '../../../webview/state/jobs.ts';
import { fakeJob, fakeJobId } from '../../support/fakeJobService.ts';

const nowMs = Date.parse('2026-01-31T12:30:00.000Z');
const id = fakeJobId(1);
const { progress } = fakeJob(id);

describe('active jobs', () => {
  it('are the live ones, newest first, then those that ended in the last ten minutes', () => {
    const jobs = [
      fakeJob(fakeJobId(1), 'running'),
      fakeJob(fakeJobId(2), 'completed', { finished_at: '2026-01-31T12:25:00.000Z' }),
      fakeJob(fakeJobId(3), 'completed', { finished_at: '2026-01-31T12:19:59.000Z' }),
      fakeJob(fakeJobId(4), 'paused'),
    ];
    const shown = activeJobs(new Map(jobs.map((job) => [job.job_id, job])), nowMs);
    expect(shown.map(({ job_id }) => job_id)).toEqual([fakeJobId(4), fakeJobId(1), fakeJobId(2)]);
  });
});

describe('actions', () => {
  it.each([
    ['running', ['export', 'cancel', 'pause']],
    ['paused', ['export', 'cancel', 'resume']],
    ['completed', ['export', 'delete', 'rerun']],
  ] as const)('of a job that is %s', (status, actions) => {
    expect([...actionsOf(fakeJob(id, status))]).toEqual(actions);
  });

  it('retry is offered where something did not complete', () => {
    const job = (part: object) => fakeJob(id, 'partial_success', { progress: { ...progress, ...part } });
    expect(actionsOf(job({ failed: 1 })).has('retry')).toBe(true);
    expect(actionsOf(job({ skipped: 1 })).has('retry')).toBe(true);
    expect(actionsOf(job({})).has('retry')).toBe(false);
  });

  it('a job that is being cancelled can be exported and nothing else', () => {
    expect([...actionsOf(fakeJob(id, 'running', { cancel_requested: true }))]).toEqual(['export']);
  });
});

describe('words', () => {
  it('a cancelled job is cancelling until its work is dead', () => {
    expect(shownStatus({ status: 'running', cancel_requested: true })).toBe('cancelling');
    expect(shownStatus({ status: 'cancelled', cancel_requested: true })).toBe('cancelled');
    expect(shownStatus({ status: 'running' })).toBe('running');
  });

  it('a running job lasts until now, a paused one as long as it worked, an ended one as long as it did', () => {
    const started_at = '2026-01-31T12:28:00.000Z';
    expect(durationText(fakeJob(id, 'running', { started_at }), nowMs)).toBe('2 m 00 s');
    const paused = fakeJob(id, 'paused', { started_at, progress: { ...progress, elapsed_ms: 5400 } });
    expect(durationText(paused, nowMs)).toBe('5 s');
    expect(durationText(fakeJob(id, 'completed', { started_at, duration_ms: 1234 }), nowMs)).toBe('1.2 s');
    expect(durationText(fakeJob(id, 'pending'), nowMs)).toBe('–');
  });

  it('no estimate is made up', () => {
    expect(etaText(fakeJob(id, 'running'))).toBe('–');
    const known = { progress: { ...progress, eta_ms: 61_000 } };
    expect(etaText(fakeJob(id, 'running', known))).toBe('1 m 01 s');
    expect(etaText(fakeJob(id, 'paused', known))).toBe('–');
  });
});
