import { isAbsolute, relative, sep } from 'node:path';

/**
 * The definition as a batch file in `folder` says it: projects by their path from there, so that the file means the same in
 * every checkout. A project on another drive, or known by its name, stays as it is.
 */
export function fromFolder(
  definition: Readonly<Record<string, unknown>>,
  folder: string,
): Record<string, unknown> {
  const { projects } = definition;
  if (!Array.isArray(projects)) return { ...definition };
  return { ...definition, projects: projects.map((entry: unknown) => withRelativeProject(entry, folder)) };
}

function withRelativeProject(entry: unknown, folder: string): unknown {
  if (typeof entry !== 'object' || entry === null || !('project' in entry)) return entry;
  const { project } = entry;
  if (typeof project !== 'string' || !isAbsolute(project)) return entry;
  const path = relative(folder, project);
  if (isAbsolute(path)) return entry;
  return { ...entry, project: path === '' ? '.' : path.split(sep).join('/') };
}
