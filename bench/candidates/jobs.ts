/** The job engine of the server: `node jobs.ts DATA_DIR OPERATIONS AT_ONCE server|engine ENGINE_BUNDLE measure|acknowledge`. */
import { availableParallelism } from 'node:os';
import type { AttemptOutcome } from '../../daemon/protocol/engine.ts';
import type { BatchPlan } from '../../daemon/protocol/plan.ts';
import { EngineProcess } from '../../daemon/server/executor/engineProcess.ts';
import { createJobService, type ManagedEngine } from '../../daemon/server/jobs/jobService.ts';
import { createFileStore } from '../../daemon/server/storage/fileStore.ts';
import { createProjectRegistry } from '../../daemon/server/storage/projects.ts';
import { acknowledge, type CandidateFigures } from '../support/children.ts';

const [dataDir = '', operationsText, atOnceText, where, enginePath = '', mode] = process.argv.slice(2);
const operations = Number(operationsText);
const atOnce = Number(atOnceText);

/** An engine in this process that does nothing: what is left is the work of the server. */
const noopEngine: ManagedEngine = {
  run: async (): Promise<AttemptOutcome> => {
    const now = new Date().toISOString();
    return {
      outcome: 'completed',
      artifacts: [],
      result: { type: 'noop', evidence: { started_at: now, finished_at: now } },
    };
  },
  probe: () => Promise.reject(new Error('nothing to probe')),
  readRows: () => Promise.reject(new Error('no rows to read')),
  exportRows: () => Promise.reject(new Error('no rows to write')),
  status: () => ({ pid: process.pid, state: 'ready', attempts: 0, restarts: 0 }),
  stop: () => Promise.resolve(),
  reapPrevious: () => Promise.resolve(),
};

const engineProcess = (): ManagedEngine =>
  new EngineProcess({
    enginePath,
    dataDir,
    memoryLimitMb: 512,
    threads: availableParallelism(),
    log: (level, message) => {
      if (level === 'error') console.error(message);
    },
  });

const plan: BatchPlan = {
  job_name: 'bench',
  job_type: 'mixed',
  project_id: null,
  tags: [],
  priority: 0,
  parallel_execution: true,
  max_parallel: atOnce,
  stop_on_error: false,
  projects: {},
  operations: Array.from({ length: operations }, (_, index) => ({
    operation_id: `op-${String(index + 1).padStart(4, '0')}`,
    index,
    name: `operation ${index + 1}`,
    depends_on: [],
    timeout_ms: null,
    retry: null,
    connections: [],
    description: 'does nothing',
    work: { type: 'noop' },
  })),
};

const quiet = (): void => undefined;
const service = createJobService({
  store: createFileStore({ dataDir }),
  projects: await createProjectRegistry({ dataDir }),
  engine: where === 'engine' ? engineProcess() : noopEngine,
  reader: { readText: () => Promise.resolve(''), glob: () => Promise.resolve([]) },
  dataDir,
  maxParallel: Math.max(16, atOnce),
  environment: () => undefined,
  registerSecret: quiet,
  redact: (text) => text,
  log: { debug: quiet, info: quiet, warn: quiet, error: (message, fields) => console.error(message, fields) },
});
await service.start();

const { registry } = service;
let toldMs = 0;
const ended = new Promise<string>((resolve) => {
  service.addListener({
    operationChanged: (jobId, index) => {
      if (mode !== 'acknowledge') return;
      const state = registry.live.get(jobId)?.job.frame.operations[index];
      if (state?.status === 'completed') acknowledge(index);
    },
    jobChanged: (jobId) => {
      if (toldMs === 0 && registry.live.get(jobId)?.job.state.finished_at !== undefined) {
        toldMs = performance.now();
        resolve(jobId);
      }
    },
    jobDeleted: quiet,
  });
});

const handedInMs = performance.now();
const job = await registry.create(plan);
const startedMs = performance.now();
await ended;
await registry.live.get(job.job_id)?.ended;
const closedMs = performance.now();
const { status, progress } = registry.requireJob(job.job_id);
if (status !== 'completed' || progress.completed !== operations)
  throw new Error(`${status}, ${progress.completed} of ${operations} completed`);
const figures: CandidateFigures = { run_ms: toldMs - startedMs, whole_ms: closedMs - handedInMs };
console.log(JSON.stringify(figures));
await service.stop();
