import type { Operation } from '../../daemon/protocol/entities.ts';
import type { MethodInput, MethodResult } from '../../daemon/protocol/methods.ts';
import type { JobStore } from '../platform/services.ts';
import { OperationsWindow } from './operationsWindow.ts';
import { Pacer } from './pacer.ts';
import { isEnded } from './viewItem.ts';

export const operationsPage = 200;
const largestPage = 500;
/** See restItem. */
export const maxOperationLines = 1_000;
/** A line that moves while somebody points at it is worse than one that stands in the wrong place for a moment. */
const arrangeIntervalMs = 2_000;

export type ListOperations = (
  input: MethodInput<'jobs/operations'>,
) => Promise<MethodResult<'jobs/operations'>>;

export interface OpenJobDeps {
  readonly store: Pick<JobStore, 'jobs' | 'operation' | 'watch' | 'learnOperations'>;
  readonly list: ListOperations;
  /** These lines say something else now. */
  linesChanged(operationIds: readonly string[]): void;
  /** Other lines, or in another order. */
  listChanged(): void;
}

/** The operations of one expanded job: pages of it, kept up to date by events for as long as it is open. */
export class OpenJob {
  readonly jobId: string;
  readonly #deps: OpenJobDeps;
  readonly #window: OperationsWindow;
  /** What pages told; the store's state is newer where it has one. */
  readonly #pages = new Map<string, Operation>();
  readonly #arrange = new Pacer(arrangeIntervalMs, () => void this.#rearrange());
  #watching: { dispose(): unknown } | undefined;
  #loading: Promise<void> | undefined;
  #failure: Error | undefined;
  #isLoaded = false;
  #isLoadingMore = false;
  #isDisposed = false;

  constructor(jobId: string, deps: OpenJobDeps) {
    this.jobId = jobId;
    this.#deps = deps;
    this.#window = new OperationsWindow((id) => this.operation(id), operationsPage);
    this.#watching = deps.store.watch(jobId);
  }

  operation(operationId: string): Operation | undefined {
    return this.#deps.store.operation(this.jobId, operationId) ?? this.#pages.get(operationId);
  }

  get shown(): readonly string[] {
    return this.#window.shown;
  }

  get hiddenCount(): number {
    return this.#window.hiddenCount;
  }

  get isLoadingMore(): boolean {
    return this.#isLoadingMore;
  }

  /** True if it shows as many lines as it may. */
  get isFull(): boolean {
    return this.#window.size >= maxOperationLines;
  }

  /** Why the operations could not be read; undefined if they were. */
  get failure(): Error | undefined {
    return this.#isLoaded ? undefined : this.#failure;
  }

  /** Resolves when there is something to show, the failure included. */
  load(): Promise<void> {
    if (this.#isLoaded) return Promise.resolve();
    this.#loading ??= this.#readFromStart().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  /** Asks again for all that is shown: the connection was lost meanwhile, or the job ended. */
  async reload(): Promise<void> {
    await this.#loading;
    await this.#readFromStart();
    if (!this.#isDisposed) this.#deps.listChanged();
  }

  async showMore(): Promise<void> {
    if (this.isFull) return;
    const from = this.#window.size;
    this.#window.grow(operationsPage);
    this.#isLoadingMore = true;
    this.#deps.listChanged();
    try {
      if (!this.#window.isAllKnown) await this.#readPages(from, this.#window.size);
    } finally {
      this.#isLoadingMore = false;
      this.#window.arrange();
      this.#deps.listChanged();
    }
  }

  /** Shows this operation too, on whatever page it stands. False if the job has none of that id. */
  async include(operationId: string): Promise<boolean> {
    await this.load();
    if (this.#window.has(operationId)) return true;
    const { operations } = await this.#deps.list({
      job_id: this.jobId,
      operation_ids: [operationId],
      detail: 'summary',
    });
    if (operations.length === 0) return false;
    this.#learn(operations);
    this.#window.pin(operationId);
    this.#window.arrange();
    this.#deps.listChanged();
    return true;
  }

  /** What the store told of this job's operations. */
  noteChanges(operationIds: Iterable<string>): void {
    if (!this.#isLoaded) return;
    const { lines, isOrderStale } = this.#window.noteChanges(operationIds);
    if (lines.length > 0) this.#deps.linesChanged(lines);
    if (isOrderStale) this.#arrange.request();
  }

  /** The job came to an end: nothing moves any more, so what stands there can be exactly right. */
  noteEnd(): void {
    if (this.#isLoaded) this.#arrange.request();
  }

  /** Nobody looks: events of its operations are not wanted until `wake`, which reads them anew. */
  sleep(): void {
    this.#arrange.dispose();
    this.#watching?.dispose();
    this.#watching = undefined;
  }

  wake(): void {
    if (this.#watching !== undefined) return;
    this.#watching = this.#deps.store.watch(this.jobId);
    void this.reload();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.sleep();
  }

  async #readFromStart(): Promise<void> {
    try {
      await this.#readPages(0, this.#window.size);
      this.#isLoaded = true;
      this.#failure = undefined;
      this.#window.arrange();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  async #readPages(from: number, to: number): Promise<void> {
    for (let offset = from; offset < to; offset += largestPage) {
      const { operations, total } = await this.#deps.list({
        job_id: this.jobId,
        sort: 'failed_first',
        detail: 'summary',
        limit: Math.min(largestPage, to - offset),
        offset,
      });
      if (this.#isDisposed) return;
      this.#learn(operations);
      this.#window.learn(operations, total);
      if (offset + operations.length >= total || operations.length === 0) return;
    }
  }

  #learn(operations: readonly Operation[]): void {
    for (const operation of operations) this.#pages.set(operation.operation_id, operation);
    this.#deps.store.learnOperations(this.jobId, operations);
  }

  async #rearrange(): Promise<void> {
    const job = this.#deps.store.jobs.get(this.jobId);
    const isOver = job === undefined || isEnded(job.status);
    if (!this.#window.isAllKnown) {
      try {
        // While it runs, what comes next moves up from pages never read; only the first page can be right at every moment.
        await this.#readPages(0, isOver ? this.#window.size : operationsPage);
      } catch {
        // Without a connection the last known order stands; the reload after it is back mends that.
      }
    }
    if (!this.#isDisposed && this.#window.arrange()) this.#deps.listChanged();
  }
}
