import { Big } from 'big.js';

/** A number of any size as exact decimal, or undefined for what is no finite number (`nan`, `infinity`, text). */
export function toExact(text: string): Big | undefined {
  try {
    return new Big(text);
  } catch {
    return undefined;
  }
}

/** Plain decimal text without exponent, trailing zeros or negative zero: two numbers are equal exactly when this is. */
export function plainNumber(text: string): string {
  const exact = toExact(text);
  if (exact === undefined) return specialNumber(text);
  return exact.eq(0) ? '0' : exact.toFixed();
}

function specialNumber(text: string): string {
  const word = text.trim().toLowerCase();
  if (word === 'nan') return 'nan';
  if (word === 'infinity' || word === 'inf' || word === '+infinity') return 'infinity';
  if (word === '-infinity' || word === '-inf') return '-infinity';
  return text;
}

/** Digits after the decimal point of plain decimal text. */
export function decimalsOf(plain: string): number {
  const point = plain.indexOf('.');
  return point < 0 ? 0 : plain.length - point - 1;
}

export type Rounding = 'round' | 'truncate';

/** `text` at `scale` digits after the point: half away from zero, or cut off. Anything but a finite number is returned as it is. */
export function atScale(text: string, scale: number, rounding: Rounding): string {
  const exact = toExact(text);
  if (exact === undefined) return specialNumber(text);
  const reduced = exact.round(scale, rounding === 'round' ? Big.roundHalfUp : Big.roundDown);
  return reduced.eq(0) ? '0' : reduced.toFixed();
}

/** What a tolerance allows: an absolute amount, a percentage of the expected value, or the larger of both. */
export interface Tolerance {
  readonly abs?: number;
  readonly pct?: number;
}

export interface NumberComparison {
  readonly equal: boolean;
  /** actual - expected, exact; null when one of the two is no finite number. */
  readonly difference: string | null;
  /** Equal only because of the tolerance. */
  readonly tolerated: boolean;
}

/** Compares two numbers given as text, exactly unless a tolerance allows more. */
export function compareNumbers(expected: string, actual: string, tolerance?: Tolerance): NumberComparison {
  const a = toExact(expected);
  const b = toExact(actual);
  if (a === undefined || b === undefined) {
    const equal = plainNumber(expected) === plainNumber(actual);
    return { equal, difference: null, tolerated: false };
  }
  const difference = b.minus(a);
  const exact = difference.eq(0);
  const allowed = allowance(a, tolerance);
  const equal = exact || difference.abs().lte(allowed);
  return { equal, difference: exact ? '0' : difference.toFixed(), tolerated: equal && !exact };
}

function allowance(expected: Big, tolerance: Tolerance | undefined): Big {
  const abs = new Big(tolerance?.abs ?? 0);
  const pct = expected
    .abs()
    .times(tolerance?.pct ?? 0)
    .times('0.01');
  return abs.gt(pct) ? abs : pct;
}

/** `sum / count` to 15 digits after the point, for a person to read; equality of averages is decided on sums and counts. */
export function averageText(sum: string, count: string): string | null {
  const exact = toExact(sum);
  if (exact === undefined) return specialNumber(sum);
  if (BigInt(count) === 0n) return null;
  // A private copy of Big: DP is a setting of the constructor, and changing the shared one would change every division.
  const Precise = Big();
  Precise.DP = 15;
  return plainNumber(new Precise(exact.toFixed()).div(count).toFixed());
}
