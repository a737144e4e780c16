/** Go to definition, find references, and the same name elsewhere in the file. */
import {
  DocumentHighlightKind,
  type DefinitionParams,
  type DocumentHighlight,
  type DocumentHighlightParams,
  type Location,
  type LocationLink,
  type Range,
  type ReferenceParams,
} from 'vscode-languageserver/node';
import type { WorkspaceSnapshot } from '../workspace/snapshot.ts';
import type { Handler } from './feature.ts';
import { definitionsOf, namesAt, usesIn, usesOf, type LocatedUse } from './names/workspaceNames.ts';

const fileStart: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export const findDefinition: Handler<DefinitionParams, Location[] | LocationLink[] | null> = async (
  context,
  { textDocument, position },
) => {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const snapshot = await context.snapshot();
  const found = namesAt(snapshot, file, position, context.locate(file, position));
  const [narrowest] = found;
  if (narrowest === undefined) return null;
  // An entry of depends_on names an operation of this file, and by its automatic name often a pipeline too.
  const isEntry = found.every(({ use }) => use.isDerived === true);
  const targets = isEntry ? found.toReversed() : [narrowest];
  const places = targets.flatMap((one) => definitionPlaces(snapshot, one));
  if (places.length === 0) return null;
  if (!context.client.hasDefinitionLinks) return places;
  return places.map(({ uri, range }) => ({
    originSelectionRange: narrowest.use.spot.range,
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
  }));
};

function definitionPlaces(snapshot: WorkspaceSnapshot, { target }: LocatedUse): Location[] {
  const found = definitionsOf(snapshot, target);
  if (found.length > 0 || target.kind !== 'pipeline') return found.map(locationOf);
  // A pipeline file that does not say its id is known by its name.
  return target.scopes.flatMap((scope) => {
    const pipeline = snapshot.projects.get(scope)?.pipelines.get(target.name);
    const file = pipeline === undefined ? null : snapshot.file(pipeline.file);
    return file === null ? [] : [{ uri: file.uri, range: fileStart }];
  });
}

export const findReferences: Handler<ReferenceParams, Location[] | null> = async (
  context,
  { textDocument, position, context: { includeDeclaration } },
) => {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const snapshot = await context.snapshot();
  const [found] = namesAt(snapshot, file, position, context.locate(file, position));
  if (found === undefined) return null;
  return usesOf(snapshot, found.target)
    .filter(({ use }) => includeDeclaration || !use.isDefinition)
    .map(locationOf);
};

export const highlight: Handler<DocumentHighlightParams, DocumentHighlight[] | null> = async (
  context,
  { textDocument, position },
) => {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const snapshot = await context.snapshot();
  const [found] = namesAt(snapshot, file, position, context.locate(file, position));
  if (found === undefined) return null;
  const { kind, name, scopes } = found.target;
  return usesIn(snapshot, file)
    .filter(({ target }) => target.kind === kind && target.name === name)
    .filter(({ target }) => target.scopes.some((scope) => scopes.includes(scope)))
    .map(({ use }) => ({
      range: use.spot.range,
      kind: use.isDefinition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
};

function locationOf({ file, use }: LocatedUse): Location {
  return { uri: file.uri, range: use.spot.range };
}
