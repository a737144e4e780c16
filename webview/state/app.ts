import { call, HostError, kept, listen, post } from '../host.ts';
import type { PageNotice } from '../protocol/messages.ts';
import type { Notice } from './notices.ts';
import { noticeOf, pushNotice } from './notices.ts';
import { applyMessage, initialState, learnOperations, watch, type AppState } from './appState.ts';
import { Store } from './store.ts';
import { readView, showJob, showTab, type ViewState } from './viewState.ts';

const onFrame = (callback: () => void) => void requestAnimationFrame(callback);

/** What the host told, what the person chose, what is to be said: the three things the page shows. */
export const app = new Store<AppState>(initialState, onFrame);
export const view = new Store<ViewState>(readView(kept.read()), onFrame);
export const notices = new Store<readonly Notice[]>([], onFrame);

const operationsPage = 500;

/** Starts to listen and asks for the first snapshot. Called once. */
export function start(): void {
  view.subscribe(() => {
    kept.write(view.state);
    followJob();
  });
  let snapshots = 0;
  app.subscribe(() => {
    if (app.state.snapshots === snapshots) return;
    snapshots = app.state.snapshots;
    void loadOperations(view.state.job_id);
  });
  listen((message) => {
    if (message.type === 'notice') showNotice(message.notice);
    app.update((state) => applyMessage(state, message));
    if (message.type !== 'show') return;
    view.update((state) => {
      const shown = message.tab === null ? state : showTab(state, message.tab);
      return message.job_id === null ? shown : showJob(shown, message.job_id);
    });
  });
  post({ type: 'ready' });
  followJob();
}

let followed: string | null = null;

function followJob(): void {
  const jobId = view.state.job_id;
  if (jobId === followed) return;
  followed = jobId;
  post({ type: 'watch', job_id: jobId });
  app.update((state) => watch(state, jobId));
  void loadOperations(jobId);
}

/** All operations of the job, page by page: the first page is shown while the others come. */
async function loadOperations(jobId: string | null): Promise<void> {
  if (jobId === null) return;
  const isShown = () => view.state.job_id === jobId;
  try {
    if (!app.state.jobs.has(jobId)) {
      const job = await call('jobs/get', { job_id: jobId });
      learnJobs([job]);
    }
    for (let offset = 0; isShown(); offset += operationsPage) {
      const page = { limit: operationsPage, offset, detail: 'summary' } as const;
      const { operations, total } = await call('jobs/operations', { job_id: jobId, ...page });
      app.update((state) => learnOperations(state, jobId, operations));
      if (offset + operationsPage >= total) return;
    }
  } catch (error) {
    if (!isShown()) return;
    if (!(error instanceof HostError && error.kind === 'not_found')) return failed(error);
    app.update((state) => ({ ...state, absentJobId: jobId }));
  }
}

/** Jobs from an answer; what events told of them is newer. */
export function learnJobs(jobs: readonly AppJob[]): void {
  app.update((state) => {
    const unknown = jobs.filter(({ job_id }) => !state.jobs.has(job_id));
    if (unknown.length === 0) return state;
    return { ...state, jobs: new Map([...state.jobs, ...unknown.map((job) => [job.job_id, job] as const)]) };
  });
}
type AppJob = AppState['jobs'] extends ReadonlyMap<string, infer J> ? J : never;

/** What stands there already, in the same words, is as good as read. */
function showNotice(notice: PageNotice): void {
  const before = notices.state;
  notify(noticeOf(notice));
  if (notices.state === before) post({ type: 'noticeRead', notice_id: notice.notice_id });
}

export function notify(notice: Omit<Notice, 'id'>): void {
  notices.update((queue) => pushNotice(queue, notice));
}

/** Says what went wrong and what to do; nothing if the person changed their mind. */
export function failed(error: unknown): void {
  if (error instanceof HostError) {
    if (error.kind === 'dismissed') return;
    notify({ severity: 'error', text: [error.message, error.hint].filter(Boolean).join(' ') });
    return;
  }
  notify({ severity: 'error', text: error instanceof Error ? error.message : String(error) });
}
