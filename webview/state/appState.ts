import { isJobEnded } from '../../daemon/protocol/endings.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { MethodResult } from '../../daemon/protocol/methods.ts';
import type { DaemonStatus, ToPage } from '../protocol/messages.ts';

export type ProjectResults = MethodResult<'projects/results'>;

/** Operations of the job that is shown. */
export interface WatchedOperations {
  readonly jobId: string;
  readonly byId: ReadonlyMap<string, Operation>;
}

/** What the host told. What the person chose is in viewState.ts. */
export interface AppState {
  readonly isConnected: boolean;
  readonly daemon: DaemonStatus;
  readonly isLoaded: boolean;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly workspace: WorkspaceContents | null;
  /** By folder of the project. */
  readonly results: ReadonlyMap<string, ProjectResults>;
  readonly watched: WatchedOperations | null;
  /** A job that was to be shown and that the daemon does not know. */
  readonly absentJobId: string | null;
  /** Grows with each snapshot: what was read page by page is read again. */
  readonly snapshots: number;
  /** Grows when a job comes, ends or goes: lists of ended jobs are read again. */
  readonly listChanges: number;
}

export const initialState: AppState = {
  isConnected: false,
  daemon: { name: 'locating', message: null },
  isLoaded: false,
  jobs: new Map(),
  workspace: null,
  results: new Map(),
  watched: null,
  absentJobId: null,
  snapshots: 0,
  listChanges: 0,
};

/** Applies what the host tells. Answers to calls and wishes to show something are not state. */
export function applyMessage(state: AppState, message: ToPage): AppState {
  switch (message.type) {
    case 'snapshot':
      return {
        ...state,
        isConnected: true,
        daemon: message.daemon,
        isLoaded: message.is_loaded,
        jobs: new Map(message.jobs.map((job) => [job.job_id, job])),
        workspace: message.workspace ?? state.workspace,
        results: message.results.reduce(withResults, state.results),
        snapshots: state.snapshots + 1,
        listChanges: state.listChanges + 1,
      };
    case 'daemon':
      return { ...state, daemon: message.daemon };
    case 'changes':
      return applyChanges(state, message);
    case 'workspace':
      return { ...state, workspace: message.workspace };
    case 'results':
      return { ...state, results: withResults(state.results, message.results) };
    case 'answer':
    case 'failure':
    case 'notice':
    case 'show':
      return state;
  }
}

function withResults(known: ReadonlyMap<string, ProjectResults>, results: ProjectResults) {
  return new Map(known).set(results.path, results);
}

function applyChanges(state: AppState, change: Extract<ToPage, { type: 'changes' }>): AppState {
  const { jobs: changed, removed_jobs: removed, operations } = change;
  let { jobs, listChanges } = state;
  if (changed.length > 0 || removed.length > 0) {
    if (removed.length > 0 || changed.some((job) => movesLists(state.jobs.get(job.job_id), job)))
      listChanges += 1;
    const next = new Map(jobs);
    for (const job of changed) next.set(job.job_id, job);
    for (const id of removed) next.delete(id);
    jobs = next;
  }
  const watched = operations.length === 0 ? state.watched : withOperations(state.watched, operations, true);
  return { ...state, isLoaded: true, jobs, watched, listChanges };
}

function movesLists(before: Job | undefined, after: Job): boolean {
  return before === undefined || isJobEnded(before.status) !== isJobEnded(after.status);
}

/** Another job is shown: what was known of the last one's operations goes. */
export function watch(state: AppState, jobId: string | null): AppState {
  if (state.watched?.jobId === jobId) return state;
  return { ...state, watched: jobId === null ? null : { jobId, byId: new Map() } };
}

/** A page of operations that was asked for; what events told meanwhile is newer than an answer of the same age. */
export function learnOperations(state: AppState, jobId: string, operations: readonly Operation[]): AppState {
  if (state.watched?.jobId !== jobId) return state;
  return { ...state, watched: withOperations(state.watched, operations, false) };
}

function withOperations(
  watched: WatchedOperations | null,
  operations: readonly Operation[],
  isTold: boolean,
): WatchedOperations | null {
  if (watched === null) return null;
  const byId = new Map(watched.byId);
  for (const operation of operations) {
    const known = byId.get(operation.operation_id);
    if (isTold || known === undefined || age(operation) > age(known))
      byId.set(operation.operation_id, operation);
  }
  return { jobId: watched.jobId, byId };
}

/** Attempts begun and ended. */
function age({ attempts }: Operation): number {
  return attempts.length * 2 - (attempts.at(-1)?.finished_at === undefined ? 1 : 0);
}
