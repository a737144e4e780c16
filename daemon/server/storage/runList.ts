/** One time something ran to an end: completed, or failed. What it found stands in the document of its job. */
export interface Run {
  readonly at: string;
  readonly job_id: string;
  readonly operation_id: string;
  readonly duration_ms: number;
  readonly ok: boolean;
}

/** By time; those of one moment in one and the same order, however they were learnt. Zero: the same run. */
export function compareRuns(a: Run, b: Run): number {
  return compare(a.at, b.at) || compare(a.job_id, b.job_id) || compare(a.operation_id, b.operation_id);
}

/**
 * Runs in order, oldest first; never changed. Read from the index it is one string until somebody looks: a start with a full
 * history must not take 100,000 runs apart.
 */
export class RunList {
  static readonly empty = new RunList([], undefined, 0);
  readonly length: number;
  #runs: readonly Run[] | undefined;
  readonly #packed: string | undefined;

  private constructor(runs: readonly Run[] | undefined, packed: string | undefined, length: number) {
    this.#runs = runs;
    this.#packed = packed;
    this.length = length;
  }

  static of(runs: readonly Run[]): RunList {
    return new RunList(runs, undefined, runs.length);
  }

  /** What `pack` gave. */
  static unpack(packed: string, length: number): RunList {
    return new RunList(undefined, packed, length);
  }

  get runs(): readonly Run[] {
    this.#runs ??= (this.#packed ?? '').split(';').map(unpackRun);
    return this.#runs;
  }

  /** The latest one of a job that is known. */
  latest(isKnown: (jobId: string) => boolean): Run | undefined {
    if (this.#runs === undefined && this.#packed !== undefined) {
      const last = unpackRun(this.#packed.slice(this.#packed.lastIndexOf(';') + 1));
      if (isKnown(last.job_id)) return last;
    }
    return this.runs.findLast(({ job_id }) => isKnown(job_id));
  }

  /** One string without anything that JSON would escape. Runs of jobs that are not known are left out where they are looked at. */
  pack(isKnown: (jobId: string) => boolean): { readonly packed: string; readonly length: number } {
    if (this.#runs === undefined) return { packed: this.#packed ?? '', length: this.length };
    const runs = this.#runs.filter(({ job_id }) => isKnown(job_id));
    return { packed: runs.map(packRun).join(';'), length: runs.length };
  }
}

function packRun({ at, job_id, operation_id, duration_ms, ok }: Run): string {
  return `${at} ${job_id} ${operation_id} ${duration_ms} ${ok ? 1 : 0}`;
}

function unpackRun(packed: string): Run {
  const [at = '', job_id = '', operation_id = '', duration = '0', ok] = packed.split(' ');
  return { at, job_id, operation_id, duration_ms: Number(duration), ok: ok === '1' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
