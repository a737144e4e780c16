import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../../daemon/protocol/errors.ts';
import type { LogEntry } from '../../../../daemon/protocol/answers.ts';
import type { DocumentContent } from '../../../../extension/contributions/documents/documentContent.ts';
import { readLastLines } from '../../../../extension/contributions/documents/lastLines.ts';
import { logContent } from '../../../../extension/contributions/documents/logDocument.ts';
import { operationContent } from '../../../../extension/contributions/documents/operationDocument.ts';
import { Refresher } from '../../../../extension/contributions/documents/refresher.ts';
import type { Services } from '../../../../extension/platform/services.ts';
import { FakeServices } from './fakeServices.ts';
import { failedPipeline, job, jobId, operation } from './samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('refreshing', () => {
  it('begins at once, then comes not more often than the interval, and the last is never lost', async () => {
    let count = 0;
    const refresher = new Refresher(() => {
      count += 1;
      return Promise.resolve();
    }, 1000);
    await refresher.first;
    expect(count).toBe(1);
    refresher.poke();
    refresher.poke();
    await vi.advanceTimersByTimeAsync(999);
    expect(count).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(count).toBe(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count).toBe(2);
  });

  it('is one at a time, the first included, and rests the longer the longer it takes', async () => {
    let count = 0;
    const refresher = new Refresher(async () => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }, 1000);
    refresher.poke();
    await vi.advanceTimersByTimeAsync(500 + 4999);
    expect(count).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(count).toBe(2);
    refresher.poke();
    refresher.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(count).toBe(2);
  });
});

/** A log that the test writes. */
class Logged extends FakeServices {
  readonly entries: LogEntry[] = [];
  readonly content: DocumentContent;
  changesTold = 0;

  constructor(count: number, known: Job | null = job(), answers: FakeServices['answers'] = {}) {
    super();
    this.write(count);
    if (known !== null) this.jobMap.set(jobId, known);
    this.answers = {
      'jobs/get': () => this.jobMap.get(jobId),
      'jobs/operations': () => ({ operations: [operation()], total: 1 }),
      'jobs/log': ({ after = 0, limit }: { after?: number; limit: number }) => ({
        entries: this.entries.filter(({ seq }) => seq > after).slice(0, limit),
        last_seq: this.entries.length,
      }),
      ...answers,
    };
    this.content = logContent({
      services: this.services as Services,
      address: { kind: 'log', jobId },
      onDidChange: () => (this.changesTold += 1),
    });
  }

  write(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const seq = this.entries.length + 1;
      this.entries.push({
        seq,
        at: '2026-01-31T10:00:00.000Z',
        level: 'info',
        operation_id: 'op-0001',
        message: `message ${seq}.`,
      });
    }
  }
}

describe('document of a log', () => {
  it('goes on from where it was, and tells of changes only', async () => {
    const log = new Logged(2);
    expect(await log.content.read()).toContain('op-0001 other: message 2.');
    log.write(1);
    log.change({ changedJobs: new Set([jobId]) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await log.content.read()).toContain('message 3.');
    expect(log.changesTold).toBe(1);
    const asked = log.calls.filter(({ method, input }) => method === 'jobs/log' && input['limit'] !== 1);
    expect(asked.map(({ input }) => input['after'])).toEqual([0, 2]);
    log.change({ changedJobs: new Set([jobId]) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(log.changesTold).toBe(1);
    log.content.dispose();
  });

  it('asks nobody while there is no connection, which would start the daemon, and reads on when there is one', async () => {
    const log = new Logged(1);
    await log.content.read();
    log.setState({ name: 'locating', isBusy: false });
    const asked = log.calls.length;
    log.write(1);
    log.change({ isReset: true });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log.calls).toHaveLength(asked);
    log.setState({ name: 'ready', pid: 2, version: '1', dataDir: '/data' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await log.content.read()).toContain('message 2.');
    log.content.dispose();
  });

  it('looks again by itself while the job lives, and not when it has ended', async () => {
    const log = new Logged(1);
    await log.content.read();
    log.write(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(log.changesTold).toBe(1);
    log.jobMap.set(jobId, job({ status: 'completed' }));
    await vi.advanceTimersByTimeAsync(3000);
    const { length } = log.calls;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.calls).toHaveLength(length);
    log.content.dispose();
  });

  it('asking for the job does not set off asking again', async () => {
    const log = new Logged(1, null, { 'jobs/get': () => job({ status: 'completed' }) });
    expect(await log.content.read()).toContain('message 1.');
    expect(log.jobMap.size).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    const { length } = log.calls;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.calls).toHaveLength(length);
    log.content.dispose();
  });

  it('of 50,000 entries reads and shows the last 10,000', async () => {
    const log = new Logged(50_000);
    const text = await log.content.read();
    expect(text).toContain('message 50000.');
    expect(text).toContain('message 40001.');
    expect(text).not.toContain('message 40000.');
    expect(text).toContain('# Left out here: 40,000 earlier entries. The whole log: "ombudsman jobs log');
    expect(text).toContain('<file:///data/artifacts/');
    const asked = log.calls.filter(({ method }) => method === 'jobs/log');
    expect(asked.length).toBeLessThanOrEqual(12);
    log.content.dispose();
  });

  it('keeps what it shows while the connection is lost, and goes on when it is back', async () => {
    const log = new Logged(1);
    const before = await log.content.read();
    const { answers } = log;
    log.answers = {};
    log.setState({ name: 'connecting', attempt: 1, retryAtMs: null, reason: null });
    log.change({ changedJobs: new Set([jobId]) });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await log.content.read()).toBe(before);
    log.answers = answers;
    log.write(1);
    log.jobMap.set(jobId, job({ status: 'completed' }));
    log.setState({ name: 'ready', pid: 2, version: '1', dataDir: '/data' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await log.content.read()).toContain('message 2.');
    log.content.dispose();
  });

  it('that cannot be read says why', async () => {
    const log = new Logged(1, null, {
      'jobs/get': () => {
        throw new ApiError('not_found', 'There is no such job.', { hint: 'Look\nelsewhere.' });
      },
    });
    expect(await log.content.read()).toBe(
      '# The log cannot be shown: There is no such job.\n# Look\n# elsewhere.\n',
    );
    log.content.dispose();
  });
});

describe('document of an operation', () => {
  it('is read again when its job changes', async () => {
    const fake = new FakeServices();
    let now = operation({ status: 'running' });
    let changes = 0;
    fake.jobMap.set(jobId, job());
    fake.answers = {
      'jobs/get': () => job(),
      'jobs/operations': () => ({ operations: [now], total: 1 }),
    };
    const content = operationContent({
      services: fake.services as Services,
      address: { kind: 'operation', jobId, operationId: 'op-0001' },
      onDidChange: () => (changes += 1),
    });
    expect(await content.read()).toMatch(/^# `other`: running\n/);
    now = failedPipeline;
    fake.change({ changedJobs: new Set(['another']) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(changes).toBe(0);
    fake.change({ changedOperations: new Map([[jobId, new Set(['op-0001'])]]) });
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toBe(1);
    expect(await content.read()).toContain(': failed\n');
    content.dispose();
    now = operation();
    fake.change({ changedJobs: new Set([jobId]) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(changes).toBe(1);
  });
});

describe('end of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-lines-'));
  afterEach(() => rmSync(join(folder, 'file'), { force: true }));
  const path = join(folder, 'file');

  it('is its last lines', async () => {
    writeFileSync(path, 'a\r\nb\nc\n');
    expect(await readLastLines(path, 10)).toEqual({ lines: ['a', 'b', 'c'], isWhole: true });
    expect(await readLastLines(path, 2)).toEqual({ lines: ['b', 'c'], isWhole: false });
  });

  it('of a large file begins with a whole line', async () => {
    writeFileSync(path, `${'x'.repeat(600_000)}\nlast\n`);
    expect(await readLastLines(path, 10)).toEqual({ lines: ['last'], isWhole: false });
  });

  it('of a file that is gone says so', async () => {
    const { lines } = await readLastLines(path, 10);
    expect(lines[0]).toMatch(/^The file cannot be read: ENOENT/);
  });
});
