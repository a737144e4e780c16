import { plural } from '../../../daemon/client/text.ts';
import type { Services } from '../../platform/services.ts';
import { groupedBy } from '../groups.ts';
import { saveDefinitions } from './saveDefinitions.ts';
import { showStarted } from './showStarted.ts';
import { start } from './start.ts';

export interface PipelineRef {
  readonly projectDir: string;
  readonly pipelineId: string;
}

export interface PipelineOptions {
  /** Left out: what the project says. */
  readonly maxParallel?: number;
}

/** Runs pipelines as one job for each of their projects. Returns the first job's id. */
export async function runPipelines(
  services: Services,
  pipelines: readonly PipelineRef[],
  { maxParallel }: PipelineOptions = {},
): Promise<{ job_id: string | undefined }> {
  const byProject = groupedBy(pipelines, ({ projectDir }) => projectDir);
  await saveDefinitions(services, [...byProject.keys()]);
  const jobIds: string[] = [];
  try {
    for (const [projectDir, refs] of byProject) {
      jobIds.push(await startPipelines(services, projectDir, refs, maxParallel));
    }
  } finally {
    // Of several projects the first may run although a later one cannot.
    await showStarted(services, jobIds);
  }
  return { job_id: jobIds[0] };
}

function startPipelines(
  services: Services,
  projectDir: string,
  refs: readonly PipelineRef[],
  maxParallel: number | undefined,
): Promise<string> {
  const jobName = jobNameOf(refs);
  return start(services, {
    title: `Run ${jobName}`,
    method: 'pipelines/bulkExecute',
    input: {
      project: projectDir,
      job_name: jobName,
      pipelines: refs.map(({ pipelineId }) => ({ pipeline_id: pipelineId })),
      max_parallel: maxParallel,
    },
    projectDirs: [projectDir],
  });
}

function jobNameOf(refs: readonly PipelineRef[]): string {
  const [first] = refs;
  return refs.length === 1 && first !== undefined ? first.pipelineId : plural(refs.length, 'pipeline');
}
