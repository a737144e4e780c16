/** Completion of keys and values as the schemas know them. */
import {
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  type CompletionItem,
  type CompletionParams,
  type MarkupContent,
  type Range,
} from 'vscode-languageserver/node';
import type { CompletionItem as SchemaItem } from 'vscode-json-languageservice';
import type { DefinitionFile } from '../files.ts';
import { lookAround, type Place } from '../place.ts';
import { probeNewKey, probeNewMapping, probeNewValue, type ProbeText } from '../probeText.ts';
import { loadSchemas, uriOf } from '../schemas.ts';
import { yamlScalar } from '../yamlScalar.ts';
import type { CompletionPart, FeatureContext } from './feature.ts';
import { TextDocument } from 'vscode-languageserver-textdocument';

export async function completeKeys(
  context: FeatureContext,
  { textDocument, position }: CompletionParams,
): Promise<CompletionPart | null> {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  if (file.format === 'json') return await completeJson(file, position);
  const around = lookAround(file, position);
  if (around === null) return null;
  const { place, value, path } = around;
  const schemas = await loadSchemas();
  const ask = async ({ json, offset }: ProbeText) => await schemas.complete(file.kind, json, offset);
  const form: Form = { place, file, hasSnippets: context.client.hasSnippets };
  if (place.part === 'key') {
    return { items: keyItems(await ask(probeNewKey(value, path)), form) };
  }
  const values = valueItems(await ask(probeNewValue(value, path)), form);
  // An entry of a list may be a mapping: its first key can be written right behind the dash.
  const mayBeMapping = typeof path.at(-1) === 'number' && !place.isFlow && place.quote === null;
  const keys = mayBeMapping ? keyItems(await ask(probeNewMapping(value, path)), form) : [];
  // `row_count` is a check by its name, and one with parameters: two items that look alike would be one too many.
  const labels = new Set(values.map(({ label }) => label));
  const more = keys.map((item) =>
    labels.has(item.label) ? { ...item, label: `${item.label}:`, filterText: item.label } : item,
  );
  return { items: [...values, ...more] };
}

/** JSON is what the service is made for: it gets the file as it is. */
async function completeJson(
  file: DefinitionFile,
  position: CompletionParams['position'],
): Promise<CompletionPart> {
  const { service } = await loadSchemas();
  const text = TextDocument.create(uriOf(file.kind), 'json', file.text.version, file.text.getText());
  const found = await service.doComplete(text, position, service.parseJSONDocument(text));
  return { items: found?.items ?? [] };
}

interface Form {
  readonly place: Place;
  readonly file: DefinitionFile;
  readonly hasSnippets: boolean;
}

function keyItems(found: readonly SchemaItem[], form: Form): CompletionItem[] {
  const { place, file, hasSnippets } = form;
  const isKeyAlready = hasColonBehind(file, place.range);
  const isIndented = place.part === 'value';
  return found
    .filter(({ kind }) => kind === CompletionItemKind.Property)
    .map((item, index) => {
      const name = yamlScalar(item.label);
      const value = valueSnippet(item, place.isFlow, isIndented);
      const snippet = `${escaped(name)}:${value.startsWith('\n') ? '' : ' '}${value}`;
      const isSnippet = hasSnippets && !isKeyAlready;
      const plain = isKeyAlready ? name : `${name}: `;
      return {
        label: item.label,
        kind: CompletionItemKind.Property,
        ...documented(item),
        sortText: `1${String(index).padStart(3, '0')}`,
        insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        insertTextMode: InsertTextMode.adjustIndentation,
        textEdit: { range: withQuotes(place), newText: isSnippet ? snippet : plain },
      };
    });
}

/** The service proposes a value in JSON: `{$1}`, `[$1]`, `"$1"`, `"${1:x}"`, `${1:true}`, or nothing. */
function valueSnippet(
  { textEdit, insertText = '' }: SchemaItem,
  isFlow: boolean,
  isIndented: boolean,
): string {
  const written = textEdit?.newText ?? insertText;
  const value = /^"(?:[^"\\]|\\.)*":\s*(.*?),?$/.exec(written)?.[1] ?? '';
  // Behind a dash, the lines below are indented by two more than the line of the dash.
  const indent = isIndented ? '    ' : '  ';
  if (value.startsWith('{')) return isFlow ? '{ $1 }' : `\n${indent}$1`;
  if (value.startsWith('[')) return isFlow ? '[$1]' : `\n${indent}- $1`;
  const preset = /^"?\$\{1:([^}"]+)\}"?$/.exec(value)?.[1];
  // A zero is what the service writes where it knows no better.
  return preset === undefined || preset === '0' ? '$1' : `\${1:${preset}}`;
}

function valueItems(found: readonly SchemaItem[], { place }: Form): CompletionItem[] {
  return found.flatMap((item, index) => {
    const value = scalarOf(item);
    if (value === undefined) return [];
    const label = String(value);
    const isText = typeof value === 'string';
    if (!isText && place.quote !== null) return [];
    const newText = !isText ? label : place.quote === null ? yamlScalar(value) : value;
    return {
      label,
      kind: CompletionItemKind.EnumMember,
      ...documented(item),
      sortText: `0${String(index).padStart(3, '0')}`,
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: { range: place.range, newText },
    };
  });
}

/** The value of an item that proposes one; mappings, lists and nothing are not worth proposing. */
function scalarOf({ label, kind }: SchemaItem): string | number | boolean | undefined {
  if (kind !== CompletionItemKind.Value && kind !== CompletionItemKind.EnumMember) return undefined;
  try {
    const value: unknown = JSON.parse(label);
    if (typeof value === 'string') return value === '' ? undefined : value;
    return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  } catch {
    return undefined;
  }
}

function documented({ documentation }: SchemaItem): { documentation?: string | MarkupContent } {
  return documentation === undefined ? {} : { documentation };
}

function withQuotes({ range, quote }: Place): Range {
  if (quote === null) return range;
  const { start, end } = range;
  return {
    start: { line: start.line, character: start.character - 1 },
    end: { line: end.line, character: end.character + 1 },
  };
}

function hasColonBehind({ text }: DefinitionFile, { end }: Range): boolean {
  return /^["']?\s*:/.test(text.getText({ start: end, end: { line: end.line + 1, character: 0 } }));
}

function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
