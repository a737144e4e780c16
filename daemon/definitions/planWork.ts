/** One operation as written -> its work, with the names of pipelines, projects and connections resolved. */
import { plural } from '../protocol/countText.ts';
import { basename, isAbsolute, resolve } from 'node:path';
import type { PipelineSpec, Side } from '../protocol/files/pipeline.ts';
import type { BatchItem } from './batch.ts';
import { problemAt, type Path, type SourceDocument } from './document.ts';
import { parsePipeline } from './pipeline.ts';
import { withAbsoluteBaselines } from './planBaselines.ts';
import {
  ownConnection,
  ownProject,
  report,
  unplanned,
  useConnection,
  useProject,
  type ItemOf,
  type PlannedItem,
  type WorkContext,
} from './planContext.ts';
import { planGeneration } from './planGeneration.ts';
import { isProjectMissing, unknownConnection, type LoadedProject } from './project.ts';
import { findReferences, unsetSecret } from './secrets.ts';
import { didYouMean, listed, nearest } from './suggest.ts';
import { shorten } from './values.ts';

/** Resolves one operation; what is wrong with it goes to `context.diagnostics`. */
export async function planWork(context: WorkContext, { item, path }: BatchItem): Promise<PlannedItem> {
  switch (item.type) {
    case 'pipeline':
      return planPipeline(context, item, path);
    case 'data_generation':
      return planGeneration(context, item, path);
    case 'project_validation':
      return planProject(context, item, path);
    case 'metadata_extraction':
      return planMetadata(context, item, path);
    case 'command':
      return planCommand(context, item, path);
  }
}

const maxSuggested = 50;

/** A pipeline of a project by id: its spec, or null and the reason told (its own mistakes, once). */
function usePipeline(
  context: WorkContext,
  loaded: LoadedProject,
  id: string,
  path: Path,
): PipelineSpec | null {
  const pipeline = loaded.pipelines.get(id);
  if (pipeline === undefined) {
    const known = [...loaded.pipelines.keys()];
    context.unknownIds.add(id);
    // Each look for near ids goes through all of them: for a thousand mistakes that would take half a second.
    const suggestions = context.unknownIds.size > maxSuggested ? [] : nearest(id, known);
    const all = known.length === 0 ? 'the project has no pipelines' : `pipelines are ${listed(known)}`;
    return report(context, path, 'value', {
      code: 'unknown_pipeline',
      message: `project "${loaded.project_id}" has no pipeline "${id}"`,
      hint: didYouMean(suggestions) ?? all,
      suggestions,
    });
  }
  const key = `pipeline ${pipeline.file}`;
  if (!context.told.has(key)) {
    context.told.add(key);
    context.diagnostics.push(...pipeline.diagnostics);
  }
  if (pipeline.spec === null) return null;
  useConnection(context, loaded, pipeline.spec.source.connection);
  useConnection(context, loaded, pipeline.spec.target.connection);
  return withAbsoluteBaselines(pipeline.spec, loaded.dir);
}

/** A pipeline written in the batch itself; its mistakes are told where it stands there. */
function placedPipeline(
  context: WorkContext,
  loaded: LoadedProject,
  { pipeline_id, pipeline }: ItemOf<'pipeline'>,
  path: Path,
): PipelineSpec | null {
  const batch = context.document;
  const document: SourceDocument = {
    file: batch.file,
    value: { ...pipeline, pipeline_id },
    isReadable: true,
    diagnostics: [],
    rangeOf: ([first, ...rest], part) =>
      batch.rangeOf(
        first === 'pipeline_id'
          ? [...path, 'pipeline_id', ...rest]
          : [...path, 'pipeline', ...(first === undefined ? [] : [first, ...rest])],
        part,
      ),
  };
  const { spec, diagnostics } = parsePipeline(document);
  context.diagnostics.push(...diagnostics);
  if (spec === null) return null;
  const known = Object.keys(loaded.project?.connections ?? {});
  for (const side of ['source', 'target'] as const) {
    const name = spec[side].connection;
    if (!known.includes(name)) {
      const problem = unknownConnection(name, known);
      context.diagnostics.push(problemAt(document, [side, 'connection'], 'value', problem));
      return null;
    }
    useConnection(context, loaded, name);
  }
  return withAbsoluteBaselines({ ...spec, file: undefined }, loaded.dir);
}

/** The slots of pipelines, sorted and unique: every operation takes them in the same order, so none waits for another in a circle. */
function slotsOf(dir: string, specs: readonly PipelineSpec[]): [string, string][] {
  const names = new Set(specs.flatMap(({ source, target }) => [source.connection, target.connection]));
  return [...names].sort().map((name) => [dir, name]);
}

function planPipeline(context: WorkContext, item: ItemOf<'pipeline'>, path: Path): PlannedItem {
  const automaticName = item.pipeline_id;
  const at = [...path, 'pipeline_id'];
  const loaded = ownProject(context, at, `pipeline "${item.pipeline_id}"`);
  const spec =
    loaded === null
      ? null
      : item.pipeline === undefined
        ? usePipeline(context, loaded, item.pipeline_id, at)
        : placedPipeline(context, loaded, item, path);
  if (loaded === null || spec === null) return unplanned(automaticName);
  return {
    automaticName,
    work: { type: 'pipeline', project_dir: loaded.dir, pipeline: spec },
    connections: slotsOf(loaded.dir, [spec]),
    description: `${sideText(spec.source)} → ${sideText(spec.target)}`,
  };
}

function sideText({ connection, table }: Side): string {
  return table === undefined ? `${connection} (query)` : `${connection}.${table}`;
}

function planMetadata(context: WorkContext, item: ItemOf<'metadata_extraction'>, path: Path): PlannedItem {
  const { connection, schemas, tables, exclude, row_counts, profile, grants } = item;
  const found = ownConnection(context, connection, [...path, 'connection']);
  if (found === null) return unplanned(connection);
  return {
    automaticName: connection,
    work: {
      type: 'metadata_extraction',
      project_dir: found.dir,
      connection,
      ...(schemas === undefined ? {} : { schemas }),
      ...(tables === undefined ? {} : { tables }),
      ...(exclude === undefined ? {} : { exclude }),
      row_counts,
      profile,
      ...(grants === undefined ? {} : { grants }),
    },
    connections: [found.slot],
    description: `catalog of ${connection}${schemas === undefined ? '' : ` (${listed(schemas)})`}`,
  };
}

async function planProject(
  context: WorkContext,
  item: ItemOf<'project_validation'>,
  path: Path,
): Promise<PlannedItem> {
  const at = [...path, 'project'];
  const found = await findProject(context, item.project);
  if (found === null || isProjectMissing(found)) {
    report(context, at, 'value', {
      code: 'unknown_project',
      message: `there is no project "${item.project}"`,
      hint: `write the folder of an ombudsman.yaml${context.baseDir === null ? ' as an absolute path' : `, relative to ${context.baseDir}`}, or the name of a project the daemon has seen`,
    });
    return unplanned(item.project);
  }
  const automaticName = found.project_id;
  const loaded = useProject(context, found);
  if (loaded === null) return unplanned(automaticName);
  const chosen = choosePipelines(context, loaded, item, path);
  const specs = chosen.flatMap((id) => usePipeline(context, loaded, id.name, id.path) ?? []);
  if (specs.length === 0 || specs.length < chosen.length) return unplanned(automaticName);
  return {
    automaticName,
    work: { type: 'project_validation', project_dir: loaded.dir, pipelines: specs },
    connections: slotsOf(loaded.dir, specs),
    description: `${plural(specs.length, 'pipeline')} of ${loaded.project_id}`,
  };
}

function choosePipelines(
  context: WorkContext,
  loaded: LoadedProject,
  { pipeline_ids }: ItemOf<'project_validation'>,
  path: Path,
): { name: string; path: Path }[] {
  const at = [...path, 'project'];
  if (pipeline_ids === undefined) {
    const all = [...loaded.pipelines.keys()].map((name) => ({ name, path: at }));
    if (all.length > 0) return all;
    report(context, at, 'value', {
      code: 'no_pipelines',
      message: `project "${loaded.project_id}" has no pipelines`,
      hint: `pipelines: of its ombudsman.yaml looks for ${listed(loaded.project?.pipelines ?? [])}`,
    });
    return [];
  }
  const seen = new Set<string>();
  return pipeline_ids.map((name, index) => {
    const place = [...path, 'pipeline_ids', index];
    if (seen.has(name)) {
      const message = `pipeline "${name}" is listed twice`;
      report(context, place, 'value', { code: 'duplicate_name', message, hint: 'remove one of them' });
    }
    seen.add(name);
    return { name, path: place };
  });
}

/** A word may be the batch's own project, a folder, or the id of a project seen before, in this order; a path is a path. */
async function findProject(context: WorkContext, written: string): Promise<LoadedProject | null> {
  const { project, baseDir } = context;
  if (project !== null && written === project.project_id) return project;
  const isPath = isAbsolute(written) || written.startsWith('.') || /[/\\]/.test(written);
  const folder = isAbsolute(written) ? written : baseDir === null ? null : resolve(baseDir, written);
  const candidates = [...(folder === null ? [] : [folder]), ...(isPath ? [] : [written])];
  for (const candidate of candidates) {
    if (candidate === project?.dir) return project;
    const known = context.loaded.get(candidate);
    const found = known === undefined ? await context.loadProject(candidate) : known;
    context.loaded.set(candidate, found);
    if (found !== null && !isProjectMissing(found)) return found;
  }
  return null;
}

function planCommand(context: WorkContext, item: ItemOf<'command'>, path: Path): PlannedItem {
  const { program, args, cwd, env = {} } = item;
  const automaticName = basename(program) || program;
  const owner = context.project === null ? null : useProject(context, context.project);
  if (context.project !== null && owner === null) return unplanned(automaticName);
  const dir = owner === null ? cwd : resolve(owner.dir, cwd ?? '.');
  if (dir === undefined || !isAbsolute(dir)) {
    report(context, cwd === undefined ? path : [...path, 'cwd'], cwd === undefined ? 'key' : 'value', {
      code: 'no_project',
      message: 'a command outside a project must say in which folder it runs',
      hint: 'add cwd: with an absolute path',
    });
    return unplanned(automaticName);
  }
  for (const reference of findReferences({ program, args, cwd, env })) {
    // Outside a project there is no .env file to look into: the daemon knows at the start whether it has the value.
    if (owner === null || context.hasSecret(reference.kind, reference.name, owner.dir)) continue;
    report(context, [...path, ...reference.path], 'value', unsetSecret(reference, `program "${program}"`));
  }
  return {
    automaticName,
    work: { type: 'command', project_dir: owner?.dir ?? null, program, args, cwd: dir, env },
    connections: [],
    description: shorten([program, ...args].join(' '), 200),
  };
}
