import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobStatusSchema, jobTypeSchema, type Job } from '../../../../daemon/protocol/entities.ts';
import { methods } from '../../../../daemon/protocol/methods.ts';
import { jobFilter, searchText } from '../../../../daemon/server/storage/listing.ts';
import type { JobFilter } from '../../../../extension/platform/services.ts';
import {
  endedQuery,
  filterText,
  isEmptyFilter,
  matchesFilter,
} from '../../../../extension/views/jobFilter.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';

const moments = ['2026-01-30', '2026-01-31T12:00:00.000Z', '2026-01-31T14:00:00+02:00', '2026-02-01'];
const jobs = fc.record({
  number: fc.integer({ min: 1, max: 30 }),
  status: fc.constantFrom(...jobStatusSchema.options),
  job_type: fc.constantFrom(...jobTypeSchema.options),
  project_id: fc.constantFrom(null, 'retail', 'Finance'),
  job_name: fc.constantFrom('Daily', 'nightly DAILY run', 'other'),
  tags: fc.subarray(['daily', 'x']),
  created_at: fc.constantFrom(
    '2026-01-30T00:00:00.000Z',
    '2026-01-31T12:00:00.000Z',
    '2026-01-31T12:00:00.001Z',
  ),
});
const filters: fc.Arbitrary<JobFilter> = fc.record(
  {
    status: fc.subarray([...jobStatusSchema.options]),
    job_type: fc.subarray([...jobTypeSchema.options]),
    project_id: fc.constantFrom('retail', 'Finance', 'none'),
    search: fc.constantFrom('', ' daily ', 'X', 'fin', fakeJobId(7).toLowerCase(), 'absent'),
    created_after: fc.constantFrom(...moments),
    created_before: fc.constantFrom(...moments),
  },
  { requiredKeys: [] },
);

function jobOf({ number, ...changes }: { number: number } & Partial<Job>): Job {
  return fakeJob(fakeJobId(number), changes.status, changes);
}

describe('the filter of the Jobs view', () => {
  it('keeps out the same ended jobs as the daemon does, and asks for a query the daemon understands', () => {
    fc.assert(
      fc.property(jobs, filters, (raw, filter) => {
        const job = jobOf(raw);
        const query = endedQuery(filter);
        const isEnded = !['pending', 'running', 'paused'].includes(job.status);
        if (query === null) {
          expect(isEnded && matchesFilter(job, filter)).toBe(false);
          return;
        }
        const params = methods['jobs/list'].params.parse(query);
        const test = jobFilter(params, (text: string) => text);
        const isListed = test === undefined || test(job, searchText(job));
        expect(isListed).toBe(isEnded && matchesFilter(job, filter));
      }),
      { numRuns: 2_000 },
    );
  });

  it('asks for nothing if only live jobs are wanted, and for the latest first', () => {
    expect(endedQuery({ status: ['running', 'paused'] })).toBeNull();
    expect(endedQuery({ status: ['running', 'failed'] })).toEqual({
      status: ['failed'],
      sort: '-finished_at',
    });
    expect(endedQuery({})?.status).toEqual(['completed', 'partial_success', 'failed', 'cancelled']);
  });

  it('is empty exactly if it lets every job pass', () => {
    expect(isEmptyFilter({})).toBe(true);
    expect(isEmptyFilter({ status: [], job_type: [], search: '  ' })).toBe(true);
    const filled: JobFilter[] = [
      { status: ['failed'] },
      { job_type: ['mixed'] },
      { project_id: 'a' },
      { search: 'a' },
      { created_after: '2026-01-31' },
      { created_before: '2026-01-31' },
    ];
    for (const filter of filled) expect(isEmptyFilter(filter), JSON.stringify(filter)).toBe(false);
  });

  it('says what it lets pass', () => {
    expect(
      filterText({
        status: ['failed', 'partial_success'],
        job_type: ['bulk_pipeline_execution'],
        project_id: 'retail',
        created_after: '2026-01-31T12:00:00.000Z',
        search: 'daily',
      }),
    ).toBe('failed, partial success · pipelines · retail · since 2026-01-31 · "daily"');
  });
});
