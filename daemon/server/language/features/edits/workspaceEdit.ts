import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import type { DefinitionFile } from '../../files.ts';
import type { ClientProfile } from '../feature.ts';

export interface FileEdits {
  readonly file: Pick<DefinitionFile, 'uri' | 'version'>;
  readonly edits: readonly TextEdit[];
}

/** The edits, tied to the versions they were made for where the client can do that. */
export function workspaceEdit(client: ClientProfile, changed: readonly FileEdits[]): WorkspaceEdit {
  if (!client.hasVersionedEdits) {
    return { changes: Object.fromEntries(changed.map(({ file, edits }) => [file.uri, [...edits]])) };
  }
  return {
    documentChanges: changed.map(({ file, edits }) => ({
      textDocument: { uri: file.uri, version: file.version },
      edits: [...edits],
    })),
  };
}
