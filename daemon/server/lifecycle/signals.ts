const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const;

/**
 * The first signal asks for a stop, any further one for an end at once. SIGHUP counts: a daemon run in a terminal goes with it
 * (one started by a client is detached and gets none). Windows knows only SIGINT, SIGBREAK and SIGHUP.
 */
export function onStopSignals(stop: (reason: string) => void, endNow: (reason: string) => void): void {
  let signals = 0;
  for (const signal of stopSignals) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) stop(signal);
      else endNow(`second signal (${signal})`);
    });
  }
}
