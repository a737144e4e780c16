/** Quick fixes of mistakes, and all clear ones at once. */
import type { CodeAction, CodeActionParams, Range } from 'vscode-languageserver/node';
import { lensCommands, resultsSource } from '../../../protocol/language.ts';
import type { Diagnostic } from '../../../protocol/errors.ts';
import type { DefinitionFile } from '../files.ts';
import { toLspRange } from '../ranges.ts';
import { workspaceEdit } from './edits/workspaceEdit.ts';
import type { FeatureContext, Handler } from './feature.ts';
import { addPipelines, nameAsInSource, settleSide } from './fixes/conflicts.ts';
import { followHint } from './fixes/hints.ts';
import { addMissingKey, declareParameter, removeUnknownKey } from './fixes/keys.ts';
import { addConnection, createPipelineFile } from './fixes/newFiles.ts';
import type { Fix, Problem } from './fixes/problem.ts';
import { movePassword } from './fixes/secrets.ts';
import { clearSuggestions, useSuggestion } from './fixes/suggestions.ts';
import type { ResultData } from './lastResults.ts';

/** In the order in which they are offered. */
const fixes: readonly Fix[] = [
  useSuggestion,
  addMissingKey,
  followHint,
  settleSide,
  nameAsInSource,
  addPipelines,
  movePassword,
  declareParameter,
  createPipelineFile,
  addConnection,
  removeUnknownKey,
];
/** Few stand on one line; a selection of a whole file is not a question about each of its mistakes. */
const maxFixed = 20;
const fixAllKind = 'source.fixAll.ombudsman';

export const quickFixes: Handler<CodeActionParams, CodeAction[]> = async (context, params) => {
  const file = await context.file(params.textDocument.uri);
  if (file === null) return [];
  const problems = await context.problems(file.path);
  const { only } = params.context;
  const isWanted = (kind: string) =>
    only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
  // Actions of a whole file are run on saving too: only for who asks for them by name.
  const all = only === undefined || !isWanted(fixAllKind) ? [] : fixAll(context, file, problems);
  return isWanted('quickfix')
    ? [...(await fixesAt(context, file, problems, params)), ...showJobOf(context, params), ...all]
    : all;
};

async function fixesAt(
  context: FeatureContext,
  file: DefinitionFile,
  diagnostics: readonly Diagnostic[],
  { range, context: { diagnostics: shown } }: CodeActionParams,
): Promise<CodeAction[]> {
  const here = diagnostics.filter((diagnostic) => touches(toLspRange(diagnostic), range)).slice(0, maxFixed);
  if (here.length === 0) return [];
  const snapshot = await context.snapshot();
  const project = snapshot.projectOf(file.path);
  const actions: CodeAction[] = [];
  for (const diagnostic of here) {
    const at = toLspRange(diagnostic);
    const same = shown.find((one) => one.code === diagnostic.code && isSame(one.range, at));
    const problem: Problem = { context, snapshot, file, project, diagnostic, range: at, shown: same };
    for (const fix of fixes) actions.push(...(await fix(problem)));
  }
  const edits = clearSuggestions(file, diagnostics);
  if (edits.length < 2 || !here.some(({ suggestions }) => suggestions?.length === 1)) return actions;
  const title = `Change all ${edits.length} mistyped names to the nearest`;
  return [...actions, { title, kind: 'quickfix', edit: workspaceEdit(context.client, [{ file, edits }]) }];
}

function fixAll(
  context: FeatureContext,
  file: DefinitionFile,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const edits = clearSuggestions(file, diagnostics);
  if (edits.length === 0) return [];
  const edit = workspaceEdit(context.client, [{ file, edits }]);
  return [{ title: 'Change mistyped names to the nearest', kind: fixAllKind, edit }];
}

/** From what the last run found to its job. */
function showJobOf({ client }: FeatureContext, { context: { diagnostics } }: CodeActionParams): CodeAction[] {
  if (!client.isVsCode) return [];
  const results = diagnostics.filter(({ source }) => source === resultsSource);
  const jobs = new Map(
    results.flatMap((one) => (isResultData(one.data) ? [[one.data.job_id, one] as const] : [])),
  );
  return [...jobs].map(([jobId, shown]) => ({
    title: 'Show the job of this result',
    kind: 'quickfix',
    diagnostics: [shown],
    command: { title: 'Show Job', command: lensCommands.showJob, arguments: [jobId] },
  }));
}

function isResultData(data: unknown): data is ResultData {
  return typeof data === 'object' && data !== null && 'job_id' in data && typeof data.job_id === 'string';
}

function touches(one: Range, other: Range): boolean {
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

function isBefore(one: Range['start'], other: Range['start']): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

function isSame(one: Range, other: Range): boolean {
  return (
    !isBefore(one.start, other.start) &&
    !isBefore(other.start, one.start) &&
    !isBefore(one.end, other.end) &&
    !isBefore(other.end, one.end)
  );
}
