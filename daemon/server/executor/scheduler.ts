import { holdAll, type Gate, type Holder } from './gates.ts';

/** An operation that could run now if its gates had room. */
export interface ReadyTask {
  readonly index: number;
  readonly holder: Holder;
  /** Gates beside the daemon's and the job's: the connections it uses. */
  readonly gates: readonly Gate[];
}

/** A job as the scheduler sees it. */
export interface SchedulableJob {
  readonly job_id: string;
  readonly priority: number;
  readonly gate: Gate;
  readonly hasReady: boolean;
  /** The first ready task, in the job's order, all of whose gates have room; null if there is none. Does not take it. */
  peek(): ReadyTask | null;
  /** Takes the task: its slots are held until `release` is called, which must be after its work is dead. */
  start(task: ReadyTask, release: () => Promise<void>): void;
}

interface Entry {
  readonly job: SchedulableJob;
  lastServed: number;
}

/**
 * Decides which operation starts next. Rules: no gate is ever exceeded; a higher priority goes first; among equals the job
 * with the fewest running operations, then the one served longest ago. So ten jobs of one priority share the daemon evenly and a
 * job of 10,000 operations cannot starve one of three. A job whose connections are all taken is passed over, not waited for.
 */
export class Scheduler {
  readonly daemonGate: Gate;
  readonly #entries = new Map<string, Entry>();
  #clock = 0;
  #isPumping = false;
  #isStopped = false;

  constructor(daemonGate: Gate) {
    this.daemonGate = daemonGate;
  }

  add(job: SchedulableJob): void {
    this.#entries.set(job.job_id, { job, lastServed: 0 });
    this.pump();
  }

  remove(jobId: string): void {
    this.#entries.delete(jobId);
  }

  /** Starts nothing more; what runs is not touched. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Starts all that may start now. Called after every change that could make room or a task ready. */
  pump(): void {
    // start() may call back into pump(); the running loop sees whatever it changed.
    if (this.#isPumping || this.#isStopped) return;
    this.#isPumping = true;
    try {
      while (this.daemonGate.hasRoom) {
        const next = this.#next();
        if (next === null) return;
        this.#start(next.entry, next.task);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  #start(entry: Entry, task: ReadyTask): void {
    entry.lastServed = ++this.#clock;
    const free = holdAll([this.daemonGate, entry.job.gate, ...task.gates], task.holder);
    entry.job.start(task, async () => {
      await free();
      this.pump();
    });
  }

  #next(): { entry: Entry; task: ReadyTask } | null {
    let best: { entry: Entry; task: ReadyTask } | null = null;
    for (const entry of this.#entries.values()) {
      if (!entry.job.hasReady || !entry.job.gate.hasRoom) continue;
      if (best !== null && !goesBefore(entry, best.entry)) continue;
      const task = entry.job.peek();
      if (task !== null) best = { entry, task };
    }
    return best;
  }
}

function goesBefore(a: Entry, b: Entry): boolean {
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  if (a.job.gate.inUse !== b.job.gate.inUse) return a.job.gate.inUse < b.job.gate.inUse;
  return a.lastServed < b.lastServed;
}
