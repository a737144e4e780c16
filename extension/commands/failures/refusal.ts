import type { CommandFollowUp, Severity } from '../../platform/services.ts';

/**
 * Thrown by a command that cannot do what was asked as things stand: nothing is broken, and the message says what to do.
 * Shown once by `dispatch.ts`.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly severity: Severity;
  readonly followUps: readonly CommandFollowUp[];

  constructor(message: string, followUps: readonly CommandFollowUp[] = [], severity: Severity = 'info') {
    super(message);
    this.followUps = followUps;
    this.severity = severity;
  }
}

/** Thrown where a person pressed Escape: the command ends and nothing is shown. */
export class Dismissed extends Error {
  override readonly name = 'Dismissed';
}
