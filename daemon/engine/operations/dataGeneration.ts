import type { GenerationWork } from '../../protocol/engine.ts';
import { generateData } from '../generation/generate.ts';
import type { OperationRunner } from './operation.ts';

/** Generates a domain schema; the files, where no connection was named, become artifacts of the attempt. */
export const runDataGeneration: OperationRunner<GenerationWork> = async (work, context) => {
  const { result, artifacts } = await generateData(work, context);
  for (const file of artifacts) await context.artifacts.add(file);
  return { result };
};
