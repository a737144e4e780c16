/** One thing that changes: a job (index null) or one of its operations. */
export interface Entity {
  readonly job_id: string;
  readonly index: number | null;
  /** The latest entry about it. */
  seq: number;
  at_ms: number;
  is_deleted: boolean;
}

interface JobEntities {
  job: Entity | undefined;
  readonly operations: Map<number, Entity>;
}

/**
 * What changed, in order, in a ring of fixed size: an entry is a number and a reference, never a copy of state. A reader
 * keeps only a cursor. Seen from there, an entity counts once, at its latest entry; earlier ones are passed over.
 */
export class EventLog {
  /** Sequence number of the newest entry. */
  head: number;
  readonly #start: number;
  readonly #size: number;
  /** Grows to `#size` as entries come: a daemon that idles holds no empty ring. */
  readonly #ring: Entity[] = [];
  readonly #jobs = new Map<string, JobEntities>();

  /** `start` must be past every number an earlier daemon has given. */
  constructor(size: number, start: number) {
    this.#size = size;
    this.#start = start;
    this.head = start;
  }

  /** Entities that the log still refers to. */
  get entities(): number {
    let count = 0;
    for (const job of this.#jobs.values()) count += job.operations.size + (job.job === undefined ? 0 : 1);
    return count;
  }

  append(jobId: string, index: number | null, atMs: number, isDeleted = false): void {
    const entity = this.#entity(jobId, index);
    this.head += 1;
    const slot = this.#slot(this.head);
    const evicted = this.#ring[slot];
    // An entity that is told of again later has a newer entry and stays.
    if (evicted !== undefined && evicted !== entity && evicted.seq === this.head - this.#size) {
      this.#forget(evicted);
    }
    entity.seq = this.head;
    entity.at_ms = atMs;
    entity.is_deleted = isDeleted;
    this.#ring[slot] = entity;
  }

  #slot(seq: number): number {
    return (seq - this.#start - 1) % this.#size;
  }

  /** True if everything after this cursor is still here; false for a cursor of another daemon or one that fell behind. */
  covers(cursor: number): boolean {
    return cursor >= this.#start && cursor <= this.head && this.head - cursor <= this.#size;
  }

  /**
   * Entities with a latest entry after `cursor`, in order of it, until `visit` returns false. Returns the cursor reached.
   * The cursor must be covered.
   */
  walk(cursor: number, visit: (entity: Entity) => boolean): number {
    for (let seq = cursor + 1; seq <= this.head; seq += 1) {
      const entity = this.#ring[this.#slot(seq)];
      if (entity === undefined || entity.seq !== seq) continue;
      if (!visit(entity)) return seq;
    }
    return this.head;
  }

  #entity(jobId: string, index: number | null): Entity {
    let job = this.#jobs.get(jobId);
    if (job === undefined) {
      job = { job: undefined, operations: new Map() };
      this.#jobs.set(jobId, job);
    }
    const known = index === null ? job.job : job.operations.get(index);
    if (known !== undefined) return known;
    const entity: Entity = { job_id: jobId, index, seq: 0, at_ms: 0, is_deleted: false };
    if (index === null) job.job = entity;
    else job.operations.set(index, entity);
    return entity;
  }

  #forget(entity: Entity): void {
    const job = this.#jobs.get(entity.job_id);
    if (job === undefined) return;
    if (entity.index === null) job.job = undefined;
    else job.operations.delete(entity.index);
    if (job.job === undefined && job.operations.size === 0) this.#jobs.delete(entity.job_id);
  }
}
