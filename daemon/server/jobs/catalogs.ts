import { join } from 'node:path';
import { ApiError } from '../../protocol/errors.ts';
import type { KnownCatalog } from '../../protocol/answers.ts';
import { compareRuns, type Run } from '../storage/runList.ts';
import type { JobRegistry } from './jobRegistry.ts';
import type { ProjectPlace, ProjectPlaces } from './projectPlaces.ts';
import type { CatalogContent } from './readCatalog.ts';

/** Columns of all catalogs that are kept in memory. */
const maxKeptColumns = 200_000;
/** Extractions looked at when files of the latest ones are gone. */
const maxLookedAt = 10;

/** Tables and columns as the last extraction of a connection found them, read from its artifact once. */
export class Catalogs {
  readonly #registry: JobRegistry;
  readonly #places: ProjectPlaces;
  readonly #dataDir: string;
  /** By run; the latest used last. */
  readonly #kept = new Map<string, Promise<CatalogContent | undefined>>();
  readonly #columns = new Map<string, number>();

  constructor(registry: JobRegistry, places: ProjectPlaces, dataDir: string) {
    this.#registry = registry;
    this.#places = places;
    this.#dataDir = dataDir;
  }

  /** Rejects with not_found if nothing was extracted, or nothing of it is left. */
  async ofConnection(place: ProjectPlace, connection: string): Promise<KnownCatalog> {
    let lookedAt = 0;
    for (const run of await this.#runs(place, connection)) {
      if (++lookedAt > maxLookedAt) break;
      const content = await this.#content(run);
      if (content !== undefined)
        return { connection, job_id: run.job_id, operation_id: run.operation_id, ...content };
    }
    const what = lookedAt === 0 ? 'has not been extracted yet' : 'was extracted, but the files are gone';
    throw new ApiError('not_found', `The catalog of ${connection} in ${place.project_id} ${what}.`, {
      hint: `Extract it: metadata/bulkExtract, or "ombudsman extract --connection ${connection}" in ${place.dir}.`,
    });
  }

  /** Completed extractions, the latest first. */
  async #runs({ project_id, dir }: ProjectPlace, connection: string): Promise<Run[]> {
    const { runs } = this.#registry.store;
    const found: Run[] = [];
    for (const subject of runs.latest('catalog')) {
      if (subject.name !== connection) continue;
      const isHere =
        subject.project_dir === dir ||
        (subject.project_id === project_id && (await this.#places.isSameFolder(subject.project_dir, dir)));
      if (isHere) found.push(...runs.runsOf(subject));
    }
    return found.sort((a, b) => compareRuns(b, a));
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

  async #read({ job_id, operation_id }: Run): Promise<CatalogContent | undefined> {
    const frame = await this.#registry.frames(job_id).catch(() => undefined);
    const index = frame?.plan.operations.find((each) => each.operation_id === operation_id)?.index;
    const state = index === undefined ? undefined : frame?.statuses[index];
    const { result } = state ?? {};
    if (result?.type !== 'metadata_extraction') return undefined;
    const artifact = state?.artifacts.find(({ artifact_id }) => artifact_id === result.artifact_id);
    if (artifact === undefined) return undefined;
    // The schema of a catalog is loaded when somebody asks for one: an idle daemon does without.
    const { readCatalog } = await import('./readCatalog.ts');
    return await readCatalog(join(this.#dataDir, artifact.path));
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
