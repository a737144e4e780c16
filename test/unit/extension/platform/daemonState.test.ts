import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daemonStateNames,
  initialDaemonState,
  maxRetries,
  retryDelayMs,
  transition,
  type DaemonEvent,
  type DaemonState,
} from '../../../../extension/platform/daemonState.ts';

const resting: DaemonState = { name: 'locating', isBusy: false };
const locating: DaemonState = { name: 'locating', isBusy: true };
const starting: DaemonState = { name: 'starting', attempt: 0 };
const startingAgain: DaemonState = { name: 'starting', attempt: 3 };
const opening: DaemonState = { name: 'connecting', attempt: 0, retryAtMs: null, reason: null };
const retrying: DaemonState = { name: 'connecting', attempt: 3, retryAtMs: null, reason: 'gone' };
const waiting: DaemonState = { name: 'connecting', attempt: 3, retryAtMs: 9_000, reason: 'gone' };
const ready: DaemonState = { name: 'ready', pid: 7, version: '1.2.3', dataDir: '/data' };
const incompatible: DaemonState = { name: 'incompatible', message: 'newer' };
const failed: DaemonState = { name: 'failed', message: 'broken', logPath: '/log' };
const stopping: DaemonState = { name: 'stopping', isRestart: false };
const restarting: DaemonState = { name: 'stopping', isRestart: true };
const states = {
  resting,
  locating,
  starting,
  startingAgain,
  opening,
  retrying,
  waiting,
  ready,
  incompatible,
  failed,
  stopping,
  restarting,
};
type StateLabel = keyof typeof states;

const events = {
  attempt: { type: 'attempt' },
  startingServer: { type: 'startingServer' },
  openingSocket: { type: 'openingSocket' },
  connected: { type: 'connected', pid: 7, version: '1.2.3', dataDir: '/data' },
  notFound: { type: 'notFound' },
  newerFound: { type: 'newerFound', message: 'newer' },
  attemptFailed: { type: 'attemptFailed', message: 'broken', logPath: '/log' },
  retryScheduled: { type: 'retryScheduled', reason: 'no', nowMs: 1_000, jitter: 0 },
  lost: { type: 'lost', reason: 'gone', nowMs: 1_000, jitter: 0 },
  stop: { type: 'stop', isRestart: false },
  restart: { type: 'stop', isRestart: true },
  stopped: { type: 'stopped' },
  forgotten: { type: 'forgotten' },
} as const satisfies Record<string, DaemonEvent>;
type EventLabel = keyof typeof events;

const connecting = (attempt: number, retryAtMs: number | null, reason: string | null): DaemonState => ({
  name: 'connecting',
  attempt,
  retryAtMs,
  reason,
});
const firstRetry = connecting(1, 1_000 + 125, 'no');
const fourthRetry = connecting(4, 1_000 + 1_000, 'no');

/** Every pair that changes something; every other pair changes nothing. */
const changes: Record<EventLabel, Partial<Record<StateLabel, DaemonState>>> = {
  attempt: {
    resting: locating,
    incompatible: locating,
    failed: locating,
    waiting: connecting(3, null, 'gone'),
  },
  startingServer: { locating: starting, opening: starting, retrying: startingAgain },
  openingSocket: { locating: opening, starting: opening, startingAgain: connecting(3, null, null) },
  connected: { opening: ready, retrying: ready },
  notFound: {
    locating: resting,
    starting: resting,
    startingAgain: resting,
    opening: resting,
    retrying: resting,
  },
  newerFound: {
    locating: incompatible,
    starting: incompatible,
    startingAgain: incompatible,
    opening: incompatible,
    retrying: incompatible,
    stopping: incompatible,
    restarting: incompatible,
  },
  attemptFailed: {
    locating: failed,
    starting: failed,
    startingAgain: failed,
    opening: failed,
    retrying: failed,
    stopping: failed,
    restarting: failed,
  },
  retryScheduled: {
    locating: firstRetry,
    starting: firstRetry,
    startingAgain: fourthRetry,
    opening: firstRetry,
    retrying: fourthRetry,
    stopping: firstRetry,
    restarting: firstRetry,
  },
  lost: { ready: connecting(1, 1_000 + 125, 'gone') },
  stop: Object.fromEntries(Object.keys(states).map((label) => [label, stopping])),
  restart: Object.fromEntries(Object.keys(states).map((label) => [label, restarting])),
  stopped: { stopping: resting, restarting: locating },
  forgotten: Object.fromEntries(Object.keys(states).map((label) => [label, resting])),
};

describe('transition', () => {
  const pairs = (Object.keys(states) as StateLabel[]).flatMap((state) =>
    (Object.keys(events) as EventLabel[]).map((event) => ({ state, event })),
  );
  it.each(pairs)('$state + $event', ({ state, event }) => {
    const before = states[state];
    const expected = changes[event][state];
    const after = transition(before, events[event]);
    if (expected === undefined) expect(after).toBe(before);
    else expect(after).toEqual(expected);
  });

  it('has a state here for every name', () => {
    expect(new Set(Object.values(states).map(({ name }) => name))).toEqual(new Set(daemonStateNames));
  });
});

const jitterArbitrary = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const eventArbitrary: fc.Arbitrary<DaemonEvent> = fc.oneof(
  fc.constantFrom(...Object.values(events)),
  jitterArbitrary.map((jitter): DaemonEvent => ({
    type: 'retryScheduled',
    reason: 'no',
    nowMs: 1_000,
    jitter,
  })),
);
const reached = (path: readonly DaemonEvent[]): DaemonState => path.reduce(transition, initialDaemonState);

describe('any path', () => {
  it('leads to ready from connecting only', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary), eventArbitrary, (path, event) => {
        const before = reached(path);
        const after = transition(before, event);
        if (after.name === 'ready' && before.name !== 'ready') expect(before.name).toBe('connecting');
      }),
    );
  });

  it('can be followed by a connection: no state is one that nothing leads out of', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary), (path) => {
        // What a session does with a state it finds: it waits for a stop to end, then makes an attempt.
        const after = [
          events.stopped,
          events.attempt,
          events.openingSocket,
          events.connected,
        ].reduce<DaemonState>(transition, reached(path));
        expect(after.name).toBe('ready');
      }),
    );
  });

  it('counts every failed retry, also those that got as far as starting a daemon', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('start', 'open', 'nothing'), { minLength: 1, maxLength: maxRetries }),
        (attempts) => {
          const lost = [
            events.attempt,
            events.openingSocket,
            events.connected,
            events.lost,
          ].reduce<DaemonState>(transition, initialDaemonState);
          const after = attempts.reduce<DaemonState>((state, how) => {
            let next = transition(state, events.attempt);
            if (how === 'start') next = transition(next, events.startingServer);
            if (how === 'open') next = transition(next, events.openingSocket);
            return transition(next, events.retryScheduled);
          }, lost);
          expect(after).toMatchObject({ name: 'connecting', attempt: attempts.length + 1 });
        },
      ),
    );
  });
});

describe('retryDelayMs', () => {
  it('never gets shorter, stays within 30 s, and differs between windows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        jitterArbitrary,
        jitterArbitrary,
        (attempt, one, other) => {
          const delay = retryDelayMs(attempt, one);
          expect(delay).toBeGreaterThan(0);
          expect(delay).toBeLessThanOrEqual(30_000);
          if (2 ** attempt * 250 <= 30_000)
            expect(retryDelayMs(attempt + 1, other)).toBeGreaterThanOrEqual(delay);
        },
      ),
    );
    expect(retryDelayMs(3, 0)).toBe(500);
    expect(retryDelayMs(3, 0.5)).toBe(750);
    expect(retryDelayMs(50, 0)).toBe(15_000);
  });
});
