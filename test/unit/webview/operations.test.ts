import { describe, expect, it } from 'vitest';
import {
  attemptText,
  countByStatus,
  filterOperations,
  operationDuration,
  operationNote,
} from '../../../webview/state/operations.ts';
import { ticksOf, timelineOf } from '../../../webview/state/timeline.ts';
import { fakeOperation } from '../../support/fakeJobService.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, seconds)).toISOString();
const attempt = (number: number, from: number, to?: number) => ({
  attempt: number,
  started_at: at(from),
  ...(to === undefined ? {} : { finished_at: at(to) }),
});
const error = { kind: 'connection', code: 'unreachable', message: 'No Route to host' } as const;

describe('operations', () => {
  const all = [
    fakeOperation(1, { status: 'failed', name: 'orders', error }),
    fakeOperation(0, { status: 'completed', name: 'Customers' }),
  ];

  it('are filtered by status and text of name, id or error, in the order of the batch', () => {
    const names = (...filter: [Parameters<typeof filterOperations>[1], string]) =>
      filterOperations(all, ...filter).map(({ name }) => name);
    expect(names('', '')).toEqual(['Customers', 'orders']);
    expect(names('failed', '')).toEqual(['orders']);
    expect(names('', ' customers ')).toEqual(['Customers']);
    expect(names('', 'no route')).toEqual(['orders']);
    expect(names('', 'op-0001')).toEqual(['Customers']);
    expect(names('completed', 'orders')).toEqual([]);
    expect([...countByStatus(all)]).toEqual([
      ['failed', 1],
      ['completed', 1],
    ]);
  });

  it('tell of each try how it ended; only the last ended as the operation', () => {
    const told = (status: Parameters<typeof attemptText>[1], part: object = {}) =>
      attemptText({ ...attempt(1, 0, 4), ...part }, status).replace(/^[^,]+, /, '');
    expect(told('completed')).toBe('4.0 s, completed');
    expect(told('failed', { error: { ...error, kind: 'checks_failed' } })).toBe('4.0 s, checks failed');
    // Tried again after a person had cancelled it.
    expect(told(undefined)).toBe('4.0 s, cancelled');
    expect(told('running', { finished_at: undefined })).toBe('under way');
  });

  it('say why they failed, wait or were skipped, and how far they are', () => {
    expect(operationNote(fakeOperation(0, { status: 'failed', error }))).toBe('No Route to host');
    expect(operationNote(fakeOperation(0, { status: 'skipped', skip_reason: 'because' }))).toBe('because');
    const waiting = { for: 'connection' as const, name: 'legacy', limit: 4, holders: [] };
    expect(operationNote(fakeOperation(0, { status: 'pending', waiting }))).toBe(
      'Waits for the connection legacy (limit 4)',
    );
    const progress = { phase: 'reading', rows_done: 1200, rows_total: 5000 };
    expect(operationNote(fakeOperation(0, { status: 'running', progress }))).toBe(
      'reading: 1,200 rows of 5,000 rows',
    );
    expect(operationNote(fakeOperation(0, { status: 'completed', error }))).toBe('');
  });

  it('last until now while they run', () => {
    const running = fakeOperation(0, { status: 'running', started_at: at(0), duration_ms: 9 });
    expect(operationDuration(running, Date.parse(at(5)))).toBe('5 s');
    expect(operationDuration(fakeOperation(0, { status: 'completed', duration_ms: 250 }), 0)).toBe('250 ms');
    expect(operationDuration(fakeOperation(0, { status: 'pending' }), 0)).toBe('–');
  });
});

describe('the timeline', () => {
  it('has as many lanes as ran at once and puts what follows on a free one', () => {
    const timeline = timelineOf(
      [
        fakeOperation(0, { status: 'completed', attempts: [attempt(1, 0, 4)] }),
        fakeOperation(1, { status: 'completed', attempts: [attempt(1, 1, 2)] }),
        fakeOperation(2, { status: 'running', attempts: [attempt(1, 2)] }),
      ],
      Date.parse(at(9)),
    );
    expect(timeline.lanes).toBe(2);
    expect(timeline.bars.map(({ operationId, lane }) => [operationId, lane])).toEqual([
      ['op-0001', 0],
      ['op-0002', 1],
      ['op-0003', 1],
    ]);
    expect([timeline.fromMs, timeline.toMs]).toEqual([Date.parse(at(0)), Date.parse(at(9))]);
  });

  it('shows each attempt; those before the last failed if they say so', () => {
    const attempts = [{ ...attempt(1, 0, 1), error }, attempt(2, 2, 3)];
    const { bars } = timelineOf([fakeOperation(0, { status: 'completed', attempts })], 0);
    expect(bars.map(({ status }) => status)).toEqual(['failed', 'completed']);
  });

  it('is empty while nothing has begun', () => {
    expect(timelineOf([fakeOperation(0, { status: 'pending' })], 5)).toMatchObject({ lanes: 0, bars: [] });
  });

  it('has round ticks, no more than fit', () => {
    expect(ticksOf(10_000, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    expect(ticksOf(45, 5)).toEqual([0, 10, 20, 30, 40]);
  });
});
