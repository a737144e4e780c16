import { fileURLToPath } from 'node:url';
import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver/node';
import type { ClientProfile } from './features/feature.ts';

/** What the client can do, for features. */
export function readClientProfile({ capabilities, clientInfo }: InitializeParams): ClientProfile {
  const { textDocument = {}, workspace = {} } = capabilities;
  const name = clientInfo?.name ?? '';
  return {
    name,
    isVsCode: /visual studio code|vscod|code - oss|code-oss|code-server|cursor|windsurf/i.test(name),
    hasSnippets: textDocument.completion?.completionItem?.snippetSupport === true,
    hasVersionedEdits: workspace.workspaceEdit?.documentChanges === true,
    hasFileCreation: workspace.workspaceEdit?.resourceOperations?.includes('create') === true,
    hasDefinitionLinks: textDocument.definition?.linkSupport === true,
    hasCodeLensRefresh: workspace.codeLens?.refreshSupport === true,
    hasSymbolTree: textDocument.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
  };
}

/** What the server itself asks the client for. */
export interface ClientAbilities {
  readonly hasFolders: boolean;
  readonly canWatchFiles: boolean;
  readonly canBeAskedForSettings: boolean;
  readonly canTellSettings: boolean;
}

export function readClientAbilities({ workspace }: ClientCapabilities): ClientAbilities {
  return {
    hasFolders: workspace?.workspaceFolders === true,
    canWatchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    canBeAskedForSettings: workspace?.configuration === true,
    canTellSettings: workspace?.didChangeConfiguration?.dynamicRegistration === true,
  };
}

/** The folders of the workspace as absolute paths; those that are no files on this machine are left out. */
export function readFolders(params: InitializeParams): string[] {
  const { workspaceFolders, rootUri, rootPath } = params;
  if (workspaceFolders != null) return workspaceFolders.flatMap(({ uri }) => pathOf(uri) ?? []);
  if (rootUri != null) return [pathOf(rootUri) ?? []].flat();
  return rootPath == null ? [] : [rootPath];
}

/** The path of a file: URI; null for any other. */
export function pathOf(uri: string): string | null {
  if (!uri.startsWith('file:')) return null;
  try {
    const path = fileURLToPath(uri);
    // A folder with a slash at its end is the same folder.
    return path.length > 1 && /[/\\]$/.test(path) && !/^[A-Za-z]:[/\\]$/.test(path)
      ? path.slice(0, -1)
      : path;
  } catch {
    return null;
  }
}
