import type { CodeAction, Diagnostic as LspDiagnostic, Range, TextEdit } from 'vscode-languageserver/node';
import type { LoadedProject } from '../../../../definitions/project.ts';
import type { Diagnostic } from '../../../../protocol/errors.ts';
import type { DefinitionFile } from '../../files.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';
import { workspaceEdit, type FileEdits } from '../edits/workspaceEdit.ts';
import type { FeatureContext } from '../feature.ts';

/** A mistake of a file, with all that a fix of it may need. */
export interface Problem {
  readonly context: FeatureContext;
  readonly snapshot: WorkspaceSnapshot;
  readonly file: DefinitionFile;
  /** The project of the file. */
  readonly project: LoadedProject | null;
  readonly diagnostic: Diagnostic;
  readonly range: Range;
  /** The same as the client has it; undefined if it does not have it yet. */
  readonly shown: LspDiagnostic | undefined;
}

/** Fixes of one kind of mistake; none for every other kind. */
export type Fix = (problem: Problem) => Promise<CodeAction[]> | CodeAction[];

export function quickFix(
  { context, shown }: Problem,
  title: string,
  edits: readonly FileEdits[],
  isPreferred = false,
): CodeAction {
  return {
    title,
    kind: 'quickfix',
    ...(shown === undefined ? {} : { diagnostics: [shown] }),
    edit: workspaceEdit(context.client, edits),
    ...(isPreferred ? { isPreferred } : {}),
  };
}

/** A fix that changes one place of the file itself. */
export function editFix(
  problem: Problem,
  title: string,
  edit: TextEdit | null,
  isPreferred = false,
): CodeAction[] {
  return edit === null
    ? []
    : [quickFix(problem, title, [{ file: problem.file, edits: [edit] }], isPreferred)];
}
