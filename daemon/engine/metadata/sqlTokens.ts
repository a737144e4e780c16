/** Just enough of SQL's surface to find one's way in a CREATE statement a database has already accepted. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'group' | 'symbol';
  /** As written; of a group the text between its parentheses. */
  readonly text: string;
  /** A name without its quotes; a bare word as written. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface TokenOptions {
  /** SQLite reads [x] as a quoted name; elsewhere brackets are part of types and lists. */
  readonly bracketNames: boolean;
}

const patterns: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /(?:\s+|--[^\n]*|\/\*.*?(?:\*\/|$))/sy],
  ['string', /'(?:[^']|'')*'/y],
  ['name', /"(?:[^"]|"")*"|`(?:[^`]|``)*`/y],
  ['word', /[\p{L}\p{N}_$]+/uy],
];
const bracketName = /\[[^\]]*\]/y;

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

function unquote(text: string): string {
  const quote = text[0] ?? '';
  if (quote === '[') return text.slice(1, -1);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

interface Piece {
  readonly kind: Token['kind'] | 'blank';
  readonly text: string;
}

function pieceAt(sql: string, at: number, options: TokenOptions): Piece {
  for (const [kind, pattern] of patterns) {
    const text = match(pattern, sql, at);
    if (text !== undefined) return { kind, text };
  }
  if (options.bracketNames) {
    const text = match(bracketName, sql, at);
    if (text !== undefined) return { kind: 'name', text };
  }
  return { kind: 'symbol', text: sql[at] ?? '' };
}

/** Tokens at the top level; what stands in parentheses is one token of kind `group`. Comments are dropped. */
export function tokens(sql: string, options: TokenOptions): Token[] {
  const found: Token[] = [];
  let depth = 0;
  let groupStart = 0;
  for (let at = 0; at < sql.length;) {
    const { kind, text } = pieceAt(sql, at, options);
    const end = at + text.length;
    if (text === '(') {
      if (depth === 0) groupStart = at;
      depth += 1;
    } else if (text === ')') {
      depth -= 1;
      if (depth === 0) {
        const inner = sql.slice(groupStart + 1, at);
        found.push({ kind: 'group', text: inner, value: inner, start: groupStart, end });
      }
    } else if (depth === 0 && kind !== 'blank') {
      found.push({ kind, text, value: kind === 'name' ? unquote(text) : text, start: at, end });
    }
    at = end;
  }
  return found;
}

/** Tokens between commas of the top level. */
export function splitAtCommas(list: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  for (const token of list) {
    if (token.kind === 'symbol' && token.text === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

/** True if the token is this keyword (never a quoted name that spells the same). */
export function isWord(token: Token | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}
