import type { Position, Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Path } from '../../definitions/document.ts';
import type { DefinitionFile } from './files.ts';
import { placeInTree } from './placeInTree.ts';
import { chunkAt, findChunks, type Chunks } from './workspace/chunks.ts';
import { parseTolerantly, type YamlTree } from './yamlTree.ts';

/** What stands at a position of a definition file. */
export interface Place {
  /**
   * `key`: on a key of a mapping, or where one may be begun (a blank line, after `{` or `,`). `value`: on a scalar that is a
   * value or an entry of a list, or where one is missing (after `key: `, after `- `, between `[` and `]`).
   */
  readonly part: 'key' | 'value';
  /**
   * Path of the entry. For a key it ends with that key as written so far ('' where none is begun yet); for an entry of a list
   * with its index (one past the last where a new one would be begun).
   */
  readonly path: Path;
  /** The scalar as it stands in the file without its quotes; '' where there is none. Escapes are not resolved. */
  readonly text: string;
  /** Of `text`; empty at the position where there is none. */
  readonly range: Range;
  /** `text` up to the position. */
  readonly prefix: string;
  readonly quote: '"' | "'" | null;
  /** Inside `{}` or `[]` (always in JSON). */
  readonly isFlow: boolean;
}

/** A part of a file that can be read on its own: the whole, or of a long file one entry of its list, or all but its entries. */
interface Piece {
  readonly text: TextDocument;
  readonly tree: YamlTree;
  /** Lines of the file before it. */
  readonly line: number;
  /** The entry; null: paths are those of the file. */
  readonly entry: { readonly path: Path; readonly isWrapped: boolean } | null;
}

interface Reading {
  readonly chunks: Chunks | null;
  readonly pieces: Map<number | null, Piece>;
}

const readings = new WeakMap<TextDocument, Reading>();

/** See FeatureContext.locate. */
export function locate(file: DefinitionFile, position: Position): Place | null {
  const piece = pieceAt(file, position);
  const place = placeInTree(piece.tree, piece.text, positionIn(piece, position));
  return place === null ? null : placeInFile(piece, place);
}

export interface Surroundings {
  readonly place: Place;
  /** The file's value as far as it can be read; of a long list, the entry around the place alone. */
  readonly value: unknown;
  /** The path of the place in `value`. */
  readonly path: Path;
}

/** What stands at a position, and around it. */
export function lookAround(file: DefinitionFile, position: Position): Surroundings | null {
  const piece = pieceAt(file, position);
  const place = placeInTree(piece.tree, piece.text, positionIn(piece, position));
  if (place === null) return null;
  const value = piece.tree.value();
  if (piece.entry === null) return { place: placeInFile(piece, place), value, path: place.path };
  const key = piece.entry.path[0] ?? '';
  const { isWrapped } = piece.entry;
  return {
    place: placeInFile(piece, place),
    value: { [key]: isWrapped ? value : [value] },
    path: isWrapped ? [key, ...place.path] : [key, 0, ...place.path],
  };
}

function positionIn(piece: Piece, { line, character }: Position): Position {
  return { line: line - piece.line, character };
}

function placeInFile(piece: Piece, place: Place): Place {
  const { start, end } = place.range;
  return {
    ...place,
    path:
      piece.entry === null
        ? place.path
        : [...piece.entry.path, ...place.path.slice(piece.entry.isWrapped ? 1 : 0)],
    range: {
      start: { line: start.line + piece.line, character: start.character },
      end: { line: end.line + piece.line, character: end.character },
    },
  };
}

function pieceAt({ text, format }: DefinitionFile, position: Position): Piece {
  let reading = readings.get(text);
  if (reading === undefined) {
    const chunks = findChunks(text.getText(), format);
    reading = { chunks, pieces: new Map() };
    readings.set(text, reading);
  }
  const { chunks, pieces } = reading;
  const index = chunks === null || isLeftOf(chunks, text, position) ? null : chunkAt(chunks, position.line);
  const known = pieces.get(index);
  if (known !== undefined) return known;
  const piece = readPiece(text, chunks, index);
  pieces.set(index, piece);
  return piece;
}

/** A blank line left of the list is no part of an entry: a key of the file may begin there. */
function isLeftOf({ indent }: Chunks, text: TextDocument, { line, character }: Position): boolean {
  if (character > 0 && character >= indent) return false;
  const before = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return text.getText(before).trim() === '';
}

function readPiece(text: TextDocument, chunks: Chunks | null, index: number | null): Piece {
  if (chunks === null) return { text, tree: parseTolerantly(text.getText()), line: 0, entry: null };
  const source = index === null ? chunks.skeleton : chunks.textOf(index);
  return {
    text: TextDocument.create(text.uri, text.languageId, text.version, source),
    tree: parseTolerantly(source),
    line: index === null ? 0 : (chunks.starts[index] ?? 0),
    entry: index === null ? null : { path: [chunks.key, index], isWrapped: chunks.isWrapped },
  };
}
