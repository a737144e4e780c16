import type { EngineWork } from '../../protocol/engine.ts';
import type { OperationRunner } from './operation.ts';

/** Does nothing: bench and tests of the executor. */
export const runNoop: OperationRunner<Extract<EngineWork, { type: 'noop' }>> = async () => {
  const now = new Date().toISOString();
  return { result: { type: 'noop', evidence: { started_at: now, finished_at: now } } };
};
