import { listed, nearest } from '../suggest.ts';
import { ExpressionMistake, type Expression, type Family, type Found } from './expression.ts';

type Wanted = Family | 'same' | 'any';

export interface FunctionShape {
  /** Families of the arguments; the last one may come again if `repeats`. `same`: that of the first such argument. */
  readonly args: readonly Wanted[];
  /** How many of the arguments, from the end, may be left out. */
  readonly optional?: number;
  readonly repeats?: true;
  readonly result: Family | 'same';
  readonly about: string;
}

/** Every function of an expression. */
export const functionShapes = {
  abs: { args: ['number'], result: 'number', about: 'without its sign' },
  round: { args: ['number', 'number'], optional: 1, result: 'number', about: 'rounded to so many decimals' },
  floor: { args: ['number'], result: 'number', about: 'the whole number below' },
  ceil: { args: ['number'], result: 'number', about: 'the whole number above' },
  least: { args: ['same', 'same'], repeats: true, result: 'same', about: 'the smallest' },
  greatest: { args: ['same', 'same'], repeats: true, result: 'same', about: 'the largest' },
  if: { args: ['boolean', 'same', 'same'], result: 'same', about: 'if(condition, then, otherwise)' },
  coalesce: { args: ['same', 'same'], repeats: true, result: 'same', about: 'the first that is not NULL' },
  lower: { args: ['text'], result: 'text', about: 'in small letters' },
  upper: { args: ['text'], result: 'text', about: 'in capital letters' },
  trim: { args: ['text'], result: 'text', about: 'without blanks around it' },
  length: { args: ['text'], result: 'number', about: 'characters of a text' },
  left: { args: ['text', 'number'], result: 'text', about: 'the first characters' },
  right: { args: ['text', 'number'], result: 'text', about: 'the last characters' },
  substr: {
    args: ['text', 'number', 'number'],
    optional: 1,
    result: 'text',
    about: 'from a place on, so many characters',
  },
  replace: {
    args: ['text', 'text', 'text'],
    result: 'text',
    about: 'each second text replaced by the third',
  },
  lpad: { args: ['text', 'number', 'text'], result: 'text', about: 'filled from the left to a length' },
  ascii: { args: ['text'], result: 'text', about: 'without accents: é becomes e' },
  text: { args: ['any'], result: 'text', about: 'a value as text' },
  number: { args: ['text'], result: 'number', about: 'a text as a number' },
  year: { args: ['date'], result: 'number', about: 'year of a day' },
  month: { args: ['date'], result: 'number', about: 'month of a day' },
  day: { args: ['date'], result: 'number', about: 'day of the month' },
  date: { args: ['any'], result: 'date', about: "the day of a moment, or date('2024-01-31')" },
  timestamp: { args: ['any'], result: 'timestamp', about: 'the moment at which a day begins' },
  add_days: { args: ['date', 'number'], result: 'date', about: 'so many days later' },
  add_seconds: { args: ['timestamp', 'number'], result: 'timestamp', about: 'so many seconds later' },
  days_between: { args: ['date', 'date'], result: 'number', about: 'days from the first to the second' },
} as const satisfies Readonly<Record<string, FunctionShape>>;
export type FunctionName = keyof typeof functionShapes;

/** The family of an expression's value. Throws ExpressionMistake for what does not fit together. */
export function familyOf(expression: Expression, columnFamily: (name: string, at: number) => Found): Found {
  const inner = (each: Expression): Found => familyOf(each, columnFamily);
  switch (expression.kind) {
    case 'number':
    case 'row':
      return 'number';
    case 'text':
    case 'boolean':
      return expression.kind;
    case 'null':
      return 'any';
    case 'column':
      return columnFamily(expression.name, expression.at);
    case 'negative':
      want('number', inner(expression.of), expression.at, '-');
      return 'number';
    case 'not':
      want('boolean', inner(expression.of), expression.at, 'not');
      return 'boolean';
    case 'is_null':
    case 'is_not_null':
      inner(expression.of);
      return 'boolean';
    case 'binary':
      return familyOfBinary(expression, inner);
    case 'call':
      return familyOfCall(expression, inner);
  }
}

function want(wanted: Family, found: Found, at: number, by: string): void {
  if (found === wanted || found === 'any') return;
  const hint = wanted === 'text' ? 'write text(…) around it' : undefined;
  throw new ExpressionMistake(at, `${by} wants a ${wanted}, not a ${found}`, hint);
}

function familyOfBinary(
  { operator, left, right, at }: Extract<Expression, { kind: 'binary' }>,
  inner: (each: Expression) => Found,
): Found {
  const [a, b] = [inner(left), inner(right)];
  switch (operator) {
    case 'or':
    case 'and':
      want('boolean', a, at, operator);
      want('boolean', b, at, operator);
      return 'boolean';
    case '||':
      want('text', a, at, operator);
      want('text', b, at, operator);
      return 'text';
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (a !== b && a !== 'any' && b !== 'any')
        throw new ExpressionMistake(at, `a ${a} cannot be compared with a ${b}`);
      return 'boolean';
    default: {
      const isDate = (found: Found) => found === 'date' || found === 'timestamp';
      const hint =
        isDate(a) || isDate(b)
          ? 'write add_days(day, 3), add_seconds(moment, 60) or days_between(a, b)'
          : undefined;
      for (const found of [a, b])
        if (found !== 'number' && found !== 'any')
          throw new ExpressionMistake(
            at,
            `${operator} wants a number, not a ${found}`,
            hint ?? (operator === '+' ? 'texts are joined with ||' : undefined),
          );
      return 'number';
    }
  }
}

function familyOfCall(
  { name, args, at }: Extract<Expression, { kind: 'call' }>,
  inner: (each: Expression) => Found,
): Found {
  const shape: FunctionShape | undefined = Object.hasOwn(functionShapes, name)
    ? functionShapes[name as FunctionName]
    : undefined;
  const names = Object.keys(functionShapes);
  if (shape === undefined) {
    const near = nearest(name, names);
    throw new ExpressionMistake(
      at,
      `there is no function ${name}`,
      near.length > 0 ? `did you mean ${listed(near)}?` : `functions are ${listed(names)}`,
    );
  }
  const most = shape.repeats === true ? Number.POSITIVE_INFINITY : shape.args.length;
  const least = shape.args.length - (shape.optional ?? 0);
  if (args.length < least || args.length > most)
    throw new ExpressionMistake(
      at,
      `${name} wants ${least === most ? least : `at least ${least}`} arguments, not ${args.length}`,
      shape.about,
    );
  let same: Found = 'any';
  args.forEach((arg, index) => {
    const wanted = shape.args[Math.min(index, shape.args.length - 1)] ?? 'any';
    const found = inner(arg);
    if (wanted === 'any') return;
    if (wanted !== 'same') {
      // A moment has a day, too.
      if (!(wanted === 'date' && found === 'timestamp')) want(wanted, found, at, name);
      return;
    }
    if (same === 'any') same = found;
    else want(same, found, at, name);
  });
  return shape.result === 'same' ? same : shape.result;
}
