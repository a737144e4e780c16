import { rm } from 'node:fs/promises';
import { monotonicFactory } from 'ulid';
import type { FileReader } from '../../definitions/reader.ts';
import type { MethodResult } from '../../protocol/methods.ts';
import type { Engine } from '../executor/engine.ts';
import type { EngineProcess } from '../executor/engineProcess.ts';
import type { Logger } from '../log.ts';
import type { ProjectRegistry } from '../storage/projects.ts';
import type { JobStore } from '../storage/store.ts';
import { trendsOf } from '../storage/trends.ts';
import { artifactRows, exportArtifactRows } from './artifactRows.ts';
import { CatalogQueries } from './catalogs/catalogQueries.ts';
import { CatalogThread } from './catalogs/catalogThread.ts';
import { KnownCatalogs } from './catalogs/knownCatalogs.ts';
import { Snapshots } from './catalogs/snapshots.ts';
import { compareJobs } from './comparison/compareJobs.ts';
import { JobControls } from './controls.ts';
import { JobSecrets } from './jobSecrets.ts';
import { JobRegistry } from './jobRegistry.ts';
import { LastResults } from './lastResults.ts';
import { Planner, planView, type Planned } from './planner.ts';
import { ProjectPlaces } from './projectPlaces.ts';
import { checkProject, listProjects, projectPipelines } from './projectQueries.ts';
import { exportOf, pageOfOperations, waitingOperations } from './queries.ts';
import { SecretVault } from './secretVault.ts';
import { withStorageErrors } from './storageTrouble.ts';
import type { JobHandlers, JobService } from './service.ts';

/** An engine the service also starts, stops and asks who it is: EngineProcess, or an engine in this process for bench and tests. */
export type ManagedEngine = Engine &
  Pick<EngineProcess, 'probe' | 'readRows' | 'exportRows' | 'status' | 'stop' | 'reapPrevious'>;

export interface JobServiceOptions {
  readonly store: JobStore;
  readonly projects: ProjectRegistry;
  readonly engine: ManagedEngine;
  readonly reader: FileReader;
  /** Absolute. */
  readonly dataDir: string;
  /** Operations of all jobs at once. */
  readonly maxParallel: number;
  readonly environment: (name: string) => string | undefined;
  readonly registerSecret: (value: string) => void;
  readonly redact: (text: string) => string;
  readonly log: Logger;
}

const retentionEveryMs = 3_600_000;

export function createJobService(
  options: JobServiceOptions,
): JobService & { readonly registry: JobRegistry } {
  const { store, projects, engine, log } = options;
  const vault = new SecretVault(options);
  const planner = new Planner({ reader: options.reader, projects, vault });
  const secrets = new JobSecrets(vault, (dir) => planner.recallLiterals(dir));
  const registry = new JobRegistry({
    ...options,
    secrets,
    random: Math.random,
    newJobId: monotonicFactory(),
  });
  const controls = new JobControls(registry, { vault, secrets, planner });
  const places = new ProjectPlaces(planner, projects);
  const lastResults = new LastResults(registry, places, projects);
  const snapshots = new Snapshots(registry, places, options.dataDir);
  const knownCatalogs = new KnownCatalogs(snapshots);
  const catalogThread = new CatalogThread();
  const catalogs = new CatalogQueries({ snapshots, places, planner, thread: catalogThread });
  registry.addListener({
    jobChanged: () => undefined,
    operationChanged: (jobId, index) => lastResults.operationChanged(jobId, index),
    jobDeleted: () => undefined,
  });
  let retentionTimer: NodeJS.Timeout | undefined;

  const accept = async (
    planned: Planned,
    isDryRun: boolean | undefined,
  ): Promise<MethodResult<'jobs/submit'>> => {
    if (isDryRun === true) return planView(planned);
    const job = await registry.create(planned.plan, { given: planned.given });
    return {
      job_id: job.job_id,
      status: 'pending',
      total_operations: job.progress.total,
      diagnostics: planned.diagnostics,
    };
  };

  const handlers: JobHandlers = {
    'pipelines/bulkExecute': async (params) =>
      await accept(await planner.planList('pipelines/bulkExecute', params), params.dry_run),
    'data/bulkGenerate': async (params) =>
      await accept(await planner.planList('data/bulkGenerate', params), params.dry_run),
    'projects/multiValidate': async (params) =>
      await accept(await planner.planList('projects/multiValidate', params), params.dry_run),
    'metadata/bulkExtract': async (params) =>
      await accept(await planner.planList('metadata/bulkExtract', params), params.dry_run),
    'jobs/submit': async (params) => await accept(await planner.planSubmit(params), params.dry_run),
    'jobs/list': async (params) => {
      registry.refreshSummaries();
      return store.list(params);
    },
    'jobs/get': async ({ job_id }) => registry.requireJob(job_id),
    'jobs/progress': async ({ job_id }) => registry.requireJob(job_id).progress,
    'jobs/operations': async (params) => await pageOfOperations(registry, params),
    'jobs/cancel': async (params) => await controls.cancel(params),
    'jobs/retry': async (params) => await controls.retry(params),
    'jobs/pause': async (params) => await controls.pause(params),
    'jobs/resume': async (params) => await controls.resume(params),
    'jobs/rerun': async (params) => await controls.rerun(params),
    'jobs/delete': async (params) => await controls.remove(params),
    'jobs/export': async (params) => await exportOf(registry, params),
    'jobs/log': async ({ job_id, operation_id, after, limit }) => {
      registry.requireJob(job_id);
      return await registry.logOf(job_id).read(after ?? 0, operation_id, limit);
    },
    'jobs/waiting': async (params) => await waitingOperations(registry, params),
    'statistics/get': async (params) => {
      registry.refreshSummaries();
      return store.statistics(params, new Date());
    },
    'projects/list': async () => await listProjects(projects),
    'projects/pipelines': async (params) => await projectPipelines(planner, params),
    'projects/check': async (params) =>
      await checkProject({ planner, vault, engine, redact: options.redact }, params),
    'projects/results': async ({ project }) => await lastResults.ofProject(await places.locate(project)),
    'projects/catalog': async ({ project, connection }) =>
      await knownCatalogs.ofConnection(await places.locate(project), connection),
    'catalogs/list': async (params) => await snapshots.list(params),
    'catalogs/tables': async (params) => await catalogs.tables(params),
    'catalogs/table': async (params) => await catalogs.table(params),
    'catalogs/compare': async (params) => await catalogs.compare(params),
    'catalogs/starterPipelines': async (params) => await catalogs.starterPipelines(params),
    'jobs/compare': async (params) => await compareJobs(registry, params),
    'artifacts/rows': async (params) => await artifactRows({ registry, ...options }, params),
    'artifacts/export': async (params) => await exportArtifactRows({ registry, ...options }, params),
    'statistics/trends': async (params) => trendsOf(params, store.runs),
  };

  const retain = async (): Promise<void> => {
    for (const jobId of await store.applyRetention(new Date())) {
      log.info('an old job was deleted by the retention rules', { job_id: jobId });
      registry.announceDeleted(jobId);
    }
  };
  const retainQuietly = (): void => {
    retain().catch((error: unknown) => log.warn('old jobs could not be deleted', { error }));
  };

  return {
    handlers: withStorageErrors(handlers),
    registry,
    start: async () => {
      const [{ live_job_ids, notices }] = await Promise.all([store.open(), engine.reapPrevious()]);
      for (const { path, message } of notices) log.warn(message, { path });
      // No engine of ours lives, so whatever is left here belongs to nobody.
      await rm(store.scratchDir(), { recursive: true, force: true }).catch(() => undefined);
      for (const jobId of live_job_ids) {
        await registry
          .takeUp(jobId)
          .then(() => lastResults.tookUp(jobId))
          .catch((error: unknown) => log.error('a job could not be taken up', { job_id: jobId, error }));
      }
      retentionTimer = setInterval(retainQuietly, retentionEveryMs);
      retentionTimer.unref();
      retainQuietly();
    },
    addListener: (listener) => registry.addListener(listener),
    job: (jobId) => registry.jobOf(jobId),
    operation: (jobId, index) => registry.operationOf(jobId, index),
    operations: (jobId) => registry.operationsInMemory(jobId),
    recentJobs: (limit) => {
      registry.refreshSummaries();
      const live = [...registry.live.keys()].toReversed().slice(0, limit);
      const seen = new Set(live);
      const latest = store
        .list({ limit: Math.min(500, limit), offset: 0 })
        .jobs.filter(({ job_id }) => !seen.has(job_id));
      return [...live.map((jobId) => registry.requireJob(jobId)), ...latest].slice(0, limit);
    },
    status: () => {
      const entries = [...registry.live.values()];
      const gates = [
        registry.scheduler.daemonGate,
        ...entries.map(({ runner }) => runner.gate),
        ...registry.connectionGates,
      ];
      const health = store.health();
      return {
        live_jobs: entries.length,
        running_operations: entries.reduce((sum, { runner }) => sum + runner.activeCount, 0),
        waiting_operations: entries.reduce((sum, { runner }) => sum + runner.waitingCount, 0),
        limits: gates.map(({ kind, name, limit, inUse }) => ({ kind, name, limit, in_use: inUse })),
        engines: [engine.status()],
        storage: health,
      };
    },
    drain: async () => await registry.drain(),
    stop: async () => {
      clearInterval(retentionTimer);
      await Promise.all([registry.detach(), engine.stop(), catalogThread.end()]);
      await store.close();
    },
  };
}
