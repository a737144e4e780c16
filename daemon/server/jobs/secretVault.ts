import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretLookup } from '../../definitions/secrets.ts';
import { isLiteralName } from './literalPasswords.ts';

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
  /** Passwords written into a project's own file, by its folder: they belong to that project alone. */
  readonly #literals = new Map<string, Readonly<Record<string, string>>>();
  readonly #values = new Set<string>();

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  /** Keeps what a client sent with a call, for all later operations of this daemon's life. */
  give(secrets: Readonly<Record<string, string>> | undefined): void {
    for (const [name, value] of Object.entries(secrets ?? {})) {
      this.#given.set(name, value);
      this.#register(value);
    }
  }

  /** Every value given or handed out so far: what the output of a program must not show. */
  values(): string[] {
    return [...this.#values];
  }

  /** Keeps the passwords that stand in the file of a project; see literalPasswords.ts. */
  keepLiterals(projectDir: string, literals: Readonly<Record<string, string>>): void {
    this.#literals.set(projectDir, literals);
    for (const value of Object.values(literals)) this.#register(value);
  }

  knowsLiterals(projectDir: string): boolean {
    return this.#literals.has(projectDir);
  }

  /** A lookup for one project; reads its `.env` file. A file that cannot be read counts as empty: what is missing is then named. */
  async lookup(projectDir: string | null): Promise<SecretLookup> {
    const fromFile = projectDir === null ? {} : await readEnvFile(join(projectDir, '.env'));
    return (kind, name) => {
      if (isLiteralName(name))
        return projectDir === null ? undefined : this.#literals.get(projectDir)?.[name];
      const inFile = Object.hasOwn(fromFile, name) ? fromFile[name] : undefined;
      const value =
        this.#given.get(name) ??
        (kind === 'env'
          ? (this.#options.environment(name) ?? inFile)
          : (inFile ?? this.#options.environment(name)));
      if (value !== undefined) this.#register(value);
      return value;
    };
  }

  #register(value: string): void {
    this.#values.add(value);
    this.#options.registerSecret(value);
  }
}

async function readEnvFile(path: string): Promise<Record<string, string>> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch {
    return {};
  }
  // Loaded with the first .env file: most daemons see none.
  const { default: dotenv } = await import('dotenv');
  return dotenv.parse(text);
}
