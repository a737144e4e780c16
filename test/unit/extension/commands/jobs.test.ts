import { describe, expect, it } from 'vitest';
import { clearings } from '../../../../extension/commands/jobs/clearings.ts';
import { deletionOf } from '../../../../extension/commands/jobs/deletion.ts';
import { exportFileName, exportFormats } from '../../../../extension/commands/jobs/exports.ts';
import { jobFits, type JobFit } from '../../../../extension/commands/jobs/jobFits.ts';
import {
  hasDifferences,
  jobItem,
  operationItem,
  plain,
} from '../../../../extension/commands/jobs/jobItems.ts';
import { job, jobIds, operation } from './samples.ts';

const nowMs = Date.parse('2026-01-31T10:06:00.000Z');
const states = {
  pending: job({ status: 'pending', finished_at: undefined, progress: { completed: 0 } }),
  running: job({ status: 'running', finished_at: undefined, progress: { completed: 7 } }),
  runningWithFailure: job({
    status: 'running',
    finished_at: undefined,
    progress: { completed: 6, failed: 1 },
  }),
  cancelling: job({
    status: 'running',
    finished_at: undefined,
    cancel_requested: true,
    progress: { completed: 7 },
  }),
  paused: job({ status: 'paused', finished_at: undefined, progress: { completed: 7 } }),
  completed: job(),
  partial: job({ status: 'partial_success', progress: { completed: 10, failed: 2 } }),
  failed: job({ status: 'failed', progress: { completed: 0, failed: 12 } }),
  cancelled: job({ status: 'cancelled', cancel_requested: true, progress: { completed: 7, cancelled: 5 } }),
};
type State = keyof typeof states;

describe('jobs that fit a command', () => {
  const expected: Record<Exclude<keyof typeof jobFits, 'any' | 'withDefinition'>, State[]> = {
    cancelable: ['pending', 'running', 'runningWithFailure', 'paused'],
    pausable: ['pending', 'running', 'runningWithFailure'],
    resumable: ['paused'],
    retryable: ['runningWithFailure', 'partial', 'failed', 'cancelled'],
    withFailures: ['runningWithFailure', 'partial', 'failed'],
    ended: ['completed', 'partial', 'failed', 'cancelled'],
  };
  it.each(Object.entries(expected))('%s: %j', (name, names) => {
    const { fits, statuses }: JobFit = jobFits[name as keyof typeof expected];
    const found = Object.entries(states).filter(([, each]) => fits(each));
    expect(found.map(([state]) => state)).toEqual(names);
    // What the daemon is asked for must not leave out one that fits.
    for (const [, each] of found) expect(statuses).toContain(each.status);
  });

  it('with a definition: those made from a file', () => {
    expect(jobFits.withDefinition.fits(job())).toBe(false);
    expect(jobFits.withDefinition.fits(job({ definition_file: '/a.batch.yaml' }))).toBe(true);
  });
});

describe('jobs to pick from', () => {
  it('say their state in words, and what tells two of one name apart', () => {
    expect(jobItem(states.partial, nowMs)).toMatchObject({
      label: '$(warning) Daily validation',
      description: expect.stringContaining('2 of 12 failed · 5 min ago') as string,
      detail: `shop · ${jobIds[0]}`,
    });
    expect(jobItem(states.running, nowMs).description).toContain('7/12');
  });

  it('show an icon only where none is in the name', () => {
    const { label } = jobItem(job({ job_name: 'costs $(trash) 5' }), nowMs);
    expect(label).not.toContain('$(trash)');
    expect(plain('costs $5')).toBe('costs $5');
  });

  it('operations say why they failed', () => {
    const error = { kind: 'connection', code: 'unreachable', message: 'no answer\nfrom db' } as const;
    expect(operationItem(jobIds[0]!, operation({ error }))).toMatchObject({
      label: '$(error) dim_customer_validation',
      description: 'failed',
      detail: expect.stringContaining('no answer from db') as string,
    });
  });

  it('operations have differences where an artifact holds some', () => {
    const artifact = { artifact_id: 'a', name: 'a', content_type: 'b', path: '/a', bytes: 1 };
    expect(hasDifferences(operation())).toBe(false);
    expect(hasDifferences(operation({ artifacts: [{ ...artifact, kind: 'log' }] }))).toBe(false);
    expect(hasDifferences(operation({ artifacts: [{ ...artifact, kind: 'differences' }] }))).toBe(true);
  });
});

describe('before jobs are deleted', () => {
  it('one is named', () => {
    const { question, detail, refusal } = deletionOf([job()]);
    expect(question).toBe('Delete “Daily validation” and its artifacts?');
    expect(detail).toContain('cannot be undone');
    expect(refusal).toBeUndefined();
  });

  it('several are counted', () => {
    const jobs = Array.from({ length: 1200 }, () => job());
    expect(deletionOf(jobs).question).toBe('Delete 1,200 jobs and their artifacts?');
  });

  it('live ones are counted apart and stay', () => {
    const { question, detail, refusal } = deletionOf([job(), job(), states.running, states.paused]);
    expect(question).toBe('Delete 2 jobs and their artifacts?');
    expect(detail).toContain('2 more have not ended and will stay: cancel first');
    expect(refusal).toBeUndefined();
    expect(deletionOf([job(), states.running]).detail).toContain('One more has not ended');
  });

  it('live ones alone are refused, with what to do', () => {
    expect(deletionOf([states.running]).refusal).toBe(
      '“Daily validation” is running: only ended jobs can be deleted. Cancel first.',
    );
    expect(deletionOf([states.running, states.paused]).refusal).toBe(
      'None of the 2 jobs has ended: only ended jobs can be deleted. Cancel first.',
    );
  });
});

describe('clearing finished jobs', () => {
  const now = new Date('2026-01-31T12:00:00.000Z');
  it('never offers live ones', () => {
    for (const { query } of clearings({ status: ['running', 'failed'] }, now)) {
      for (const status of [query.status].flat())
        expect(['pending', 'running', 'paused']).not.toContain(status);
      expect(query.status).toBeDefined();
    }
  });

  it('offers what is older than some days', () => {
    const week = clearings({}, now).find(({ label }) => label.includes('7 days'));
    expect(week?.query.created_before).toBe('2026-01-24T12:00:00.000Z');
  });

  it('offers the jobs of the filter first, if there is one that ended jobs can match', () => {
    expect(clearings({ search: 'nightly' }, now)[0]).toMatchObject({
      label: 'Ended jobs in the filter: "nightly"',
      query: { search: 'nightly' },
    });
    expect(clearings({}, now)[0]?.label).toBe('Completed jobs');
    expect(clearings({ status: ['running'] }, now)[0]?.label).toBe('Completed jobs');
  });
});

describe('exports', () => {
  const html = exportFormats.find(({ name }) => name === 'html')!;
  it.each([
    ['Daily validation', 'Daily_validation-2026-01-31-9G5FAV.html'],
    ['../../etc/passwd', 'etc_passwd-2026-01-31-9G5FAV.html'],
    ['größe: 1/2', 'größe_1_2-2026-01-31-9G5FAV.html'],
    ['***', 'job-2026-01-31-9G5FAV.html'],
  ])('of %j are named %j', (job_name, expected) => {
    expect(exportFileName(job({ job_name }), html)).toBe(expected);
  });

  it('have names of a length that file systems take', () => {
    expect(exportFileName(job({ job_name: 'x'.repeat(500) }), html).length).toBeLessThan(120);
  });
});
