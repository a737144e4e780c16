import type { Waiting } from '../../protocol/entities.ts';
import type { Gate, Holder } from '../executor/gates.ts';
import type { LiveJob } from './liveJob.ts';
import type { OperationBoard } from './operationBoard.ts';

export interface WaitingContext {
  readonly job: LiveJob;
  readonly board: OperationBoard;
  readonly jobGate: Gate;
  readonly daemonGate: Gate;
  readonly isPaused: boolean;
  /** In sequential mode: nothing goes before it. */
  isNextInOrder(index: number): boolean;
  holder(index: number): Holder;
}

/** Why a pending operation does not run: the first limit in its way and who holds it. Undefined if it runs, has ended, or is about to start. */
export function waitingReason(index: number, context: WaitingContext): Waiting | undefined {
  const { job, board, jobGate } = context;
  const phase = board.phase(index);
  if (phase === 'ended' || phase === 'active') return undefined;
  if (context.isPaused) return { for: 'paused', name: job.plan.job_name, holders: [] };
  if (phase === 'backoff') {
    const until = job.frame.operations[index]?.retry_at;
    return { for: 'retry', holders: [], ...(until !== undefined && { until }) };
  }
  if (phase === 'blocked') {
    const holders = board
      .openDependencies(index)
      .slice(0, 10)
      .map((dependency) => context.holder(dependency));
    return { for: 'dependency', name: holders.map(({ name }) => name).join(', '), holders };
  }
  if (!job.plan.parallel_execution && (!jobGate.hasRoom || !context.isNextInOrder(index))) {
    return { for: 'order', name: 'sequential', limit: 1, holders: jobGate.holders };
  }
  const full = [jobGate, ...board.gates(index), context.daemonGate].find((gate) => !gate.hasRoom);
  return full && { for: full.kind, name: full.name, limit: full.limit, holders: full.holders };
}
