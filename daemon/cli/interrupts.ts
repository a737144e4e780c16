/**
 * Ctrl-C (and SIGTERM, which CI systems send) in steps: the first asks for one thing, the second for the next, further ones
 * repeat the last. Returns how to give the signals back to their default, which ends the process.
 */
export function onInterrupts(steps: readonly (() => void)[]): () => void {
  let count = 0;
  const handle = () => {
    steps[Math.min(count, steps.length - 1)]?.();
    count += 1;
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}
