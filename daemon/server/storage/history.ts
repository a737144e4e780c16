/** Past runs of operations by project, type and name; and how many operations ended lately. */
import type { OperationHistory } from './schemas.ts';
import type { HistorySample } from './store.ts';

const ringLength = 50;
/** Samples kept of all operations; past this what ran longest ago is forgotten, so that invented names cannot grow the index. */
const maxSamples = 200_000;
const bucketMs = 10_000;
const hourMs = 3_600_000;

export interface ActivityBucket {
  readonly project_id: string | null;
  /** Start of ten seconds, ms since the epoch. */
  readonly start_ms: number;
  readonly operations: number;
}

function keyOf(projectId: string | null, type: string, name: string): string {
  return JSON.stringify([projectId, type, name]);
}

export class RunHistory {
  /** In the order of their last run, the oldest first. Entries are replaced, never changed: a list of them is a snapshot. */
  readonly #histories = new Map<string, OperationHistory>();
  readonly #activity = new Map<string, ActivityBucket>();
  #samples = 0;

  find(projectId: string | null, type: string, name: string): OperationHistory | undefined {
    return this.#histories.get(keyOf(projectId, type, name));
  }

  all(): OperationHistory[] {
    return [...this.#histories.values()];
  }

  activity(): ActivityBucket[] {
    return [...this.#activity.values()];
  }

  restore(histories: readonly OperationHistory[], activity: readonly ActivityBucket[]): void {
    this.clear();
    for (const history of histories) {
      this.#histories.set(keyOf(history.project_id, history.type, history.name), history);
      this.#samples += history.recent.length;
    }
    for (const bucket of activity) this.#activity.set(bucketKey(bucket.project_id, bucket.start_ms), bucket);
  }

  clear(): void {
    this.#histories.clear();
    this.#activity.clear();
    this.#samples = 0;
  }

  /** Takes a sample in; the same run of the same job told twice counts once. */
  add({ project_id, type, name, sample }: HistorySample): void {
    const key = keyOf(project_id, type, name);
    const known = this.#histories.get(key);
    const recent = known?.recent ?? [];
    if (recent.some((run) => run.job_id === sample.job_id && run.at === sample.at)) return;
    // A rebuild reads jobs in any order: the ring stays in order of time.
    const place = recent.findLastIndex((run) => run.at <= sample.at) + 1;
    const next = [...recent.slice(0, place), sample, ...recent.slice(place)].slice(-ringLength);
    this.#histories.delete(key);
    this.#histories.set(key, {
      project_id,
      type,
      name,
      runs: (known?.runs ?? 0) + 1,
      failures: (known?.failures ?? 0) + (sample.ok ? 0 : 1),
      recent: next,
    });
    this.#samples += next.length - recent.length;
    if (this.#samples > maxSamples) this.#forgetOldest();
    this.#count(project_id, Date.parse(sample.at));
  }

  /** Operations that ended in the hour before `nowMs` (to ten seconds), of one project or of all. */
  endedInLastHour(nowMs: number, projectId: string | undefined): number {
    let count = 0;
    for (const bucket of this.#activity.values()) {
      if (projectId !== undefined && bucket.project_id !== projectId) continue;
      if (bucket.start_ms > nowMs - hourMs && bucket.start_ms <= nowMs) count += bucket.operations;
    }
    return count;
  }

  #count(projectId: string | null, atMs: number): void {
    const start = Math.floor(atMs / bucketMs) * bucketMs;
    const key = bucketKey(projectId, start);
    const operations = (this.#activity.get(key)?.operations ?? 0) + 1;
    this.#activity.set(key, { project_id: projectId, start_ms: start, operations });
    if (operations === 1) this.#forgetOldActivity(start);
  }

  #forgetOldest(): void {
    const [oldest] = this.#histories;
    if (oldest === undefined) return;
    this.#histories.delete(oldest[0]);
    this.#samples -= oldest[1].recent.length;
  }

  #forgetOldActivity(newestMs: number): void {
    for (const [key, bucket] of this.#activity)
      if (bucket.start_ms < newestMs - hourMs - bucketMs) this.#activity.delete(key);
  }
}

function bucketKey(projectId: string | null, startMs: number): string {
  return `${startMs} ${projectId === null ? '' : `"${projectId}`}`;
}
