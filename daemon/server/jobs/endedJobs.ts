import type { JobDocument } from '../storage/schemas.ts';
import type { JobStore } from '../storage/store.ts';
import { applyRecord } from './stateMachine.ts';

const keptOperations = 20_000;
const keptMs = 60_000;

/**
 * Documents of ended jobs that were looked at or have just ended, for a minute: clients page through them, and the last events of a
 * job are told after it has left the live ones. Bounded by the operations they hold.
 */
export class EndedJobs {
  readonly #store: JobStore;
  readonly #documents = new Map<string, { document: JobDocument; timer: NodeJS.Timeout }>();
  readonly #loading = new Map<string, Promise<JobDocument>>();
  #operations = 0;

  constructor(store: JobStore) {
    this.#store = store;
  }

  cached(jobId: string): JobDocument | undefined {
    return this.#documents.get(jobId)?.document;
  }

  async document(jobId: string): Promise<JobDocument> {
    const known = this.cached(jobId);
    if (known !== undefined) return known;
    let loading = this.#loading.get(jobId);
    if (loading === undefined) {
      loading = this.#load(jobId).finally(() => this.#loading.delete(jobId));
      this.#loading.set(jobId, loading);
    }
    return await loading;
  }

  remember(document: JobDocument): void {
    const jobId = document.state.job_id;
    this.forget(jobId);
    const timer = setTimeout(() => this.forget(jobId), keptMs);
    timer.unref();
    this.#documents.set(jobId, { document, timer });
    this.#operations += document.operations.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#operations <= keptOperations || oldest === jobId) break;
      this.forget(oldest);
    }
  }

  forget(jobId: string): void {
    const kept = this.#documents.get(jobId);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    this.#documents.delete(jobId);
    this.#operations -= kept.document.operations.length;
  }

  async #load(jobId: string): Promise<JobDocument> {
    const { document, records } = await this.#store.load(jobId);
    const frame = { state: document.state, operations: document.operations.slice() };
    for (const record of records) applyRecord(frame, record);
    const loaded: JobDocument = {
      ...document,
      ...frame,
      journal_seq: records.at(-1)?.seq ?? document.journal_seq,
    };
    this.remember(loaded);
    return loaded;
  }
}
