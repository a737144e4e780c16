import { sep } from 'node:path';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { WorkspaceIndex } from '../platform/services.ts';

interface Folder {
  readonly uri: { readonly fsPath: string; readonly scheme: string };
}

/** Which jobs belong to this window: those of projects in its folders, or made from a batch file in them. */
export class Ownership {
  readonly #workspace: Pick<WorkspaceIndex, 'contents'>;
  readonly #folders: () => readonly Folder[];
  #projectIds: readonly string[] = [];
  #set: ReadonlySet<string> = new Set();

  constructor(workspace: Pick<WorkspaceIndex, 'contents'>, folders: () => readonly Folder[]) {
    this.#workspace = workspace;
    this.#folders = folders;
    this.update();
  }

  get projectIds(): readonly string[] {
    return this.#projectIds;
  }

  /** Looks at the workspace again. True if its projects are others now. */
  update(): boolean {
    const ids = [...new Set(this.#workspace.contents?.projects.map(({ project_id: id }) => id) ?? [])].sort();
    if (ids.join('\n') === this.#projectIds.join('\n')) return false;
    this.#projectIds = ids;
    this.#set = new Set(ids);
    return true;
  }

  isOwn({ project_id: projectId, definition_file: file }: Job): boolean {
    if (projectId !== null && this.#set.has(projectId)) return true;
    return file !== undefined && this.#folders().some(({ uri }) => isInside(file, uri.fsPath));
  }
}

function isInside(file: string, folder: string): boolean {
  const start = folder.endsWith(sep) ? folder : folder + sep;
  // Windows says the same path in different cases.
  return sep === '\\' ? file.toLowerCase().startsWith(start.toLowerCase()) : file.startsWith(start);
}
