import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { isJobEnded, type Job } from '../../daemon/protocol/entities.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import { startTestDaemon, type TestDaemon } from './daemon.ts';

/** The real daemon and a project of files. */
export interface ProjectDaemon {
  readonly daemon: TestDaemon;
  /** Folder of the project. */
  readonly dir: string;
  write(path: string, text: string): string;
  /** Submits a batch (a file of the project, or a definition) and resolves with the job once it has ended. */
  run(batch: string | Record<string, unknown>): Promise<Job>;
  dispose(): Promise<void>;
}

export async function startProjectDaemon(files: Readonly<Record<string, string>>): Promise<ProjectDaemon> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-project-')));
  const write = (path: string, text: string): string => {
    const full = join(dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const daemon = await startTestDaemon();
  return {
    daemon,
    dir,
    write,
    run: async (batch) => {
      const input: MethodInput<'jobs/submit'> =
        typeof batch === 'string' ? { file: join(dir, batch) } : { project: dir, definition: batch };
      // A connection of its own: the one of the test may be another one after a restart.
      const client = await daemon.connect();
      try {
        const made = await client.call('jobs/submit', input);
        if (!('job_id' in made)) throw new Error('a plan and no job');
        return await whenEnded(client, made.job_id);
      } finally {
        client.close();
      }
    },
    dispose: async () => {
      await daemon.dispose();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves with the job once it has ended; takes the subscription of the connection. */
export async function whenEnded(client: DaemonClient, jobId: string): Promise<Job> {
  let look: (job: Job) => void = () => undefined;
  const ended = new Promise<Job>((resolve) => {
    look = (job) => {
      if (job.job_id === jobId && isJobEnded(job.status)) resolve(job);
    };
  });
  const { snapshot } = await client.subscribe({ operations_of: [jobId] }, ({ events, snapshot: fresh }) => {
    for (const event of events) if (event.type === 'job') look(event.job);
    fresh?.jobs.forEach(look);
  });
  snapshot?.jobs.forEach(look);
  return await ended;
}
