/**
 * Long files are one long list under one key: a batch of a thousand operations. Its entries can be read one by one, so that a
 * keystroke in one of them costs one entry and not the whole file. This finds them by their indentation, and gives up (null)
 * where anything in the text could make an entry mean something else on its own.
 */
export interface Chunks {
  /** The key of the list, as written. */
  readonly key: string;
  /** Column of the dashes, or of the first brackets. */
  readonly indent: number;
  /** True if the text of an entry is a list of one: its dash is part of it. False in JSON. */
  readonly isWrapped: boolean;
  /** First line of each entry, from 0. */
  readonly starts: readonly number[];
  /** The line after the list. */
  readonly endLine: number;
  /** The text without the entries, line for line: their lines are empty. */
  readonly skeleton: string;
  /** The text of one entry. */
  readonly textOf: (index: number) => string;
}

const minLines = 400;
const headPattern = /^([A-Za-z_][\w-]*):[ \t]*(?:#.*)?\r?$/;
/** Anchors and aliases reach from one entry into another; directives and several documents change how all is read. */
const farReaching = /(?:^|[\s[{,:-])[&*][^\s,[\]{}]|^%|^---|^\.\.\./m;

interface Section {
  readonly key: string;
  readonly headLine: number;
  endLine: number;
}

/** The entries of the longest list of a text; null if it is short or not to be taken apart. */
export function findChunks(text: string, format: 'yaml' | 'json'): Chunks | null {
  const lines = text.split('\n');
  if (lines.length < minLines || farReaching.test(text)) return null;
  return format === 'json' ? jsonChunks(lines) : yamlChunks(lines);
}

function yamlChunks(lines: readonly string[]): Chunks | null {
  const section = longestSection(lines);
  if (section === null || section.endLine - section.headLine < minLines / 2) return null;
  const { key, headLine, endLine } = section;
  const starts: number[] = [];
  let indent: number | undefined;
  for (let line = headLine + 1; line < endLine; line += 1) {
    const content = lines[line] ?? '';
    const column = content.search(/[^ ]/);
    if (column === -1 || content[column] === '#' || content[column] === '\r') continue;
    if (content[column] === '\t') return null;
    const isDash = /^-(?:[ \r]|$)/.test(content.slice(column, column + 2));
    if (indent === undefined) {
      if (!isDash) return null;
      indent = column;
    }
    if (column < indent || (column === indent && !isDash)) return null;
    if (column === indent) starts.push(line);
  }
  const first = starts[0];
  if (indent === undefined || first === undefined) return null;
  return {
    key,
    indent,
    isWrapped: true,
    starts,
    endLine,
    skeleton: withoutLines(lines, first, endLine),
    textOf: (index) => `${lines.slice(starts[index], starts[index + 1] ?? endLine).join('\n')}\n`,
  };
}

function withoutLines(lines: readonly string[], from: number, to: number): string {
  const blank = Array.from({ length: to - from }, () => '');
  return [...lines.slice(0, from), ...blank, ...lines.slice(to)].join('\n');
}

const jsonHeadPattern = /^( *)"([A-Za-z_][\w-]*)": *\[\r?$/;

/** JSON as programs print it: an entry begins on its own line, and only its closing bracket is as far left. */
function jsonChunks(lines: readonly string[]): Chunks | null {
  for (const [headLine, content] of lines.entries()) {
    const [, outer, key] = jsonHeadPattern.exec(content) ?? [];
    if (outer === undefined || key === undefined) continue;
    let endLine = headLine + 1;
    while (endLine < lines.length && !(lines[endLine] ?? '').startsWith(`${outer}]`)) endLine += 1;
    if (endLine - headLine < minLines / 2) continue;
    return jsonEntries(lines, key, headLine + 1, endLine);
  }
  return null;
}

function jsonEntries(lines: readonly string[], key: string, first: number, endLine: number): Chunks | null {
  const indent = (lines[first] ?? '').search(/[^ ]/);
  const starts: number[] = [];
  for (let line = first; line < endLine; line += 1) {
    const content = lines[line] ?? '';
    const column = content.search(/[^ ]/);
    if (column < indent || content[column] === '\t' || content[column] === '\r') return null;
    if (column > indent || /[}\]]/.test(content[column] ?? '')) continue;
    const isAfterComma = line === first || /,\r?$/.test(lines[line - 1] ?? '');
    if (!isAfterComma || content[column] !== '{') return null;
    starts.push(line);
  }
  if (starts.length === 0 || /,\r?$/.test(lines[endLine - 1] ?? '')) return null;
  return {
    key,
    indent,
    isWrapped: false,
    starts,
    endLine,
    skeleton: withoutLines(lines, first, endLine),
    textOf: (index) => {
      const text = lines.slice(starts[index], starts[index + 1] ?? endLine).join('\n');
      return `${text.replace(/,(\r?)$/, ' $1')}\n`;
    },
  };
}

function longestSection(lines: readonly string[]): Section | null {
  let longest: Section | null = null;
  let current: Section | null = null;
  const end = (endLine: number) => {
    if (current === null) return;
    current.endLine = endLine;
    const length = current.endLine - current.headLine;
    if (longest === null || length > longest.endLine - longest.headLine) longest = current;
    current = null;
  };
  for (const [line, content] of lines.entries()) {
    const first = content[0];
    if (first === undefined || first === ' ' || first === '#' || first === '\r') continue;
    if (current !== null && /^-(?:[ \r]|$)/.test(content)) continue;
    end(line);
    const key = headPattern.exec(content)?.[1];
    if (key !== undefined) current = { key, headLine: line, endLine: line };
  }
  end(lines.length);
  return longest;
}

/** The entry a line belongs to; null: none of them. */
export function chunkAt({ starts, endLine }: Chunks, line: number): number | null {
  const [first] = starts;
  if (first === undefined || line < first || line >= endLine) return null;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}
