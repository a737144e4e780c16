import { randomInt } from 'node:crypto';
import { normalJson } from '../jsonNormal.ts';

/**
 * How the bytes of a value are brought into the form both sides share before they are hashed. The rule for every form: values that the
 * comparison tells apart must never get the same bytes. Equal values that get different bytes cost a closer look and no fault.
 */
export interface ValueForm {
  /**
   * `plain`: the bytes themselves. `fraction`: zeros that end a fraction of digits are left off. `instant`: the same, and `+00` at the
   * end. `float64` and `float32`: the number as its bits. `json`: its normal form.
   */
  readonly shape: 'plain' | 'fraction' | 'instant' | 'float64' | 'float32' | 'json';
  /** Blanks at the end are left off. */
  readonly trims?: boolean;
  /** The empty text is NULL. */
  readonly empty_is_null?: boolean;
}

/** Which of the buckets a row goes into, by its key. */
export type Bucketing =
  /** One whole number: `count` ranges of `width` from `min` on, and one more bucket for NULL. */
  | { readonly kind: 'range'; readonly min: number; readonly width: number; readonly count: number }
  /** A hash of all keys. */
  | { readonly kind: 'hash'; readonly count: number };

/** How rows become sums of hashes; the same on both sides. The first `keys` values of a row are its key. */
export interface HashPlan {
  readonly keys: number;
  readonly forms: readonly ValueForm[];
  readonly bucketing: Bucketing;
  /** Two numbers of 32 bits: drawn anew for each comparison, so that nobody can make data that collide. */
  readonly seed: readonly [number, number];
}

export function bucketCount(bucketing: Bucketing): number {
  return bucketing.kind === 'range' ? bucketing.count + 1 : bucketing.count;
}

export function randomSeed(): [number, number] {
  return [randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0];
}

/** Per bucket: its rows, and the sum of their hashes modulo 2^64 in two halves. */
export interface BucketSums {
  readonly rows: Float64Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const multiplier1 = 0x9e3779b1;
const multiplier2 = 0x85ebca77;
const nullMark = 0x7fffffff;
const shapeCodes = { plain: 0, fraction: 1, instant: 1, float64: 2, float32: 3, json: 4 } as const;

/** The finaliser of MurmurHash3: every bit of the input changes half of the bits of the output. */
function finalise(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Hashes rows, value by value, and adds them up per bucket. Each step of the 64 bits of state can be undone, so two rows that differ in
 * one word never meet; sums need a finaliser, without which the sum of two rows with a value swapped is often the old one.
 */
export class RowHasher {
  readonly sums: BucketSums;
  readonly #plan: HashPlan;
  readonly #shapes: Uint8Array;
  readonly #special: Uint8Array;
  readonly #lastKey: number;
  readonly #isRange: boolean;
  #h1 = 0;
  #h2 = 0;
  #column = 0;
  #bucket = 0;
  rowCount = 0;

  constructor(plan: HashPlan) {
    const count = bucketCount(plan.bucketing);
    this.#plan = plan;
    this.sums = {
      rows: new Float64Array(count),
      low: new Uint32Array(count),
      high: new Uint32Array(count),
    };
    this.#shapes = Uint8Array.from(plan.forms, ({ shape }) => shapeCodes[shape]);
    this.#special = Uint8Array.from(plan.forms, ({ shape, trims, empty_is_null }) =>
      shape === 'instant' ? 4 : (trims === true ? 1 : 0) | (empty_is_null === true ? 2 : 0),
    );
    this.#lastKey = plan.keys - 1;
    this.#isRange = plan.bucketing.kind === 'range';
    this.#start();
  }

  #start(): void {
    this.#h1 = this.#plan.seed[0];
    this.#h2 = this.#plan.seed[1];
    this.#column = 0;
  }

  /** The next value of the row, NULL. */
  nullValue(): void {
    this.#mix(nullMark);
    this.#next(-1, -1, undefined);
  }

  /** The next value of the row: UTF-8 text from `start` to `end`. */
  value(bytes: Uint8Array, start: number, end: number): void {
    const column = this.#column;
    let stop = end;
    const special = this.#special[column] as number;
    if (special !== 0) {
      stop = this.#cut(bytes, start, stop, special);
      if (stop < 0) return this.nullValue();
    }
    const shape = this.#shapes[column] as number;
    if (shape === 0) this.#mixBytes(bytes, start, stop);
    else if (shape === 1) this.#mixBytes(bytes, start, fractionEnd(bytes, start, stop));
    else if (shape === 4) this.#mixJson(bytes, start, stop);
    else this.#mixFloat(bytes, start, stop, shape === 3);
    this.#next(start, stop, bytes);
  }

  #cut(bytes: Uint8Array, start: number, end: number, special: number): number {
    let stop = end;
    if (special === 4) {
      const isUtc = stop - start > 3 && bytes[stop - 3] === 0x2b && bytes[stop - 2] === 0x30;
      return isUtc && bytes[stop - 1] === 0x30 ? stop - 3 : stop;
    }
    if ((special & 1) !== 0) while (stop > start && bytes[stop - 1] === 0x20) stop -= 1;
    return (special & 2) !== 0 && stop === start ? -1 : stop;
  }

  #mix(word: number): void {
    const h1 = Math.imul(this.#h1 ^ word, multiplier1);
    this.#h1 = (h1 << 15) | (h1 >>> 17);
    const h2 = Math.imul((this.#h2 ^ word) + this.#h1, multiplier2);
    this.#h2 = (h2 << 13) | (h2 >>> 19);
  }

  #mixBytes(bytes: Uint8Array, start: number, end: number): void {
    let h1 = this.#h1;
    let h2 = this.#h2;
    let at = start;
    // The length first: two values that run into each other are not the same as two others that do.
    let word = end - start;
    for (;;) {
      h1 = Math.imul(h1 ^ word, multiplier1);
      h1 = (h1 << 15) | (h1 >>> 17);
      h2 = Math.imul((h2 ^ word) + h1, multiplier2);
      h2 = (h2 << 13) | (h2 >>> 19);
      if (at + 4 <= end) {
        word =
          (bytes[at] as number) |
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24);
        at += 4;
        continue;
      }
      if (at >= end) break;
      word = 0;
      for (let shift = 0; at < end; at += 1, shift += 8) word |= (bytes[at] as number) << shift;
    }
    this.#h1 = h1;
    this.#h2 = h2;
  }

  #mixJson(bytes: Uint8Array, start: number, end: number): void {
    const normal = Buffer.from(normalJson(Buffer.from(bytes.subarray(start, end)).toString('utf8')));
    this.#mixBytes(normal, 0, normal.length);
  }

  #mixFloat(bytes: Uint8Array, start: number, end: number, isShort: boolean): void {
    let text = '';
    for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] as number);
    const number = floatOf(text);
    scratch.setFloat64(0, isShort ? Math.fround(number) : number);
    this.#mix(scratch.getInt32(0));
    this.#mix(scratch.getInt32(4));
  }

  #next(start: number, end: number, bytes: Uint8Array | undefined): void {
    if (this.#column === this.#lastKey) {
      this.#bucket = this.#isRange ? this.#rangeOf(bytes, start, end) : this.#hashBucket();
    }
    this.#column += 1;
  }

  #hashBucket(): number {
    return (finalise(this.#h1 ^ Math.imul(this.#h2, multiplier1)) >>> 0) % this.#plan.bucketing.count;
  }

  #rangeOf(bytes: Uint8Array | undefined, start: number, end: number): number {
    const { bucketing } = this.#plan;
    if (bucketing.kind !== 'range') throw new Error('no ranges');
    if (bytes === undefined) return bucketing.count;
    const isNegative = bytes[start] === 0x2d;
    let number = 0;
    for (let at = isNegative ? start + 1 : start; at < end; at += 1) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) throw new Error('a key is no whole number');
      number = number * 10 + digit;
    }
    return rangeBucket(isNegative ? -number : number, bucketing);
  }

  /** Bucket of the row whose key values have been given; valid until endRow. */
  get bucket(): number {
    return this.#bucket;
  }

  /** Forgets the row begun. */
  dropRow(): void {
    this.#start();
  }

  /** The row is whole: its hash goes into its bucket. */
  endRow(): void {
    const first = finalise(this.#h1 + this.#h2);
    const low = finalise(first ^ this.#h2) >>> 0;
    const high = finalise(first + Math.imul(this.#h1, multiplier2)) >>> 0;
    const { rows, low: lows, high: highs } = this.sums;
    const bucket = this.#bucket;
    const sum = (lows[bucket] as number) + low;
    lows[bucket] = sum >>> 0;
    highs[bucket] = (highs[bucket] as number) + high + (sum > 0xffffffff ? 1 : 0);
    rows[bucket] = (rows[bucket] as number) + 1;
    this.rowCount += 1;
    this.#start();
  }
}

/** The range that holds a key; keys out of all ranges belong to the nearest. */
export function rangeBucket(key: number, { min, width, count }: Bucketing & { kind: 'range' }): number {
  const bucket = Math.floor((key - min) / width);
  return bucket < 0 ? 0 : bucket >= count ? count - 1 : bucket;
}

const floatNames: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  infinity: Infinity,
  '-inf': -Infinity,
  '-infinity': -Infinity,
};

/** The number a system wrote; zero has no sign. Text that is no number is an error, not NaN. */
function floatOf(text: string): number {
  const number = Number(text);
  if (text !== '' && !Number.isNaN(number)) return number + 0;
  const named = floatNames[text.toLowerCase()];
  if (named === undefined) throw new Error(`${text.slice(0, 50)} is no floating point number`);
  return named;
}

/** `1.500` ends behind the 5 and `1.000` behind the 1; what ends otherwise than in a fraction of digits ends where it does. */
function fractionEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || bytes[end - 1] !== 0x30) return end;
  let point = end - 1;
  let byte = bytes[point] as number;
  while (point > start && byte >= 0x30 && byte <= 0x39) {
    point -= 1;
    byte = bytes[point] as number;
  }
  if (byte !== 0x2e) return end;
  let stop = end;
  while (bytes[stop - 1] === 0x30) stop -= 1;
  return stop - 1 === point ? point : stop;
}

/** Buckets whose rows or sums are not the same on both sides: 1, else 0. */
export function unequalBuckets(source: BucketSums, target: BucketSums): Uint8Array {
  return Uint8Array.from(source.rows, (rows, bucket) =>
    rows === target.rows[bucket] &&
    source.low[bucket] === target.low[bucket] &&
    source.high[bucket] === target.high[bucket]
      ? 0
      : 1,
  );
}
