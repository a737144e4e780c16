import { dirname } from 'node:path';
import type { Job, JobType } from '../../../daemon/protocol/entities.ts';
import type { GivenSecrets } from '../../../daemon/protocol/params.ts';
import type { Services } from '../../platform/services.ts';
import { isInside } from '../project/paths.ts';

const typesWithSeveralProjects: ReadonlySet<JobType> = new Set(['multi_project_validation', 'mixed']);

/** The folder of a job's project; null if it has none or nobody knows it any more. */
export async function projectDirOf(services: Services, job: Job): Promise<string | null> {
  const { definition_file: file, project_id: projectId } = job;
  const known = (services.workspace.contents?.projects ?? []).filter(
    ({ project_id }) => project_id === projectId,
  );
  // Two copies of a project have one id: the one with the batch file is meant.
  const around = file === undefined ? undefined : known.find(({ dir }) => isInside(dirname(file), dir));
  const found = around ?? known[0];
  if (found !== undefined) return found.dir;
  if (projectId === null) return null;
  const { projects } = await services.session.call('projects/list', {});
  return projects.find(({ project_id }) => project_id === projectId)?.path ?? null;
}

/** What goes with a call that makes or carries on a job of these projects: to each its own, for one name may mean several databases. */
export async function secretsOf(
  { secrets }: Pick<Services, 'secrets'>,
  projectDirs: readonly string[],
): Promise<GivenSecrets> {
  const all = await Promise.all(
    projectDirs.map(async (dir) => [dir, await secrets.forProject(dir)] as const),
  );
  return Object.fromEntries(all.filter(([, values]) => Object.keys(values).length > 0));
}

/**
 * The project and, for types of jobs that may name others, every other one of the workspace: which of them a batch names only
 * the daemon knows.
 */
export function projectsOfType(
  services: Services,
  projectDir: string | null,
  type: JobType | null,
): string[] {
  const own = projectDir === null ? [] : [projectDir];
  if (type !== null && !typesWithSeveralProjects.has(type)) return own;
  const others = (services.workspace.contents?.projects ?? []).map(({ dir }) => dir);
  return [...new Set([...own, ...others])];
}

export async function secretsOfJob(services: Services, job: Job): Promise<GivenSecrets> {
  return secretsOf(services, await projectDirsOf(services, job));
}

/** The folders of all projects that a job may be of, its own first. */
export async function projectDirsOf(services: Services, job: Job): Promise<string[]> {
  return projectsOfType(services, await projectDirOf(services, job), job.job_type);
}
