/** `${param:NAME}`, `${env:NAME}` and `${secret:NAME}` while they are written. */
import { CompletionItemKind, type CompletionItem, type Position } from 'vscode-languageserver/node';
import { projectFileName, type LoadedProject } from '../../../../definitions/project.ts';
import { findReferences, referenceText, type SecretKind } from '../../../../definitions/secrets.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import type { DefinitionFile } from '../../files.ts';
import type { Place } from '../../place.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';
import { parameterText } from '../describe/parameters.ts';
import type { FeatureContext } from '../feature.ts';
import { operationsOf } from '../names/batchOperations.ts';

const begun = /\$\{(?:[a-z]*|(?:param|env|secret):[\w.-]*)$/;

interface Reference {
  readonly text: string;
  readonly detail?: string;
  readonly documentation?: string;
}

/** What a `${` before the cursor can become; null if there is none. */
export function referenceItems(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  position: Position,
): CompletionItem[] | null {
  const { line, character } = position;
  const text = file.text.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const opening = begun.exec(text.slice(0, character))?.[0];
  if (opening === undefined) return null;
  const dollar = { line, character: character - opening.length };
  const place = scalarAt(context.locate(file, dollar));
  if (place === null) return [];
  // Without quotes a brace ends the text in brackets, and a reference alone is written in quotes anyway.
  const isAlone = place.range.start.character === dollar.character;
  const isBare = place.quote === null && (isAlone || place.isFlow);
  const start = isBare ? place.range.start : dollar;
  const before = file.text.getText({ start, end: dollar });
  const rest = /^[\w.:-]*\}?/.exec(text.slice(character))?.[0] ?? '';
  const range = { start, end: { line, character: character + rest.length } };
  return referencesAt(snapshot, file, place).map(({ text: reference, detail, documentation }, index) => ({
    label: reference,
    kind: CompletionItemKind.Variable,
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: 'markdown', value: documentation } }),
    filterText: `${before}${reference}`,
    sortText: String(index).padStart(6, '0'),
    textEdit: { range, newText: isBare ? `"${before}${reference}"` : reference },
  }));
}

/** Half-written and without quotes, a reference is a key or opens a mapping for a parser. */
function scalarAt(place: Place | null): Place | null {
  if (place === null || place.part === 'value') return place;
  const isBegun = place.quote === null && (place.text.startsWith('${') || place.text.endsWith('$'));
  return isBegun ? { ...place, path: place.path.slice(0, -1) } : null;
}

function referencesAt(snapshot: WorkspaceSnapshot, file: DefinitionFile, { path }: Place): Reference[] {
  if (file.kind === 'project')
    return path[0] === 'connections' ? knownSecrets(snapshot, snapshot.projectOf(file.path)) : [];
  if (file.kind !== 'batch' || path[0] === 'parameters') return [];
  const isCommand = ['program', 'args', 'cwd', 'env'].includes(String(path[2]));
  return [
    ...parameterReferences(file),
    ...(isCommand ? knownSecrets(snapshot, snapshot.projectOf(file.path)) : []),
  ];
}

/** `${param:NAME}` of everything the file declares. */
export function parameterReferences(file: DefinitionFile): Reference[] {
  const parameters = valueAt(file.document.value, ['parameters']);
  if (file.kind !== 'batch' || !isRecord(parameters)) return [];
  return Object.entries(parameters).map(([name, declared]) => ({
    text: `\${param:${name}}`,
    ...parameterText(declared),
  }));
}

/** References that the connections and commands of a project use already. */
export function knownSecrets(snapshot: WorkspaceSnapshot, project: LoadedProject | null): Reference[] {
  if (project === null) return [];
  const commands = [...snapshot.batches.values()]
    .filter((batch) => batch.project === project)
    .flatMap(({ file }) => operationsOf(file.document.value))
    .filter(({ type }) => type === 'command')
    .map(({ entry: { program, args, cwd, env } }) => ({ program, args, cwd, env }));
  const found = findReferences([valueAt(project.positions.value, ['connections']), commands]);
  return [...new Set(found.map(referenceText))].sort().map((text) => ({ text, detail: whereFrom(text) }));
}

function whereFrom(reference: string): string {
  const kind: SecretKind = reference.startsWith('${env:') ? 'env' : 'secret';
  return kind === 'env'
    ? `environment, or .env beside ${projectFileName}`
    : `secret storage, or .env beside ${projectFileName}`;
}
