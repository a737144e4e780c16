import type { DocumentFormattingParams, FormattingOptions, TextEdit } from 'vscode-languageserver/node';
import type { DefinitionFile } from '../files.ts';
import { loadSchemas } from '../schemas.ts';
import type { FeatureContext } from './feature.ts';
import { formatInPieces, type FormatYaml } from './formatPieces.ts';

const printWidth = 110;

/** Formats a whole file: YAML as Prettier does, JSON as VS Code does. A file that cannot be read is left as it is. */
export async function formatting(
  context: FeatureContext,
  { textDocument, options }: DocumentFormattingParams,
): Promise<TextEdit[] | null> {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  if (file.format === 'json') {
    return (await loadSchemas()).service.format(file.text, undefined, options);
  }
  const formatted = await formatYaml(file.text.getText(), options);
  return formatted === null ? null : differenceOf(file, formatted);
}

async function formatYaml(text: string, { tabSize }: FormattingOptions): Promise<string | null> {
  const [{ format }, yaml] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/yaml'),
  ]);
  const tabWidth = Math.min(8, Math.max(2, Math.trunc(tabSize) || 2));
  const whole: FormatYaml = (source) =>
    format(source, {
      parser: 'yaml',
      plugins: [yaml],
      printWidth,
      proseWrap: 'preserve',
      endOfLine: 'auto',
      tabWidth,
    });
  try {
    return (await formatInPieces(text, tabWidth, whole).catch(() => null)) ?? (await whole(text));
  } catch {
    // Its diagnostics say where it is broken.
    return null;
  }
}

/** The lines between the first and the last that differ: cursors and folds elsewhere stay. */
function differenceOf({ text }: DefinitionFile, formatted: string): TextEdit[] {
  const before = text.getText();
  if (before === formatted) return [];
  const most = Math.min(before.length, formatted.length);
  let same = 0;
  while (same < most && before[same] === formatted[same]) same += 1;
  same = before.lastIndexOf('\n', same - 1) + 1;
  let sameAtEnd = 0;
  while (sameAtEnd < most - same && before.at(-1 - sameAtEnd) === formatted.at(-1 - sameAtEnd))
    sameAtEnd += 1;
  // Back to where a line begins.
  const tail = before.slice(before.length - sameAtEnd);
  sameAtEnd = tail.length - (tail.indexOf('\n') + 1);
  const range = { start: text.positionAt(same), end: text.positionAt(before.length - sameAtEnd) };
  return [{ range, newText: formatted.slice(same, formatted.length - sameAtEnd) }];
}
