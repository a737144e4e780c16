import { describe, expect, it } from 'vitest';
import type { Job, JobStatus, Operation } from '../../../../daemon/protocol/entities.ts';
import { facts, formatAgo, formatLeft, short, spoken } from '../../../../extension/views/format.ts';
import { jobItem } from '../../../../extension/views/jobItem.ts';
import { goneItem, moreItem, noteItem, restItem } from '../../../../extension/views/lineItems.ts';
import { operationItem, waitingText } from '../../../../extension/views/operationItem.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../../support/fakeJobService.ts';

const nowMs = Date.parse('2026-01-31T13:00:00.000Z');
const context = { nowMs, isOwn: true, isConnected: true };
const jobId = fakeJobId(1);

function job(status: JobStatus, progress: Partial<Job['progress']> = {}, changes: Partial<Job> = {}): Job {
  const base = fakeJob(jobId, status, { job_name: 'Daily', ...changes });
  return { ...base, progress: { ...base.progress, total: 12, running: 0, ...progress } };
}

const finished_at = '2026-01-31T12:55:00.000Z';
const line = (status: JobStatus, progress: Partial<Job['progress']> = {}, changes: Partial<Job> = {}) =>
  jobItem(job(status, progress, changes), context);

describe('times and texts', () => {
  it('say what is left as exactly as it is known', () => {
    const texts = [200, 7_400, 10_400, 12_600, 41_000, 88_000, 91_000, 3_540_000, 3_900_000, 7_200_000];
    expect(texts.map(formatLeft)).toEqual([
      '1 s left',
      '7 s left',
      '10 s left',
      '15 s left',
      '40 s left',
      '90 s left',
      '2 min left',
      '59 min left',
      '1 h 5 min left',
      '2 h left',
    ]);
  });

  it('say how long ago something was', () => {
    const ago = (ms: number) => formatAgo(new Date(nowMs - ms).toISOString(), nowMs);
    const minute = 60_000;
    expect(ago(-5_000)).toBe('just now');
    expect(ago(minute - 1)).toBe('just now');
    expect(ago(minute)).toBe('1 min ago');
    expect(ago(60 * minute)).toBe('1 h ago');
    expect(ago(24 * 60 * minute)).toBe('1 day ago');
    expect(ago(3 * 24 * 60 * minute)).toBe('3 days ago');
    expect(ago(8 * 24 * 60 * minute)).toBe('2026-01-23');
  });

  it('are one line, shortened by characters and not in the middle of one', () => {
    expect(short('two\n  lines\u202e')).toBe('two lines\\u202e');
    expect(short('😀😀😀😀', 3)).toBe('😀😀…');
    expect(short('😀😀😀', 3)).toBe('😀😀😀');
    expect(facts('a', '', false, undefined, 'b')).toBe('a · b');
  });

  it('are spoken with the state once', () => {
    expect(spoken('Job', 'x', 'paused', 'paused · 3/7')).toBe('Job x, paused, 3/7');
    expect(spoken('Job', 'x', 'cancelled', 'cancelled, 1 of 2 completed')).toBe(
      'Job x, cancelled, 1 of 2 completed',
    );
    expect(spoken('Job', 'x', 'running', '3/7')).toBe('Job x, running, 3/7');
    expect(spoken('Check', 'x', 'passed', '')).toBe('Check x, passed');
  });
});

describe('the line of a job', () => {
  it('says how far a running one is', () => {
    const progress = { completed: 5, failed: 1, skipped: 1, eta_ms: 40_000 };
    expect(line('running', progress)).toMatchObject({
      id: jobId,
      label: 'Daily',
      description: '7/12 · 1 failed · 40 s left',
      icon: { id: 'sync~spin', color: 'charts.blue' },
      accessibilityLabel: 'Job Daily, running, 7/12, 1 failed, 40 s left',
      children: 'collapsed',
    });
    expect(line('running', { completed: 5 }).description).toBe('5/12');
    expect(line('pending').description).toBe('queued · 12 operations');
    expect(line('paused', { completed: 3, eta_ms: 1 }).description).toBe('paused · 3/12');
  });

  it('says that a cancelled one is still dying', () => {
    const dying = line('running', { completed: 5, eta_ms: 9_000 }, { cancel_requested: true });
    expect(dying.description).toBe('cancelling · 5/12');
    expect(dying.accessibilityLabel).toBe('Job Daily, cancelling, 5/12');
    expect(dying.icon?.id).toBe('loading~spin');
  });

  it('does not spin, nor promise an end, when nobody hears of the job', () => {
    const unheard = jobItem(job('running', { completed: 5, eta_ms: 9_000 }), {
      ...context,
      isConnected: false,
    });
    expect(unheard.icon?.id).toBe('sync-ignored');
    expect(unheard.description).toBe('5/12 · when last heard of');
    const ended = jobItem(job('completed', { completed: 12 }), { ...context, isConnected: false });
    expect(ended.icon?.id).toBe('pass');
  });

  it('says what became of an ended one, and when', () => {
    const ended = { finished_at };
    const told = (status: JobStatus, progress: Partial<Job['progress']>) =>
      line(status, progress, ended).description;
    expect(told('completed', { completed: 12 })).toBe('12 completed · 5 min ago');
    expect(told('partial_success', { completed: 10, failed: 2 })).toBe('2 of 12 failed · 5 min ago');
    expect(told('partial_success', { completed: 7, failed: 2, skipped: 3 })).toBe(
      '2 of 12 failed, 3 skipped · 5 min ago',
    );
    expect(told('partial_success', { completed: 9, skipped: 3 })).toBe('3 of 12 skipped · 5 min ago');
    expect(told('failed', { failed: 12 })).toBe('12 of 12 failed · 5 min ago');
    expect(told('cancelled', { completed: 4, failed: 1, cancelled: 7 })).toBe(
      'cancelled, 4 of 12 completed, 1 failed · 5 min ago',
    );
  });

  it('names the project of a job from elsewhere only', () => {
    const elsewhere = job('completed', { completed: 12 }, { project_id: 'finance', finished_at });
    expect(jobItem(elsewhere, { ...context, isOwn: false }).description).toBe(
      '12 completed · 5 min ago · finance',
    );
    expect(jobItem(elsewhere, context).description).toBe('12 completed · 5 min ago');
  });

  it('has an icon and words of its own for every status', () => {
    const statuses: JobStatus[] = [
      'pending',
      'running',
      'paused',
      'completed',
      'partial_success',
      'failed',
      'cancelled',
    ];
    expect(new Set(statuses.map((status) => line(status).icon?.id)).size).toBe(statuses.length);
    expect(line('partial_success', { failed: 1 }, { finished_at }).accessibilityLabel).toBe(
      'Job Daily, partial success, 1 of 12 failed, 5 min ago',
    );
  });

  it.each([
    ['running', {}, {}, 'job running cancelable pausable exportable'],
    ['pending', {}, {}, 'job cancelable pausable exportable'],
    ['paused', { failed: 1 }, {}, 'job cancelable resumable hasFailures exportable'],
    ['running', {}, { cancel_requested: true }, 'job running exportable'],
    ['completed', {}, {}, 'job ended deletable exportable'],
    ['failed', { failed: 1 }, {}, 'job ended retryable hasFailures deletable exportable'],
    ['partial_success', { skipped: 1 }, {}, 'job ended retryable deletable exportable'],
    ['cancelled', { cancelled: 1 }, {}, 'job ended retryable deletable exportable'],
    ['completed', {}, { definition_file: '/a.batch.yaml' }, 'job ended deletable exportable hasDefinition'],
  ] as const)('offers what fits: %s %j %j', (status, progress, changes, tokens) => {
    expect(line(status, progress, changes).contextValue).toBe(tokens);
  });
});

describe('the line of an operation', () => {
  const node = { kind: 'operation', jobId, operationId: 'op-0001' } as const;
  const item = (changes: Partial<Operation>) => operationItem(node, fakeOperation(0, changes), true);
  const attempt = (number: number) => ({ attempt: number, started_at: finished_at, finished_at });

  it('tells how far a running one is', () => {
    const running = item({ progress: { phase: 'comparing', rows_done: 1200, rows_total: 5000 } });
    expect(running).toMatchObject({
      id: `${jobId}/op-0001`,
      label: 'operation 0',
      description: 'comparing · 1,200 of 5,000 rows',
      icon: { id: 'sync~spin' },
      contextValue: 'operation running',
      command: { command: 'ombudsman.showOperation', arguments: [node] },
    });
    expect(item({ progress: { rows_done: 0, steps_done: 1, steps_total: 4 } }).description).toBe(
      'step 2 of 4',
    );
    expect(item({ progress: { rows_done: 0, steps_done: 4, steps_total: 4 } }).description).toBe(
      'step 4 of 4',
    );
    expect(item({ attempts: [attempt(1), attempt(2)] }).description).toBe('attempt 2');
    const dying = item({ cancel_requested: true });
    expect(dying.accessibilityLabel).toBe('Operation operation 0, cancelling');
    expect(dying.icon?.id).toBe('loading~spin');
    expect(operationItem(node, fakeOperation(0), false).icon?.id).toBe('sync-ignored');
  });

  it('tells why a failed one failed, with the kind unless the data differ', () => {
    const error = { kind: 'connection', code: 'unreachable', message: 'no answer\nfrom db' } as const;
    const failed = item({ status: 'failed', error, attempts: [attempt(1), attempt(2)], duration_ms: 1234 });
    expect(failed.description).toBe('connection: no answer from db · attempt 2 · 1.2 s');
    expect(failed.contextValue).toBe('operation failed retryable');
    const differ = { kind: 'checks_failed', code: 'checks_failed', message: '1 of 4 checks failed' } as const;
    expect(item({ status: 'failed', error: differ }).description).toBe('1 of 4 checks failed');
  });

  it('tells what a pending one waits for, and why one was skipped', () => {
    const waiting = { for: 'connection', name: 'legacy', limit: 4, holders: [] } as const;
    const pending = item({ status: 'pending', waiting: { ...waiting, holders: [] } });
    expect(pending.description).toBe('waits for connection legacy (4 at once)');
    expect(pending.accessibilityLabel).toBe(
      'Operation operation 0, queued, waits for connection legacy (4 at once)',
    );
    const skipped = item({ status: 'skipped', skip_reason: 'depends on a, which did not complete' });
    expect(skipped.description).toBe('depends on a, which did not complete');
    expect(skipped.contextValue).toBe('operation skipped retryable');
  });

  it('names who holds what it depends on', () => {
    const holders = ['a', 'b', 'c'].map((name) => ({ job_id: jobId, operation_id: 'op-0001', name }));
    expect(waitingText({ for: 'dependency', holders })).toBe('waits for a, b and 1 more');
    expect(waitingText({ for: 'dependency', holders: [] })).toBe('waits for what it depends on');
    expect(waitingText({ for: 'retry', holders: [], until: '2026-01-31T12:00:00.000Z' })).toMatch(
      /^tried again at \d\d:\d\d:\d\d$/,
    );
  });

  it('offers differences only if rows of them were kept', () => {
    const artifact = { artifact_id: 'a', name: 'a', content_type: 'x', path: '/a', bytes: 1 };
    const kept = item({ status: 'failed', artifacts: [{ ...artifact, kind: 'differences' }] });
    expect(kept.contextValue).toBe('operation failed retryable hasDifferences');
    expect(item({ status: 'completed', artifacts: [{ ...artifact, kind: 'log' }] }).contextValue).toBe(
      'operation completed',
    );
  });
});

describe('other lines', () => {
  it('show more, with how many if that is known', () => {
    const node = { kind: 'more', jobId } as const;
    expect(moreItem(node, 1200, false)).toMatchObject({
      id: `${jobId}/more`,
      label: 'Show More',
      description: '1,200 more',
      accessibilityLabel: 'Show more, 1,200 more',
      command: { command: 'ombudsman.showMore', arguments: [node] },
    });
    expect(moreItem({ kind: 'more' }, undefined, true)).toMatchObject({
      label: 'Loading …',
      description: '',
    });
  });

  it('lead to the dashboard where the tree has enough', () => {
    const { command, description } = restItem({ kind: 'more', jobId }, 9_000);
    expect(description).toBe('9,000 more');
    expect(command).toMatchObject({
      command: 'ombudsman.openDashboard',
      arguments: [{ kind: 'job', jobId }],
    });
    expect(restItem({ kind: 'more' }, undefined).command?.arguments).toEqual([{ tab: 'history' }]);
  });

  it('say something and offer nothing', () => {
    expect(noteItem('a\nb')).toMatchObject({ label: 'a b', tooltip: 'a\nb', contextValue: 'note' });
    expect(goneItem('x')).toMatchObject({ id: 'x', contextValue: 'gone' });
  });
});
