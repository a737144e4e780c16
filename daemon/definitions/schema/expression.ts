/**
 * The little language of `expression:` in schema files: arithmetic, text, comparisons and a few functions over the other columns of the
 * same row. It is parsed here and compiled by the engine; nothing of what a user writes is ever pasted into SQL.
 */
export type Family = 'number' | 'text' | 'boolean' | 'date' | 'timestamp';
/** `any`: NULL, which is of every family. */
export type Found = Family | 'any';

export const binaryOperators = [
  'or',
  'and',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '||',
  '+',
  '-',
  '*',
  '/',
  '%',
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** The number of the row, from 1. */
  | { readonly kind: 'row' }
  | { readonly kind: 'column'; readonly name: string; readonly at: number }
  | {
      readonly kind: 'negative' | 'not' | 'is_null' | 'is_not_null';
      readonly of: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly at: number;
    };

/** A mistake in an expression; `at` counts characters from 0. */
export class ExpressionMistake extends Error {
  readonly at: number;
  readonly hint: string | undefined;

  constructor(at: number, message: string, hint?: string) {
    super(message);
    this.at = at;
    this.hint = hint;
  }
}

interface Token {
  readonly type: 'number' | 'text' | 'name' | 'quoted' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const tokenPattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")+")|(?<name>[\p{L}_][\p{L}\p{N}_$]*)|(?<sign>\|\||<>|!=|<=|>=|[-+*/%=<>(),]))/uy;

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    const rest = /^\s*/.exec(source.slice(at))?.[0].length ?? 0;
    if (at + rest >= source.length) break;
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (match?.groups === undefined) throw unreadable(source, at + rest);
    const [type, text] = Object.entries(match.groups).find(([, value]) => value !== undefined) ?? [
      'sign',
      '',
    ];
    found.push({ type: type as Token['type'], text: text ?? '', at: at + rest });
    at = tokenPattern.lastIndex;
  }
  return [...found, { type: 'end', text: '', at: source.length }];
}

function unreadable(source: string, at: number): ExpressionMistake {
  const sign = [...source.slice(at)][0] ?? '';
  if (sign === "'") return new ExpressionMistake(at, 'the text has no end', "close it with '");
  if (sign === '"') return new ExpressionMistake(at, 'the name has no end', 'close it with "');
  return new ExpressionMistake(
    at,
    `${sign} means nothing in an expression`,
    'write + - * / % || = <> < <= > >= ( ) ,',
  );
}

const maxDepth = 50;
/** Loosest first; operators of one level go from left to right. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '<>', '<', '<=', '>', '>='],
  ['||'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Parses an expression. Throws ExpressionMistake. */
export function parseExpression(source: string): Expression {
  return new Parser(tokens(source)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  whole(): Expression {
    const expression = this.#level(0);
    const { type, text, at } = this.#peek();
    if (type !== 'end')
      throw new ExpressionMistake(
        at,
        `${text} is not expected here`,
        'is an operator or a comma missing before it?',
      );
    return expression;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { type: 'end', text: '', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #isWord(word: string): boolean {
    const { type, text } = this.#peek();
    return type === 'name' && text.toLowerCase() === word;
  }

  #operator(level: number): BinaryOperator | null {
    const { type, text } = this.#peek();
    const written =
      type === 'sign' ? (text === '!=' ? '<>' : text) : type === 'name' ? text.toLowerCase() : '';
    return levels[level]?.find((each) => each === written) ?? null;
  }

  #level(level: number): Expression {
    if (level === levels.length) return this.#unary();
    let left = this.#isWord('not') && level === 2 ? this.#not() : this.#level(level + 1);
    for (let operator = this.#operator(level); operator !== null; operator = this.#operator(level)) {
      const { at } = this.#take();
      left = { kind: 'binary', operator, left, right: this.#level(level + 1), at };
    }
    return level === 2 ? this.#isNull(left) : left;
  }

  #not(): Expression {
    const { at } = this.#take();
    return { kind: 'not', of: this.#deeper(at, () => this.#level(2)), at };
  }

  #isNull(of: Expression): Expression {
    if (!this.#isWord('is')) return of;
    const { at } = this.#take();
    const isNot = this.#isWord('not');
    if (isNot) this.#take();
    if (!this.#isWord('null'))
      throw new ExpressionMistake(this.#peek().at, 'is must be followed by null', 'write: is null');
    this.#take();
    return { kind: isNot ? 'is_not_null' : 'is_null', of, at };
  }

  #unary(): Expression {
    const { text, at } = this.#peek();
    if (text !== '-') return this.#primary();
    this.#take();
    return { kind: 'negative', of: this.#deeper(at, () => this.#unary()), at };
  }

  #deeper(at: number, parse: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new ExpressionMistake(at, `nested deeper than ${maxDepth} levels`);
    const found = parse();
    this.#depth -= 1;
    return found;
  }

  #primary(): Expression {
    const { type, text, at } = this.#take();
    switch (type) {
      case 'number':
        return { kind: 'number', text };
      case 'text':
        return { kind: 'text', value: text.slice(1, -1).replaceAll("''", "'") };
      case 'quoted':
        return { kind: 'column', name: text.slice(1, -1).replaceAll('""', '"'), at };
      case 'name':
        return this.#name(text, at);
      case 'sign':
        if (text === '(') {
          const inner = this.#deeper(at, () => this.#level(0));
          this.#expect(')');
          return inner;
        }
        throw new ExpressionMistake(at, `a value is expected here, not ${text}`);
      case 'end':
        throw new ExpressionMistake(at, 'a value is missing at the end');
    }
  }

  #name(text: string, at: number): Expression {
    const word = text.toLowerCase();
    if (this.#peek().text === '(' && this.#peek().type === 'sign')
      return { kind: 'call', name: word, args: this.#arguments(at), at };
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
    if (word === 'null') return { kind: 'null' };
    if (word === 'row') return { kind: 'row' };
    return { kind: 'column', name: text, at };
  }

  #arguments(at: number): Expression[] {
    this.#take();
    const args: Expression[] = [];
    if (this.#peek().text === ')' && this.#peek().type === 'sign') {
      this.#take();
      return args;
    }
    for (;;) {
      args.push(this.#deeper(at, () => this.#level(0)));
      if (this.#peek().text !== ',' || this.#peek().type !== 'sign') break;
      this.#take();
    }
    this.#expect(')');
    return args;
  }

  #expect(sign: string): void {
    const { text, type, at } = this.#take();
    if (type !== 'sign' || text !== sign) throw new ExpressionMistake(at, `${sign} is missing here`);
  }
}

/** Columns that an expression uses. */
export function columnsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'column':
      return [expression.name];
    case 'binary':
      return [...columnsOf(expression.left), ...columnsOf(expression.right)];
    case 'call':
      return expression.args.flatMap(columnsOf);
    case 'negative':
    case 'not':
    case 'is_null':
    case 'is_not_null':
      return columnsOf(expression.of);
    default:
      return [];
  }
}
