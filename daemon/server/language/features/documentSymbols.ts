import {
  SymbolKind,
  type DocumentSymbol,
  type DocumentSymbolParams,
  type Range,
  type SymbolInformation,
} from 'vscode-languageserver/node';
import type { Path } from '../../../definitions/document.ts';
import { isRecord, shorten } from '../../../definitions/values.ts';
import type { DefinitionFile } from '../files.ts';
import { rangeOf } from '../ranges.ts';
import type { FeatureContext } from './feature.ts';

/** Keys of the file, entries of its lists by their names, and what stands in them. */
export async function documentSymbols(
  context: FeatureContext,
  { textDocument }: DocumentSymbolParams,
): Promise<DocumentSymbol[] | SymbolInformation[] | null> {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const symbols = symbolsIn(file, file.document.value, []);
  return context.client.hasSymbolTree === false ? flat(file.uri, symbols) : symbols;
}

/** Deeper than an entry of a list and its keys, an outline helps nobody. */
const maxDepth = 3;
const maxDetailLength = 80;

function symbolsIn(file: DefinitionFile, value: unknown, path: Path): DocumentSymbol[] {
  if (path.length >= maxDepth) return [];
  if (Array.isArray(value)) {
    return value.map((entry: unknown, index) => entrySymbol(file, entry, [...path, index]));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([key, inner]) => keySymbol(file, key, inner, [...path, key]));
}

function keySymbol(file: DefinitionFile, key: string, value: unknown, path: Path): DocumentSymbol {
  const selectionRange = rangeOf(file, path, 'key');
  return {
    name: key === '' ? '(no name)' : key,
    detail: detailOf(value, path),
    kind: kindOf(value, path),
    range: spanning(selectionRange, rangeOf(file, path, 'value')),
    selectionRange,
    children: symbolsIn(file, value, path),
  };
}

function entrySymbol(file: DefinitionFile, value: unknown, path: Path): DocumentSymbol {
  const range = rangeOf(file, path, 'value');
  const { name, at } = nameOf(value, path);
  return {
    name,
    kind: kindOf(value, path),
    range,
    selectionRange: within(range, rangeOf(file, at, at === path ? 'key' : 'value')),
    children: symbolsIn(file, value, path),
  };
}

/** What an entry is called, and where that stands. */
function nameOf(value: unknown, path: Path): { name: string; at: Path } {
  if (isRecord(value)) {
    for (const key of ['name', 'pipeline_id', 'project', 'connection', 'schema_type', 'program', 'type']) {
      const name = value[key];
      if (typeof name === 'string' && name !== '')
        return { name: shorten(name, maxDetailLength), at: [...path, key] };
    }
    const [only, ...others] = Object.keys(value);
    if (only !== undefined && only !== '' && others.length === 0) return { name: only, at: path };
  } else if (isScalar(value) && value !== '') {
    return { name: shorten(String(value), maxDetailLength), at: path };
  }
  return { name: `#${Number(path.at(-1)) + 1}`, at: path };
}

function detailOf(value: unknown, path: Path): string | undefined {
  if (!isScalar(value)) return undefined;
  // An outline is shown over shoulders and in screenshots.
  if (/password|secret|token|private_key/i.test(String(path.at(-1)))) return undefined;
  return shorten(String(value), maxDetailLength);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function kindOf(value: unknown, path: Path): SymbolKind {
  if (path[0] === 'connections' && path.length === 2) return SymbolKind.Object;
  if (typeof path.at(-1) === 'number') return SymbolKind.Event;
  if (Array.isArray(value)) return SymbolKind.Array;
  if (isRecord(value)) return SymbolKind.Module;
  if (typeof value === 'number') return SymbolKind.Number;
  return typeof value === 'boolean' ? SymbolKind.Boolean : SymbolKind.String;
}

function spanning(a: Range, b: Range): Range {
  return {
    start: isBefore(a.start, b.start) ? a.start : b.start,
    end: isBefore(a.end, b.end) ? b.end : a.end,
  };
}

/** The protocol wants the selection inside the range. */
function within(range: Range, selection: Range): Range {
  const isInside = !isBefore(selection.start, range.start) && !isBefore(range.end, selection.end);
  return isInside ? selection : { start: range.start, end: range.start };
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

function flat(uri: string, symbols: readonly DocumentSymbol[], containerName?: string): SymbolInformation[] {
  return symbols.flatMap(({ name, kind, range, children = [] }) => [
    { name, kind, location: { uri, range }, ...(containerName === undefined ? {} : { containerName }) },
    ...flat(uri, children, name),
  ]);
}
