import type { MethodResult } from '../../protocol/methods.ts';

/**
 * What the language server asks of whoever runs it: the daemon (through its worker thread), the command line (through a
 * client), or nobody at all (Restricted Mode). It reads files and never writes, runs or connects to anything itself.
 */
export interface LanguageHost {
  /** Null: nothing known (no daemon, project never run). Never rejects. */
  results(projectDir: string): Promise<MethodResult<'projects/results'> | null>;
  /** The last extracted catalog; null if there is none. Never rejects. */
  catalog(projectDir: string, connection: string): Promise<MethodResult<'projects/catalog'> | null>;
  /** Projects the daemon has seen, for batch files that name one by its id; null: nothing known. Never rejects. */
  projects?(): Promise<readonly { readonly project_id: string; readonly path: string }[] | null>;
  /** Called with the project folder whose results or catalogs changed. Returns how to take it back. */
  onDidChange(listener: (projectDir: string) => void): () => void;
}

/** A host that knows nothing. */
export const emptyHost: LanguageHost = {
  results: () => Promise.resolve(null),
  catalog: () => Promise.resolve(null),
  onDidChange: () => () => undefined,
};
