import { isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { isoTimeSchema } from '../../protocol/primitives.ts';
import { schemaVersion } from '../../protocol/version.ts';
import { openDocument, type DocumentKind, type StorageContext } from './documents.ts';
import { nodeFiles, type Files } from './files.ts';
import { Health } from './health.ts';
import { projectMigrations } from './migrations/migrations.ts';
import type { StorageNotice } from './store.ts';

const knownProjectSchema = z.object({
  project_id: z.string(),
  /** Absolute folder of its ombudsman.yaml. */
  path: z.string(),
  last_seen_at: isoTimeSchema,
});
export type KnownProject = z.infer<typeof knownProjectSchema>;

const registrySchema = z.object({ schema_version: z.number().int(), projects: z.array(knownProjectSchema) });
type RegistryDocument = z.infer<typeof registrySchema>;

const registryKind: DocumentKind<RegistryDocument> = {
  migrations: projectMigrations,
  validate: (document) => registrySchema.parse(document),
};

export interface ProjectRegistryOptions {
  /** The data directory; it must be there. */
  readonly dataDir: string;
  readonly onNotice?: (notice: StorageNotice) => void;
  readonly files?: Files;
  readonly now?: () => Date;
}

/** The projects this daemon has been asked about, so that a call may name one by its project_id. */
export interface ProjectRegistry {
  /** Remembers the project of a folder. Never rejects: what cannot be written stays in memory and is written with the next. */
  seen(projectId: string, path: string): Promise<void>;
  /** All known projects, the latest seen first. */
  list(): KnownProject[];
  /** Projects with this folder (absolute path) or this project_id; several folders may share an id. The latest seen first. */
  find(pathOrId: string): KnownProject[];
  close(): Promise<void>;
}

/** Seen again within this time, a project is not written again. */
const freshMs = 60_000;

/** Reads projects.json. Rejects with a StorageError if it cannot be read or a newer version wrote it. */
export async function createProjectRegistry(options: ProjectRegistryOptions): Promise<ProjectRegistry> {
  const context: StorageContext = {
    files: options.files ?? nodeFiles,
    health: new Health(),
    now: options.now ?? (() => new Date()),
    notice: options.onNotice ?? (() => undefined),
  };
  const low = openDocument(join(options.dataDir, 'projects.json'), registryKind, context);
  await low.read();
  const byPath = new Map((low.data?.projects ?? []).map((project) => [project.path, project]));
  let writing: Promise<void> = Promise.resolve();
  let isUnsaved = false;

  const list = () => [...byPath.values()].sort((a, b) => (a.last_seen_at < b.last_seen_at ? 1 : -1));
  const save = async () => {
    // Several calls may wait for one write.
    if (!isUnsaved) return;
    isUnsaved = false;
    low.data = { schema_version: schemaVersion, projects: list() };
    await low.write().catch(() => {
      isUnsaved = true;
    });
  };

  return {
    list,
    find: (pathOrId) =>
      isAbsolute(pathOrId)
        ? list().filter((project) => project.path === resolve(pathOrId))
        : list().filter((project) => project.project_id === pathOrId),
    async seen(projectId, path) {
      const folder = resolve(path);
      const known = byPath.get(folder);
      const now = context.now();
      const isFresh = known !== undefined && now.getTime() - Date.parse(known.last_seen_at) < freshMs;
      byPath.set(folder, { project_id: projectId, path: folder, last_seen_at: now.toISOString() });
      if (!isFresh || known.project_id !== projectId) isUnsaved = true;
      writing = writing.then(save);
      await writing;
    },
    async close() {
      await writing;
      await save();
    },
  };
}
