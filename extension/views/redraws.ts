import type { JobNode, JobsTreeNode, OperationNode } from './nodes.ts';
import { Pacer } from './pacer.ts';

export interface RedrawsDeps {
  readonly jobNode: (jobId: string) => JobNode;
  readonly operationNode: (jobId: string, operationId: string) => OperationNode;
  /** False if the line says what it said when it was last drawn. */
  readonly isOther: (node: OperationNode) => boolean;
  /** The last moment before drawing. True if the list of jobs is another one. */
  readonly arrange: () => boolean;
  /** How many lines of operations stand in the tree. */
  readonly lineCount: () => number;
  /** Undefined: the list of jobs. */
  readonly draw: (nodes: readonly JobsTreeNode[] | undefined) => void;
}

/**
 * VS Code holds changes back for as long as they come faster than five a second, and takes a hover away when its line, or the job
 * above it, is drawn again.
 */
const intervalMs = 1_000;
/** Past so many lines, reading the children of their job once costs less than finding each line. */
const maxSingleLines = 50;
/** Past so many, even looking at each costs more. */
const maxLooks = 500;
/** A job is drawn again with all its lines: where thousands stand, less often. */
const msPerLine = 0.25;

/** Collects what has to be drawn again and says it at a pace that a person, and VS Code, can follow. */
export class Redraws {
  readonly #deps: RedrawsDeps;
  readonly #jobs = new Set<string>();
  readonly #operations = new Map<string, Set<string>>();
  readonly #pacer = new Pacer(intervalMs, () => this.#flush());
  #isListStale = false;
  #isPaused = false;

  constructor(deps: RedrawsDeps) {
    this.#deps = deps;
  }

  /** Something may have come in another order. */
  request(): void {
    this.#pacer.request();
  }

  job(jobId: string): void {
    this.#jobs.add(jobId);
    this.#pacer.request();
  }

  operations(jobId: string, operationIds: readonly string[]): void {
    const ids = this.#operations.get(jobId) ?? new Set<string>();
    for (const id of operationIds) ids.add(id);
    this.#operations.set(jobId, ids);
    this.#pacer.request();
  }

  /** While nobody looks, nothing is drawn; then all of it. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    if (!isPaused) this.all();
  }

  /** The list of jobs with all that is expanded, at once. */
  all(): void {
    this.#isListStale = true;
    this.#pacer.now();
  }

  /** What was asked for, without waiting. */
  now(): void {
    this.#pacer.now();
  }

  /** What was to be drawn of this job is not there any more. */
  forget(jobId: string): void {
    this.#jobs.delete(jobId);
    this.#operations.delete(jobId);
  }

  dispose(): void {
    this.#pacer.dispose();
  }

  #flush(): void {
    if (this.#isPaused) return;
    const isOtherList = this.#deps.arrange() || this.#isListStale;
    const nodes = isOtherList ? undefined : this.#nodes();
    this.#isListStale = false;
    this.#jobs.clear();
    this.#operations.clear();
    this.#pacer.intervalMs = Math.max(intervalMs, this.#deps.lineCount() * msPerLine);
    if (nodes === undefined || nodes.length > 0) this.#deps.draw(nodes);
  }

  #nodes(): JobsTreeNode[] {
    const { jobNode, operationNode, isOther } = this.#deps;
    const single: JobsTreeNode[] = [];
    for (const [jobId, ids] of this.#operations) {
      // A job that is drawn again brings its lines along.
      if (this.#jobs.has(jobId)) continue;
      const all = ids.size > maxLooks ? [] : [...ids].map((id) => operationNode(jobId, id));
      const others = all.filter(isOther);
      if (ids.size > maxLooks || others.length > maxSingleLines) this.#jobs.add(jobId);
      else single.push(...others);
    }
    return [...[...this.#jobs].map(jobNode), ...single];
  }
}
