/** What the `ombudsman` program says to its caller; part of the contract, so a number never changes its meaning. */
export const exitCodes = {
  completed: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  unreachable: 4,
  internal: 5,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The worst first: what several files run in one call answer together. */
const worstFirst: readonly ExitCode[] = [
  exitCodes.internal,
  exitCodes.unreachable,
  exitCodes.usage,
  exitCodes.cancelled,
  exitCodes.failed,
  exitCodes.completed,
];

/** One exit code for several: the worst of them, 0 for none. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? exitCodes.completed;
}
