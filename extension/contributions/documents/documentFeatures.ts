import * as vscode from 'vscode';
import type { OperationNode } from '../../views/nodes.ts';
import { documentScheme, parseDocumentUri } from './documentUri.ts';
import { registerFollowTail } from './followTail.ts';
import { foldsOf, logStructure, type LogPart } from './logStructure.ts';

const selector = (pattern: string): vscode.DocumentFilter => ({ scheme: documentScheme, pattern });
const logs = selector('/log/**');
const differences = selector('/differences/**');

/** Folding, outline, links and actions of the documents. */
export function registerDocumentFeatures(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerFoldingRangeProvider(logs, { provideFoldingRanges: foldLog }),
    vscode.languages.registerDocumentSymbolProvider(logs, {
      provideDocumentSymbols: (document) => logStructure(linesOf(document)).map(symbolOf(document)),
    }),
    vscode.languages.registerDocumentSymbolProvider(differences, { provideDocumentSymbols: rowSymbols }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme: documentScheme },
      { provideDocumentLinks: fileLinks },
    ),
    vscode.languages.registerCodeLensProvider(selector('/operation/**'), {
      provideCodeLenses: operationLenses,
    }),
    registerFollowTail(),
  );
}

function linesOf(document: vscode.TextDocument): string[] {
  return document.getText().split('\n');
}

function foldLog(document: vscode.TextDocument): vscode.FoldingRange[] {
  return foldsOf(logStructure(linesOf(document))).map(
    ({ start, end }) => new vscode.FoldingRange(start, end),
  );
}

const symbolKinds: Record<LogPart['kind'], vscode.SymbolKind> = {
  run: vscode.SymbolKind.Namespace,
  attempt: vscode.SymbolKind.Namespace,
  output: vscode.SymbolKind.Namespace,
  operation: vscode.SymbolKind.Function,
  entry: vscode.SymbolKind.Event,
};

function symbolOf(document: vscode.TextDocument): (part: LogPart) => vscode.DocumentSymbol {
  const convert = (part: LogPart): vscode.DocumentSymbol => {
    const title = part.title === '' ? part.detail : part.title;
    const first = document.lineAt(part.start).range;
    const symbol = new vscode.DocumentSymbol(
      title === '' ? 'entry' : title,
      part.title === '' ? '' : part.detail,
      symbolKinds[part.kind],
      new vscode.Range(first.start, document.lineAt(part.end).range.end),
      first,
    );
    // Entries of an operation are read in the text; as thousands of symbols they would only hide the operations.
    if (part.kind !== 'operation') symbol.children = part.children.map(convert);
    return symbol;
  };
  return convert;
}

/** Every differing row by its key: what a person looks for with "Go to Symbol". */
function rowSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
  const symbols: vscode.DocumentSymbol[] = [];
  const lines = linesOf(document);
  for (let start = 0; start < lines.length; start += 1) {
    const title = lines[start] ?? '';
    if (title === '' || title.startsWith('#') || title.startsWith(' ')) continue;
    let end = start;
    while (lines[end + 1]?.startsWith('  ') === true) end += 1;
    const whole = new vscode.Range(document.lineAt(start).range.start, document.lineAt(end).range.end);
    const head = document.lineAt(start).range;
    symbols.push(new vscode.DocumentSymbol(title, '', vscode.SymbolKind.Object, whole, head));
    start = end;
  }
  return symbols;
}

/** VS Code finds such links itself, but in remote windows they would lead to the wrong machine. */
function fileLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
  return [...document.getText().matchAll(/<(file:\/\/[^\s>]+)>/g)].map((match) => {
    const [, target = ''] = match;
    const start = document.positionAt(match.index + 1);
    const range = new vscode.Range(start, document.positionAt(match.index + 1 + target.length));
    return new vscode.DocumentLink(range, vscode.Uri.parse(target));
  });
}

function operationLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const address = parseDocumentUri(document.uri);
  if (address?.kind !== 'operation') return [];
  const node: OperationNode = {
    kind: 'operation',
    jobId: address.jobId,
    operationId: address.operationId,
  };
  const isFailed = document.lineAt(0).text.endsWith(': failed');
  const hasRows = /^- differences: /m.test(document.getText());
  const actions: readonly (readonly [string, string, unknown])[] = [
    ...(hasRows ? [['$(diff) Show differences', 'ombudsman.showDifferences', node] as const] : []),
    ['$(output) Show log', 'ombudsman.showJobLog', node],
    ...(isFailed ? [['$(debug-restart) Retry operation', 'ombudsman.retryOperation', node] as const] : []),
    ['$(eye) Show job', 'ombudsman.showJob', address.jobId],
  ];
  const range = document.lineAt(0).range;
  return actions.map(
    ([title, command, argument]) => new vscode.CodeLens(range, { title, command, arguments: [argument] }),
  );
}
