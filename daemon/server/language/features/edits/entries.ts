/** Adds entries to mappings and takes them out, in the style of what stands around them. */
import type { Range, TextEdit } from 'vscode-languageserver/node';
import type { Path } from '../../../../definitions/document.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import type { DefinitionFile } from '../../files.ts';
import { rangeOf } from '../../ranges.ts';
import { scalarText } from './scalars.ts';

type Format = DefinitionFile['format'];

/** A value on one line, as YAML or JSON. */
export function flowText(value: unknown, format: Format): string {
  if (format === 'json') return JSON.stringify(value);
  if (typeof value === 'string') return scalarText(value, null);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => flowText(item, format)).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, inner]) => entryText(key, inner, format));
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function entryText(key: string, value: unknown, format: Format): string {
  return `${flowText(key, format)}: ${flowText(value, format)}`;
}

/** Puts an entry into a mapping: last, or first where `isFirst`. Null: there is no mapping at the path to put it into. */
export function addEntry(
  file: DefinitionFile,
  path: Path,
  key: string,
  value: unknown,
  isFirst = false,
): TextEdit | null {
  const mapping = path.length === 0 ? file.document.value : valueAt(file.document.value, path);
  if (!isRecord(mapping)) return null;
  const range = rangeOf(file, path, 'value');
  const written = file.text.getText(range);
  const text = entryText(key, value, file.format);
  if (written.startsWith('{')) return written.endsWith('}') ? intoBraces(file, range, written, text) : null;
  const [first] = Object.keys(mapping);
  // An alias, or nothing at all: there is no line to go by.
  if (first === undefined || written.startsWith('*')) return null;
  const { start } = rangeOf(file, [...path, first], 'key');
  const indent = ' '.repeat(start.character);
  const newline = newlineOf(file);
  if (isFirst) return insertAt(start, `${text}${newline}${indent}`);
  const line = file.text.getText({
    start: { line: range.end.line, character: 0 },
    end: { line: range.end.line + 1, character: 0 },
  });
  const end = { line: range.end.line, character: line.replace(/\r?\n$/, '').length };
  return insertAt(end, `${newline}${indent}${text}`);
}

function intoBraces(file: DefinitionFile, range: Range, written: string, text: string): TextEdit | null {
  const inner = written.slice(1, -1);
  const kept = inner.trimEnd();
  const start = file.text.offsetAt(range.start) + 1;
  if (kept === '') {
    const whole = { start: file.text.positionAt(start), end: file.text.positionAt(start + inner.length) };
    return { range: whole, newText: ` ${text} ` };
  }
  const at = file.text.positionAt(start + kept.length);
  const comma = kept.endsWith(',') ? '' : ',';
  const lastLine = /\n([ \t]*)([^\n]*)$/.exec(kept);
  if (lastLine === null) return insertAt(at, `${comma} ${text}`);
  // A comma behind a comment would be part of it.
  if (file.format === 'yaml' && /(?:^|\s)#/.test(lastLine[2] ?? '')) return null;
  return insertAt(at, `${comma}${newlineOf(file)}${lastLine[1] ?? ''}${text}`);
}

/** Takes an entry out of a mapping, with its line if it has one of its own. Null: it is the only one. */
export function removeEntry(file: DefinitionFile, path: Path): TextEdit | null {
  const parent = valueAt(file.document.value, path.slice(0, -1));
  const keys = isRecord(parent) ? Object.keys(parent) : [];
  if (keys.length < 2) return null;
  const key = rangeOf(file, path, 'key');
  const value = rangeOf(file, path, 'value');
  const source = file.text.getText();
  const start = file.text.offsetAt(key.start);
  const valueEnd = file.text.offsetAt(value.end);
  // Without a value the range is that of the key: its colon goes too.
  const end =
    valueEnd === file.text.offsetAt(key.end)
      ? valueEnd + (/^\s*:/.exec(source.slice(valueEnd))?.[0].length ?? 0)
      : valueEnd;
  const before = source.slice(0, start);
  const after = source.slice(end);
  const isOwnLine = /(?:^|\n)[ \t]*$/.test(before) && /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.test(after);
  if (isOwnLine && !isInBraces(file, path)) {
    const rest = /^[^\n]*(?:\n|$)/.exec(after)?.[0].length ?? 0;
    return deletion(file, before.lastIndexOf('\n') + 1, end + rest);
  }
  if (isInBraces(file, path)) {
    const following = /^\s*,[ \t]*(?:\r?\n[ \t]*)?/.exec(after)?.[0].length;
    if (following !== undefined) return deletion(file, start, end + following);
    const preceding = /\s*,\s*$/.exec(before)?.[0].length ?? 0;
    return deletion(file, start - preceding, end);
  }
  // The first key of an entry of a list: what comes next takes its place.
  const next = keys[keys.indexOf(String(path.at(-1))) + 1];
  if (next === undefined) return null;
  return deletion(file, start, file.text.offsetAt(rangeOf(file, [...path.slice(0, -1), next], 'key').start));
}

function isInBraces(file: DefinitionFile, path: Path): boolean {
  return file.text.getText(rangeOf(file, path.slice(0, -1), 'value')).startsWith('{');
}

function deletion({ text }: DefinitionFile, start: number, end: number): TextEdit {
  return { range: { start: text.positionAt(start), end: text.positionAt(end) }, newText: '' };
}

function insertAt(position: Range['start'], newText: string): TextEdit {
  return { range: { start: position, end: position }, newText };
}

export function newlineOf({ text }: Pick<DefinitionFile, 'text'>): string {
  return text.getText().includes('\r\n') ? '\r\n' : '\n';
}
