import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatPercent,
  formatRunning,
  formatValue,
  visible,
} from '../../../webview/state/format.ts';
import { dismissNotice, noticeOf, pushNotice } from '../../../webview/state/notices.ts';
import { Store } from '../../../webview/state/store.ts';

describe('text', () => {
  it('direction and control characters are shown, not obeyed', () => {
    expect(visible('a\u202eb\u0000\n')).toBe('a\\u202eb\\u0000\\u000a');
    expect(visible('<b>😀 é')).toBe('<b>😀 é');
    expect(visible('a\u061cb\u00adc')).toBe('a\\u061cb\\u00adc');
    expect(visible('x'.repeat(3000))).toHaveLength(2001);
    expect(visible('xx😀', 3)).toBe('xx…');
  });

  it('durations', () => {
    const all = [0, 999, 1000, 59_949, 59_950, 3_599_000, 3_600_000, 7_380_000];
    expect(all.map(formatDuration)).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.9 s',
      '1 m 00 s',
      '59 m 59 s',
      '1 h 00 m',
      '2 h 03 m',
    ]);
    expect([0, 999, 5400, 59_999, 61_000].map(formatRunning)).toEqual([
      '0 s',
      '0 s',
      '5 s',
      '59 s',
      '1 m 01 s',
    ]);
  });

  it('no percent is said before it is reached', () => {
    expect([0, 99.99, 100].map(formatPercent)).toEqual(['0 %', '99 %', '100 %']);
  });

  it('bytes and time ago', () => {
    expect([0, 1023, 1024, 1024 ** 2 - 1, 5 * 1024 ** 3].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.0 MiB',
      '5.0 GiB',
    ]);
    const nowMs = Date.parse('2026-01-31T12:00:00.000Z');
    const ago = (minutes: number) => formatAgo(new Date(nowMs - minutes * 60_000).toISOString(), nowMs);
    expect([0, 5, 60, 47 * 60, 48 * 60].map(ago)).toEqual([
      'just now',
      '5 min ago',
      '1 h ago',
      '47 h ago',
      '2 days ago',
    ]);
  });

  it('values of results', () => {
    expect([null, undefined, 1234, 0.5, 'x', { a: 1 }].map(formatValue)).toEqual([
      'NULL',
      '',
      '1,234',
      '0.5',
      'x',
      '{"a":1}',
    ]);
  });
});

describe('notices', () => {
  it('of the extension, with its job and its buttons', () => {
    const told = { notice_id: 7, severity: 'warning', text: 'x', job_id: 'j', actions: ['Retry'] } as const;
    const actions = ['Retry'];
    expect(noticeOf({ ...told, actions })).toEqual({
      severity: 'warning',
      text: 'x',
      jobId: 'j',
      actions,
      hostId: 7,
    });
    expect(noticeOf({ ...told, actions, job_id: null })).not.toHaveProperty('jobId');
  });

  const notice = (text: string) => ({ severity: 'info' as const, text });

  it('wait for the one that is shown; the same is not said twice in a row', () => {
    const queue = pushNotice(pushNotice(pushNotice([], notice('a')), notice('b')), notice('b'));
    expect(queue.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(dismissNotice(queue, queue[0]?.id ?? 0).map(({ text }) => text)).toEqual(['b']);
  });

  it('a flood leaves the one that is shown and the newest', () => {
    const all = Array.from({ length: 20 }, (_, at) => notice(String(at)));
    const queue = all.reduce<ReturnType<typeof pushNotice>>(pushNotice, []);
    expect(queue.map(({ text }) => text)).toEqual(['0', '16', '17', '18', '19']);
  });
});

describe('a store', () => {
  it('tells once a frame, however often it changes, and not if nothing did', () => {
    const frames: (() => void)[] = [];
    const store = new Store(0, (callback) => void frames.push(callback));
    const seen: number[] = [];
    const stop = store.subscribe(() => seen.push(store.state));
    store.update((count) => count + 1);
    store.update((count) => count + 1);
    expect(frames).toHaveLength(1);
    frames.shift()?.();
    expect(seen).toEqual([2]);
    store.update((count) => count);
    expect(frames).toHaveLength(0);
    stop();
    store.update((count) => count + 1);
    frames.shift()?.();
    expect(seen).toEqual([2]);
  });
});
