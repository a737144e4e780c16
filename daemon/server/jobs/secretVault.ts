import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { SecretKind, SecretLookup } from '../../definitions/secrets.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { GivenSecrets } from '../../protocol/params.ts';
import { isLiteralName } from './literalPasswords.ts';

/** What was given for a reference of a project; null for what belongs to none. */
export type GivenLookup = (projectDir: string | null, kind: SecretKind, name: string) => string | undefined;

const nothingGiven: GivenLookup = () => undefined;

export interface VaultOptions {
  /** The daemon's own environment. */
  readonly environment: (name: string) => string | undefined;
  /** Told every value that was handed out, so that it is taken out of logs and errors. */
  readonly registerSecret: (value: string) => void;
}

/**
 * Values for `${env:NAME}` and `${secret:NAME}`, in memory only. A value given for the job goes first, because the daemon's
 * environment is that of whoever happened to start it; then that environment; then the project's `.env` file, read anew for each use.
 */
export class SecretVault {
  readonly #options: VaultOptions;
  /** Passwords written into a project's own file, by its folder: they belong to that project alone. */
  readonly #literals = new Map<string, Readonly<Record<string, string>>>();
  readonly #values = new Set<string>();

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  /** What a client sent with a call, to be looked up. Kept here is only what must be hidden. Throws invalid_params. */
  given(secrets: GivenSecrets | undefined): GivenLookup {
    if (secrets === undefined) return nothingGiven;
    const everywhere = new Map<string, string>();
    const ofProjects = new Map<string, Map<string, string>>();
    for (const [key, value] of Object.entries(secrets)) {
      if (typeof value === 'string') everywhere.set(key, value);
      else ofProjects.set(projectKey(key), new Map(Object.entries(value)));
    }
    for (const values of [everywhere, ...ofProjects.values()])
      for (const value of values.values()) this.#register(value);
    return (projectDir, kind, name) => {
      const own = projectDir === null ? undefined : ofProjects.get(projectDir);
      const qualified = `${kind}:${name}`;
      return own?.get(qualified) ?? own?.get(name) ?? everywhere.get(qualified) ?? everywhere.get(name);
    };
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
  async lookup(projectDir: string | null, given: GivenLookup): Promise<SecretLookup> {
    const fromFile = projectDir === null ? {} : await readEnvFile(join(projectDir, '.env'));
    return (kind, name) => {
      if (isLiteralName(name))
        return projectDir === null ? undefined : this.#literals.get(projectDir)?.[name];
      const inFile = Object.hasOwn(fromFile, name) ? fromFile[name] : undefined;
      const value =
        given(projectDir, kind, name) ??
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

/** The first that has a value. */
export function givenFirst(...lookups: readonly GivenLookup[]): GivenLookup {
  return (projectDir, kind, name) => {
    for (const lookup of lookups) {
      const value = lookup(projectDir, kind, name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** The folder as plans name it. */
function projectKey(folder: string): string {
  if (isAbsolute(folder)) return resolve(folder);
  throw new ApiError('invalid_params', `secrets: ${JSON.stringify(folder)} holds values, and is no folder.`, {
    hint: 'Write a text as the value of a name, or the absolute folder of a project and an object with its values.',
  });
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
