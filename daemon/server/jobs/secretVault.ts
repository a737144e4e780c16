import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import type { SecretLookup } from '../../definitions/secrets.ts';

export interface VaultOptions {
  /** The daemon's own environment. */
  readonly environment: (name: string) => string | undefined;
  /** Told every value that was handed out, so that it is taken out of logs and errors. */
  readonly registerSecret: (value: string) => void;
}

/**
 * Values for `${env:NAME}` and `${secret:NAME}`, in memory only. A value given with a call goes first, because the daemon's
 * environment is that of whoever happened to start it; then that environment; then the project's `.env` file, read anew for each use.
 */
export class SecretVault {
  readonly #options: VaultOptions;
  readonly #given = new Map<string, string>();

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  /** Keeps what a client sent with a call, for all later operations of this daemon's life. */
  give(secrets: Readonly<Record<string, string>> | undefined): void {
    for (const [name, value] of Object.entries(secrets ?? {})) {
      this.#given.set(name, value);
      this.#options.registerSecret(value);
    }
  }

  /** A lookup for one project; reads its `.env` file. A file that cannot be read counts as empty: what is missing is then named. */
  async lookup(projectDir: string | null): Promise<SecretLookup> {
    const fromFile = projectDir === null ? {} : await readEnvFile(join(projectDir, '.env'));
    return (kind, name) => {
      const inFile = Object.hasOwn(fromFile, name) ? fromFile[name] : undefined;
      const value =
        this.#given.get(name) ??
        (kind === 'env'
          ? (this.#options.environment(name) ?? inFile)
          : (inFile ?? this.#options.environment(name)));
      if (value !== undefined) this.#options.registerSecret(value);
      return value;
    };
  }
}

async function readEnvFile(path: string): Promise<Record<string, string>> {
  try {
    return parse(await readFile(path));
  } catch {
    return {};
  }
}
