import type { DaemonStatus, ToPage } from '../../webview/protocol/messages.ts';
import type { DaemonState } from '../platform/daemonState.ts';
import type { CoreServices, JobStore, JobStoreChange } from '../platform/services.ts';

export function daemonStatusOf(state: DaemonState): DaemonStatus {
  switch (state.name) {
    case 'failed':
    case 'incompatible':
      return { name: state.name, message: state.message };
    case 'connecting':
      return { name: state.name, message: state.reason };
    case 'locating':
    case 'starting':
    case 'ready':
    case 'stopping':
      return { name: state.name, message: null };
  }
}

/** All a page needs to begin with. */
export function snapshotOf(
  services: Pick<CoreServices, 'session' | 'jobs' | 'workspace' | 'results'>,
): Extract<ToPage, { type: 'snapshot' }> {
  const { session, jobs, workspace, results } = services;
  const contents = workspace.contents ?? null;
  return {
    type: 'snapshot',
    daemon: daemonStatusOf(session.state),
    is_loaded: jobs.isLoaded,
    jobs: [...jobs.jobs.values()],
    workspace: contents,
    results: (contents?.projects ?? []).flatMap(({ dir }) => results.get(dir) ?? []),
  };
}

/** One frame of changes; operations only of the job the page shows. */
export function changesOf(
  store: Pick<JobStore, 'jobs' | 'operation'>,
  change: JobStoreChange,
  watchedJobId: string | null,
): Extract<ToPage, { type: 'changes' }> {
  const changed = watchedJobId === null ? undefined : change.changedOperations.get(watchedJobId);
  return {
    type: 'changes',
    jobs: [...change.changedJobs].flatMap((id) => store.jobs.get(id) ?? []),
    removed_jobs: [...change.removedJobs],
    operations: [...(changed ?? [])].flatMap((id) => store.operation(watchedJobId ?? '', id) ?? []),
  };
}
