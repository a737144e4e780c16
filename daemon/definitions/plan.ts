/** Batch text or object -> BatchPlan: every name resolved, every default applied, nothing secret filled in. */
import { basename, dirname } from 'node:path';
import type { Diagnostic } from '../protocol/errors.ts';
import { batchListKeys, type ParameterValues, type RetryDefinition } from '../protocol/files/batch.ts';
import type { ConnectionDefinition } from '../protocol/files/connections.ts';
import type { BatchPlan, PlannedOperation, PlannedProject, RetryPolicy } from '../protocol/plan.ts';
import { parseBatch, type BatchItem, type ParsedBatch } from './batch.ts';
import { nameOperations, resolveDependencies } from './dependencies.ts';
import {
  documentOfValue,
  hasErrors,
  parseDocument,
  problemAt,
  sortedAndCut,
  type SourceDocument,
} from './document.ts';
import { durationMs } from './duration.ts';
import { useProject, type PlannedItem, type WorkContext } from './planContext.ts';
import { planWork } from './planWork.ts';
import type { LoadedProject } from './project.ts';
import { findReferences, unsetSecret, withAbsolutePath, type SecretKind } from './secrets.ts';

export interface PlanRequest {
  /** Text of the batch; without it `definition` is taken. */
  readonly text?: string;
  /** The text parsed already, instead of `text`. */
  readonly document?: SourceDocument;
  /** Absolute path of the batch file, if the text came from one. */
  readonly file?: string;
  /** A definition that came as an object; diagnostics then point into its pretty-printed JSON, in file "(request)". */
  readonly definition?: unknown;
  /** The project the batch belongs to. Null is enough for generation into artifacts, commands with an absolute cwd, and projects named by path or id. */
  readonly project: LoadedProject | null;
  readonly parameters?: ParameterValues;
  /** Finds another project by absolute folder or by project_id; null if there is none. */
  loadProject(pathOrId: string): Promise<LoadedProject | null>;
  hasSecret(kind: SecretKind, name: string, projectDir: string): boolean;
  /** A file that the batch names (a schema file), parsed; null if it does not exist. Left out: there are no files. */
  readDocument?(path: string): Promise<SourceDocument | null>;
  /** What holds where neither the batch nor the project says anything. */
  readonly defaults?: { readonly max_parallel?: number };
  /** An editor looks at the file: parameters need no values (the plan is then null), nothing runs. */
  readonly isCheckOnly?: boolean;
}

export const requestFile = '(request)';
const defaultMaxParallel = 4;

/** Never throws for what stands in the files. `plan` is null exactly if a diagnostic is an error, or a checked template has parameters without values. */
export async function planBatch(
  request: PlanRequest,
): Promise<{ plan: BatchPlan | null; diagnostics: Diagnostic[] }> {
  const document = documentOf(request);
  const parsed = parseBatch(document, request);
  const diagnostics = [...parsed.diagnostics];
  const work: WorkContext = {
    document,
    project: request.project,
    baseDir: baseDirOf(request),
    loadProject: (pathOrId) => request.loadProject(pathOrId),
    hasSecret: (kind, name, projectDir) => request.hasSecret(kind, name, projectDir),
    readDocument: async (path) => (await request.readDocument?.(path)) ?? null,
    projects: new Map(),
    loaded: new Map(),
    connections: new Map(),
    diagnostics,
    told: new Set(),
    unknownIds: new Set(),
  };
  // Also when no operation needs it: its defaults hold for all of them.
  if (request.project !== null) useProject(work, request.project);
  const planned: PlannedItem[] = [];
  for (const item of parsed.items) planned.push(await planWork(work, item));
  diagnostics.push(...unsetSecrets(work, request));
  // Names of operations that could not be read are not known: who depends on whom is looked at when all are.
  if (parsed.batch === null) return { plan: null, diagnostics: sortedAndCut(diagnostics) };
  const operations = assemble(document, parsed.batch, planned, request, diagnostics);
  if (hasErrors(diagnostics)) return { plan: null, diagnostics: sortedAndCut(diagnostics) };
  const { options, kind } = parsed.batch;
  const plan: BatchPlan = {
    job_name: options.job_name ?? defaultJobName(request.file, kind),
    job_type: batchListKeys[kind],
    project_id: projectIdOf(request.project, work),
    ...(request.file === undefined ? {} : { definition_file: request.file }),
    tags: options.tags,
    priority: options.priority,
    parallel_execution: options.parallel_execution,
    max_parallel: maxParallel(options, request),
    stop_on_error: options.stop_on_error,
    projects: plannedProjects(work),
    operations,
  };
  return { plan, diagnostics: sortedAndCut(diagnostics) };
}

function documentOf({ document, text, file, definition }: PlanRequest): SourceDocument {
  if (document !== undefined) return document;
  if (text !== undefined) return parseDocument(file ?? requestFile, text);
  if (typeof definition === 'string') return parseDocument(requestFile, definition);
  return documentOfValue(file ?? requestFile, definition ?? null);
}

function baseDirOf({ project, file }: PlanRequest): string | null {
  return project?.dir ?? (file === undefined ? null : dirname(file));
}

function projectIdOf(project: LoadedProject | null, work: WorkContext): string | null {
  if (project !== null) return project.project_id;
  const [only, ...others] = work.projects.values();
  return only === undefined || others.length > 0 ? null : only.project_id;
}

const jobNames = {
  pipelines: 'Pipeline batch',
  items: 'Data generation',
  projects: 'Project validation',
  sources: 'Metadata extraction',
  operations: 'Batch',
} as const;

function defaultJobName(file: string | undefined, kind: ParsedBatch['kind']): string {
  const name = file === undefined ? '' : basename(file).replace(/(\.batch)?\.(ya?ml|json)$/i, '');
  return name === '' ? jobNames[kind] : name;
}

function maxParallel(options: ParsedBatch['options'], { project, defaults }: PlanRequest): number {
  return (
    options.max_parallel ??
    project?.project?.defaults?.max_parallel ??
    defaults?.max_parallel ??
    defaultMaxParallel
  );
}

function assemble(
  document: SourceDocument,
  batch: ParsedBatch,
  planned: readonly PlannedItem[],
  request: PlanRequest,
  diagnostics: Diagnostic[],
): PlannedOperation[] {
  const named = nameOperations(
    document,
    batch.items,
    planned.map(({ automaticName }) => automaticName),
  );
  const resolved = resolveDependencies(document, batch.items, named.names);
  diagnostics.push(...named.diagnostics, ...resolved.diagnostics);
  return planned.flatMap(({ work, connections, description }, index) => {
    const item = batch.items[index];
    if (work === null || item === undefined) return [];
    return {
      operation_id: `op-${String(index + 1).padStart(4, '0')}`,
      index,
      name: named.names[index] ?? '',
      depends_on: resolved.dependsOn[index] ?? [],
      ...limitsOf(batch, item, request),
      connections,
      description,
      work,
    };
  });
}

function limitsOf(batch: ParsedBatch, { item }: BatchItem, { project }: PlanRequest) {
  const timeout = item.timeout ?? batch.options.timeout ?? project?.project?.defaults?.timeout;
  const retry = item.retry ?? batch.options.retry;
  return {
    timeout_ms: timeout === undefined ? null : durationMs(timeout),
    retry: retry === undefined ? null : retryPolicy(retry),
  };
}

function retryPolicy({ delay, max_delay, ...policy }: RetryDefinition): RetryPolicy {
  return { ...policy, delay_ms: durationMs(delay), max_delay_ms: durationMs(max_delay) };
}

/** Only the connections that are used: a record of a job need not hold what it does not need. */
function plannedProjects(work: WorkContext): Record<string, PlannedProject> {
  const projects: Record<string, PlannedProject> = {};
  for (const [dir, loaded] of work.projects) {
    const connections: Record<string, ConnectionDefinition> = {};
    for (const [name, definition] of usedConnections(work, loaded)) {
      connections[name] = withAbsolutePath(definition, dir);
    }
    projects[dir] = { project_id: loaded.project_id, dir, connections };
  }
  return projects;
}

function usedConnections(work: WorkContext, loaded: LoadedProject): [string, ConnectionDefinition][] {
  const names = [...(work.connections.get(loaded.dir) ?? [])].sort();
  return names.flatMap((name) => {
    const definition = loaded.project?.connections[name];
    return definition === undefined ? [] : [[name, definition]];
  });
}

function unsetSecrets(work: WorkContext, request: PlanRequest): Diagnostic[] {
  return [...work.projects.values()].flatMap((loaded) =>
    usedConnections(work, loaded).flatMap(([name, definition]) =>
      findReferences(definition)
        .filter((reference) => !request.hasSecret(reference.kind, reference.name, loaded.dir))
        .map((reference) => {
          const path = ['connections', name, ...reference.path];
          const problem = unsetSecret(reference, `connection "${name}"`);
          return problemAt(loaded.positions, path, 'value', problem);
        }),
    ),
  );
}
