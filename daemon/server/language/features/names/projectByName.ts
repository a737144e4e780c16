/** Which project a batch file means by what it writes, as the plan finds it. */
import { isAbsolute, resolve } from 'node:path';
import type { LoadedProject } from '../../../../definitions/project.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';

/** Of the projects of the workspace; null if it is none of them (one the daemon has seen elsewhere, or a mistake). */
export function projectByName(
  snapshot: WorkspaceSnapshot,
  written: string,
  own: LoadedProject | null,
  fileDir: string,
): LoadedProject | null {
  if (own !== null && written === own.project_id) return own;
  const isPath = isAbsolute(written) || written.startsWith('.') || /[/\\]/.test(written);
  const folder = resolve(own?.dir ?? fileDir, written);
  const inFolder = snapshot.projects.get(folder);
  if (inFolder !== undefined || isPath) return inFolder ?? null;
  return [...snapshot.projects.values()].find(({ project_id }) => project_id === written) ?? null;
}
