import { sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkspaceContents } from '../../../../daemon/protocol/language.ts';
import type { DaemonState } from '../../../../extension/platform/daemonState.ts';
import {
  badgeOf,
  countJobs,
  descriptionOf,
  messageAfterMs,
  messageOf,
} from '../../../../extension/views/jobsViewState.ts';
import { Ownership } from '../../../../extension/views/ownership.ts';
import { Pacer } from '../../../../extension/views/pacer.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';

describe('around the list of jobs', () => {
  const counts = countJobs(
    (['running', 'running', 'pending', 'paused', 'failed', 'completed'] as const).map((status, at) =>
      fakeJob(fakeJobId(at), status),
    ),
  );

  it('stand the numbers of live jobs, or the filter', () => {
    expect(counts).toEqual({ running: 2, pending: 1, paused: 1, ended: 2 });
    expect(descriptionOf(counts, {})).toBe('2 running · 1 queued · 1 paused');
    expect(descriptionOf(countJobs([]), {})).toBe('');
    expect(descriptionOf(counts, { status: ['failed'] })).toBe('filter: failed');
  });

  it('stands a badge while jobs run', () => {
    expect(badgeOf(counts)).toEqual({ value: 2, tooltip: '2 jobs running' });
    expect(badgeOf({ ...counts, running: 0 })).toBeUndefined();
  });

  it('stands a word when what is shown is old, but not about a blink', () => {
    const ready: DaemonState = { name: 'ready', pid: 1, version: '1', dataDir: '/' };
    const connecting: DaemonState = { name: 'connecting', attempt: 1, retryAtMs: null, reason: null };
    expect(messageOf(ready, 5, 9e9)).toBeUndefined();
    expect(messageOf(connecting, 0, 9e9)).toBeUndefined();
    expect(messageOf(connecting, 5, messageAfterMs - 1)).toBeUndefined();
    expect(messageOf(connecting, 5, messageAfterMs)).toMatch(/last known state/);
    expect(messageOf({ name: 'failed', message: 'x', logPath: null }, 5, 0)).toMatch(/could not be started/);
    expect(messageOf({ name: 'incompatible', message: 'x' }, 5, 0)).toMatch(/newer daemon/);
    expect(messageOf({ name: 'locating', isBusy: false }, 5, 0)).toMatch(/not running/);
    expect(messageOf({ name: 'locating', isBusy: true }, 5, 0)).toBeUndefined();
  });
});

describe('jobs of this window', () => {
  const folder = ['', 'w', 'retail'].join(sep);
  const workspace = { contents: undefined as WorkspaceContents | undefined };
  const ownership = new Ownership(workspace, () => [{ uri: { fsPath: folder, scheme: 'file' } }]);
  const job = (project_id: string | null, definition_file?: string) =>
    fakeJob(fakeJobId(1), 'running', { project_id, definition_file });

  it('are those of its projects and those made from files in its folders', () => {
    expect(ownership.isOwn(job('retail'))).toBe(false);
    expect(ownership.isOwn(job(null, `${folder}${sep}a.batch.yaml`))).toBe(true);
    expect(ownership.isOwn(job(null, `${folder}2${sep}a.batch.yaml`))).toBe(false);
    const project = { project_id: 'retail', dir: folder, file: '', has_errors: false };
    const empty = { pipelines: [], connections: [], references: [] };
    workspace.contents = { projects: [{ ...project, ...empty }], batch_files: [] };
    expect(ownership.update()).toBe(true);
    expect(ownership.update()).toBe(false);
    expect(ownership.projectIds).toEqual(['retail']);
    expect(ownership.isOwn(job('retail'))).toBe(true);
    expect(ownership.isOwn(job('other'))).toBe(false);
  });
});

describe('a pace', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('runs the first at once and the others together, at the end of the interval', async () => {
    let runs = 0;
    const pacer = new Pacer(100, () => (runs += 1));
    pacer.request();
    pacer.request();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(1);
    pacer.request();
    await vi.advanceTimersByTimeAsync(99);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    pacer.request();
    pacer.now();
    await vi.advanceTimersByTimeAsync(500);
    expect(runs).toBe(3);
    pacer.request();
    pacer.dispose();
    await vi.advanceTimersByTimeAsync(500);
    expect(runs).toBe(3);
    pacer.intervalMs = 1_000;
    pacer.now();
    pacer.request();
    await vi.advanceTimersByTimeAsync(900);
    expect(runs).toBe(4);
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(5);
  });
});
