/** Times in lenses grow old: they are asked for again every minute, while one is younger than an hour, and when results change. */
import { isRecent } from './describe/results.ts';
import type { FeatureContext } from './feature.ts';

const minuteMs = 60_000;

interface Clock {
  /** The youngest time that a lens shows. */
  shown: string | null;
  wake: () => void;
}

const clocks = new WeakMap<FeatureContext, Clock>();

/** A lens shows how long ago this was. Gives the time back. */
export function noteShownTime(context: FeatureContext, time: string): string {
  const clock = clocks.get(context);
  if (clock !== undefined && (clock.shown === null || clock.shown < time)) {
    clock.shown = time;
    clock.wake();
  }
  return time;
}

/** Background feature. */
export function refreshLenses(context: FeatureContext): () => void {
  let timer: NodeJS.Timeout | undefined;
  const clock: Clock = { shown: null, wake: () => arm() };
  const arm = () => {
    if (timer !== undefined || clock.shown === null || !isRecent(clock.shown, Date.now())) return;
    timer = setTimeout(tick, minuteMs);
  };
  const tick = () => {
    timer = undefined;
    // What is still shown is noted again when the client asks.
    clock.shown = null;
    context.refreshCodeLenses();
  };
  clocks.set(context, clock);
  const stopListening = context.onDidChange(() => context.refreshCodeLenses());
  return () => {
    clearTimeout(timer);
    clock.wake = () => undefined;
    stopListening();
  };
}
