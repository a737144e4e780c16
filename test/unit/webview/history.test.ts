import { describe, expect, it } from 'vitest';
import { methods } from '../../../daemon/protocol/methods.ts';
import { historyQuery, historySchema, isFiltered, nextSort } from '../../../webview/state/history.ts';
import { opened, type OpenRows } from '../../../webview/state/differences.ts';
import {
  compareRuns,
  hideRows,
  readView,
  showJob,
  showRows,
  showTab,
  type ViewState,
} from '../../../webview/state/viewState.ts';

const view = historySchema.parse({});

describe('the history', () => {
  it('asks for ended jobs, the last ended first', () => {
    expect(historyQuery(view)).toEqual({
      status: ['completed', 'partial_success', 'failed', 'cancelled'],
      sort: '-finished_at',
      limit: 50,
      offset: 0,
    });
    expect(isFiltered(view)).toBe(false);
  });

  it('asks with all filters, in words the API takes', () => {
    const filter = {
      ...view,
      status: 'failed' as const,
      type: 'mixed' as const,
      project: 'shop',
      tag: ' daily ',
      text: ' x ',
      from: '2026-01-01',
      to: '2026-01-31',
      page: 2,
      page_size: 500,
    };
    const query = historyQuery(filter);
    expect(query).toMatchObject({
      status: 'failed',
      job_type: 'mixed',
      project_id: 'shop',
      tags: ['daily'],
      search: 'x',
      created_after: new Date(2026, 0, 1).toISOString(),
      // The whole of the last day.
      created_before: new Date(2026, 1, 1).toISOString(),
      offset: 1000,
      limit: 500,
    });
    expect(() => methods['jobs/list'].params.parse(query)).not.toThrow();
    expect(isFiltered(filter)).toBe(true);
  });

  it('a day that is half typed filters nothing', () => {
    expect(historyQuery({ ...view, from: '2026-01' })).not.toHaveProperty('created_after');
  });

  it('a column sorts the useful way first and then the other', () => {
    expect(nextSort('-finished_at', 'duration_ms')).toBe('-duration_ms');
    expect(nextSort('-duration_ms', 'duration_ms')).toBe('duration_ms');
    expect(nextSort('-finished_at', 'job_name')).toBe('job_name');
    expect(nextSort('job_name', 'job_name')).toBe('-job_name');
    expect(nextSort('job_name', 'nonsense')).toBe('job_name');
  });
});

describe('what the person chose', () => {
  it('starts with the active jobs, whatever was kept', () => {
    for (const kept of [undefined, null, 'x', { tab: 'nonsense', job_id: 3, history: 1, forms: [] }]) {
      expect(readView(kept)).toMatchObject({ tab: 'active', job_id: null, history: view });
    }
  });

  it('comes back as it was kept', () => {
    const chosen = showJob({ ...showTab(readView(null), 'history'), history: { ...view, text: 'x' } }, 'job');
    expect(readView(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
  });

  it('comes back with the filters of the overview, the comparison and the rows', () => {
    const place = { operation_id: 'op-0001', artifact_id: 'row_hash' };
    const rows = { ...opened(place, { value: 0, missing: 2, extra: 1, duplicate: 0 }), page: 3 };
    const compared = compareRuns(showRows(showJob(readView(null), 'job'), rows), ['a', 'b']);
    const chosen: ViewState = {
      ...compared,
      period: '7',
      compare_filter: { verdict: 'fixed', text: 'dim', page: 1 },
    };
    expect(rows.filter.section).toBe('missing');
    expect(readView(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
    const broken = { period: '8', compare_filter: { verdict: 'x', text: 'dim' }, open_rows: [{}] };
    expect(readView(broken)).toMatchObject({
      period: '30',
      compare_filter: { verdict: '', text: 'dim', page: 0 },
      open_rows: [],
    });
  });

  it('of a table of rows is kept for that table, and goes with it, with the job and with the comparison', () => {
    const tables = ['op-0001', 'op-0002'].map((operation_id) =>
      opened({ operation_id, artifact_id: 'row_hash' }, { value: 1, missing: 0, extra: 0, duplicate: 0 }),
    );
    const [first, second] = tables as [OpenRows, OpenRows];
    const both = tables.reduce(showRows, showJob(readView(null), 'job'));
    expect(showRows(both, { ...first, page: 2 }).open_rows).toEqual([second, { ...first, page: 2 }]);
    expect(hideRows(both, first).open_rows).toEqual([second]);
    expect(showJob(both, 'another').open_rows).toEqual([]);
    const filtered: ViewState = { ...both, compare_filter: { verdict: 'new', text: '', page: 0 } };
    expect(compareRuns(filtered, ['a', 'c']).compare_filter.verdict).toBe('');
  });

  it('another tab leaves the job and the comparison', () => {
    const chosen = { ...showJob(readView(null), 'job'), compared: ['a', 'b'] as [string, string] };
    expect(showTab(chosen, 'overview')).toMatchObject({ tab: 'overview', job_id: null, compared: null });
  });
});
