import type * as vscode from 'vscode';
import type { MethodResult } from '../../daemon/protocol/methods.ts';
import type { SessionLog } from './daemonSession.ts';
import { Emitter } from './emitter.ts';
import type {
  CatalogObject,
  CatalogPlace,
  CatalogStore,
  DaemonSession,
  JobStore,
  JobStoreChange,
  KnownSchemas,
  SchemaTables,
} from './services.ts';

/** Lines that a schema shows at first, and more of with each "Show More": what VS Code draws in no time. */
const pageLength = 500;
/** Tables that were opened and are kept whole. */
const maxKeptTables = 300;
/** Several extractions that end together are one question. */
const calmMs = 300;

interface Known {
  readonly schemas: KnownSchemas;
  readonly tables: Map<string, SchemaTables>;
  /** The latest used last. */
  readonly objects: Map<string, CatalogObject>;
}

type Latest = ReadonlyMap<string, MethodResult<'catalogs/list'>['catalogs'][number]>;

/**
 * What was looked at of the extracted catalogs, page by page: a catalog of tens of megabytes stays in the daemon. Forgotten when an
 * extraction ends, or what was extracted is deleted.
 */
export class DaemonCatalogStore implements CatalogStore {
  readonly #session: DaemonSession;
  readonly #jobs: JobStore;
  readonly #log: SessionLog;
  readonly #emitter: Emitter<string>;
  readonly #latest = new Map<string, Latest>();
  readonly #known = new Map<string, Known>();
  /** Why there is nothing to show: not asked again with every redraw, which would start the daemon again and again. */
  readonly #missing = new Map<string, Error | 'not extracted'>();
  /** By connection: grows whenever it is forgotten, so that an answer from before is known for one. */
  readonly #epochs = new Map<string, number>();
  readonly #filters = new Map<string, string>();
  readonly #shown = new Map<string, number>();
  readonly #asking = new Map<string, Promise<unknown>>();
  readonly #listeners: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(session: DaemonSession, jobs: JobStore, log: SessionLog) {
    this.#session = session;
    this.#jobs = jobs;
    this.#log = log;
    this.#emitter = new Emitter((error) => log.error('a listener of the catalogs failed', error));
    this.#listeners = [
      jobs.onDidChange((change) => {
        if (this.#isOurs(change)) this.#refreshSoon();
      }),
      session.onDidChangeState(({ name }) => {
        if (name !== 'ready') return;
        this.#missing.clear();
        this.#refreshSoon();
      }),
    ];
  }

  get onDidChange(): vscode.Event<string> {
    return this.#emitter.event;
  }

  extractedAt({ projectDir, connection }: CatalogPlace): string | undefined {
    return this.#latest.get(projectDir)?.get(connection)?.finished_at;
  }

  async load(projectDir: string): Promise<void> {
    // Remembered as asked for, also while there is nobody to ask.
    if (!this.#latest.has(projectDir)) this.#latest.set(projectDir, new Map());
    const { client } = this.#session;
    if (client === undefined) return;
    await this.#once(`list ${projectDir}`, async () => {
      try {
        const { catalogs } = await client.call('catalogs/list', {
          project: projectDir,
          latest: true,
          limit: 5000,
        });
        this.#learn(projectDir, new Map(catalogs.map((each) => [each.connection, each])));
      } catch (error) {
        this.#log.debug(`catalogs of ${projectDir} could not be listed`, error);
        if (await isNotFound(error)) this.#learn(projectDir, new Map());
      }
    });
  }

  schemas(place: CatalogPlace): KnownSchemas | undefined {
    return this.#known.get(keyOf(place))?.schemas;
  }

  async openSchemas(place: CatalogPlace): Promise<KnownSchemas | undefined> {
    const known = this.schemas(place);
    if (known !== undefined) return known;
    const missing = this.#missing.get(keyOf(place));
    if (missing === 'not extracted') return undefined;
    if (missing !== undefined) throw missing;
    return await this.#once(`schemas ${keyOf(place)}`, async () => {
      const epoch = this.#epochs.get(keyOf(place));
      try {
        const page = await this.#ask(place, { limit: 1 });
        if (this.#epochs.get(keyOf(place)) === epoch)
          this.#known.set(keyOf(place), { schemas: page, tables: new Map(), objects: new Map() });
        return page;
      } catch (error) {
        const isMissing = await isNotFound(error);
        const reason = error instanceof Error ? error : new Error(String(error));
        this.#missing.set(keyOf(place), isMissing ? 'not extracted' : reason);
        if (isMissing) return undefined;
        throw error;
      }
    });
  }

  tables(place: CatalogPlace, schema: string): SchemaTables | undefined {
    return this.#known.get(keyOf(place))?.tables.get(schema);
  }

  async openTables(place: CatalogPlace, schema: string): Promise<SchemaTables> {
    const shown = this.#shown.get(schemaKey(place, schema)) ?? pageLength;
    const before = this.tables(place, schema);
    const isEnough = before !== undefined && before.entries.size >= Math.min(shown, before.total);
    if (isEnough) return before;
    return await this.#once(`tables ${schemaKey(place, schema)} ${shown}`, async () => {
      if ((await this.openSchemas(place)) === undefined) return { entries: new Map(), total: 0 };
      const known = this.#known.get(keyOf(place));
      const entries = new Map(this.tables(place, schema)?.entries);
      let total = 0;
      do {
        const page = await this.#ask(place, { schema, limit: pageLength, offset: entries.size });
        ({ total } = page);
        for (const entry of page.tables) entries.set(entry.name, entry);
        if (page.tables.length === 0) break;
      } while (entries.size < Math.min(shown, total));
      const found = { entries, total };
      // Of what was forgotten meanwhile nothing is kept.
      if (known === this.#known.get(keyOf(place))) known?.tables.set(schema, found);
      return found;
    });
  }

  showMore(place: CatalogPlace, schema: string): void {
    const key = schemaKey(place, schema);
    this.#shown.set(key, (this.#shown.get(key) ?? pageLength) + pageLength);
    this.#emitter.fire(place.projectDir);
  }

  table(place: CatalogPlace, schema: string, name: string): CatalogObject | undefined {
    return this.#known.get(keyOf(place))?.objects.get(JSON.stringify([schema, name]));
  }

  async openTable(place: CatalogPlace, schema: string, name: string): Promise<CatalogObject> {
    const before = this.table(place, schema, name);
    if (before !== undefined) return before;
    return await this.#once(`table ${schemaKey(place, schema)} ${name}`, async () => {
      const known = this.#known.get(keyOf(place));
      const { projectDir: project, connection } = place;
      const found = await this.#session.call('catalogs/table', { project, connection, schema, table: name });
      if (known === undefined || known !== this.#known.get(keyOf(place))) return found;
      known.objects.set(JSON.stringify([schema, name]), found);
      for (const key of known.objects.keys()) {
        if (known.objects.size <= maxKeptTables) break;
        known.objects.delete(key);
      }
      return found;
    });
  }

  filter(place: CatalogPlace): string {
    return this.#filters.get(keyOf(place)) ?? '';
  }

  setFilter(place: CatalogPlace, text: string): void {
    if (text === this.filter(place)) return;
    if (text === '') this.#filters.delete(keyOf(place));
    else this.#filters.set(keyOf(place), text);
    this.#forget(place);
    this.#emitter.fire(place.projectDir);
  }

  async refresh(): Promise<void> {
    this.#missing.clear();
    for (const key of [...this.#known.keys()]) this.#forget(placeOf(key));
    const dirs = [...this.#latest.keys()];
    for (const dir of dirs) this.#emitter.fire(dir);
    await Promise.all(dirs.map((dir) => this.load(dir)));
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    clearTimeout(this.#timer);
    this.#emitter.dispose();
  }

  async #ask(
    place: CatalogPlace,
    more: { readonly schema?: string; readonly limit: number; readonly offset?: number },
  ): Promise<MethodResult<'catalogs/tables'>> {
    const { projectDir: project, connection } = place;
    const search = this.filter(place);
    return await this.#session.call('catalogs/tables', {
      project,
      connection,
      ...(search !== '' && { search }),
      ...more,
    });
  }

  #learn(projectDir: string, latest: Latest): void {
    const before: Latest = this.#latest.get(projectDir) ?? new Map<string, never>();
    this.#latest.set(projectDir, latest);
    let isOther = before.size !== latest.size;
    for (const connection of new Set([...before.keys(), ...latest.keys()])) {
      const place = { projectDir, connection };
      const now = latest.get(connection);
      isOther ||= before.get(connection)?.finished_at !== now?.finished_at;
      const shown = this.schemas(place);
      if (now !== undefined && this.#missing.delete(keyOf(place))) isOther = true;
      if (shown === undefined) continue;
      if (shown.job_id === now?.job_id && shown.operation_id === now.operation_id) continue;
      this.#forget(place);
      isOther = true;
    }
    if (isOther) this.#emitter.fire(projectDir);
  }

  #forget(place: CatalogPlace): void {
    this.#known.delete(keyOf(place));
    this.#missing.delete(keyOf(place));
    this.#epochs.set(keyOf(place), (this.#epochs.get(keyOf(place)) ?? 0) + 1);
    for (const key of this.#shown.keys()) if (key.startsWith(`${keyOf(place)} `)) this.#shown.delete(key);
    for (const key of this.#asking.keys()) if (key.includes(keyOf(place))) this.#asking.delete(key);
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const under = this.#asking.get(key) as Promise<T> | undefined;
    if (under !== undefined) return under;
    const asking = ask().finally(() => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  /** True if a catalog may have come or gone. */
  #isOurs({ isReset, endedJobs, deletedJobs }: JobStoreChange): boolean {
    if (isReset || deletedJobs.size > 0) return true;
    return [...endedJobs].some((id) => {
      const type = this.#jobs.jobs.get(id)?.job_type;
      return type === undefined || type === 'bulk_metadata_extraction' || type === 'mixed';
    });
  }

  #refreshSoon(): void {
    if (this.#latest.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // An answer that is under way may be older than what is to be told.
      for (const dir of this.#latest.keys())
        void (this.#asking.get(`list ${dir}`) ?? Promise.resolve()).then(() => this.load(dir));
    }, calmMs);
  }
}

function keyOf({ projectDir, connection }: CatalogPlace): string {
  return JSON.stringify([projectDir, connection]);
}

function placeOf(key: string): CatalogPlace {
  const [projectDir = '', connection = ''] = JSON.parse(key) as string[];
  return { projectDir, connection };
}

function schemaKey(place: CatalogPlace, schema: string): string {
  return `${keyOf(place)} ${JSON.stringify(schema)}`;
}

/** Nothing was extracted, or nothing of it is left. */
async function isNotFound(error: unknown): Promise<boolean> {
  const { ApiError } = await import('../../daemon/protocol/errors.ts');
  return ApiError.is(error, 'not_found');
}
