import { join, relative, sep } from 'node:path';
import type { Job } from '../../protocol/entities.ts';
import type { BatchFileOutcome, PipelineOutcome } from '../../protocol/answers.ts';
import type { MethodResult } from '../../protocol/methods.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import type { ProjectRegistry } from '../storage/projects.ts';
import type { NamedRun } from '../storage/runLedger.ts';
import { compareRuns, type Run } from '../storage/runList.ts';
import { runsOf } from '../storage/runsOf.ts';
import type { OperationState } from '../storage/schemas.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { lostOutcome, outcomesOf, replacedOutcome } from './pipelineOutcomes.ts';
import type { ProjectPlace, ProjectPlaces } from './projectPlaces.ts';

/** Of one answer, and of all that is kept: far more than a project has. */
const maxPipelines = 5_000;
const maxBatchFiles = 500;

interface Known {
  readonly run: Run;
  readonly outcome: PipelineOutcome;
}

/**
 * What every pipeline of a project came to when it last ran, and the latest job of every batch file. Lenses, trees and hovers ask
 * all the time: which run was the last stands in the ledger, and what it found is kept in memory from its end on, or from the first
 * question, which reads the documents of those jobs.
 */
export class LastResults {
  readonly #registry: JobRegistry;
  readonly #places: ProjectPlaces;
  readonly #projects: ProjectRegistry;
  /** The latest used last. */
  readonly #outcomes = new Map<string, Known>();

  constructor(registry: JobRegistry, places: ProjectPlaces, projects: ProjectRegistry) {
    this.#registry = registry;
    this.#places = places;
    this.#projects = projects;
  }

  /** Told of every change of an operation; takes note if it ran a pipeline, or read a catalog, to an end. */
  operationChanged(jobId: string, index: number): void {
    const job = this.#registry.live.get(jobId)?.job;
    const state = job?.frame.operations[index];
    if (job !== undefined && state !== undefined) this.#note(jobId, job.plan, index, state);
  }

  /** What ended before the restart, in a job that goes on after it. */
  tookUp(jobId: string): void {
    const operations = this.#registry.live.get(jobId)?.job.plan.operations ?? [];
    for (const { index } of operations) this.operationChanged(jobId, index);
  }

  async ofProject(place: ProjectPlace): Promise<MethodResult<'projects/results'>> {
    const dirs = await this.#spellings(place);
    return {
      project_id: place.project_id,
      path: place.dir,
      pipelines: await this.#pipelines(dirs),
      batch_files: this.#batchFiles(place, dirs),
    };
  }

  #note(jobId: string, plan: BatchPlan, index: number, state: OperationState): void {
    for (const named of runsOf(jobId, plan, index, state)) this.#registry.store.runs.add(named);
    for (const { named, outcome } of outcomesOf(jobId, plan, index, state)) this.#keep(named, outcome);
  }

  /** The folders under which runs of this project stand in the ledger: one folder may have been named in several ways. */
  async #spellings({ project_id, dir }: ProjectPlace): Promise<Set<string>> {
    const dirs = new Set([dir]);
    for (const named of this.#registry.store.runs.latest('pipeline')) {
      if (named.project_id !== project_id || dirs.has(named.project_dir)) continue;
      if (await this.#places.isSameFolder(named.project_dir, dir)) dirs.add(named.project_dir);
    }
    return dirs;
  }

  async #pipelines(dirs: ReadonlySet<string>): Promise<PipelineOutcome[]> {
    const latest = new Map<string, NamedRun>();
    for (const named of this.#registry.store.runs.latest('pipeline')) {
      if (!dirs.has(named.project_dir)) continue;
      const other = latest.get(named.name);
      if (other === undefined || compareRuns(other.run, named.run) < 0) latest.set(named.name, named);
    }
    const newestFirst = [...latest.values()].sort((a, b) => compareRuns(b.run, a.run)).slice(0, maxPipelines);
    const read = await this.#read(newestFirst.filter((named) => this.#kept(named) === undefined));
    // A damaged document is found by reading it, and its job is gone then: an earlier run is the last one.
    if (newestFirst.some(({ run }) => !this.#registry.store.has(run.job_id)))
      return await this.#pipelines(dirs);
    return newestFirst.map(
      (named) =>
        this.#kept(named) ??
        read.get(named) ??
        lostOutcome(named.name, named.run, 'It failed. The record of its job cannot be read.'),
    );
  }

  #kept({ run, ...subject }: NamedRun): PipelineOutcome | undefined {
    const known = this.#outcomes.get(keyOf(subject));
    return known !== undefined && compareRuns(known.run, run) === 0 ? known.outcome : undefined;
  }

  #keep(named: NamedRun, outcome: PipelineOutcome): void {
    const key = keyOf(named);
    this.#outcomes.delete(key);
    this.#outcomes.set(key, { run: named.run, outcome });
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= maxPipelines) break;
      this.#outcomes.delete(oldest);
    }
  }

  /** Reads what these runs found, job by job. What cannot be read is left out. */
  async #read(wanted: readonly NamedRun[]): Promise<Map<NamedRun, PipelineOutcome>> {
    const outcomes = new Map<NamedRun, PipelineOutcome>();
    const byJob = new Map<string, NamedRun[]>();
    for (const named of wanted) {
      const together = byJob.get(named.run.job_id);
      if (together === undefined) byJob.set(named.run.job_id, [named]);
      else together.push(named);
    }
    for (const [jobId, runs] of byJob) {
      const frame = await this.#registry.frames(jobId).catch(() => undefined);
      if (frame === undefined) continue;
      const places = new Map(frame.plan.operations.map(({ operation_id, index }) => [operation_id, index]));
      for (const named of runs) {
        const index = places.get(named.run.operation_id);
        const state = index === undefined ? undefined : frame.statuses[index];
        const told =
          index === undefined || state === undefined ? [] : outcomesOf(jobId, frame.plan, index, state);
        const found = told.find(
          (each) => each.named.name === named.name && compareRuns(each.named.run, named.run) === 0,
        );
        const outcome = found?.outcome ?? replacedOutcome(named.name, named.run, state);
        outcomes.set(named, outcome);
        this.#keep(named, outcome);
      }
    }
    return outcomes;
  }

  #batchFiles(place: ProjectPlace, dirs: ReadonlySet<string>): BatchFileOutcome[] {
    const { store } = this.#registry;
    const others = this.#projects.find(place.project_id).filter(({ path }) => !dirs.has(path));
    const found: { file: string; jobId: string }[] = [];
    for (const [file, jobId] of store.latestOfFiles()) {
      const home = [...dirs].find((dir) => isInside(dir, file));
      if (home !== undefined) found.push({ file: join(place.dir, relative(home, file)), jobId });
      // A file from elsewhere belongs to the project its job is of, unless that is another one with the same name.
      else if (
        store.summary(jobId)?.job.project_id === place.project_id &&
        !others.some(({ path }) => isInside(path, file))
      )
        found.push({ file, jobId });
    }
    return found
      .sort((a, b) => (a.jobId < b.jobId ? 1 : -1))
      .slice(0, maxBatchFiles)
      .flatMap(({ file, jobId }) => {
        const job = this.#registry.jobOf(jobId);
        return job === undefined ? [] : [batchFileOutcome(file, job)];
      });
  }
}

function batchFileOutcome(file: string, job: Job): BatchFileOutcome {
  const { total, completed, failed } = job.progress;
  return {
    file,
    job_id: job.job_id,
    status: job.status,
    created_at: job.created_at,
    ...(job.finished_at !== undefined && { finished_at: job.finished_at }),
    total,
    completed,
    failed,
  };
}

function keyOf({ project_dir, name }: Pick<NamedRun, 'project_dir' | 'name'>): string {
  return `${project_dir}\u0000${name}`;
}

function isInside(folder: string, file: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
