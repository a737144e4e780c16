/**
 * The reasons for a stop that somebody asked for, as the daemon gives them when it closes a connection. A client that sees
 * another one (a signal, a crash) may start the daemon again by itself; after one of these it does so only when asked.
 */
export const stopReasons = {
  asked: 'asked by a client',
  drained: 'drained',
  drainFailed: 'draining failed',
} as const;

export function isStopOnRequest(reason: string): boolean {
  return Object.values<string>(stopReasons).includes(reason);
}
