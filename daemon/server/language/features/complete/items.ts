/** Names as completion items that fit where they are put: with quotes, a colon or a dash where the place needs them. */
import {
  InsertTextFormat,
  type CompletionItem,
  type CompletionItemKind,
  type Position,
  type Range,
} from 'vscode-languageserver/node';
import type { DefinitionFile } from '../../files.ts';
import type { Place } from '../../place.ts';
import { scalarText } from '../edits/scalars.ts';

export interface Name {
  readonly name: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Groups: a higher one comes later. */
  readonly rank?: number;
}

/** Where items go. */
export interface Gap {
  readonly file: DefinitionFile;
  readonly place: Place;
  readonly position: Position;
  /** The place is a blank line where an entry of a list is meant. */
  readonly isNewEntry: boolean;
}

/** The names as items, in the order given within each rank. */
export function nameItems(gap: Gap, names: readonly Name[]): CompletionItem[] {
  return names.map((name, index) => nameItem(gap, name, index));
}

function nameItem(
  gap: Gap,
  { name, kind, detail, documentation, rank = 0 }: Name,
  index: number,
): CompletionItem {
  const newText = gap.isNewEntry ? `- ${scalarText(name, null)}` : fitted(gap, name);
  return {
    label: name,
    kind,
    ...(detail === undefined || detail === '' ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: 'markdown', value: documentation } }),
    sortText: `${rank}${String(index).padStart(6, '0')}`,
    filterText: name,
    textEdit: { range: rangeOf(gap), newText },
  };
}

/** Text that is put in as it is, such as a check with parameters. */
export function textItem(
  gap: Gap,
  {
    label,
    text,
    isSnippet,
    ...item
  }: Pick<CompletionItem, 'label' | 'kind' | 'detail' | 'documentation' | 'sortText'> & {
    readonly text: string;
    readonly isSnippet: boolean;
  },
): CompletionItem {
  const dash = gap.isNewEntry ? '- ' : '';
  return {
    ...item,
    label,
    filterText: label,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(gap), newText: `${dash}${text}` },
  };
}

/** What is replaced. A quote that is never closed makes the rest of the file its text: then up to the cursor only. */
function rangeOf({ place: { range }, position }: Gap): Range {
  return range.start.line === range.end.line ? range : { start: range.start, end: position };
}

function fitted(gap: Gap, name: string): string {
  const { file, place } = gap;
  const { end } = rangeOf(gap);
  const after = file.text.getText({ start: end, end: { line: end.line + 1, character: 0 } });
  if (place.quote !== null) {
    const quoted = place.quote === '"' ? JSON.stringify(name) : `'${name.replaceAll("'", "''")}'`;
    return after.startsWith(place.quote) ? quoted.slice(1, -1) : quoted.slice(1);
  }
  const scalar = file.format === 'json' ? JSON.stringify(name) : scalarText(name, null);
  return place.part === 'key' && !/^\s*:/.test(after) ? `${scalar}: ` : scalar;
}
