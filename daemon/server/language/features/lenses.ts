/** Run, Dry run and the last result above batch files and pipelines. */
import { plural } from '../../../protocol/countText.ts';
import type { CodeLens, CodeLensParams, Command, Range } from 'vscode-languageserver/node';
import type { Path } from '../../../definitions/document.ts';
import type { LoadedProject } from '../../../definitions/project.ts';
import { isRecord } from '../../../definitions/values.ts';
import { lensCommands } from '../../../protocol/language.ts';
import type { BatchFileOutcome, PipelineOutcome } from '../../../protocol/answers.ts';
import type { DefinitionFile } from '../files.ts';
import { rangeOf } from '../ranges.ts';
import type { WorkspaceSnapshot } from '../workspace/snapshot.ts';
import { agoText, batchOutcomeText, pipelineOutcomeText } from './describe/results.ts';
import type { FeatureContext, Handler } from './feature.ts';
import { pipelineOfFile } from './hoverNames.ts';
import { noteShownTime } from './lensClock.ts';
import { usesIn } from './names/workspaceNames.ts';

export const codeLenses: Handler<CodeLensParams, CodeLens[]> = async (context, { textDocument }) => {
  const file = context.settings.codeLens ? await context.file(textDocument.uri) : null;
  if (file === null || file.kind === 'project') return [];
  const snapshot = await context.snapshot();
  const commands =
    file.kind === 'batch'
      ? await batchLenses(context, snapshot, file)
      : await pipelineLenses(context, snapshot, file);
  const range = rangeOf(file, file.kind === 'batch' ? firstKey(file) : ['pipeline_id'], 'key');
  const above: Range = { start: range.start, end: range.start };
  return commands.map((command) => ({ range: above, command }));
};

/** Where the file as a whole begins is a question that costs reading all of it; where its first key stands does not. */
function firstKey({ document: { value } }: DefinitionFile): Path {
  return isRecord(value) ? Object.keys(value).slice(0, 1) : [];
}

async function batchLenses(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
): Promise<Command[]> {
  const project = snapshot.projectOf(file.path);
  const outcome = project === null ? undefined : await lastOfBatch(context, project, file.path);
  const stops = (await errorsOf(context, file)) ?? errorsBehind(context, snapshot, file);
  return [
    ...(stops === null ? runLenses(context, file, ['run', 'dryRun']) : [stops]),
    ...(outcome === undefined ? [] : [batchResult(context, outcome)]),
  ];
}

async function pipelineLenses(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
): Promise<Command[]> {
  const loaded = pipelineOfFile(snapshot, file);
  // A file that no project lists cannot run.
  if (loaded === null) return [];
  const { project, pipeline } = loaded;
  const results = await context.results(project.dir);
  const outcome = results?.pipelines.find(({ pipeline_id }) => pipeline_id === pipeline.pipeline_id);
  const stops = (await errorsOf(context, file)) ?? errorsOfProjects(context, [project]);
  return [
    ...(stops === null ? runLenses(context, file, ['runPipeline']) : [stops]),
    ...(outcome === undefined ? [] : [pipelineResult(context, outcome)]),
  ];
}

const runTitles = { run: 'Run', dryRun: 'Dry run', runPipeline: 'Run' } as const;

function runLenses(
  { client, settings }: FeatureContext,
  { path }: DefinitionFile,
  runs: readonly (keyof typeof runTitles)[],
): Command[] {
  if (!settings.isTrusted) return [];
  return runs.map((run) => {
    const icon = run === 'dryRun' ? '' : client.isVsCode ? '$(play) ' : '▶ ';
    return { title: `${icon}${runTitles[run]}`, command: lensCommands[run], arguments: [path] };
  });
}

function batchResult(context: FeatureContext, outcome: BatchFileOutcome): Command {
  const { job_id, created_at, finished_at } = outcome;
  const isLive = outcome.status === 'pending' || outcome.status === 'running' || outcome.status === 'paused';
  const when = noteShownTime(context, finished_at ?? created_at);
  const title = `${isLive ? 'Now' : 'Last'}: ${batchOutcomeText(outcome)}, ${agoText(when, Date.now())}`;
  return { title, command: lensCommands.showJob, arguments: [job_id] };
}

function pipelineResult(context: FeatureContext, outcome: PipelineOutcome): Command {
  const when = noteShownTime(context, outcome.finished_at);
  const title = `Last: ${pipelineOutcomeText(outcome)}, ${agoText(when, Date.now())}`;
  return { title, command: lensCommands.showJob, arguments: [outcome.job_id] };
}

async function lastOfBatch(
  context: FeatureContext,
  project: LoadedProject,
  path: string,
): Promise<BatchFileOutcome | undefined> {
  const results = await context.results(project.dir);
  return results?.batch_files.find(({ file }) => file === path);
}

async function errorsOf(context: FeatureContext, { path }: DefinitionFile): Promise<Command | null> {
  const errors = (await context.problems(path)).filter(({ severity }) => severity === 'error');
  return errors.length === 0 ? null : errorLens(context, plural(errors.length, 'error'));
}

/** Nothing of a file with an error runs, and a batch runs whole: what it names counts as well. */
function errorsBehind(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
): Command | null {
  const own = snapshot.projectOf(file.path);
  const named = usesIn(snapshot, file).flatMap(({ target }) =>
    target.kind === 'pipeline' || target.kind === 'project'
      ? target.scopes.map((dir) => ({ target, project: snapshot.projects.get(dir) }))
      : [],
  );
  const projects = [own, ...named.map(({ project }) => project)].filter((project) => project != null);
  const stopped = errorsOfProjects(context, projects);
  if (stopped !== null) return stopped;
  const broken = new Set(
    named.flatMap(({ target, project }) => {
      const pipeline = target.kind === 'pipeline' ? project?.pipelines.get(target.name) : undefined;
      return pipeline?.spec === null ? [pipeline.file] : [];
    }),
  );
  return broken.size === 0 ? null : errorLens(context, `errors in ${plural(broken.size, 'pipeline file')}`);
}

function errorsOfProjects(context: FeatureContext, projects: readonly LoadedProject[]): Command | null {
  return projects.some(({ project }) => project === null)
    ? errorLens(context, 'errors in ombudsman.yaml')
    : null;
}

function errorLens({ client }: FeatureContext, text: string): Command {
  // Other editors have no command for it: the text alone is shown.
  return client.isVsCode
    ? { title: `$(error) ${text}`, command: 'workbench.actions.view.problems' }
    : { title: `✗ ${text}`, command: '' };
}
