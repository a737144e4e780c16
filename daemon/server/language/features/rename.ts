import {
  LSPErrorCodes,
  ResponseError,
  type PrepareRenameParams,
  type Range,
  type RenameParams,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { workspaceEdit } from './edits/workspaceEdit.ts';
import type { FeatureContext, Handler } from './feature.ts';
import { renameEdits, whyNotNamed, whyNotRenamed } from './names/renaming.ts';
import { namesAt } from './names/workspaceNames.ts';

const nothingHere =
  'Pipeline ids, connections, parameters and names of operations can be renamed. There is none at this place.';

/** The name at a place, if it can be renamed; refuses with the reason. */
async function findRenamed(context: FeatureContext, { textDocument, position }: PrepareRenameParams) {
  const file = await context.file(textDocument.uri);
  if (file === null) throw refused(nothingHere);
  const snapshot = await context.snapshot();
  const [found] = namesAt(snapshot, file, position, context.locate(file, position));
  if (found === undefined) throw refused(nothingHere);
  const reason = whyNotRenamed(snapshot, found);
  if (reason !== null) throw refused(reason);
  return { snapshot, found };
}

export const prepareRename: Handler<PrepareRenameParams, { range: Range; placeholder: string }> = async (
  context,
  params,
) => {
  const { found } = await findRenamed(context, params);
  return { range: found.use.spot.range, placeholder: found.target.name };
};

export const rename: Handler<RenameParams, WorkspaceEdit | null> = async (context, params) => {
  const { snapshot, found } = await findRenamed(context, params);
  if (params.newName === found.target.name) return null;
  const reason = whyNotNamed(snapshot, found, params.newName);
  if (reason !== null) throw refused(reason);
  return workspaceEdit(context.client, renameEdits(snapshot, found.target, params.newName));
};

function refused(reason: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
