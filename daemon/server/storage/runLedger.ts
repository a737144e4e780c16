/**
 * Which runs of which pipelines there were, and which extractions of which connections: where the last result of each is found
 * without reading jobs, and how they went over time.
 */
import { compareRuns, RunList, type Run } from './runList.ts';

/** A pipeline by its id; a catalog by its connection, completed extractions only. */
export interface RunSubject {
  readonly kind: 'pipeline' | 'catalog';
  /** Absolute folder of its project. */
  readonly project_dir: string;
  readonly project_id: string | null;
  readonly name: string;
}

export interface NamedRun extends RunSubject {
  readonly run: Run;
}

interface Entry extends RunSubject {
  readonly list: RunList;
}

/** As it stands in index.json. */
export type LedgerRow = readonly [
  kind: RunSubject['kind'],
  projectDir: string,
  projectId: string | null,
  name: string,
  length: number,
  packed: string,
];

/** Runs kept of one pipeline. */
const ringLength = 500;
/** Runs kept of all; past this rings get shorter, first those of what ran longest ago, and in the end invented names go. */
const defaultMaxRuns = 50_000;
const shortestRing = 4;

export class RunLedger {
  readonly #entries = new Map<string, Entry>();
  readonly #isKnown: (jobId: string) => boolean;
  readonly #maxRuns: number;
  #runs = 0;

  /** Runs of jobs that are not known (any more) are there no longer. */
  constructor(isKnown: (jobId: string) => boolean = () => true, maxRuns = defaultMaxRuns) {
    this.#isKnown = isKnown;
    this.#maxRuns = maxRuns;
  }

  clear(): void {
    this.#entries.clear();
    this.#runs = 0;
  }

  /** Takes a run in; the same one told twice counts once. */
  add({ kind, project_dir, project_id, name, run }: NamedRun): void {
    const key = keyOf(kind, project_dir, name);
    const entry = this.#entries.get(key);
    const { runs } = entry?.list ?? RunList.empty;
    // A rebuild reads jobs in any order: the ring stays in order of time.
    const place = runs.findLastIndex((other) => compareRuns(other, run) <= 0) + 1;
    const before = runs[place - 1];
    if (before !== undefined && compareRuns(before, run) === 0) return;
    const next = [...runs.slice(0, place), run, ...runs.slice(place)].slice(-ringLength);
    const isLatest = entry === undefined || place === runs.length;
    const projectId = isLatest ? project_id : entry.project_id;
    this.#entries.set(key, { kind, project_dir, project_id: projectId, name, list: RunList.of(next) });
    this.#runs += next.length - runs.length;
    if (this.#runs > this.#maxRuns) this.#shrink();
  }

  /** Everything of a kind that has a run, with its latest one. */
  *latest(kind: RunSubject['kind']): Generator<NamedRun, void, void> {
    for (const entry of this.#entries.values()) {
      if (entry.kind !== kind) continue;
      const run = entry.list.latest(this.#isKnown);
      if (run === undefined) continue;
      const { project_dir, project_id, name } = entry;
      yield { kind, project_dir, project_id, name, run };
    }
  }

  /** All runs of one pipeline or catalog, oldest first. */
  runsOf({ kind, project_dir, name }: RunSubject): Run[] {
    const { runs } = this.#entries.get(keyOf(kind, project_dir, name))?.list ?? RunList.empty;
    return runs.filter(({ job_id }) => this.#isKnown(job_id));
  }

  restore(rows: readonly LedgerRow[]): void {
    this.clear();
    for (const [kind, projectDir, projectId, name, length, packed] of rows) {
      const list = RunList.unpack(packed, length);
      const entry = { kind, project_dir: projectDir, project_id: projectId, name, list };
      this.#entries.set(keyOf(kind, projectDir, name), entry);
      this.#runs += length;
    }
  }

  /** What `restore` takes. */
  rows(): LedgerRow[] {
    return [...this.#entries.values()].flatMap(({ kind, project_dir, project_id, name, list }) => {
      const { packed, length } = list.pack(this.#isKnown);
      return length === 0 ? [] : [[kind, project_dir, project_id, name, length, packed] as const];
    });
  }

  /** Down to nine tenths, so that it is not due again with the next run. */
  #shrink(): void {
    const goal = Math.floor(this.#maxRuns * 0.9);
    const lastAt = ({ list }: Entry): string => list.latest(() => true)?.at ?? '';
    const oldestFirst = [...this.#entries]
      .map(([key, entry]) => ({ key, at: lastAt(entry) }))
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    for (let length = ringLength / 2; length >= shortestRing; length = Math.floor(length / 2)) {
      for (const { key } of oldestFirst) {
        if (this.#runs <= goal) return;
        this.#cut(key, length);
      }
    }
    for (const { key } of oldestFirst) {
      if (this.#runs <= goal) return;
      this.#runs -= this.#entries.get(key)?.list.length ?? 0;
      this.#entries.delete(key);
    }
  }

  #cut(key: string, length: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.list.length <= length) return;
    this.#entries.set(key, { ...entry, list: RunList.of(entry.list.runs.slice(-length)) });
    this.#runs -= entry.list.length - length;
  }
}

function keyOf(kind: RunSubject['kind'], projectDir: string, name: string): string {
  return `${kind}\u0000${projectDir}\u0000${name}`;
}
