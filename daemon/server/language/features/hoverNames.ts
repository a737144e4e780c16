/** What a name stands for, and what its last run came to. */
import { plural } from '../../../protocol/countText.ts';
import type { HoverParams } from 'vscode-languageserver/node';
import { locateChecks } from '../../../definitions/pipeline.ts';
import type { LoadedPipeline, LoadedProject } from '../../../definitions/project.ts';
import { valueAt } from '../../../definitions/values.ts';
import type { PipelineOutcome } from '../../../protocol/answers.ts';
import type { DefinitionFile } from '../files.ts';
import { toLspRange } from '../ranges.ts';
import type { WorkspaceSnapshot } from '../workspace/snapshot.ts';
import { checkNames, connectionOf, connectionText, pipelineText } from './describe/definitions.ts';
import { code, escaped } from './describe/markdown.ts';
import { parameterText } from './describe/parameters.ts';
import {
  agoText,
  checkEvidence,
  checkHeadline,
  dateText,
  findingsOf,
  pipelineOutcomeText,
} from './describe/results.ts';
import type { FeatureContext, Handler, HoverPart } from './feature.ts';
import { namesIn } from './names/fileNames.ts';
import {
  namesAt,
  namesOfOperations,
  resolveDependencies,
  scopesOf,
  type LocatedUse,
} from './names/workspaceNames.ts';

export const hoverNames: Handler<HoverParams, HoverPart | null> = async (
  context,
  { textDocument, position },
) => {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const snapshot = await context.snapshot();
  const [found] = namesAt(snapshot, file, position, context.locate(file, position));
  if (found !== undefined) {
    const markdown = await describe(context, snapshot, found);
    return markdown === null ? null : { markdown, range: found.use.spot.range };
  }
  return file.kind === 'pipeline' ? hoverCheck(context, snapshot, file, position) : null;
};

async function describe(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  found: LocatedUse,
): Promise<string | null> {
  const { kind, name, scopes } = found.target;
  const project = scopes.map((scope) => snapshot.projects.get(scope)).find((one) => one !== undefined);
  switch (kind) {
    case 'parameter': {
      const { detail, documentation } = parameterText(
        valueAt(found.file.document.value, ['parameters', name]),
      );
      return lines(
        `parameter ${code(name)}: ${escaped(detail)}`,
        documentation === undefined ? '' : escaped(documentation),
      );
    }
    case 'operation':
      return describeOperation(snapshot, found);
    case 'pipeline':
      return project === undefined ? null : describePipeline(context, project, name);
    case 'connection':
      return project === undefined ? null : describeConnection(context, project, name);
    case 'project':
      return project === undefined
        ? null
        : lines(
            `project ${code(project.project_id)}: ${plural(project.pipelines.size, 'pipeline')}`,
            code(project.dir),
          );
  }
}

async function describePipeline(
  context: FeatureContext,
  project: LoadedProject,
  id: string,
): Promise<string | null> {
  const pipeline = project.pipelines.get(id);
  if (pipeline === undefined) return null;
  const description = valueAt(pipeline.positions.value, ['description']);
  return lines(
    `pipeline ${code(id)}: ${code(pipelineText(pipeline))}`,
    typeof description === 'string' ? escaped(description) : '',
    `Checks: ${checkNames(pipeline).map(code).join(', ')}`,
    lastRun(await outcomeOf(context, project, id)),
  );
}

function lastRun(outcome: PipelineOutcome | undefined): string {
  if (outcome === undefined) return '';
  const { finished_at, error } = outcome;
  const head = `Last run: ${pipelineOutcomeText(outcome)}, ${agoText(finished_at, Date.now())} (${dateText(finished_at)})`;
  const findings = findingsOf(outcome).map((check) => `- ${escaped(findingText(check))}`);
  const reason = findings.length === 0 && error !== undefined ? [escaped(error.message)] : [];
  return [head, ...findings, ...reason].join('\n');
}

function findingText(check: PipelineOutcome['checks'][number]): string {
  const evidence = checkEvidence(check).join('; ');
  return `${checkHeadline(check)}${evidence === '' ? '' : `: ${evidence}`}`;
}

async function outcomeOf(
  context: FeatureContext,
  project: LoadedProject,
  id: string,
): Promise<PipelineOutcome | undefined> {
  const results = await context.results(project.dir);
  return results?.pipelines.find(({ pipeline_id }) => pipeline_id === id);
}

async function describeConnection(
  context: FeatureContext,
  project: LoadedProject,
  name: string,
): Promise<string | null> {
  const definition = connectionOf(project, name);
  if (definition === undefined) return null;
  const catalog = await context.catalog(project.dir, name);
  const description = valueAt(definition, ['description']);
  return lines(
    `connection ${code(name)}: ${code(connectionText(definition))}`,
    typeof description === 'string' ? escaped(description) : '',
    catalog === null
      ? 'No catalog extracted yet: its tables and columns are not offered for completion.'
      : `${plural(catalog.tables.length, 'table')} in the catalog of ${dateText(catalog.extracted_at)}`,
  );
}

function describeOperation(snapshot: WorkspaceSnapshot, { file, target, use }: LocatedUse): string | null {
  const { operations, dependencies } = namesIn(file);
  const names = namesOfOperations(snapshot, file);
  const index = names.indexOf(target.name);
  const operation = operations[index];
  if (operation?.type == null) return null;
  const waiting = resolveDependencies(names, dependencies).filter(
    ({ operation: meant }) => meant === index,
  ).length;
  const line = file.document.rangeOf(operation.path, 'key').line;
  return lines(
    `operation ${code(target.name)}: ${escaped(operation.type.replace('_', ' '))}${use.isDefinition ? '' : `, line ${line}`}`,
    waiting === 0
      ? ''
      : `${plural(waiting, 'operation')} of this batch ${waiting === 1 ? 'waits' : 'wait'} for it.`,
  );
}

/** On the name of a check: what it found in the last run. */
async function hoverCheck(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  position: HoverParams['position'],
): Promise<HoverPart | null> {
  const at = file.text.offsetAt(position);
  const here = locateChecks(file.document).filter(({ path }) => {
    if (path === null) return false;
    const { start, end } = toLspRange(file.document.rangeOf(path, 'key'));
    return file.text.offsetAt(start) <= at && at <= file.text.offsetAt(end);
  });
  const [first] = here;
  const loaded = pipelineOfFile(snapshot, file);
  if (first?.path == null || loaded === null) return null;
  const outcome = await outcomeOf(context, loaded.project, loaded.pipeline.pipeline_id);
  const results = here.flatMap(
    ({ check }) =>
      outcome?.checks.find(({ name, check: kind }) => name === check.name && kind === check.check) ?? [],
  );
  if (outcome === undefined || results.length === 0) return null;
  const when = `${agoText(outcome.finished_at, Date.now())} (${dateText(outcome.finished_at)})`;
  return {
    markdown: [`Last run, ${when}:`, ...results.map((check) => `- ${escaped(findingText(check))}`)].join(
      '\n',
    ),
    range: toLspRange(file.document.rangeOf(first.path, 'key')),
  };
}

/** The pipeline a file defines, in the first project that lists it. */
export function pipelineOfFile(
  snapshot: WorkspaceSnapshot,
  file: Pick<DefinitionFile, 'path' | 'kind'>,
): { project: LoadedProject; pipeline: LoadedPipeline } | null {
  for (const scope of scopesOf(snapshot, file)) {
    const project = snapshot.projects.get(scope);
    const pipeline = project?.pipeline_files.find((one) => one.file === file.path);
    if (project !== undefined && pipeline !== undefined) return { project, pipeline };
  }
  return null;
}

function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
