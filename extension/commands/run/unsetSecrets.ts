/** What a run lacks of secrets, by the diagnostics of the daemon. Free of vscode. */
import { basename, dirname } from 'node:path';
import type { Diagnostic } from '../../../daemon/protocol/errors.ts';

export interface UnsetSecret {
  readonly projectDir: string;
  readonly name: string;
  /** `${secret:NAME} has no value, and connection "legacy" needs it`. */
  readonly message: string;
}

/**
 * The secrets that can be asked for: none if anything else is wrong, which typing values would not mend. What an ombudsman.yaml
 * refers to is of its folder, what the batch refers to of the batch's project; `${env:}` is the environment's and is not ours to set.
 */
export function unsetSecrets(
  diagnostics: readonly Diagnostic[],
  batchProjectDir: string | null = null,
): UnsetSecret[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const found = new Map<string, UnsetSecret>();
  for (const { code, message, file } of errors) {
    const name = /^\$\{secret:([^}]+)\} has no value/.exec(message)?.[1];
    const projectDir = basename(file) === 'ombudsman.yaml' ? dirname(file) : batchProjectDir;
    if (code !== 'unset_secret' || name === undefined || projectDir === null) return [];
    const key = JSON.stringify([projectDir, name]);
    if (!found.has(key)) found.set(key, { projectDir, name, message });
  }
  return [...found.values()];
}
