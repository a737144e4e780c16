import { describe, expect, it } from 'vitest';
import { DaemonUnreachableError } from '../../../../daemon/client/errors.ts';
import type { Job, Operation } from '../../../../daemon/protocol/entities.ts';
import { followJob } from '../../../../extension/contributions/followJob.ts';
import { FakeServices } from './fakeServices.ts';
import { job, jobId, operation } from './samples.ts';

/** A daemon with this many operations, which the test moves on. */
class Daemon extends FakeServices {
  readonly all: Operation[];
  readonly told: string[] = [];

  constructor(count: number) {
    super();
    this.all = Array.from({ length: count }, (_, index) =>
      operation({ operation_id: id(index), index, name: `op ${index}` }),
    );
    this.setJob(job());
    this.answers = {
      'jobs/get': () => this.jobMap.get(jobId),
      'jobs/operations': ({ operation_ids: ids, limit, offset = 0 }: Asked) => {
        const named = this.all.filter((each) => ids === undefined || ids.includes(each.operation_id));
        return { operations: named.slice(offset, offset + limit), total: named.length };
      },
    };
  }

  setJob(next: Job): void {
    this.jobMap.set(jobId, next);
  }

  /** As the daemon knows it; not yet told by an event. */
  set(index: number, status: Operation['status']): void {
    const next = { ...(this.all[index] as Operation), status };
    this.all[index] = next;
    this.operations.set(next.operation_id, next);
  }

  tell(...indexes: number[]): void {
    this.change({ changedOperations: new Map([[jobId, new Set(indexes.map(id))]]) });
  }

  end(status: Job['status'] = 'completed'): void {
    this.setJob(job({ status }));
    this.change({ changedJobs: new Set([jobId]), endedJobs: new Set([jobId]) });
  }

  follow(): Promise<Job> {
    return followJob(this.services, jobId, {
      running: (operations) => this.told.push(...operations.map(({ index }) => `running ${index}`)),
      ended: (operations) => this.told.push(...operations.map(({ index, status }) => `${status} ${index}`)),
      changed: () => undefined,
    });
  }
}

interface Asked {
  readonly operation_ids?: readonly string[];
  readonly limit: number;
  readonly offset?: number;
}

const id = (index: number): string => `op-${String(index).padStart(4, '0')}`;
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('following a job', () => {
  it('tells each operation once when it runs and once when it ended, then the job', async () => {
    const daemon = new Daemon(2);
    const following = daemon.follow();
    await turns();
    daemon.set(0, 'running');
    daemon.tell(0);
    daemon.tell(0);
    daemon.set(0, 'completed');
    daemon.tell(0);
    await turns();
    daemon.tell(0);
    daemon.set(1, 'failed');
    daemon.tell(1);
    daemon.end('partial_success');
    expect((await following).status).toBe('partial_success');
    expect(daemon.told).toEqual(['running 0', 'completed 0', 'failed 1']);
    expect([daemon.held, daemon.watched]).toEqual([0, 0]);
  });

  it('asks for results in full and a few at a time', async () => {
    const daemon = new Daemon(120);
    daemon.all.forEach((_, index) => daemon.set(index, 'completed'));
    daemon.setJob(job({ status: 'completed' }));
    await daemon.follow();
    expect(daemon.told).toHaveLength(120);
    const asked = daemon.calls.filter(({ input }) => input['operation_ids'] !== undefined);
    expect(asked.map(({ input }) => (input['operation_ids'] as string[]).length)).toEqual(
      Array.from({ length: 6 }, () => 20),
    );
    expect(asked.every(({ input }) => input['detail'] === 'full')).toBe(true);
  });

  it('learns what happened before it was watched and while the daemon was away', async () => {
    const daemon = new Daemon(3);
    daemon.set(0, 'completed');
    const following = daemon.follow();
    await turns();
    expect(daemon.told).toEqual(['completed 0']);
    daemon.set(1, 'completed');
    daemon.change({ isReset: true });
    await turns();
    expect(daemon.told).toEqual(['completed 0', 'completed 1']);
    daemon.set(2, 'skipped');
    daemon.end();
    await following;
    expect(daemon.told.at(-1)).toBe('skipped 2');
  });

  it('what was due when the connection was lost is told when it is back', async () => {
    const daemon = new Daemon(1);
    const { answers } = daemon;
    const following = daemon.follow();
    await turns();
    daemon.answers = {
      ...answers,
      'jobs/operations': () => {
        throw new DaemonUnreachableError('lost');
      },
    };
    daemon.set(0, 'completed');
    daemon.tell(0);
    await turns();
    expect(daemon.told).toEqual([]);
    daemon.answers = answers;
    daemon.setState(daemon.state);
    await turns();
    expect(daemon.told).toEqual(['completed 0']);
    daemon.end();
    await following;
  });

  it('gives up when the session does, and when the job is deleted', async () => {
    const lost = new Daemon(1);
    const following = lost.follow();
    lost.setState({ name: 'failed', message: 'it did not start', logPath: null });
    await expect(following).rejects.toThrow(DaemonUnreachableError);
    expect([lost.held, lost.watched]).toEqual([0, 0]);

    const deleted = new Daemon(1);
    const other = deleted.follow();
    deleted.change({ removedJobs: new Set([jobId]) });
    await expect(other).rejects.toThrow('was deleted');
  });
});
