import {
  LSPErrorCodes,
  ErrorCodes,
  MarkupKind,
  ResponseError,
  type CancellationToken,
  type CompletionItem,
  type Connection,
  type Hover,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import type { CompletionPart, FeatureContext, FeatureTable, Handler, HoverPart } from './features/feature.ts';

/** What a table of features can answer. */
export function capabilitiesOf(table: FeatureTable): ServerCapabilities {
  return {
    ...(table.completion.length > 0 && {
      completionProvider: { triggerCharacters: [' ', ':', '-', '"', '{', '[', ',', '.', '$'] },
    }),
    ...(table.hover.length > 0 && { hoverProvider: true }),
    ...(table.codeActions.length > 0 && { codeActionProvider: { codeActionKinds: ['quickfix', 'source'] } }),
    ...(table.codeLenses.length > 0 && { codeLensProvider: {} }),
    ...(table.definition && { definitionProvider: true }),
    ...(table.references && { referencesProvider: true }),
    ...(table.documentHighlight && { documentHighlightProvider: true }),
    ...(table.rename && { renameProvider: { prepareProvider: table.prepareRename !== undefined } }),
    ...(table.documentSymbol && { documentSymbolProvider: true }),
    ...(table.foldingRange && { foldingRangeProvider: true }),
    ...(table.formatting && { documentFormattingProvider: true }),
  };
}

/** Answers the requests of the table. Whatever a feature does, the client gets an answer or an error, and the server goes on. */
export function answerRequests(connection: Connection, table: FeatureTable, context: FeatureContext): void {
  const answer =
    <P, R>(name: string, handler: Handler<P, R>) =>
    async (params: P, token: CancellationToken): Promise<R | ResponseError<void>> => {
      try {
        const result = token.isCancellationRequested ? cancelled : await handler(context, params, token);
        return token.isCancellationRequested ? cancelled : result;
      } catch (error) {
        // What a feature refuses in so many words (a rename that cannot be) goes to the client as it is.
        if (error instanceof ResponseError) return error as ResponseError<void>;
        const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
        connection.console.error(`${name} failed: ${said}`);
        const message = error instanceof Error ? error.message : String(error);
        return new ResponseError(ErrorCodes.InternalError, `${name} failed: ${message}`);
      }
    };

  connection.onCompletion(answer('completion', completeWith(table.completion)));
  connection.onHover(answer('hover', hoverWith(table.hover)));
  connection.onCodeAction(answer('code actions', allOf(table.codeActions)));
  connection.onCodeLens(answer('code lenses', allOf(table.codeLenses)));
  if (table.definition) connection.onDefinition(answer('definition', table.definition));
  if (table.references) connection.onReferences(answer('references', table.references));
  if (table.documentHighlight) connection.onDocumentHighlight(answer('highlights', table.documentHighlight));
  if (table.prepareRename) connection.onPrepareRename(answer('rename', table.prepareRename));
  if (table.rename) connection.onRenameRequest(answer('rename', table.rename));
  if (table.documentSymbol) connection.onDocumentSymbol(answer('symbols', table.documentSymbol));
  if (table.foldingRange) connection.onFoldingRanges(answer('folding', table.foldingRange));
  if (table.formatting) connection.onDocumentFormatting(answer('formatting', table.formatting));
}

const cancelled = new ResponseError<void>(LSPErrorCodes.RequestCancelled, 'cancelled');

function allOf<P, R>(handlers: readonly Handler<P, R[]>[]): Handler<P, R[]> {
  return async (context, params, token) => {
    const found: R[] = [];
    for (const handler of handlers) found.push(...(await handler(context, params, token)));
    return found;
  };
}

function completeWith<P>(
  handlers: readonly Handler<P, CompletionPart | null>[],
): Handler<P, CompletionItem[]> {
  return async (context, params, token) => {
    const items = new Map<string, CompletionItem>();
    for (const handler of handlers) {
      if (token.isCancellationRequested) break;
      const part = await handler(context, params, token);
      for (const item of part?.items ?? []) if (!items.has(item.label)) items.set(item.label, item);
      if (part?.isExclusive === true) break;
    }
    return [...items.values()];
  };
}

function hoverWith<P>(handlers: readonly Handler<P, HoverPart | null>[]): Handler<P, Hover | null> {
  return async (context, params, token) => {
    const parts: HoverPart[] = [];
    for (const handler of handlers) {
      const part = await handler(context, params, token);
      if (part !== null) parts.push(part);
    }
    const [first] = parts;
    if (first === undefined) return null;
    const value = parts.map(({ markdown }) => markdown).join('\n\n---\n\n');
    return { contents: { kind: MarkupKind.Markdown, value }, range: first.range };
  };
}
