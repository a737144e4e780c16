import type { OperationStatus } from '../../protocol/entities.ts';
import { isOperationEnded } from '../../protocol/entities.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';
import type { Gate } from '../executor/gates.ts';
import { ReadyQueue } from '../executor/readyQueue.ts';

/**
 * Where each operation of a job stands for the scheduler. This runs ahead of the durable statuses by the records that are on
 * their way to disk: an operation whose end is being written no longer holds back what depends on it.
 *
 * blocked -> ready -> active -> ended;  active -> backoff -> ready;  any but active -> ended (skipped, cancelled);  ended -> blocked (retry).
 */
export type Phase = 'blocked' | 'ready' | 'active' | 'backoff' | 'ended';

export class OperationBoard {
  readonly #operations: readonly PlannedOperation[];
  readonly #gatesOf: (operation: PlannedOperation) => readonly Gate[];
  readonly #phases: Phase[];
  /** How an ended operation ended. */
  readonly #outcomes: (OperationStatus | undefined)[];
  /** Dependencies that have not completed yet. */
  readonly #unmet: Uint32Array;
  readonly #dependents = new Map<number, number[]>();
  readonly #ready = new ReadyQueue();
  #remaining: number;
  #inBackoff = 0;

  constructor(
    operations: readonly PlannedOperation[],
    gatesOf: (operation: PlannedOperation) => readonly Gate[],
  ) {
    this.#operations = operations;
    this.#gatesOf = gatesOf;
    this.#phases = operations.map(() => 'blocked');
    this.#outcomes = operations.map(() => undefined);
    this.#unmet = new Uint32Array(operations.length);
    this.#remaining = operations.length;
    for (const { index, depends_on } of operations) {
      this.#unmet[index] = depends_on.length;
      for (const dependency of depends_on) {
        const dependents = this.#dependents.get(dependency);
        if (dependents === undefined) this.#dependents.set(dependency, [index]);
        else dependents.push(index);
      }
    }
  }

  /** Operations that have not ended. */
  get remaining(): number {
    return this.#remaining;
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  get hasBackoff(): boolean {
    return this.#inBackoff > 0;
  }

  phase(index: number): Phase {
    return this.#phases[index] ?? 'ended';
  }

  gates(index: number): readonly Gate[] {
    return this.#gatesOf(this.#operations[index] as PlannedOperation);
  }

  /** The lowest ready operation whose connections have room. */
  peek(): { index: number; gates: readonly Gate[] } | null {
    return this.#ready.peek();
  }

  firstReady(): number | undefined {
    return this.#ready.first();
  }

  /** Dependencies of an operation that are not completed. */
  openDependencies(index: number): number[] {
    return (this.#operations[index]?.depends_on ?? []).filter(
      (dependency) => this.#outcomes[dependency] !== 'completed',
    );
  }

  /** Takes over statuses from disk: ended ones are ended, all others blocked until `releaseAll`. */
  load(statuses: readonly OperationStatus[]): void {
    statuses.forEach((status, index) => {
      if (isOperationEnded(status)) {
        this.#phases[index] = 'ended';
        this.#outcomes[index] = status;
        this.#remaining--;
      }
    });
    this.#recount();
  }

  /** Puts ended operations back to work. */
  reopen(indexes: readonly number[]): void {
    for (const index of indexes) {
      this.#phases[index] = 'blocked';
      this.#outcomes[index] = undefined;
      this.#remaining++;
    }
    this.#recount();
  }

  /** Makes ready what nothing blocks; returns operations that can never run because a dependency ended otherwise. */
  releaseAll(): { index: number; because: number }[] {
    const lost: { index: number; because: number }[] = [];
    for (const { index, depends_on } of this.#operations) {
      if (this.#phases[index] !== 'blocked') continue;
      const because = depends_on.find((dependency) => this.#isLost(dependency));
      if (because !== undefined) lost.push({ index, because });
      else if (this.#unmet[index] === 0) this.makeReady(index);
    }
    return lost;
  }

  makeReady(index: number): void {
    this.#leave(index);
    this.#phases[index] = 'ready';
    this.#ready.add(index, signatureOf(this.#operations[index] as PlannedOperation), this.gates(index));
  }

  activate(index: number): void {
    this.#ready.take(signatureOf(this.#operations[index] as PlannedOperation));
    this.#phases[index] = 'active';
  }

  backOff(index: number): void {
    this.#phases[index] = 'backoff';
    this.#inBackoff++;
  }

  /**
   * Ends an operation. Completed: dependents with nothing left to wait for become ready. Otherwise returns the dependents that now can
   * never run; the caller ends those in turn.
   */
  end(index: number, outcome: OperationStatus): number[] {
    this.#leave(index);
    this.#phases[index] = 'ended';
    this.#outcomes[index] = outcome;
    this.#remaining--;
    const blocked = (this.#dependents.get(index) ?? []).filter(
      (dependent) => this.#phases[dependent] === 'blocked',
    );
    if (outcome !== 'completed') return blocked;
    for (const dependent of blocked) {
      this.#unmet[dependent] = (this.#unmet[dependent] as number) - 1;
      if (this.#unmet[dependent] === 0) this.makeReady(dependent);
    }
    return [];
  }

  /** Takes all that is neither active nor ended out of the queue and returns it; the caller ends each. */
  withdrawWaiting(): number[] {
    this.#ready.clear();
    const waiting: number[] = [];
    this.#phases.forEach((phase, index) => {
      if (phase === 'active' || phase === 'ended') return;
      this.#leave(index);
      this.#phases[index] = 'blocked';
      waiting.push(index);
    });
    return waiting;
  }

  #leave(index: number): void {
    if (this.#phases[index] === 'backoff') this.#inBackoff--;
  }

  #isLost(index: number): boolean {
    return this.#phases[index] === 'ended' && this.#outcomes[index] !== 'completed';
  }

  #recount(): void {
    for (const { index } of this.#operations) {
      if (this.#phases[index] === 'blocked') this.#unmet[index] = this.openDependencies(index).length;
    }
  }
}

/** Operations with the same signature use the same connections. */
export function signatureOf(operation: PlannedOperation): string {
  const { connections } = operation;
  return connections.length === 0
    ? ''
    : connections.map(([dir, name]) => `${dir}\u0000${name}`).join('\u0001');
}
