import { setImmediate as nextTurn } from 'node:timers/promises';
import { findChunks, type Chunks } from '../workspace/chunks.ts';

/** Formats a whole YAML text. Rejects if it cannot be read. */
export type FormatYaml = (text: string) => Promise<string>;

/** Formatted before, by text; what has not been asked for the longest goes first. */
const kept = new Map<string, string>();
const keptChars = 4_000_000;
let usedChars = 0;

/** On the average so many entries are formatted in one go. */
const entriesAPiece = 32;
const emptyEnd = /\n\s*\n$/;
const placeholder = 'ombudsman-formats-here';
/** A comment at the end of an entry may be of the next one; after a block of text, empty lines may be part of it. */
const openEnd = /(?:^|\n)\s*#[^\n]*\s*$|[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\n[^]*\n\s*\n$/;

/**
 * What `format` makes of a long text, piece by piece: a few entries of its list at a time. Other work gets its turn between two, and a
 * piece that was formatted before is not formatted again. `format` indents by `tabWidth` and depends on nothing else but the text.
 * Null where the text is short, or its entries could mean something else on their own.
 */
export async function formatInPieces(
  text: string,
  tabWidth: number,
  format: FormatYaml,
): Promise<string | null> {
  if (/\r|\t|prettier-ignore/.test(text) || text.includes(placeholder)) return null;
  const chunks = findChunks(text, 'yaml');
  if (chunks === null) return null;
  const entries = entriesOf(chunks, text);
  const last = entries.at(-1);
  if (last === undefined || openEnd.test(last)) return null;
  const frame = await format(frameOf(text, chunks, last));
  const place = `${' '.repeat(tabWidth)}- ${placeholder}\n`;
  const [head, tail, ...more] = frame.split(place);
  if (head === undefined || tail === undefined || more.length > 0) return null;
  const formatted: string[] = [];
  const pieces = piecesOf(entries);
  for (const [index, piece] of pieces.entries()) {
    const body = await formatPiece(piece.replace(emptyEnd, '\n'), tabWidth, format);
    if (body === null) return null;
    const isLast = index === pieces.length - 1;
    formatted.push(!isLast && emptyEnd.test(piece) ? `${body}\n` : body);
  }
  return `${head}${formatted.join('')}${tail}`;
}

/** The entries with the empty lines behind each; the line end of the text's last line begins no empty line. */
function entriesOf({ starts, endLine, textOf }: Chunks, text: string): string[] {
  const entries = [...starts.keys()].map(textOf);
  const isAtEnd = endLine === text.split('\n').length;
  return isAtEnd && text.endsWith('\n')
    ? [...entries.slice(0, -1), (entries.at(-1) ?? '').slice(0, -1)]
    : entries;
}

/** Cut by what an entry says, so that an entry more or less moves no other cut. */
function piecesOf(entries: readonly string[]): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const entry of entries) {
    piece += entry;
    if (hashOf(entry) % entriesAPiece !== 0 || openEnd.test(entry)) continue;
    pieces.push(piece);
    piece = '';
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** The text with one entry in the place of all, and the empty lines that stood after the last. */
function frameOf(text: string, { starts, endLine, indent }: Chunks, last: string): string {
  const lines = text.split('\n');
  const blanks = emptyEnd.test(last) ? [''] : [];
  return [
    ...lines.slice(0, starts[0]),
    `${' '.repeat(indent)}- ${placeholder}`,
    ...blanks,
    ...lines.slice(endLine),
  ].join('\n');
}

const head = 'key:\n';

async function formatPiece(piece: string, tabWidth: number, format: FormatYaml): Promise<string | null> {
  const key = `${tabWidth}\n${piece}`;
  const known = kept.get(key);
  if (known !== undefined) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  await nextTurn();
  const formatted = await format(`${head}${piece}`);
  if (!formatted.startsWith(head)) return null;
  const body = formatted.slice(head.length);
  keep(key, body);
  return body;
}

function keep(key: string, body: string): void {
  kept.set(key, body);
  usedChars += key.length + body.length;
  for (const [oldest, value] of kept) {
    if (usedChars <= keptChars) break;
    kept.delete(oldest);
    usedChars -= oldest.length + value.length;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
