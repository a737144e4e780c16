import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import { endNotice } from '../../../../extension/views/endNoticeText.ts';
import { statusBarContent, type StatusBarInput } from '../../../../extension/views/statusText.ts';

function job(
  id: string,
  more: Partial<Omit<Job, 'progress'>> & { progress?: Partial<Job['progress']> } = {},
): Job {
  const { progress, ...rest } = more;
  return {
    job_id: id,
    job_name: `Job ${id}`,
    job_type: 'bulk_pipeline_execution',
    status: 'running',
    project_id: 'shop',
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 3,
    stop_on_error: false,
    created_at: '2026-01-01T00:00:00.000Z',
    progress: {
      total: 12,
      completed: 7,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 3,
      percent: 60,
      current_operations: [],
      eta_ms: 40_000,
      elapsed_ms: 60_000,
      rows_processed: 0,
      ...progress,
    },
    ...rest,
  };
}

const ready = { name: 'ready', pid: 1, version: '1', dataDir: '/d' } as const;
const content = (jobs: readonly Job[], more: Partial<StatusBarInput> = {}) =>
  statusBarContent({
    state: ready,
    jobs,
    isOwn: (each) => each.project_id === 'shop',
    unseenFailures: [],
    ...more,
  });

describe('the item in the status bar', () => {
  it('says how far the running job is and what is left, and leads to it', () => {
    expect(content([job('a')])).toMatchObject({
      text: '$(sync~spin) 7/12 · 40 s left',
      jobId: 'a',
      isError: false,
    });
  });

  it('does not count on what nobody can know: jobs of a daemon that is not running', () => {
    const state = { name: 'locating', isBusy: false } as const;
    expect(content([job('a'), job('b', { status: 'completed' })], { state })).toMatchObject({
      text: '$(debug-disconnect) Ombudsman',
      tooltip: expect.stringContaining('1 job had not ended') as string,
      jobId: null,
      isError: false,
    });
    expect(content([job('a')], { state: { name: 'locating', isBusy: true } })?.text).toBe(
      '$(sync~spin) Ombudsman',
    );
    expect(content([job('b', { status: 'completed' })], { state })).toBeNull();
  });

  it('is hidden while nothing lives and nothing failed', () => {
    expect(content([job('a', { status: 'completed' })])).toBeNull();
  });

  it('adds up the jobs of this window and leaves the others out', () => {
    const jobs = [
      job('a'),
      job('b', { progress: { total: 8, completed: 1, eta_ms: 90_000 } }),
      job('c', { project_id: 'else' }),
    ];
    expect(content(jobs)).toMatchObject({ text: '$(sync~spin) 8/20 · 2 min left', jobId: null });
  });

  it('tells of other windows if this one runs nothing', () => {
    expect(content([job('c', { project_id: 'else' })])?.text).toBe('$(sync~spin) 7/12 · 40 s left');
  });

  it('names no time while one of the running jobs has no estimate', () => {
    expect(content([job('a'), job('b', { progress: { eta_ms: null } })])?.text).toBe('$(sync~spin) 14/24');
  });

  it('counts every end as done and tells of failures at once', () => {
    const progress = { completed: 4, failed: 2, skipped: 1, cancelled: 1, eta_ms: null };
    expect(content([job('a', { progress })])?.text).toBe('$(sync~spin) 8/12 · 2 failed');
  });

  it('does not spin for what is paused or queued', () => {
    expect(content([job('a', { status: 'paused' })])?.text).toBe('$(debug-pause) 7/12 · paused');
    expect(content([job('a', { status: 'pending', progress: { completed: 0 } })])?.text).toBe(
      '$(clock) 0/12 · queued',
    );
  });

  it('keeps failures until they were looked at', () => {
    const failed = job('a', { status: 'partial_success', progress: { failed: 2 } });
    expect(content([failed], { unseenFailures: [failed] })).toMatchObject({
      text: '$(error) 2 failed',
      jobId: 'a',
    });
  });

  it('takes the red background for a daemon that cannot start, and for nothing else', () => {
    const state = { name: 'failed', message: 'no *room*', logPath: null } as const;
    const shown = content([job('a')], { state });
    expect(shown).toMatchObject({ text: '$(error) Ombudsman', isError: true });
    expect(shown?.tooltip).toContain('no \\*room\\*');
  });

  it('says nothing of a first connection, and of every later one', () => {
    const connecting = { name: 'connecting', retryAtMs: null, reason: 'gone' } as const;
    expect(content([], { state: { ...connecting, attempt: 0 } })).toBeNull();
    expect(content([], { state: { ...connecting, attempt: 1 } })?.text).toBe('$(sync~spin) Ombudsman');
  });

  it('lets no job name write Markdown into the tooltip', () => {
    expect(content([job('a', { job_name: '[x](command:evil)' })])?.tooltip).not.toContain(
      '[x](command:evil)',
    );
  });
});

describe('the notice at the end', () => {
  const good = job('a', { status: 'completed', duration_ms: 2000, progress: { completed: 12 } });
  const bad = job('b', { status: 'partial_success', progress: { completed: 9, failed: 2, skipped: 1 } });

  it('counts what failed and what was skipped', () => {
    expect(endNotice([bad], 'always')).toMatchObject({
      message: 'Job b: 2 of 12 operations failed, 1 skipped.',
      isGood: false,
      failedJobs: ['b'],
    });
  });

  it('is good only if everything completed', () => {
    expect(endNotice([good], 'always')).toMatchObject({ isGood: true, failedJobs: [] });
    expect(endNotice([good, bad], 'always')).toMatchObject({
      message: '2 jobs ended, 1 of them with 2 failed operations.',
      isGood: false,
      failedJobs: ['b'],
    });
  });

  it('comes when the setting wants it', () => {
    expect(endNotice([good, bad], 'never')).toBeNull();
    expect(endNotice([good], 'failures')).toBeNull();
    expect(endNotice([good, bad], 'failures')?.jobs).toEqual(['b']);
  });

  it('does not tell a person what that person did', () => {
    expect(endNotice([job('c', { status: 'cancelled' })], 'always')).toBeNull();
  });
});
