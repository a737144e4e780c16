/** What a rename changes, and why one cannot be. */
import type { TextEdit } from 'vscode-languageserver/node';
import { batchFileSchema } from '../../../../protocol/files/batch.ts';
import { jobNameSchema, nameSchema } from '../../../../protocol/primitives.ts';
import type { DefinitionFile } from '../../files.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';
import { replaceName } from '../edits/scalars.ts';
import type { FileEdits } from '../edits/workspaceEdit.ts';
import { namesIn, type NameKind } from './fileNames.ts';
import {
  namesOfOperations,
  resolveDependencies,
  scopesOf,
  usesOf,
  type LocatedUse,
  type NameTarget,
} from './workspaceNames.ts';

const withArticle: Readonly<Record<NameKind, string>> = {
  project: 'a project',
  pipeline: 'a pipeline',
  connection: 'a connection',
  parameter: 'a parameter',
  operation: 'an operation',
};

/** Why the name at a place cannot be renamed whatever the new name; null if it can. */
export function whyNotRenamed(snapshot: WorkspaceSnapshot, found: LocatedUse): string | null {
  const { kind, name } = found.target;
  if (kind === 'project') {
    return 'Jobs and results of a project are kept under its name, so it is not renamed. Change name in ombudsman.yaml by hand if you want a new project.';
  }
  const definitions = usesOf(snapshot, found.target).filter(({ use }) => use.isDefinition);
  if (kind === 'operation' && definitions.some(({ use }) => use.isDerived === true)) {
    return `Operation "${name}" is named by what it does. Add name: to it, then rename that.`;
  }
  const [first, second] = definitions;
  if (first === undefined) {
    return isTaken(snapshot, found.target)
      ? `Pipeline "${name}" is known by the name of its file. Add pipeline_id: to it, then rename that.`
      : `There is no ${kind} "${name}" in this workspace.`;
  }
  // A file that is part of two projects defines the name once.
  if (second !== undefined && kind !== 'connection') {
    return `"${name}" is the name of two ${kind}s (${placesOf([first, second])}). Change one of them by hand first.`;
  }
  const files = kind === 'parameter' || kind === 'operation' ? [found.file] : [...snapshot.files()];
  const broken = files.find(({ document, text }) => !document.isReadable && text.getText().includes(name));
  return broken === undefined
    ? null
    : `${broken.path} holds "${name}" and has a mistake of syntax. Mend that first, so that every place is found.`;
}

function placesOf(uses: readonly LocatedUse[]): string {
  return uses.map(({ file, use }) => `${file.path}, line ${use.spot.range.start.line + 1}`).join(' and ');
}

/** Why the new name cannot be; null if it can. */
export function whyNotNamed(
  snapshot: WorkspaceSnapshot,
  { target }: LocatedUse,
  newName: string,
): string | null {
  const { kind, scopes } = target;
  const parsed = nameSchemaOf(kind).safeParse(newName);
  if (!parsed.success || parsed.data !== newName) {
    const said = parsed.success ? 'expected no blanks at its ends' : (parsed.error.issues[0]?.message ?? '');
    return `"${newName}" cannot be the name of ${withArticle[kind]}: ${said}.`;
  }
  if (newName.includes('${')) return `"${newName}" cannot be a name: \${…} stands for a value.`;
  const taken = isTaken(snapshot, { kind, name: newName, scopes });
  return taken ? `There is already ${withArticle[kind]} "${newName}".` : null;
}

function nameSchemaOf(kind: NameKind) {
  if (kind === 'operation') return jobNameSchema;
  return kind === 'parameter' ? batchFileSchema.shape.parameters.unwrap().keyType : nameSchema;
}

function isTaken(snapshot: WorkspaceSnapshot, target: NameTarget): boolean {
  if (usesOf(snapshot, target).some(({ use }) => use.isDefinition)) return true;
  return (
    target.kind === 'pipeline' &&
    target.scopes.some((scope) => snapshot.projects.get(scope)?.pipelines.has(target.name) === true)
  );
}

/** Every edit that gives a name anew in the workspace. */
export function renameEdits(snapshot: WorkspaceSnapshot, target: NameTarget, newName: string): FileEdits[] {
  const uses = usesOf(snapshot, target);
  const scopes = new Set([...target.scopes, ...uses.flatMap(({ target: found }) => found.scopes)]);
  const edits = new Map<DefinitionFile, TextEdit[]>();
  for (const { file, use } of uses) {
    const known = edits.get(file) ?? [];
    edits.set(file, known);
    if (use.isDerived === true) continue;
    const { spot } = use;
    known.push(
      target.kind === 'parameter' && !use.isDefinition
        ? { range: spot.range, newText: newName }
        : replaceName(spot, file.text.getText(spot.scalar), newName),
    );
  }
  return [...edits].map(([file, direct]) => {
    const isOwn = target.kind === 'operation' || scopesOf(snapshot, file).some((scope) => scopes.has(scope));
    return { file, edits: [...direct, ...(isOwn ? dependencyEdits(snapshot, file, target, newName) : [])] };
  });
}

/** Entries of `depends_on` follow the names of their operations: those that are given, and those made from what was renamed. */
function dependencyEdits(
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  { kind, name }: NameTarget,
  newName: string,
): TextEdit[] {
  const { dependencies } = namesIn(file);
  if (dependencies.length === 0 || kind === 'parameter') return [];
  const before = namesOfOperations(snapshot, file);
  const after = namesOfOperations(snapshot, file, {
    [kind]: (old: string) => (old === name ? newName : old),
  });
  return resolveDependencies(before, dependencies).flatMap(({ dependency: { spot, written }, operation }) => {
    const now = operation === null ? undefined : after[operation];
    if (now === undefined || now === written) return [];
    return [replaceName(spot, file.text.getText(spot.scalar), now)];
  });
}
