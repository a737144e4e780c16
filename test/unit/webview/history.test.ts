import { describe, expect, it } from 'vitest';
import { methods } from '../../../daemon/protocol/methods.ts';
import { historyQuery, historySchema, isFiltered, nextSort } from '../../../webview/state/history.ts';
import { readView, showJob, showTab } from '../../../webview/state/viewState.ts';

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

  it('another tab leaves the job and the comparison', () => {
    const chosen = { ...showJob(readView(null), 'job'), compared: ['a', 'b'] as [string, string] };
    expect(showTab(chosen, 'overview')).toMatchObject({ tab: 'overview', job_id: null, compared: null });
  });
});
