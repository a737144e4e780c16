import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import { isoOf } from './listing.ts';
import type { NamedRun, RunLedger } from './runLedger.ts';
import { compareRuns, type Run } from './runList.ts';

type Trends = MethodResult<'statistics/trends'>;

/** How the pipelines that ran last have gone over time: `query.pipelines` of them, the latest first, each with its latest runs. */
export function trendsOf(query: MethodParams<'statistics/trends'>, ledger: RunLedger): Trends {
  const since = query.since === undefined ? '' : isoOf(query.since);
  // One project may have run from several folders: its pipelines are the same.
  const groups = new Map<string, NamedRun[]>();
  for (const latest of ledger.latest('pipeline')) {
    if (query.project_id !== undefined && latest.project_id !== query.project_id) continue;
    if (latest.run.at < since) continue;
    const key = JSON.stringify([latest.project_id, latest.name]);
    groups.set(key, [...(groups.get(key) ?? []), latest]);
  }
  const lastAt = (group: readonly NamedRun[]): string =>
    group.reduce((last, { run }) => (run.at > last ? run.at : last), '');
  const chosen = [...groups.values()]
    .sort((a, b) => (lastAt(a) < lastAt(b) ? 1 : -1))
    .slice(0, query.pipelines);
  return {
    pipelines: chosen.map((group) => {
      const { name, project_id } = group[0] as NamedRun;
      const runs = group.flatMap((subject) => ledger.runsOf(subject)).filter(({ at }) => at >= since);
      if (group.length > 1) runs.sort(compareRuns);
      return { name, project_id, runs: runs.slice(-query.runs).map(runView) };
    }),
  };
}

function runView({
  job_id,
  operation_id,
  at,
  duration_ms,
  ok,
}: Run): Trends['pipelines'][number]['runs'][number] {
  return { job_id, operation_id, finished_at: at, duration_ms, status: ok ? 'completed' : 'failed' };
}
