import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileStore } from '../../../daemon/server/storage/fileStore.ts';
import { StorageError } from '../../../daemon/server/storage/errors.ts';
import type { JobStore } from '../../../daemon/server/storage/store.ts';
import { openJobs, planOf, type JobsUnderTest } from '../../support/jobs.ts';

/** A disk that can be told to refuse. */
class MoodyDisk {
  isFull = false;
  refused = 0;
  onRefused: () => void = () => undefined;

  wrap(store: JobStore): JobStore {
    const guard =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (!this.isFull) return await call(...args);
        this.refused++;
        this.onRefused();
        throw new StorageError('disk_full', 'no space left', 'free some');
      };
    return new Proxy(store, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        const bound = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        return key === 'append' || key === 'create' || key === 'finish' ? guard(bound) : bound;
      },
    });
  }
}

let jobs: JobsUnderTest;
const disk = new MoodyDisk();
beforeEach(async () => {
  disk.isFull = false;
  jobs = await openJobs({ store: (dataDir) => disk.wrap(createFileStore({ dataDir })) });
});
afterEach(async () => {
  disk.isFull = false;
  await jobs.close();
});

it('refuses a new job when the disk does, and takes the next one when it does not', async () => {
  disk.isFull = true;
  await expect(jobs.registry.create(planOf([{}]))).rejects.toBeInstanceOf(StorageError);
  expect(jobs.registry.live.size).toBe(0);
  disk.isFull = false;
  const { job_id } = await jobs.registry.create(planOf([{}]));
  await jobs.engine.whenRunning('op-0001');
  jobs.engine.finish('op-0001');
  expect((await jobs.whenEnded(job_id)).status).toBe('completed');
});

it('keeps the end of an operation until the disk takes it, and announces nothing before', async () => {
  const { job_id } = await jobs.registry.create(planOf([{}, {}], { max_parallel: 1 }));
  await jobs.engine.whenRunning('op-0001');
  const refused = new Promise<void>((resolve) => {
    disk.onRefused = resolve;
  });
  disk.isFull = true;
  jobs.engine.finish('op-0001');
  await refused;
  expect(jobs.registry.operationOf(job_id, 0)?.status).toBe('running');
  expect(jobs.engine.started).toEqual(['op-0001#1']);
  disk.isFull = false;
  await jobs.engine.whenRunning('op-0002');
  expect(jobs.registry.operationOf(job_id, 0)?.status).toBe('completed');
  jobs.engine.finish('op-0002');
  expect((await jobs.whenEnded(job_id)).status).toBe('completed');
});

it('tells the caller that a cancel could not be recorded, and nothing is cancelled', async () => {
  const { job_id } = await jobs.registry.create(planOf([{}]));
  await jobs.engine.whenRunning('op-0001');
  disk.isFull = true;
  await expect(jobs.controls.cancel({ job_id })).rejects.toBeInstanceOf(StorageError);
  expect(jobs.engine.running.get('op-0001')?.hooks.signal.aborted).toBe(false);
  disk.isFull = false;
  jobs.engine.finish('op-0001');
  expect((await jobs.whenEnded(job_id)).status).toBe('completed');
});

it('closes the document of an ended job once the disk takes it', async () => {
  const { job_id } = await jobs.registry.create(planOf([{}]));
  await jobs.engine.whenRunning('op-0001');
  jobs.engine.finish('op-0001');
  await jobs.whenJob(job_id, (job) => job.status === 'completed');
  disk.isFull = true;
  disk.isFull = false;
  expect((await jobs.whenEnded(job_id)).status).toBe('completed');
});
