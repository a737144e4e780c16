/** The life of the connection as a pure state machine: no timers, no sockets, no vscode. */

export const daemonStateNames = [
  'locating',
  'starting',
  'connecting',
  'ready',
  'incompatible',
  'failed',
  'stopping',
] as const;

/**
 * `locating` is where it begins and rests: nobody needed a daemon yet, or it was stopped on purpose. `attempt` counts
 * reconnects since it was last ready; `retryAtMs` (epoch) is when the next one comes by itself.
 */
export type DaemonState =
  | { readonly name: 'locating'; readonly isBusy: boolean }
  | { readonly name: 'starting'; readonly attempt: number }
  | {
      readonly name: 'connecting';
      readonly attempt: number;
      readonly retryAtMs: number | null;
      readonly reason: string | null;
    }
  | { readonly name: 'ready'; readonly pid: number; readonly version: string; readonly dataDir: string }
  | { readonly name: 'incompatible'; readonly message: string }
  | { readonly name: 'failed'; readonly message: string; readonly logPath: string | null }
  | { readonly name: 'stopping'; readonly isRestart: boolean };

/** What happens to the connection. `jitter` is a random number in [0, 1): the machine itself has none. */
export type DaemonEvent =
  /** Somebody needs the daemon, or looks whether one runs, or the time of a retry has come. */
  | { readonly type: 'attempt' }
  /** None runs: one is being started. */
  | { readonly type: 'startingServer' }
  /** One runs: the socket is being opened. */
  | { readonly type: 'openingSocket' }
  | { readonly type: 'connected'; readonly pid: number; readonly version: string; readonly dataDir: string }
  /** None runs, and none was to be started. */
  | { readonly type: 'notFound' }
  | { readonly type: 'newerFound'; readonly message: string }
  | { readonly type: 'attemptFailed'; readonly message: string; readonly logPath: string | null }
  /** An attempt that came by itself failed, and another one will come. */
  | {
      readonly type: 'retryScheduled';
      readonly reason: string;
      readonly nowMs: number;
      readonly jitter: number;
    }
  | { readonly type: 'lost'; readonly reason: string; readonly nowMs: number; readonly jitter: number }
  | { readonly type: 'stop'; readonly isRestart: boolean }
  | { readonly type: 'stopped' }
  /** Another data directory is meant from now on: whatever was known of the daemon is of another one. */
  | { readonly type: 'forgotten' };

export const initialDaemonState: DaemonState = { name: 'locating', isBusy: false };

const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** Retries that come by themselves; then a person has to look. A minute and a half in all. */
export const maxRetries = 8;

/** Between half of the step and the whole of it, so that windows do not come all at once and a later wait is never shorter. */
export function retryDelayMs(attempt: number, jitter: number): number {
  const stepMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, attempt - 1));
  return Math.round((stepMs / 2) * (1 + jitter));
}

/** The state after the event. An event that does not fit (an answer that comes late) changes nothing. */
export function transition(state: DaemonState, event: DaemonEvent): DaemonState {
  switch (event.type) {
    case 'attempt':
      return afterAttempt(state);
    case 'startingServer':
      if (state.name === 'starting' || !isAttempting(state)) return state;
      return { name: 'starting', attempt: attemptOf(state) };
    case 'openingSocket':
      return opening(state);
    case 'connected': {
      const { pid, version, dataDir } = event;
      return isOpen(state) ? { name: 'ready', pid, version, dataDir } : state;
    }
    case 'notFound':
      return isAttempting(state) ? initialDaemonState : state;
    case 'newerFound':
      return isUnderWay(state) ? { name: 'incompatible', message: event.message } : state;
    case 'attemptFailed': {
      const { message, logPath } = event;
      return isUnderWay(state) ? { name: 'failed', message, logPath } : state;
    }
    case 'retryScheduled':
      return isUnderWay(state) ? waiting(attemptOf(state) + 1, event) : state;
    case 'lost':
      return state.name === 'ready' ? waiting(1, event) : state;
    case 'stop':
      return { name: 'stopping', isRestart: event.isRestart };
    case 'stopped':
      if (state.name !== 'stopping') return state;
      return state.isRestart ? { name: 'locating', isBusy: true } : initialDaemonState;
    case 'forgotten':
      return initialDaemonState;
  }
}

/** How often it was tried again since the connection was last there. */
export function attemptOf(state: DaemonState): number {
  return state.name === 'connecting' || state.name === 'starting' ? state.attempt : 0;
}

function afterAttempt(state: DaemonState): DaemonState {
  switch (state.name) {
    case 'locating':
      return state.isBusy ? state : { name: 'locating', isBusy: true };
    case 'failed':
    case 'incompatible':
      return { name: 'locating', isBusy: true };
    case 'connecting':
      return state.retryAtMs === null ? state : { ...state, retryAtMs: null };
    case 'starting':
    case 'ready':
    case 'stopping':
      return state;
  }
}

function opening(state: DaemonState): DaemonState {
  if (state.name === 'connecting' && state.retryAtMs === null) return state;
  if (!isAttempting(state)) return state;
  return { name: 'connecting', attempt: attemptOf(state), retryAtMs: null, reason: null };
}

function waiting(attempt: number, event: { reason: string; nowMs: number; jitter: number }): DaemonState {
  const retryAtMs = event.nowMs + retryDelayMs(attempt, event.jitter);
  return { name: 'connecting', attempt, retryAtMs, reason: event.reason };
}

function isAttempting(state: DaemonState): boolean {
  return (
    state.name === 'starting' ||
    (state.name === 'locating' && state.isBusy) ||
    (state.name === 'connecting' && state.retryAtMs === null)
  );
}

/** An older daemon that ends first is part of an attempt. */
function isUnderWay(state: DaemonState): boolean {
  return isAttempting(state) || state.name === 'stopping';
}

function isOpen(state: DaemonState): boolean {
  return state.name === 'connecting' && state.retryAtMs === null;
}
