import type { EngineWork } from '../../protocol/engine.ts';
import type { AttemptResult, OperationContext, OperationRunner } from './operation.ts';

type WorkOf<T extends EngineWork['type']> = Extract<EngineWork, { type: T }>;

/** One entry for each kind of work; loaded when first needed, so that a `command` never loads DuckDB. */
const runners: { readonly [T in EngineWork['type']]: () => Promise<OperationRunner<WorkOf<T>>> } = {
  pipeline: async () => (await import('./pipeline.ts')).runPipeline,
  project_validation: async () => (await import('./projectValidation.ts')).runProjectValidation,
  data_generation: async () => (await import('./dataGeneration.ts')).runDataGeneration,
  metadata_extraction: async () => (await import('./metadataExtraction.ts')).runMetadataExtraction,
  command: async () => (await import('./command.ts')).runCommand,
  noop: async () => (await import('./noop.ts')).runNoop,
};

/** Runs work of any kind with the runner of its type. */
export async function runOperation(work: EngineWork, context: OperationContext): Promise<AttemptResult> {
  // Each entry takes exactly the work of its own key, which TypeScript cannot follow through a union.
  const runner = (await runners[work.type]()) as OperationRunner;
  return runner(work, context);
}
