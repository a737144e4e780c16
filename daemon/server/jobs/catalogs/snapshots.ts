import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../../../protocol/entities.ts';
import { ApiError } from '../../../protocol/errors.ts';
import type { MethodParams, MethodResult } from '../../../protocol/methods.ts';
import { compareRuns, type Run } from '../../storage/runList.ts';
import type { JobRegistry } from '../jobRegistry.ts';
import type { ProjectPlace, ProjectPlaces } from '../projectPlaces.ts';

/** Extractions looked at when files of the latest ones are gone. */
const maxLookedAt = 10;

/** Where a catalog lies, and who wrote it. */
export interface Snapshot {
  readonly connection: string;
  readonly job_id: string;
  readonly operation_id: string;
  /** Absolute. */
  readonly path: string;
}

type Listed = MethodResult<'catalogs/list'>['catalogs'][number];

/** Which extractions there were, and where their artifacts lie. Reads no artifact. */
export class Snapshots {
  readonly #registry: JobRegistry;
  readonly #places: ProjectPlaces;
  readonly #dataDir: string;

  constructor(registry: JobRegistry, places: ProjectPlaces, dataDir: string) {
    this.#registry = registry;
    this.#places = places;
    this.#dataDir = dataDir;
  }

  /** Completed extractions of a project, the latest first. */
  async list(params: MethodParams<'catalogs/list'>): Promise<MethodResult<'catalogs/list'>> {
    const place = await this.#places.locate(params.project);
    const found = new Map<string, Run[]>();
    for (const { name, runs } of await this.#subjects(place, params.connection))
      found.set(name, [...(found.get(name) ?? []), ...runs]);
    const all = [...found].flatMap(([connection, runs]) => {
      const sorted = runs.sort((a, b) => compareRuns(b, a));
      return (params.latest ? sorted.slice(0, 1) : sorted).map((run) => ({ connection, run }));
    });
    all.sort((a, b) => compareRuns(b.run, a.run));
    const catalogs = all
      .slice(params.offset, params.offset + params.limit)
      .map(({ connection, run: { job_id, operation_id, at } }): Listed => ({
        connection,
        job_id,
        operation_id,
        finished_at: at,
      }));
    return { catalogs, total: all.length };
  }

  /** The last extraction of a connection whose file is there. Rejects with not_found. */
  async latest(place: ProjectPlace, connection: string): Promise<Snapshot> {
    return await this.firstOf(place, connection, async (run) => {
      const path = await this.pathOf(run);
      if (path === undefined || !(await isThere(path))) return undefined;
      return { connection, job_id: run.job_id, operation_id: run.operation_id, path };
    });
  }

  /** What `look` finds in the latest extraction of a connection in which it finds anything. Rejects with not_found. */
  async firstOf<T>(
    place: ProjectPlace,
    connection: string,
    look: (run: Run) => Promise<T | undefined>,
  ): Promise<T> {
    const runs = (await this.#subjects(place, connection)).flatMap((subject) => subject.runs);
    runs.sort((a, b) => compareRuns(b, a));
    for (const run of runs.slice(0, maxLookedAt)) {
      const found = await look(run);
      if (found !== undefined) return found;
    }
    const what = runs.length === 0 ? 'has not been extracted yet' : 'was extracted, but the files are gone';
    throw new ApiError('not_found', `The catalog of ${connection} in ${place.project_id} ${what}.`, {
      hint: `Extract it: metadata/bulkExtract, or "ombudsman extract --connection ${connection}" in ${place.dir}.`,
    });
  }

  /** What a job extracted; of several the one of the named connection. Rejects with not_found or invalid_params. */
  async ofJob(jobId: string, connection: string | undefined): Promise<Snapshot> {
    const { plan, statuses } = await this.#registry.frames(jobId);
    const extractions = plan.operations.flatMap(({ work, operation_id, index }) =>
      work.type === 'metadata_extraction' ? [{ connection: work.connection, operation_id, index }] : [],
    );
    const found = extractions.filter((each) => connection === undefined || each.connection === connection);
    const [only] = found;
    const names = extractions.map((each) => each.connection).join(', ');
    if (only === undefined) {
      const what = connection === undefined ? 'no catalog' : `no catalog of ${connection}`;
      const hint = names === '' ? 'Name a job that extracted one.' : `It has those of ${names}.`;
      throw new ApiError('not_found', `Job ${jobId} has ${what}.`, { hint });
    }
    if (found.length > 1) {
      const hint = `Say which connection: ${names}.`;
      throw new ApiError('invalid_params', `Job ${jobId} has ${found.length} catalogs.`, { hint });
    }
    const state = statuses[only.index];
    const artifact = catalogArtifact(state?.artifacts ?? []);
    if (artifact === undefined) {
      const why = state?.error === undefined ? `is ${state?.status}` : `failed: ${state.error.message}`;
      const message = `Job ${jobId} has no catalog of ${only.connection}: the extraction ${why}`;
      throw new ApiError('not_found', message, { hint: 'Retry it, or name another job.' });
    }
    const path = join(this.#dataDir, artifact.path);
    return { connection: only.connection, job_id: jobId, operation_id: only.operation_id, path };
  }

  /** The artifact of an extraction; undefined if the record of its job is gone. */
  async pathOf({ job_id, operation_id }: Run): Promise<string | undefined> {
    const frame = await this.#registry.frames(job_id).catch(() => undefined);
    const index = frame?.plan.operations.find((each) => each.operation_id === operation_id)?.index;
    const state = index === undefined ? undefined : frame?.statuses[index];
    const { result } = state ?? {};
    if (result?.type !== 'metadata_extraction') return undefined;
    const artifact = state?.artifacts.find(({ artifact_id }) => artifact_id === result.artifact_id);
    return artifact === undefined ? undefined : join(this.#dataDir, artifact.path);
  }

  async #subjects(
    { project_id, dir }: ProjectPlace,
    connection: string | undefined,
  ): Promise<{ readonly name: string; readonly runs: Run[] }[]> {
    const { runs } = this.#registry.store;
    const found: { readonly name: string; readonly runs: Run[] }[] = [];
    for (const subject of runs.latest('catalog')) {
      if (connection !== undefined && subject.name !== connection) continue;
      const isHere =
        subject.project_dir === dir ||
        (subject.project_id === project_id && (await this.#places.isSameFolder(subject.project_dir, dir)));
      if (isHere) found.push({ name: subject.name, runs: runs.runsOf(subject) });
    }
    return found;
  }
}

function catalogArtifact(artifacts: readonly Artifact[]): Artifact | undefined {
  return artifacts.find(({ kind }) => kind === 'catalog');
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    (file) => file.isFile(),
    () => false,
  );
}
