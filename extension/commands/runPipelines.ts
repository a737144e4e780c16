import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { requireProjects } from './project/projects.ts';
import { parallelItems } from './run/parallelItems.ts';
import { pipelineItems } from './run/pipelineItems.ts';
import { runPipelines as run, type PipelineRef } from './run/pipelines.ts';
import { runSteps } from './ui/steps.ts';

/** Pipelines of the workspace, picked from a list, as one job for each project. */
export const runPipelines: Command = {
  id: 'ombudsman.runPipelines',
  needs: 'trust',
  async run(services) {
    const projects = await requireProjects(services);
    const results = new Map(
      await Promise.all(projects.map(async ({ dir }) => [dir, await services.results.load(dir)] as const)),
    );
    const items = pipelineItems(
      projects,
      (dir, pipelineId) => results.get(dir)?.pipelines.find(({ pipeline_id }) => pipeline_id === pipelineId),
      Date.now(),
    );
    if (items.length === 0)
      throw new Refusal('No project of this workspace has a pipeline (*.pipeline.yaml) yet.');
    let chosen: PipelineRef[] = [];
    let maxParallel = 0;
    await runSteps('Run Pipelines', async (ask) => {
      chosen = await ask.pickMany({
        placeholder: 'Select pipelines',
        items,
        picked: (ref) => chosen.includes(ref),
        nothingPicked: 'Tick at least one pipeline, or press Escape',
      });
      if (chosen.length === 1) return undefined;
      return async (again) => {
        const placeholder = 'How many at once';
        maxParallel = await again.pick({ placeholder, items: parallelItems(chosen.length) });
        return undefined;
      };
    });
    return run(services, chosen, { maxParallel: maxParallel === 0 ? undefined : maxParallel });
  },
};
