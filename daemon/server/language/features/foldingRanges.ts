import { FoldingRangeKind, type FoldingRange, type FoldingRangeParams } from 'vscode-languageserver/node';
import { loadSchemas } from '../schemas.ts';
import type { FeatureContext } from './feature.ts';

/** Folds by brackets in JSON and by indentation in YAML, where it is the structure: the same on broken files. */
export async function foldingRanges(
  context: FeatureContext,
  { textDocument }: FoldingRangeParams,
): Promise<FoldingRange[] | null> {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  if (file.format === 'json') return (await loadSchemas()).service.getFoldingRanges(file.text);
  return foldsOf(file.text.getText().split('\n'));
}

interface OpenFold {
  readonly level: number;
  readonly line: number;
}

function foldsOf(lines: readonly string[]): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const open: OpenFold[] = [];
  let lastContent = 0;
  let commentFrom: number | null = null;
  const endComment = (before: number) => {
    if (commentFrom !== null && before - commentFrom > 1) {
      folds.push({ startLine: commentFrom, endLine: before - 1, kind: FoldingRangeKind.Comment });
    }
    commentFrom = null;
  };
  const close = (level: number) => {
    for (let fold = open.at(-1); fold !== undefined && fold.level >= level; fold = open.at(-1)) {
      if (lastContent > fold.line) folds.push({ startLine: fold.line, endLine: lastContent });
      open.pop();
    }
  };
  for (const [line, content] of lines.entries()) {
    const column = content.search(/\S/);
    if (column !== -1 && content[column] === '#') {
      commentFrom ??= line;
      continue;
    }
    endComment(line);
    if (column === -1) continue;
    // Dashes may stand right below their key, and are inside of it all the same.
    const isDash = /^-(?:\s|$)/.test(content.slice(column, column + 2));
    const level = column * 2 + (isDash ? 1 : 0);
    close(level);
    open.push({ level, line });
    lastContent = line;
  }
  endComment(lines.length);
  close(0);
  return folds.sort((a, b) => a.startLine - b.startLine);
}
