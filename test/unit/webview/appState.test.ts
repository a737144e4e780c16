import { describe, expect, it } from 'vitest';
import type { ToPage } from '../../../webview/protocol/messages.ts';
import {
  applyMessage,
  initialState,
  learnOperations,
  watch,
  type AppState,
} from '../../../webview/state/appState.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../support/fakeJobService.ts';

const [a, b] = [fakeJobId(1), fakeJobId(2)];
const changes = (part: Partial<Extract<ToPage, { type: 'changes' }>>): ToPage => ({
  type: 'changes',
  jobs: [],
  removed_jobs: [],
  operations: [],
  ...part,
});
const snapshot = (jobs = [fakeJob(a)]): ToPage => ({
  type: 'snapshot',
  daemon: { name: 'ready', message: null },
  is_loaded: true,
  jobs,
  workspace: null,
  results: [],
});
const apply = (state: AppState, ...messages: ToPage[]) => messages.reduce(applyMessage, state);

describe('what the host tells', () => {
  it('a snapshot replaces all that is known of jobs', () => {
    const state = apply(initialState, snapshot(), snapshot([fakeJob(b)]));
    expect([...state.jobs.keys()]).toEqual([b]);
    expect(state.snapshots).toBe(2);
    expect(state.isLoaded).toBe(true);
  });

  it('a snapshot that knows no workspace yet does not take the known one away', () => {
    const workspace = { projects: [], batch_files: [] };
    const state = apply(initialState, { type: 'workspace', workspace }, snapshot());
    expect(state.workspace).toBe(workspace);
  });

  it('changes put jobs in and take removed ones out', () => {
    const state = apply(initialState, snapshot(), changes({ jobs: [fakeJob(b)], removed_jobs: [a] }));
    expect([...state.jobs.keys()]).toEqual([b]);
  });

  it('lists are to be read again when a job comes, ends or goes, and not while it goes on', () => {
    const begun = apply(initialState, snapshot());
    const goesOn = apply(begun, changes({ jobs: [fakeJob(a, 'paused')] }));
    expect(goesOn.listChanges).toBe(begun.listChanges);
    expect(apply(goesOn, changes({ jobs: [fakeJob(a, 'failed')] })).listChanges).toBe(begun.listChanges + 1);
    expect(apply(goesOn, changes({ jobs: [fakeJob(b)] })).listChanges).toBe(begun.listChanges + 1);
    expect(apply(goesOn, changes({ removed_jobs: [a] })).listChanges).toBe(begun.listChanges + 1);
  });

  it('results are kept by project', () => {
    const results = (path: string) => ({ project_id: 'p', path, pipelines: [], batch_files: [] });
    const state = apply(
      initialState,
      { type: 'results', results: results('/a') },
      { type: 'results', results: results('/b') },
    );
    expect([...state.results.keys()]).toEqual(['/a', '/b']);
  });
});

describe('operations of the job that is shown', () => {
  const started = { attempt: 1, started_at: '2026-01-31T12:00:00.000Z' };
  const ended = { ...started, finished_at: '2026-01-31T12:00:01.000Z' };
  const running = fakeOperation(0, { status: 'running', attempts: [started] });
  const completed = fakeOperation(0, { status: 'completed', attempts: [ended] });
  const statusOf = (state: AppState) => state.watched?.byId.get('op-0001')?.status;

  it('are forgotten when another job is shown, and kept when the same one is', () => {
    const state = learnOperations(watch(initialState, a), a, [running]);
    expect(watch(state, a)).toBe(state);
    expect(watch(state, b).watched).toEqual({ jobId: b, byId: new Map() });
    expect(watch(state, null).watched).toBeNull();
  });

  it('an answer never replaces what events told of a later moment', () => {
    const state = apply(watch(initialState, a), changes({ operations: [completed] }));
    expect(statusOf(learnOperations(state, a, [running]))).toBe('completed');
  });

  it('an answer that knows more replaces what is known', () => {
    const state = learnOperations(watch(initialState, a), a, [running]);
    expect(statusOf(learnOperations(state, a, [completed]))).toBe('completed');
  });

  it('an event always replaces', () => {
    const state = learnOperations(watch(initialState, a), a, [completed]);
    expect(statusOf(apply(state, changes({ operations: [running] })))).toBe('running');
  });

  it('an answer about a job that is no longer shown is dropped', () => {
    const state = watch(initialState, b);
    expect(learnOperations(state, a, [running])).toBe(state);
  });
});
