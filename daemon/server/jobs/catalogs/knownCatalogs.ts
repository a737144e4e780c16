import type { KnownCatalog } from '../../../protocol/answers.ts';
import type { Run } from '../../storage/runList.ts';
import type { ProjectPlace } from '../projectPlaces.ts';
import type { CatalogContent } from './readKnown.ts';
import type { Snapshots } from './snapshots.ts';

/** Columns of all catalogs that are kept in memory. */
const maxKeptColumns = 200_000;

/** Tables and columns as the last extraction of a connection found them, read from its artifact once. */
export class KnownCatalogs {
  readonly #snapshots: Snapshots;
  /** By run; the latest used last. */
  readonly #kept = new Map<string, Promise<CatalogContent | undefined>>();
  readonly #columns = new Map<string, number>();

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Rejects with not_found if nothing was extracted, or nothing of it is left. */
  async ofConnection(place: ProjectPlace, connection: string): Promise<KnownCatalog> {
    return await this.#snapshots.firstOf(place, connection, async (run) => {
      const content = await this.#content(run);
      if (content === undefined) return undefined;
      return { connection, job_id: run.job_id, operation_id: run.operation_id, ...content };
    });
  }

  /** Undefined if the file, or the record of its job, is gone. */
  async #content(run: Run): Promise<CatalogContent | undefined> {
    const key = `${run.job_id} ${run.operation_id} ${run.at}`;
    const reading = this.#kept.get(key) ?? this.#read(run);
    this.#kept.delete(key);
    this.#kept.set(key, reading);
    let content: CatalogContent | undefined;
    try {
      content = await reading;
    } finally {
      if (content === undefined) this.#kept.delete(key);
    }
    if (content === undefined) return undefined;
    this.#columns.set(
      key,
      content.tables.reduce((sum, table) => sum + table.columns.length, 0),
    );
    this.#forgetOldest();
    return content;
  }

  async #read(run: Run): Promise<CatalogContent | undefined> {
    const path = await this.#snapshots.pathOf(run);
    if (path === undefined) return undefined;
    // The schema of a catalog is loaded when somebody asks for one: an idle daemon does without.
    const { readCatalog } = await import('./readKnown.ts');
    return await readCatalog(path);
  }

  #forgetOldest(): void {
    let sum = [...this.#columns.values()].reduce((total, count) => total + count, 0);
    for (const key of this.#kept.keys()) {
      if (sum <= maxKeptColumns || this.#kept.size === 1) return;
      sum -= this.#columns.get(key) ?? 0;
      this.#kept.delete(key);
      this.#columns.delete(key);
    }
  }
}
