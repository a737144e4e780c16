import { connectDaemon, type DaemonClient } from '../client/connectDaemon.ts';
import { isJobEnded } from '../protocol/entities.ts';
import type { EventBatch } from '../protocol/events.ts';
import type { MethodInput, MethodName, MethodResult } from '../protocol/methods.ts';
import { productVersion } from '../protocol/version.ts';
import type { LanguageHost } from '../server/language/host.ts';

/** How often it is looked for a daemon while none is connected; this costs reading one small file. */
const lookEveryMs = 5_000;

/** What a running daemon knows, for the language server. Never starts one; knows nothing while there is none. */
export class DaemonHost implements LanguageHost {
  readonly #dataDir: string | undefined;
  readonly #listeners = new Set<(projectDir: string) => void>();
  readonly #asked = new Set<string>();
  readonly #end = new AbortController();
  #client: DaemonClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void>;

  constructor(dataDir: string | undefined) {
    this.#dataDir = dataDir;
    this.#looking = this.#look();
  }

  results(projectDir: string): Promise<MethodResult<'projects/results'> | null> {
    return this.#ask(projectDir, 'projects/results', { project: projectDir });
  }

  catalog(projectDir: string, connection: string): Promise<MethodResult<'projects/catalog'> | null> {
    return this.#ask(projectDir, 'projects/catalog', { project: projectDir, connection });
  }

  async projects(): Promise<MethodResult<'projects/list'>['projects'] | null> {
    return (await this.#ask(null, 'projects/list', {}))?.projects ?? null;
  }

  onDidChange(listener: (projectDir: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  end(): void {
    this.#end.abort();
    clearTimeout(this.#timer);
    this.#client?.close();
  }

  async #ask<M extends MethodName>(
    projectDir: string | null,
    method: M,
    input: MethodInput<M>,
  ): Promise<MethodResult<M> | null> {
    if (projectDir !== null) this.#asked.add(projectDir);
    await this.#looking;
    try {
      return (await this.#client?.call(method, input)) ?? null;
    } catch {
      return null;
    }
  }

  async #look(): Promise<void> {
    const { signal } = this.#end;
    try {
      const client = await connectDaemon({
        clientName: `ombudsman-lsp ${productVersion}`,
        start: false,
        signal,
        ...(this.#dataDir === undefined ? {} : { dataDir: this.#dataDir }),
      });
      client.onClose(() => {
        this.#client = undefined;
        this.#changed();
        this.#lookLater();
      });
      await client.subscribe({ detail: 'summary', operations_snapshot: false }, (batch) =>
        this.#heard(batch),
      );
      this.#client = client;
      this.#changed();
    } catch {
      this.#lookLater();
    }
  }

  #lookLater(): void {
    if (this.#end.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, lookEveryMs);
  }

  #heard({ events, snapshot }: EventBatch): void {
    const hasEnded = events.some(
      (event) => event.type === 'job_deleted' || (event.type === 'job' && isJobEnded(event.job.status)),
    );
    if (hasEnded || snapshot !== undefined) this.#changed();
  }

  /** Which project a job belongs to, its folders tell; they are few, and asking again is cheap. */
  #changed(): void {
    for (const projectDir of this.#asked) for (const listener of this.#listeners) listener(projectDir);
  }
}
