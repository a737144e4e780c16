/** Where a name stands in a file: the name alone, without quotes and without the text around it. */
import type { Range } from 'vscode-languageserver/node';
import type { Part, Path } from '../../../../definitions/document.ts';
import type { DefinitionFile } from '../../files.ts';
import { rangeOf } from '../../ranges.ts';

export type ReadFile = Pick<DefinitionFile, 'document' | 'text'>;

export interface Spot {
  readonly path: Path;
  /** Of the name alone; of the whole scalar if the name is not literally there (an alias, escapes, several lines). */
  readonly range: Range;
  /** Of the whole scalar, its quotes included. */
  readonly scalar: Range;
  /** What else the scalar says; null if the name is not literally there, and for references inside a text. */
  readonly around: { readonly before: string; readonly after: string } | null;
}

type Measured = Pick<Spot, 'range' | 'scalar' | 'around'>;

/** Measured when somebody asks: of the thousands of names in a long file a request needs a few. */
export class ScalarSpot implements Spot {
  readonly path: Path;
  readonly #file: ReadFile;
  readonly #part: Part;
  readonly #text: string;
  readonly #from: number;
  readonly #to: number;
  #measured: Measured | undefined;

  constructor(file: ReadFile, path: Path, part: Part, text: string, from: number, to: number) {
    this.path = path;
    this.#file = file;
    this.#part = part;
    this.#text = text;
    this.#from = from;
    this.#to = to;
  }

  get range() {
    return this.#measure().range;
  }

  get scalar() {
    return this.#measure().scalar;
  }

  get around() {
    return this.#measure().around;
  }

  partOf(from: number, to: number): Spot {
    const start = this.#from + from;
    return new ScalarSpot(this.#file, this.path, this.#part, this.#text, start, start + to - from);
  }

  #measure(): Measured {
    this.#measured ??= measure(this.#file, this.path, this.#part, this.#text, this.#from, this.#to);
    return this.#measured;
  }
}

function measure(file: ReadFile, path: Path, part: Part, text: string, from: number, to: number): Measured {
  const scalar = rangeOf(file, path, part);
  const raw = file.text.getText(scalar);
  const isQuoted = /^(["'])[\s\S]*\1$/.test(raw);
  const inner = isQuoted ? raw.slice(1, -1) : raw;
  const isLiteral = inner === text && !inner.includes('\n');
  if (!isLiteral) return { range: scalar, scalar, around: null };
  const { line, character } = scalar.start;
  const start = character + (isQuoted ? 1 : 0);
  const range = { start: { line, character: start + from }, end: { line, character: start + to } };
  return { range, scalar, around: { before: text.slice(0, from), after: text.slice(to) } };
}

/** Of a scalar that says `text`, or of the part of it between two offsets. */
export function spotOf(
  file: ReadFile,
  path: Path,
  part: Part,
  text: string,
  [from, to]: readonly [number, number] = [0, text.length],
): ScalarSpot {
  return new ScalarSpot(file, path, part, text, from, to);
}

/** The spots of every `${kind:NAME}` in a scalar as it is written. */
export function referenceSpots(file: ReadFile, path: Path, kind: 'param' | 'env' | 'secret') {
  const scalar = rangeOf(file, path, 'value');
  const raw = file.text.getText(scalar);
  const base = file.text.offsetAt(scalar.start);
  const matches = raw.matchAll(new RegExp(`(\\$\\{${kind}:)([^}]*)\\}`, 'g'));
  return [...matches].map(({ index, 1: opening = '', 2: name = '' }) => {
    const start = base + index + opening.length;
    const range = { start: file.text.positionAt(start), end: file.text.positionAt(start + name.length) };
    const spot: Spot = { path, range, scalar, around: null };
    return { name, spot };
  });
}
