import type { ComparedRun } from '../../../protocol/comparison.ts';
import type { Operation } from '../../../protocol/entities.ts';
import type { PipelineSpec } from '../../../protocol/files/pipeline.ts';
import type { BatchPlan, PlannedOperation } from '../../../protocol/plan.ts';
import type { CheckResult, Evidence, ProjectResult } from '../../../protocol/results.ts';
import { isLiteralName } from '../literalPasswords.ts';

/** What two runs are compared by: an operation, or one pipeline of an operation that validates a project. */
export interface Unit {
  readonly name: string;
  readonly run: ComparedRun;
  /** What it was to do, as nested plain values: names, no places on this machine. */
  readonly definition: () => Readonly<Record<string, unknown>>;
}

/** The units of a run in the order of its batch. */
export function unitsOf(plan: BatchPlan, view: (index: number) => Operation): Unit[] {
  return plan.operations.flatMap((planned) => {
    const operation = view(planned.index);
    const common = () => commonOf(plan, planned, operation);
    const { work } = planned;
    if (work.type !== 'project_validation') {
      const definition = () => ({ ...common(), ...definitionOf(work) });
      return [{ name: planned.name, run: runOf(operation), definition }];
    }
    const result = operation.result?.type === 'project_validation' ? operation.result : undefined;
    return work.pipelines.map((pipeline) => ({
      name: `${planned.name} / ${pipeline.pipeline_id}`,
      run: pipelineRun(operation, result, pipeline.pipeline_id),
      definition: () => ({ ...common(), ...pipelineDefinition(pipeline) }),
    }));
  });
}

function commonOf(plan: BatchPlan, { work, timeout_ms, retry }: PlannedOperation, operation: Operation) {
  const dir = 'project_dir' in work ? work.project_dir : null;
  return {
    type: work.type,
    project: dir === null ? undefined : plan.projects[dir]?.project_id,
    depends_on: operation.depends_on,
    timeout_ms: timeout_ms ?? undefined,
    retry: retry ?? undefined,
  };
}

type OtherWork = Exclude<PlannedOperation['work'], { type: 'project_validation' }>;

function definitionOf(work: OtherWork): Record<string, unknown> {
  if (work.type === 'pipeline') return pipelineDefinition(work.pipeline);
  const { type: _type, ...rest } = work;
  return 'project_dir' in rest ? { ...rest, project_dir: undefined } : rest;
}

/** Checks by their kind, or by their names where a pipeline has several of a kind: their order means nothing. */
function pipelineDefinition({ checks, ...spec }: PipelineSpec): Record<string, unknown> {
  const kinds = new Map<string, number>();
  for (const { check } of checks) kinds.set(check, (kinds.get(check) ?? 0) + 1);
  const entries = checks.map(({ check, name, severity, params }) => {
    const parameters = { severity, ...params };
    return kinds.get(check) === 1
      ? ([`[${check}]`, parameters] as const)
      : ([`[${name}]`, { check, ...parameters }] as const);
  });
  return { ...spec, file: undefined, checks: Object.fromEntries(entries) };
}

function runOf(operation: Operation): ComparedRun {
  const { operation_id, status, duration_ms, result, error } = operation;
  return {
    operation_id,
    status,
    ...(duration_ms !== undefined && { duration_ms }),
    ...rowsOf(result?.evidence),
    failing_checks: result?.type === 'pipeline' ? failing(result.checks) : [],
    ...(error !== undefined && { error: { kind: error.kind, message: error.message } }),
  };
}

/** Where the project came to no result (no connection, say), its pipelines went the way of the operation. */
function pipelineRun(operation: Operation, result: ProjectResult | undefined, id: string): ComparedRun {
  const found = result?.pipelines.find(({ pipeline_id }) => pipeline_id === id);
  const { duration_ms: _duration, ...whole } = runOf(operation);
  if (found === undefined)
    return { operation_id: whole.operation_id, status: whole.status, failing_checks: [] };
  const { status, failing_checks, error, evidence } = found;
  return {
    operation_id: operation.operation_id,
    status,
    ...rowsOf(evidence),
    ...(evidence !== undefined && {
      duration_ms: Math.max(0, Date.parse(evidence.finished_at) - Date.parse(evidence.started_at)),
    }),
    failing_checks,
    ...(error !== undefined && { error }),
  };
}

function rowsOf(
  evidence: Evidence | undefined,
): Pick<ComparedRun, 'source_rows' | 'target_rows' | 'rows_written'> {
  const { source, target, rows_written } = evidence ?? {};
  return {
    ...(source !== undefined && { source_rows: source.rows_scanned }),
    ...(target !== undefined && { target_rows: target.rows_scanned }),
    ...(rows_written !== undefined && { rows_written }),
  };
}

/** What made the pipeline fail: a warning does not. */
function failing(checks: readonly CheckResult[]): string[] {
  return checks.filter(({ status }) => status === 'failed' || status === 'error').map(({ name }) => name);
}

/** How the job was to be run, beside its operations. Its name is none of that: it often bears the date. */
export function jobDefinition(plan: BatchPlan): Record<string, unknown> {
  return {
    job_type: plan.job_type,
    project_id: plan.project_id ?? undefined,
    definition_file: plan.definition_file,
    parallel_execution: plan.parallel_execution,
    max_parallel: plan.max_parallel,
    stop_on_error: plan.stop_on_error,
    priority: plan.priority,
    tags: plan.tags,
  };
}

/** `project/connection` -> its definition as written. Passwords that stood there are not in a plan, and are not told here. */
export function connectionDefinitions({ projects }: BatchPlan): Map<string, Record<string, unknown>> {
  const found = Object.values(projects).flatMap(({ project_id, connections }) =>
    Object.entries(connections).map(([name, definition]) => {
      const password = 'password' in definition ? definition.password : undefined;
      const isHidden = password?.startsWith('${secret:') === true && isLiteralName(password.slice(9));
      return [
        `${project_id}/${name}`,
        isHidden ? { ...definition, password: '(hidden)' } : definition,
      ] as const;
    }),
  );
  return new Map(found);
}
