import {
  maxDefinitionBytes,
  parseDocument,
  type Part,
  type Path,
  type Range,
  type SourceDocument,
} from '../../../definitions/document.ts';
import type { Diagnostic } from '../../../protocol/errors.ts';
import { isRecord } from '../../../definitions/values.ts';
import { formatOf } from '../files.ts';
import { findChunks, type Chunks } from './chunks.ts';

/**
 * Parses a text to what `parseDocument` makes of it, in a fraction of the time where `before` (the same file before the last
 * edit) was long: only the entries of its list that changed are read again. Anything unusual is left to `parseDocument` itself.
 */
export function parseIncrementally(
  path: string,
  text: string,
  before: SourceDocument | undefined,
): SourceDocument {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const isTooLarge = source.length > maxDefinitionBytes / 4;
  const chunks = isTooLarge ? null : findChunks(source, formatOf(path));
  const known = before instanceof ChunkedDocument ? before.entries : new Map<string, SourceDocument>();
  const pieces = chunks === null ? null : readPieces(path, chunks, known);
  if (chunks === null || pieces === null) return parseDocument(path, text);
  return new ChunkedDocument(path, text, chunks, pieces);
}

interface Pieces {
  readonly skeleton: SourceDocument & { readonly value: Record<string, unknown> };
  /** In the order of the file. */
  readonly entries: readonly SourceDocument[];
  readonly byText: ReadonlyMap<string, SourceDocument>;
}

/** Null: one of the pieces has a mistake of syntax, which the whole may tell otherwise. */
function readPieces(path: string, chunks: Chunks, known: ReadonlyMap<string, SourceDocument>): Pieces | null {
  const skeleton = parseDocument(path, chunks.skeleton);
  if (!hasEmptyKey(skeleton, chunks)) return null;
  const byText = new Map<string, SourceDocument>();
  const entries: SourceDocument[] = [];
  for (let index = 0; index < chunks.starts.length; index += 1) {
    const text = chunks.textOf(index);
    const entry = byText.get(text) ?? known.get(text) ?? parseDocument(path, text);
    if (!entry.isReadable || !isOneEntry(entry.value, chunks)) return null;
    byText.set(text, entry);
    entries.push(entry);
  }
  return { skeleton, entries, byText };
}

function hasEmptyKey(skeleton: SourceDocument, { key, isWrapped }: Chunks): skeleton is Pieces['skeleton'] {
  const { value, diagnostics, isReadable } = skeleton;
  if (!isReadable || diagnostics.length > 0 || !isRecord(value)) return false;
  const list = value[key];
  return isWrapped ? list === null : Array.isArray(list) && list.length === 0;
}

function isOneEntry(value: unknown, { isWrapped }: Chunks): boolean {
  return isWrapped ? Array.isArray(value) && value.length === 1 : isRecord(value);
}

class ChunkedDocument implements SourceDocument {
  readonly file: string;
  readonly value: unknown;
  readonly isReadable = true;
  readonly diagnostics: readonly Diagnostic[];
  /** Every entry by its text, for the parse after the next edit. */
  readonly entries: ReadonlyMap<string, SourceDocument>;
  readonly #text: string;
  readonly #chunks: Chunks;
  readonly #pieces: Pieces;

  constructor(file: string, text: string, chunks: Chunks, pieces: Pieces) {
    this.file = file;
    this.#text = text;
    this.#chunks = chunks;
    this.#pieces = pieces;
    this.entries = pieces.byText;
    const list = pieces.entries.map(({ value }) => (chunks.isWrapped ? (value as unknown[])[0] : value));
    this.value = { ...pieces.skeleton.value, [chunks.key]: list };
    this.diagnostics = pieces.entries.flatMap((entry, index) =>
      entry.diagnostics.map((diagnostic) => ({
        ...diagnostic,
        ...this.#shifted(index, diagnostic),
        message: shiftedMessage(diagnostic, chunks.starts[index] ?? 0),
      })),
    );
  }

  rangeOf(path: Path, part: Part): Range {
    const { key, starts, isWrapped } = this.#chunks;
    const { skeleton, entries } = this.#pieces;
    const [first, index, ...rest] = path;
    // Only what concerns the file as a whole asks for this, and comments at its end are part of it.
    if (first === undefined) return parseDocument(this.file, this.#text).rangeOf(path, part);
    if (String(first) !== key) return skeleton.rangeOf(path, part);
    if (index === undefined) {
      return part === 'value' && isWrapped ? this.#listRange() : skeleton.rangeOf(path, part);
    }
    const entry = entries[Number(index)];
    if (entry === undefined || starts[Number(index)] === undefined) return skeleton.rangeOf([key], 'key');
    return this.#shifted(Number(index), entry.rangeOf(isWrapped ? [0, ...rest] : rest, part));
  }

  #listRange(): Range {
    const { starts, indent } = this.#chunks;
    const last = this.#pieces.entries.length - 1;
    const end = this.#shifted(last, this.#pieces.entries[last]?.rangeOf([], 'value') ?? fileStart);
    return { line: (starts[0] ?? 0) + 1, column: indent + 1, ...endOf(end) };
  }

  #shifted(index: number, { line, column, end_line, end_column }: Range): Range {
    const by = this.#chunks.starts[index] ?? 0;
    return { line: line + by, column, end_line: end_line + by, end_column };
  }
}

const fileStart: Range = { line: 1, column: 1, end_line: 1, end_column: 1 };

function endOf({ end_line, end_column }: Range): Pick<Range, 'end_line' | 'end_column'> {
  return { end_line, end_column };
}

/** The one message with a line in it: of a key that stands twice. */
function shiftedMessage({ code, message }: Diagnostic, by: number): string {
  if (code !== 'duplicate_key') return message;
  return message.replace(/line (\d+)$/, (_, line: string) => `line ${Number(line) + by}`);
}
