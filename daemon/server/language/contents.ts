import { hasErrors, type SourceDocument } from '../../definitions/document.ts';
import { locateChecks } from '../../definitions/pipeline.ts';
import type { LoadedPipeline, LoadedProject } from '../../definitions/project.ts';
import { findReferences } from '../../definitions/secrets.ts';
import { isRecord, valueAt } from '../../definitions/values.ts';
import { batchFileSchema, batchListKeys, type BatchListKey } from '../../protocol/files/batch.ts';
import type {
  WorkspaceBatchFile,
  WorkspaceContents,
  WorkspacePipeline,
  WorkspaceProject,
} from '../../protocol/language.ts';
import { toLspRange } from './ranges.ts';
import type { Checker } from './workspace/checker.ts';
import type { WorkspaceBatch, WorkspaceSnapshot } from './workspace/snapshot.ts';

/** The answer to `ombudsman/workspace`. */
export async function contentsOf(snapshot: WorkspaceSnapshot, checker: Checker): Promise<WorkspaceContents> {
  const batches = [...snapshot.batches.values()];
  const batchFiles: WorkspaceBatchFile[] = [];
  for (const batch of batches) batchFiles.push(await batchFileOf(snapshot, checker, batch));
  return {
    projects: [...snapshot.projects.values()].map((project) =>
      projectOf(
        project,
        batches.filter((batch) => batch.project === project),
      ),
    ),
    batch_files: batchFiles,
  };
}

function projectOf(project: LoadedProject, batches: readonly WorkspaceBatch[]): WorkspaceProject {
  const { project_id, dir, file, positions, pipeline_files } = project;
  return {
    project_id,
    dir,
    file,
    has_errors: hasErrors(project.project_diagnostics),
    pipelines: pipeline_files.map((pipeline) => pipelineOf(pipeline, project)),
    connections: connectionsOf(positions),
    references: referencesOf([
      valueAt(positions.value, ['connections']),
      ...batches.map(({ file: batch }) => batch.document.value),
    ]),
  };
}

const described = new WeakMap<LoadedPipeline, WorkspacePipeline>();

function pipelineOf(pipeline: LoadedPipeline, project: LoadedProject): WorkspacePipeline {
  const known = described.get(pipeline);
  const isDouble = project.pipelines.get(pipeline.pipeline_id)?.spec === null;
  const has_errors = isDouble || pipeline.spec === null;
  if (known !== undefined) return { ...known, has_errors };
  const { positions } = pipeline;
  const found: WorkspacePipeline = {
    pipeline_id: pipeline.pipeline_id,
    file: pipeline.file,
    range: toLspRange(positions.rangeOf(['pipeline_id'], 'value')),
    source: sideOf(positions, 'source'),
    target: sideOf(positions, 'target'),
    checks: locateChecks(positions).map(({ check, path }) => ({
      name: check.name,
      check: check.check,
      range: path === null ? null : toLspRange(positions.rangeOf(path, 'key')),
    })),
    has_errors,
  };
  described.set(pipeline, found);
  return found;
}

function sideOf({ value }: SourceDocument, side: 'source' | 'target'): WorkspacePipeline['source'] {
  const written = valueAt(value, [side]);
  if (!isRecord(written) || typeof written.connection !== 'string') return null;
  const { connection, table, query } = written;
  if (typeof table === 'string') return { connection, relation: table };
  return typeof query === 'string' ? { connection, relation: '(query)' } : null;
}

function connectionsOf(positions: SourceDocument): WorkspaceProject['connections'] {
  const connections = valueAt(positions.value, ['connections']);
  if (!isRecord(connections)) return [];
  return Object.entries(connections).map(([name, connection]) => ({
    name,
    type: isRecord(connection) && typeof connection.type === 'string' ? connection.type : '',
    range: toLspRange(positions.rangeOf(['connections', name], 'key')),
  }));
}

function referencesOf(values: readonly unknown[]): WorkspaceProject['references'] {
  const found = new Map(
    values
      .flatMap((value) => findReferences(value))
      .map(({ kind, name }) => [`${kind}:${name}`, { kind, name }] as const),
  );
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const listKeys = Object.keys(batchListKeys) as BatchListKey[];

async function batchFileOf(
  snapshot: WorkspaceSnapshot,
  checker: Checker,
  batch: WorkspaceBatch,
): Promise<WorkspaceBatchFile> {
  const { file, project } = batch;
  const { value } = file.document;
  const checked = await checker.checkBatch(snapshot, batch);
  const key = listKeys.find((each) => valueAt(value, [each]) !== undefined);
  const list = key === undefined ? undefined : valueAt(value, [key]);
  const name = valueAt(value, ['job_name']);
  return {
    file: file.path,
    project_dir: project?.dir ?? null,
    job_name: typeof name === 'string' ? name : null,
    job_type: key === undefined ? null : batchListKeys[key],
    operations: checked.operations ?? (Array.isArray(list) ? list.length : null),
    parameters: parametersOf(value),
    has_errors: hasErrors(checked.diagnostics),
  };
}

function parametersOf(value: unknown): WorkspaceBatchFile['parameters'] {
  const parsed = batchFileSchema.shape.parameters.safeParse(valueAt(value, ['parameters']));
  if (!parsed.success) return [];
  return Object.entries(parsed.data ?? {}).map(([name, written]) => {
    const full = typeof written === 'object' ? written : { default: written };
    const sample = full.default ?? full.enum?.[0];
    const type = full.type ?? (sample === undefined ? 'string' : typeof sample);
    return {
      name,
      type,
      ...(full.default === undefined ? {} : { default: full.default }),
      is_required: full.default === undefined,
      ...(full.description === undefined ? {} : { description: full.description }),
      ...(full.enum === undefined ? {} : { choices: full.enum }),
    };
  });
}
