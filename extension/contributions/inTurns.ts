import { setImmediate as nextTurn } from 'node:timers/promises';

/** Acts on each of many things, so many at a time: between, everybody else in the extension host has a turn. */
export async function inTurns<T>(
  things: readonly T[],
  perTurn: number,
  act: (some: readonly T[]) => void,
): Promise<void> {
  for (let from = 0; from < things.length; from += perTurn) {
    if (from > 0) await nextTurn();
    act(things.slice(from, from + perTurn));
  }
}
