import type * as vscode from 'vscode';
import type { MethodResult } from '../../daemon/protocol/methods.ts';

export type ConnectionProbe = MethodResult<'projects/check'>['connections'][number];
export interface CheckedConnection {
  readonly probe: ConnectionProbe;
  /** Epoch. */
  readonly checkedAtMs: number;
}

/** What the last check of each connection found, for as long as the window lives: nobody else tells when a database goes away. */
export class ConnectionStatus {
  readonly #known = new Map<string, Map<string, CheckedConnection>>();
  readonly #listeners = new Set<(projectDir: string) => void>();

  /** The folder of the project whose connections were checked. */
  readonly onDidChange = (listener: (projectDir: string) => void): vscode.Disposable => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };

  get(projectDir: string, connection: string): CheckedConnection | undefined {
    return this.#known.get(projectDir)?.get(connection);
  }

  /** Connections that are not among the probes keep what was known of them: a check may be of one connection alone. */
  set(projectDir: string, probes: readonly ConnectionProbe[], checkedAtMs = Date.now()): void {
    const known = this.#known.get(projectDir) ?? new Map<string, CheckedConnection>();
    for (const probe of probes) known.set(probe.connection, { probe, checkedAtMs });
    this.#known.set(projectDir, known);
    for (const listener of [...this.#listeners]) listener(projectDir);
  }
}
