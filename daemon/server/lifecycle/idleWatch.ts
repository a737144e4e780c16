export interface IdleWatchOptions {
  readonly idleTimeoutMs: number;
  /** True while somebody or something needs the daemon. Asked now and then; must be cheap. */
  readonly isBusy: () => boolean;
  readonly onIdle: () => void;
}

export interface IdleWatch {
  /** Something happened: the time starts anew. */
  readonly touch: () => void;
  /** Looks once; the daemon's periodic check calls it. */
  readonly check: () => void;
  /** How long to wait between checks, so that the daemon stops soon after the timeout and not long before the next tick. */
  readonly checkEveryMs: number;
}

const longestCheckMs = 3_000;

/** Calls `onIdle` once nothing was busy for `idleTimeoutMs`, as seen by `check()`. Has no timer of its own. */
export function createIdleWatch(
  options: IdleWatchOptions,
  now: () => number = () => performance.now(),
): IdleWatch {
  let lastBusyAtMs = now();
  let isTold = false;
  return {
    checkEveryMs: Math.max(20, Math.min(longestCheckMs, options.idleTimeoutMs / 4)),
    touch: () => {
      lastBusyAtMs = now();
    },
    check: () => {
      if (options.isBusy()) {
        lastBusyAtMs = now();
      } else if (!isTold && now() - lastBusyAtMs >= options.idleTimeoutMs) {
        isTold = true;
        options.onIdle();
      }
    },
  };
}
