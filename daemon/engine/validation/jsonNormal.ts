import { plainNumber } from './numbers.ts';

/**
 * A JSON text with sorted keys, no white space and numbers in plain decimal form, so that two texts of the same value are equal.
 * Numbers keep every digit, which JSON.parse would not: the tokens are read here and only strings go through JSON.parse.
 * Of a repeated key the last one counts, as every database does. Text that is no JSON is returned as it is.
 */
export function normalJson(text: string): string {
  const reader: Reader = { text, at: 0 };
  try {
    const value = readValue(reader, 0);
    skipBlanks(reader);
    return reader.at === text.length ? value : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/**
 * The members `names` of a JSON object, in that order, as text: a string without its quotes, everything else as it is written, every
 * digit of a number too; null for null and for a member that is not there. The text is trusted to be an object.
 */
export function memberTexts(text: string, names: readonly string[]): (string | null)[] {
  const members = new Map<string, string | null>();
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    const isOpening = token === '{' || token === '[';
    const isClosing = token === '}' || token === ']';
    if (isOpening) {
      if (depth === 1) start = index;
      depth += 1;
    } else if (isClosing) {
      depth -= 1;
      if (depth === 1 && key !== undefined) members.set(key, text.slice(start, index + 1));
    } else if (depth === 1) {
      if (token === ',') key = undefined;
      else if (key === undefined) key = JSON.parse(token) as string;
      else if (token !== ':') members.set(key, scalarText(token));
    }
  }
  return names.map((name) => members.get(name) ?? null);
}

function scalarText(token: string): string | null {
  if (token === 'null') return null;
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}

interface Reader {
  readonly text: string;
  at: number;
}

const maxDepth = 500;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const stringPattern = /"(?:[^"\\]|\\.)*"/sy;
/** A string, a bracket, a comma or colon, or a word or number. */
const tokenPattern = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

function readValue(reader: Reader, depth: number): string {
  if (depth > maxDepth) throw new SyntaxError('nested too deep');
  skipBlanks(reader);
  const first = reader.text[reader.at];
  if (first === '{') return readObject(reader, depth);
  if (first === '[') return readArray(reader, depth);
  if (first === '"') return readString(reader);
  for (const word of ['true', 'false', 'null']) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return word;
    }
  }
  // An exponent of many digits would unfold into as many zeros: such a number stays as written.
  const token = readToken(reader, numberPattern);
  return /[eE][+-]?\d{4,}$/.test(token) ? token : plainNumber(token);
}

function readObject(reader: Reader, depth: number): string {
  const members = new Map<string, string>();
  readList(reader, '}', () => {
    const key = readString(reader);
    skipBlanks(reader);
    expectChar(reader, ':');
    members.set(key, readValue(reader, depth + 1));
  });
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${key}:${value}`).join(',')}}`;
}

function readArray(reader: Reader, depth: number): string {
  const items: string[] = [];
  readList(reader, ']', () => items.push(readValue(reader, depth + 1)));
  return `[${items.join(',')}]`;
}

function readList(reader: Reader, end: string, readItem: () => void): void {
  reader.at += 1;
  skipBlanks(reader);
  if (reader.text[reader.at] === end) {
    reader.at += 1;
    return;
  }
  for (;;) {
    skipBlanks(reader);
    readItem();
    skipBlanks(reader);
    if (reader.text[reader.at] === end) break;
    expectChar(reader, ',');
  }
  reader.at += 1;
}

function readString(reader: Reader): string {
  return JSON.stringify(JSON.parse(readToken(reader, stringPattern)));
}

function readToken(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const token = pattern.exec(reader.text)?.[0];
  if (token === undefined || token === '') throw new SyntaxError('no JSON');
  reader.at += token.length;
  return token;
}

function expectChar(reader: Reader, char: string): void {
  if (reader.text[reader.at] !== char) throw new SyntaxError(`expected ${char}`);
  reader.at += 1;
}

function skipBlanks(reader: Reader): void {
  while (/[ \t\r\n]/.test(reader.text[reader.at] ?? 'x')) reader.at += 1;
}
