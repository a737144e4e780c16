import { isAbsolute } from 'node:path';
import { pathInProject, type ExistingPipeline } from '../../../definitions/pairing/pairFiles.ts';
import type { CatalogRef } from '../../../protocol/catalogMethods.ts';
import { ApiError } from '../../../protocol/errors.ts';
import type { MethodParams, MethodResult } from '../../../protocol/methods.ts';
import type { Planner } from '../planner.ts';
import { projectPipelines } from '../projectQueries.ts';
import type { ProjectPlaces } from '../projectPlaces.ts';
import type { CatalogThread } from './catalogThread.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';

export interface CatalogQueriesDeps {
  readonly snapshots: Snapshots;
  readonly places: ProjectPlaces;
  readonly planner: Planner;
  readonly thread: CatalogThread;
}

/** What is asked of extracted catalogs: which there are, pages of their tables, single tables, what differs, what pairs. */
export class CatalogQueries {
  readonly #deps: CatalogQueriesDeps;

  constructor(deps: CatalogQueriesDeps) {
    this.#deps = deps;
  }

  async tables(params: MethodParams<'catalogs/tables'>): Promise<MethodResult<'catalogs/tables'>> {
    const { project, connection, ...page } = params;
    const { path, ...snapshot } = await this.#latest(project, connection);
    return { ...snapshot, ...(await this.#deps.thread.ask('page', { path, ...page })) };
  }

  async table(params: MethodParams<'catalogs/table'>): Promise<MethodResult<'catalogs/table'>> {
    const { project, connection, schema, table } = params;
    const { path, ...snapshot } = await this.#latest(project, connection);
    return { ...snapshot, ...(await this.#deps.thread.ask('object', { path, schema, table })) };
  }

  async compare(params: MethodParams<'catalogs/compare'>): Promise<MethodResult<'catalogs/compare'>> {
    const { before, after, map_schemas, map_tables, ...rest } = params;
    return await this.#deps.thread.ask('compare', {
      before: await this.#fileOf(before),
      after: await this.#fileOf(after),
      options: {
        ...(map_schemas !== undefined && { schemaMap: map_schemas }),
        ...(map_tables !== undefined && { tableMap: map_tables }),
      },
      ...rest,
    });
  }

  async starterPipelines(
    params: MethodParams<'catalogs/starterPipelines'>,
  ): Promise<MethodResult<'catalogs/starterPipelines'>> {
    const { project, source, target, job_id, ...filter } = params;
    const { path: dir, pipelines } = await projectPipelines(this.#deps.planner, { project });
    const existing = new Map<string, ExistingPipeline>();
    for (const each of pipelines) {
      const { pipeline_id, file } = each;
      const sides = { source: each.source.connection, target: each.target.connection };
      existing.set(pathInProject(dir, file), { pipeline_id, ...sides });
    }
    const side = async (connection: string): Promise<{ connection: string; path: string }> => {
      const { path } =
        job_id === undefined
          ? await this.#latest(project, connection)
          : await this.#deps.snapshots.ofJob(job_id, connection);
      return { connection, path };
    };
    return await this.#deps.thread.ask('starterPipelines', {
      source: await side(source),
      target: await side(target),
      existing,
      ...filter,
    });
  }

  async #latest(project: string, connection: string): Promise<Snapshot> {
    const { places, snapshots } = this.#deps;
    return await snapshots.latest(await places.locate(project), connection);
  }

  async #fileOf(ref: CatalogRef): Promise<{ readonly path: string; readonly label: string }> {
    if ('file' in ref) {
      if (!isAbsolute(ref.file)) {
        const hint = 'Give the whole path of the file.';
        throw new ApiError('invalid_params', `${ref.file} is no absolute path.`, { hint });
      }
      return { path: ref.file, label: ref.label ?? ref.file };
    }
    if ('job_id' in ref) {
      const { path, job_id, connection } = await this.#deps.snapshots.ofJob(ref.job_id, ref.connection);
      return { path, label: ref.label ?? `${job_id}:${connection}` };
    }
    const { path } = await this.#latest(ref.project, ref.connection);
    return { path, label: ref.label ?? ref.connection };
  }
}
