import { sep } from 'node:path';
import {
  referenceText,
  resolveReferences,
  resolveValue,
  type SecretLookup,
} from '../../definitions/secrets.ts';
import type { EngineRun, EngineWork, PipelineWork, ResolvedConnection } from '../../protocol/engine.ts';
import type { BatchPlan, PlannedOperation, PlannedWork } from '../../protocol/plan.ts';
import type { PipelineSpec } from '../../protocol/files/pipeline.ts';
import { attemptVariable } from '../executor/leftovers.ts';
import { OperationFailure } from './operationFailure.ts';

export interface WorkPlaces {
  readonly artifactDir: string;
  readonly scratchDir: string;
}

/**
 * The engine's message for one attempt. Secrets exist in it and in memory only; `hiddenValues` are those a program must not leave in
 * its log, which may be any, since it inherits the daemon's environment. Throws OperationFailure if one is missing.
 */
export function engineRun(
  jobId: string,
  plan: BatchPlan,
  operation: PlannedOperation,
  attempt: number,
  places: WorkPlaces,
  lookupOf: (projectDir: string | null) => SecretLookup,
  hiddenValues: readonly string[] = [],
): EngineRun {
  const id = attemptId(jobId, operation.operation_id, attempt);
  const folder = `${operation.operation_id}${sep}attempt-${attempt}`;
  return {
    type: 'run',
    attempt_id: id,
    job_id: jobId,
    operation_id: operation.operation_id,
    work: marked(engineWork(plan, operation.work, lookupOf, hiddenValues), id),
    artifact_dir: `${places.artifactDir}${sep}${folder}`,
    scratch_dir: `${places.scratchDir}${sep}${jobId}${sep}${folder}`,
  };
}

/** Names one attempt among all there ever were. */
export function attemptId(jobId: string, operationId: string, attempt: number): string {
  return `${jobId}/${operationId}/${attempt}`;
}

/** A program carries the mark by which it is found if daemon and engine die before its pid is on disk. */
function marked(work: EngineWork, id: string): EngineWork {
  return work.type === 'command' ? { ...work, env: { ...work.env, [attemptVariable]: id } } : work;
}

function engineWork(
  plan: BatchPlan,
  work: PlannedWork,
  lookupOf: (projectDir: string | null) => SecretLookup,
  hiddenValues: readonly string[],
): EngineWork {
  const connect = (dir: string, name: string): ResolvedConnection =>
    resolveConnection(plan, dir, name, lookupOf(dir));
  switch (work.type) {
    case 'noop':
      return work;
    case 'pipeline':
      return pipelineWork(work.pipeline, (name) => connect(work.project_dir, name));
    case 'project_validation':
      return {
        type: 'project_validation',
        project_id: plan.projects[work.project_dir]?.project_id ?? work.project_dir,
        pipelines: work.pipelines.map((pipeline) =>
          pipelineWork(pipeline, (name) => connect(work.project_dir, name)),
        ),
      };
    case 'metadata_extraction': {
      const { project_dir, connection, ...rest } = work;
      return { ...rest, source: connect(project_dir, connection) };
    }
    case 'data_generation': {
      const { project_dir, connection, target_connection: faulty, ...rest } = work;
      if (project_dir === null || connection === null) return rest;
      return {
        ...rest,
        target: connect(project_dir, connection),
        ...(faulty !== undefined && { pair_target: connect(project_dir, faulty) }),
      };
    }
    case 'command': {
      const { project_dir, ...rest } = work;
      const { value, missing } = resolveValue(rest, lookupOf(project_dir));
      const first = missing[0];
      if (first !== undefined) throw missingSecret(referenceText(first), `the command ${work.program}`);
      return hiddenValues.length === 0 ? value : { ...value, hidden_values: [...hiddenValues] };
    }
  }
}

function pipelineWork(pipeline: PipelineSpec, connect: (name: string) => ResolvedConnection): PipelineWork {
  return {
    type: 'pipeline',
    pipeline,
    source: connect(pipeline.source.connection),
    target: connect(pipeline.target.connection),
  };
}

/** A connection of a plan with its references filled in. Throws OperationFailure. */
export function resolveConnection(
  plan: Pick<BatchPlan, 'projects'>,
  dir: string,
  name: string,
  lookup: SecretLookup,
): ResolvedConnection {
  const definition = plan.projects[dir]?.connections[name];
  if (definition === undefined) {
    throw new OperationFailure({
      kind: 'definition',
      code: 'unknown_connection',
      message: `The job knows no connection ${name}.`,
    });
  }
  const resolved = resolveReferences(definition, lookup, dir);
  if (resolved.ok) return { name, definition: resolved.definition };
  const first = resolved.missing[0];
  if (first !== undefined)
    throw missingSecret(resolved.missing.map(referenceText).join(', '), `connection ${name}`);
  throw new OperationFailure({
    kind: 'definition',
    code: 'connection_invalid',
    message: `Connection ${name}: ${resolved.message}.`,
  });
}

function missingSecret(reference: string, what: string): OperationFailure {
  return new OperationFailure({
    kind: 'definition',
    code: 'unset_secret',
    message: `${what}: there is no value for ${reference}.`,
    hint: 'Set it in the environment of the command that retries the job, in the secrets of VS Code, or in a .env file beside ombudsman.yaml; then retry. A value given with a call is kept in memory only and for its own job alone: after a restart of the daemon it must be given again, which a retry does.',
  });
}
