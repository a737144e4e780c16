import type { MethodResult } from '../../protocol/methods.ts';
import type { LanguageHost } from './host.ts';

type Results = MethodResult<'projects/results'> | null;
type Catalog = MethodResult<'projects/catalog'> | null;

const coalesceMs = 200;

/** What the host knows, asked once until it says that it changed. A host that fails knows nothing. */
export class KnownFacts {
  readonly #host: LanguageHost;
  readonly #results = new Map<string, Promise<Results>>();
  readonly #catalogs = new Map<string, Promise<Catalog>>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: LanguageHost, onChange: () => void) {
    this.#host = host;
    this.#stopListening = host.onDidChange((projectDir) => {
      this.#results.delete(projectDir);
      for (const key of this.#catalogs.keys()) {
        if ((JSON.parse(key) as string[])[0] === projectDir) this.#catalogs.delete(key);
      }
      // Jobs may end by the hundred; what they left is looked at once.
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        onChange();
      }, coalesceMs);
    });
  }

  results(projectDir: string): Promise<Results> {
    return remember(this.#results, projectDir, () => this.#host.results(projectDir));
  }

  catalog(projectDir: string, connection: string): Promise<Catalog> {
    const key = JSON.stringify([projectDir, connection]);
    return remember(this.#catalogs, key, () => this.#host.catalog(projectDir, connection));
  }

  async projects(): Promise<readonly { readonly project_id: string; readonly path: string }[]> {
    return (await this.#host.projects?.().catch(() => null)) ?? [];
  }

  end(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
  }
}

function remember<T>(
  known: Map<string, Promise<T | null>>,
  key: string,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const asked = ask().catch(() => null);
  known.set(key, asked);
  return asked;
}
