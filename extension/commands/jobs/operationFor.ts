import type { Operation, OperationStatus } from '../../../daemon/protocol/entities.ts';
import type { Services } from '../../platform/services.ts';
import { nodeOf, operationsOf, type OperationRef } from '../arguments.ts';
import { Refusal } from '../failures/refusal.ts';
import { jobFor, operationsOfJob, pickOperation, type JobChoice } from './pickJobs.ts';

export interface OperationChoice extends JobChoice {
  readonly statuses?: JobChoice['statuses'];
  readonly operationStatuses?: readonly OperationStatus[];
  readonly isWanted?: (operation: Operation) => boolean;
  /** Said if the job has no such operation. */
  readonly noOperation: string;
}

/**
 * The operation a command is about: that of a node or a program's ids; of a pipeline or check, the one that ran it last; else
 * picked from the job, and that too if need be.
 */
export async function operationFor(
  services: Services,
  args: readonly unknown[],
  choice: OperationChoice,
): Promise<OperationRef> {
  const given = operationsOf(args)[0] ?? (await lastOfPipeline(services, args));
  if (given !== undefined) return given;
  const { job_id: jobId } = await jobFor(services, args, choice);
  const operations = await operationsOfJob(services, jobId, choice.operationStatuses);
  const wanted = operations.filter(choice.isWanted ?? (() => true));
  const { operation_id } = await pickOperation(choice.title, jobId, wanted, choice.noOperation);
  return { jobId, operationId: operation_id };
}

async function lastOfPipeline(
  services: Services,
  args: readonly unknown[],
): Promise<OperationRef | undefined> {
  const node = nodeOf(args);
  if (node?.kind !== 'pipeline' && node?.kind !== 'check') return undefined;
  const { projectDir, pipelineId } = node;
  const results = services.results.get(projectDir) ?? (await services.results.load(projectDir));
  const last = results?.pipelines.find(({ pipeline_id }) => pipeline_id === pipelineId);
  if (last === undefined) {
    const run = { title: 'Run Pipeline', command: 'ombudsman.runPipeline', args: [node] };
    throw new Refusal(`Pipeline “${pipelineId}” has not run yet.`, [run]);
  }
  return { jobId: last.job_id, operationId: last.operation_id };
}
