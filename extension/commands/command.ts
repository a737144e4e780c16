import type { Services } from '../platform/services.ts';

/**
 * One command, one file in this folder, one line in `table.ts`. `run` gets what menus, code lenses and programs pass, which is
 * `unknown`: nothing from the palette. It may throw; `register.ts` shows the error once, with what to do about it.
 */
export interface Command {
  readonly id: `ombudsman.${string}`;
  /**
   * `trust`: refused in Restricted Mode with a button to trust. `daemon`: trust, and the daemon is connected (started) before
   * `run` is called, with progress in the status bar; if that fails the error is shown and `run` is not called.
   */
  readonly needs: 'nothing' | 'trust' | 'daemon';
  run(services: Services, ...args: readonly unknown[]): Promise<unknown>;
}
