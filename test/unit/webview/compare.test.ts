import { describe, expect, it } from 'vitest';
import { methods } from '../../../daemon/protocol/methods.ts';
import { verdictSchema, type DefinitionChange } from '../../../daemon/protocol/comparison.ts';
import {
  compareQuery,
  definitionText,
  noCompareFilter,
  placeOf,
  reasonOf,
  signed,
  verdicts,
  withDelta,
} from '../../../webview/state/compare.ts';
import { columnsOf, failuresOf, sinceOf } from '../../../webview/state/trends.ts';
import { fakeJobId } from '../../support/fakeJobService.ts';

const [a, b] = [fakeJobId(1), fakeJobId(2)];

describe('two runs', () => {
  it('are asked for with the filters that are set, and every verdict has its words', () => {
    expect(compareQuery([a, b], noCompareFilter)).toEqual({ before: a, after: b, limit: 500, offset: 0 });
    const query = compareQuery([a, b], { verdict: 'fixed', text: ' x ', page: 2 });
    expect(query).toMatchObject({ verdict: 'fixed', search: 'x', offset: 1000 });
    expect(() => methods['jobs/compare'].params.parse(query)).not.toThrow();
    expect(verdicts).toEqual(verdictSchema.options);
  });

  it('a change says where it was made', () => {
    const change = (part: Partial<DefinitionChange>) =>
      placeOf({ scope: 'operation', names: ['p'], count: 1, what: 'keys', ...part });
    expect(change({ scope: 'job', names: [] })).toBe('The job');
    expect(change({})).toBe('Operation p');
    expect(change({ scope: 'connection', names: ['shop/legacy'] })).toBe('Connection shop/legacy');
    expect(change({ names: ['p', 'q\u202e'], count: 3 })).toBe('3 operations: p, q\\u202e, …');
  });

  it('a value that was not there is not one that was null', () => {
    expect(definitionText('keys', false, undefined)).toBe('not there');
    expect(definitionText('keys', true, null)).not.toBe('not there');
    expect(definitionText('keys', true, ['id'])).toContain('id');
    expect(definitionText('timeout_ms', true, 300_000)).toBe('5 m 00 s');
  });

  it('why it fails: its checks, else its error, and nothing of what went well', () => {
    const run = { operation_id: 'op-0001', status: 'failed', failing_checks: ['a', 'b'] } as const;
    const error = { kind: 'connection', message: 'refused' };
    expect(reasonOf({ ...run, failing_checks: [...run.failing_checks], error })).toBe('a, b');
    expect(reasonOf({ ...run, failing_checks: [], error })).toBe('refused');
    expect(reasonOf({ ...run, status: 'completed', failing_checks: ['a'] })).toBe('');
    expect(reasonOf(null)).toBe('');
  });

  it('differences are signed, and what is not known is not made up', () => {
    expect([2, -2, 0].map((value) => signed(value, String))).toEqual(['+2', '−2', 'none']);
    expect(withDelta(5, 4, String)).toBe('4 (−1)');
    expect(withDelta(5, 5, String)).toBe('5');
    expect(withDelta(undefined, 5, String)).toBe('5');
    expect(withDelta(5, undefined, String)).toBe('was 5');
    expect(withDelta(undefined, undefined, String)).toBe('–');
  });
});

describe('trends', () => {
  const run = (status: 'completed' | 'failed' | 'cancelled', duration_ms: number) => ({
    job_id: fakeJobId(1),
    operation_id: 'op-0001',
    finished_at: '1970-01-01T00:00:10.000Z',
    duration_ms,
    status,
  });

  it('are of runs that came to an end of their own, failed ones marked', () => {
    const runs = [run('completed', 1000), run('failed', 2000), run('cancelled', 5)];
    const trend = { name: 'p', project_id: null, runs };
    expect(columnsOf(trend)).toEqual([
      [10, 10],
      [1, 2],
      [null, 2],
    ]);
    expect(failuresOf(trend)).toBe(1);
  });

  it('begin so many days ago, to the minute', () => {
    const now = new Date('2026-01-31T12:00:59.999Z');
    expect(sinceOf('7', now)).toBe('2026-01-24T12:00:00.000Z');
    expect(sinceOf('', now)).toBeUndefined();
  });
});
