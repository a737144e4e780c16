import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { ProjectRegistry } from '../storage/projects.ts';
import type { Planner } from './planner.ts';

export interface ProjectPlace {
  readonly project_id: string;
  /** Absolute folder of its ombudsman.yaml. */
  readonly dir: string;
}

const fileName = 'ombudsman.yaml';
const maxKnown = 1000;

/** Which project a caller means, without reading its files again for every question. */
export class ProjectPlaces {
  readonly #planner: Pick<Planner, 'project'>;
  readonly #projects: ProjectRegistry;
  readonly #known = new Map<string, { readonly stamp: string; readonly project_id: string }>();
  readonly #realPaths = new Map<string, string>();

  constructor(planner: Pick<Planner, 'project'>, projects: ProjectRegistry) {
    this.#planner = planner;
    this.#projects = projects;
  }

  /** By path or by project_id, as everywhere. Rejects with not_found if there is no such project. */
  async locate(ref: string): Promise<ProjectPlace> {
    const dir = this.#dirOf(ref);
    const stamp = dir === undefined ? undefined : await stampOf(dir);
    const known = dir === undefined ? undefined : this.#known.get(dir);
    if (dir !== undefined && known !== undefined && known.stamp === stamp)
      return { project_id: known.project_id, dir };
    const { project_id, dir: loadedDir } = await this.#planner.project(dir ?? ref);
    if (this.#known.size >= maxKnown) this.#known.clear();
    if (stamp !== undefined) this.#known.set(loadedDir, { stamp, project_id });
    return { project_id, dir: loadedDir };
  }

  /** True if both paths lead to the same folder, over whatever links: a terminal and an editor may name it differently. */
  async isSameFolder(one: string, other: string): Promise<boolean> {
    return one === other || (await this.#realPath(one)) === (await this.#realPath(other));
  }

  #dirOf(ref: string): string | undefined {
    if (isAbsolute(ref)) {
      const path = resolve(ref);
      return basename(path) === fileName ? dirname(path) : path;
    }
    const found = this.#projects.find(ref);
    return found.length === 1 ? found[0]?.path : undefined;
  }

  async #realPath(path: string): Promise<string> {
    const known = this.#realPaths.get(path);
    if (known !== undefined) return known;
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) return path;
    if (this.#realPaths.size >= maxKnown) this.#realPaths.clear();
    this.#realPaths.set(path, real);
    return real;
  }
}

async function stampOf(dir: string): Promise<string | undefined> {
  return await stat(join(dir, fileName)).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => undefined,
  );
}
