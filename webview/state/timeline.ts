import type { Operation, OperationStatus } from '../../daemon/protocol/entities.ts';

export interface Bar {
  readonly operationId: string;
  readonly name: string;
  readonly attempt: number;
  readonly lane: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly status: OperationStatus;
}
export interface Timeline {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many ran at once, at most. */
  readonly lanes: number;
  readonly bars: readonly Bar[];
}

/** Attempts on as few lanes as they fit on: the number of lanes is how many ran at once. */
export function timelineOf(operations: Iterable<Operation>, nowMs: number): Timeline {
  const attempts = [...operations].flatMap((operation) => attemptsOf(operation, nowMs));
  attempts.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
  const freeAt: number[] = [];
  let toMs = Number.NEGATIVE_INFINITY;
  const bars = attempts.map((attempt) => {
    let lane = freeAt.findIndex((free) => free <= attempt.fromMs);
    if (lane === -1) lane = freeAt.length;
    freeAt[lane] = attempt.toMs;
    toMs = Math.max(toMs, attempt.toMs);
    return { ...attempt, lane };
  });
  const fromMs = bars[0]?.fromMs ?? nowMs;
  return { fromMs, toMs: Math.max(toMs, fromMs + 1), lanes: freeAt.length, bars };
}

function attemptsOf(operation: Operation, nowMs: number): Omit<Bar, 'lane'>[] {
  return operation.attempts.map((attempt, at) => {
    const fromMs = Date.parse(attempt.started_at);
    const isLast = at === operation.attempts.length - 1;
    const endMs = attempt.finished_at === undefined ? nowMs : Date.parse(attempt.finished_at);
    return {
      operationId: operation.operation_id,
      name: operation.name,
      attempt: attempt.attempt,
      fromMs,
      toMs: Math.max(endMs, fromMs),
      status: isLast ? operation.status : attempt.error === undefined ? 'cancelled' : 'failed',
    };
  });
}

/** Moments to write under the timeline: round steps, at most as many as fit. */
export function ticksOf(spanMs: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
  const fine = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  const all = [...fine, ...steps.map((seconds) => seconds * 1000)];
  const stepMs = all.find((step) => spanMs / step <= most) ?? spanMs / Math.max(1, most);
  const ticks: number[] = [];
  for (let at = 0; at <= spanMs; at += stepMs) ticks.push(at);
  return ticks;
}
