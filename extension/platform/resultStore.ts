import type * as vscode from 'vscode';
import { isJobEnded } from '../../daemon/protocol/endings.ts';
import type { SessionLog } from './daemonSession.ts';
import { Emitter } from './emitter.ts';
import type { DaemonSession, JobStore, JobStoreChange, ProjectResults, ResultStore } from './services.ts';

/** A job that begins and ends at once, or several that end together, are one question. */
const calmMs = 300;

/** Last results of the projects that were asked for, asked for again when a job of theirs begins or ends. */
export class DaemonResultStore implements ResultStore {
  readonly #session: DaemonSession;
  readonly #jobs: JobStore;
  readonly #log: SessionLog;
  readonly #emitter: Emitter<string>;
  readonly #known = new Map<string, ProjectResults | undefined>();
  readonly #loading = new Map<string, Promise<ProjectResults | undefined>>();
  readonly #due = new Set<string>();
  readonly #liveJobs = new Set<string>();
  readonly #listeners: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(session: DaemonSession, jobs: JobStore, log: SessionLog) {
    this.#session = session;
    this.#jobs = jobs;
    this.#log = log;
    this.#emitter = new Emitter((error) => log.error('a listener of the results failed', error));
    this.#listeners = [
      jobs.onDidChange((change) => this.#jobsChanged(change)),
      session.onDidChangeState(({ name }) => {
        if (name === 'ready') this.#refreshSoon(this.#known.keys());
      }),
    ];
  }

  get onDidChange(): vscode.Event<string> {
    return this.#emitter.event;
  }

  get(projectDir: string): ProjectResults | undefined {
    return this.#known.get(projectDir);
  }

  load(projectDir: string): Promise<ProjectResults | undefined> {
    let loading = this.#loading.get(projectDir);
    if (loading === undefined) {
      loading = this.#ask(projectDir).finally(() => this.#loading.delete(projectDir));
      this.#loading.set(projectDir, loading);
    }
    return loading;
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    clearTimeout(this.#timer);
    this.#emitter.dispose();
  }

  async #ask(projectDir: string): Promise<ProjectResults | undefined> {
    const before = this.#known.get(projectDir);
    // Remembered as asked for, also while there is nobody to ask.
    if (!this.#known.has(projectDir)) this.#known.set(projectDir, undefined);
    const { client } = this.#session;
    if (client === undefined) return before;
    try {
      const results = await client.call('projects/results', { project: projectDir });
      this.#keep(projectDir, results);
      return results;
    } catch (error) {
      const { ApiError } = await import('../../daemon/protocol/errors.ts');
      if (ApiError.is(error, 'not_found') || ApiError.is(error, 'definition_invalid')) {
        // Nothing ever ran there, or its ombudsman.yaml cannot be read now: there is nothing to show.
        this.#keep(projectDir, undefined);
        return undefined;
      }
      this.#log.debug(`results of ${projectDir} could not be read`, error);
      return before;
    }
  }

  #keep(projectDir: string, results: ProjectResults | undefined): void {
    const isSame = JSON.stringify(results) === JSON.stringify(this.#known.get(projectDir));
    this.#known.set(projectDir, results);
    if (!isSame) this.#emitter.fire(projectDir);
  }

  #jobsChanged({ isReset, changedJobs, removedJobs, deletedJobs }: JobStoreChange): void {
    const turned = [...changedJobs].filter((id) => this.#hasTurned(id));
    for (const id of removedJobs) this.#liveJobs.delete(id);
    if (isReset || deletedJobs.size > 0) this.#refreshSoon(this.#known.keys());
    else if (turned.length > 0) this.#refreshSoon(this.#projectsOf(turned));
  }

  /** True if the job began, ended or goes on again. */
  #hasTurned(jobId: string): boolean {
    const job = this.#jobs.jobs.get(jobId);
    if (job === undefined) return false;
    const isLive = !isJobEnded(job.status);
    const wasLive = this.#liveJobs.has(jobId);
    if (isLive) this.#liveJobs.add(jobId);
    else this.#liveJobs.delete(jobId);
    // One that is seen for the first time and has ended may have run meanwhile.
    return isLive ? !wasLive : true;
  }

  /** Jobs over several projects name none: all are asked. */
  *#projectsOf(jobIds: readonly string[]): Iterable<string> {
    const projectIds = new Set(jobIds.map((id) => this.#jobs.jobs.get(id)?.project_id ?? null));
    for (const [dir, results] of this.#known) {
      if (results === undefined || projectIds.has(null) || projectIds.has(results.project_id)) yield dir;
    }
  }

  #refreshSoon(dirs: Iterable<string>): void {
    for (const dir of dirs) this.#due.add(dir);
    if (this.#due.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const due = [...this.#due];
      this.#due.clear();
      // An answer that is under way may be older than what is to be told.
      for (const dir of due) void (this.#loading.get(dir) ?? Promise.resolve()).then(() => this.load(dir));
    }, calmMs);
  }
}
