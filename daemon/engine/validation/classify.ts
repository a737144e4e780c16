import type { DifferenceKind } from '../../protocol/results.ts';
import { atScale, decimalsOf, plainNumber, toExact } from './numbers.ts';

/** How the values of a column are to be read when asking in what way two of them differ. */
export type ValueFamily =
  'integer' | 'decimal' | 'float' | 'boolean' | 'text' | 'date' | 'timestamp' | 'time' | 'binary' | 'other';

/** One differing cell: canonical text of both sides, null is NULL. The two values are known to differ. */
export interface DifferingCell {
  readonly family: ValueFamily;
  readonly source: string | null;
  readonly target: string | null;
}

/**
 * The kinds of the differing cells of one row. Seeing the whole row tells values that changed places between two columns
 * from values that changed.
 */
export function classifyRow(cells: readonly DifferingCell[]): DifferenceKind[] {
  return cells.map((cell, index) => (isSwapped(cells, index) ? 'swapped_columns' : classifyCell(cell)));
}

function isSwapped(cells: readonly DifferingCell[], index: number): boolean {
  const cell = cells[index];
  if (cell === undefined) return false;
  return cells.some(
    (other, otherIndex) =>
      otherIndex !== index &&
      other.family === cell.family &&
      other.source === cell.target &&
      other.target === cell.source,
  );
}

/** In which way one cell differs, as data engineers name it; `other` when no name fits. Pure and total. */
export function classifyCell({ family, source, target }: DifferingCell): DifferenceKind {
  if (source === null || target === null) {
    return (source ?? target) === '' ? 'null_vs_empty' : 'null_vs_value';
  }
  switch (family) {
    case 'integer':
    case 'decimal':
      return classifyExactNumber(source, target);
    case 'float':
      return classifyFloat(source, target);
    case 'boolean':
      return isTruthy(source) === isTruthy(target) ? 'boolean_encoding' : 'other';
    case 'text':
      return classifyText(source, target);
    case 'timestamp':
      return classifyTimestamp(source, target);
    case 'time':
      return classifyTime(source, target);
    case 'binary':
      return isPrefix(source, target) ? 'truncation' : 'other';
    case 'date':
    case 'other':
      return 'other';
  }
}

/** Of a boolean column or of the number column it is compared with. */
function isTruthy(value: string): boolean {
  return value !== 'false' && !/^-?0*\.?0*$/.test(value);
}

function isOpposite(source: string, target: string): boolean {
  const a = toExact(source);
  const b = toExact(target);
  return a !== undefined && b !== undefined && a.eq(b.times(-1));
}

function classifyExactNumber(source: string, target: string): DifferenceKind {
  if (isOpposite(source, target)) return 'sign';
  const a = toExact(source);
  const b = toExact(target);
  if (a === undefined || b === undefined) return 'other';
  const from = plainNumber(source);
  const to = plainNumber(target);
  // The same double: what went lost lies beyond 53 bits, the mark of a trip through a float.
  if (Number(from) === Number(to)) return 'precision';
  const digits = decimalsOf(to);
  if (digits < decimalsOf(from)) {
    if (atScale(from, digits, 'round') === to) return 'rounding';
    if (atScale(from, digits, 'truncate') === to) return 'precision';
  }
  // One unit of the last place, when there are decimals: a sum or a price that was rounded the other way.
  const places = Math.max(decimalsOf(from), digits);
  if (places > 0 && a.minus(b).abs().eq(`1e-${places}`)) return 'rounding';
  return Math.fround(Number(from)) === Math.fround(Number(to)) && Math.fround(Number(to)) === Number(to)
    ? 'precision'
    : 'other';
}

function classifyFloat(source: string, target: string): DifferenceKind {
  if (isOpposite(source, target)) return 'sign';
  const from = plainNumber(source);
  const to = plainNumber(target);
  const a = Number(from);
  const b = Number(to);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return 'other';
  const away = Math.abs(a - b);
  if (away <= 1e-9 || Math.fround(a) === b || Math.fround(b) === a) return 'precision';
  const digits = decimalsOf(to);
  if (digits <= 6 && digits < decimalsOf(from) && atScale(from, digits, 'round') === to) return 'rounding';
  // 2^-23: the spacing of 32-bit floats, the coarsest form a value passes through on its way.
  return away <= 2 ** -23 * Math.max(Math.abs(a), Math.abs(b)) ? 'precision' : 'other';
}

const truthWords = new Map<string, boolean>([
  ...['true', 't', 'yes', 'y', '1', 'on'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0', 'off'].map((word) => [word, false] as const),
]);

function classifyText(source: string, target: string): DifferenceKind {
  if (trimEnd(source) === trimEnd(target)) return 'trailing_blank';
  if (trimEnd(trimStart(source)) === trimEnd(trimStart(target))) return 'leading_blank';
  if (source.normalize('NFC') === target.normalize('NFC')) return 'unicode_form';
  if (foldCase(source) === foldCase(target)) return 'case';
  const truth = truthWords.get(source.toLowerCase());
  if (truth !== undefined && truth === truthWords.get(target.toLowerCase())) return 'boolean_encoding';
  if (isMojibake(source, target) || isMojibake(target, source)) return 'mojibake';
  if (isPrefix(source, target)) return 'truncation';
  return 'other';
}

const trimEnd = (text: string): string => text.replace(/[ \t\r\n\u00a0]+$/, '');
const trimStart = (text: string): string => text.replace(/^[ \t\r\n\u00a0]+/, '');
const foldCase = (text: string): string => text.toLowerCase().toUpperCase();

function isPrefix(source: string, target: string): boolean {
  if (source === '' || target === '') return false;
  return source.startsWith(target) || target.startsWith(source);
}

// windows-1252 and not latin1: that is what systems take UTF-8 for, and the two differ for 0x80 to 0x9f.
const windows1252 = new TextDecoder('windows-1252');

/** True when `garbled` is `good` after its UTF-8 bytes were read in an 8-bit code, once or twice, or with its characters lost. */
function isMojibake(good: string, garbled: string): boolean {
  if (!/[^\u0000-\u007f]/.test(good)) return false;
  const once = misread(good);
  if (once === garbled || misread(once) === garbled) return true;
  if (Buffer.from(good, 'utf8').toString('latin1') === garbled) return true;
  // Lost characters: each one, or each of its UTF-16 units or UTF-8 bytes, became a '?' or U+FFFD.
  const marks = /^[?\ufffd]+$/;
  const parts = good.split(/([^\u0000-\u007f]+)/);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) {
      if (!garbled.startsWith(part, at)) return false;
      at += part.length;
      continue;
    }
    const lengths = [[...part].length, part.length, Buffer.byteLength(part)];
    const lost = lengths.find((length) => {
      const piece = garbled.slice(at, at + length);
      return (
        piece.length === length &&
        marks.test(piece) &&
        garbled.startsWith(parts[index + 1] ?? '', at + length)
      );
    });
    if (lost === undefined) return false;
    at += lost;
  }
  return at === garbled.length;
}

const misread = (text: string): string => windows1252.decode(Buffer.from(text, 'utf8'));

const second = 1_000_000_000n;
const quarterHour = 900n * second;
/** UTC-12 to UTC+14: no zone is further from another than from UTC to the farthest, 14 hours. */
const farthestZone = 14n * 3600n * second;
/** SQL Server's datetime goes in steps of 3.33 ms: within one step a difference is lost precision. */
const coarseStep = 3_340_000n;

function classifyTimestamp(source: string, target: string): DifferenceKind {
  const from = timestampNanoseconds(source);
  const to = timestampNanoseconds(target);
  if (from === undefined || to === undefined) return 'other';
  const shift = to - from;
  const size = shift < 0n ? -shift : shift;
  if (size <= coarseStep || isFractionLost(from, to)) return 'precision';
  if (size % quarterHour === 0n && size <= farthestZone) {
    const isHour = size === 4n * quarterHour;
    return isHour && (isNearDstChange(from) || isNearDstChange(to)) ? 'dst_hour' : 'time_zone_shift';
  }
  return isTimeLost(source, target) ? 'truncation' : 'other';
}

/** True when one value is the other cut or rounded to whole seconds, milliseconds or microseconds. */
function isFractionLost(from: bigint, to: bigint): boolean {
  const isReduction = (fine: bigint, coarse: bigint): boolean =>
    [second, 1_000_000n, 1000n].some((unit) => {
      if (coarse % unit !== 0n || fine % unit === 0n) return false;
      const rest = ((fine % unit) + unit) % unit;
      return coarse === fine - rest || (coarse === fine - rest + unit && rest * 2n >= unit);
    });
  return isReduction(from, to) || isReduction(to, from);
}

function isTimeLost(source: string, target: string): boolean {
  const sameDay = source.slice(0, 10) === target.slice(0, 10);
  const isMidnight = (text: string): boolean => /^.{10} 00:00:00(\+00)?$/.test(text);
  return sameDay && (isMidnight(source) || isMidnight(target));
}

/** Nanoseconds since 1970 of `2026-01-31 23:59:59.123456789`; undefined for infinities and years of other than four digits. An instant ends in +00. */
export function timestampNanoseconds(text: string): bigint | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:\+00)?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = match;
  const midnight = new Date(0);
  // setUTCFullYear and not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const clock = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return BigInt(midnight.getTime()) * 1_000_000n + BigInt(clock) * second + BigInt(fraction.padEnd(9, '0'));
}

/**
 * True in the small hours of a Sunday on which clocks change in Europe (last of March and October) or North America
 * (second of March, first of November): there one hour off is a daylight saving mistake; elsewhere it is a shifted zone.
 */
function isNearDstChange(nanoseconds: bigint): boolean {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  if (date.getUTCDay() !== 0 || date.getUTCHours() > 4) return false;
  const day = date.getUTCDate();
  const month = date.getUTCMonth();
  if (month === 2) return day >= 25 || (day >= 8 && day <= 14);
  return (month === 9 && day >= 25) || (month === 10 && day <= 7);
}

function classifyTime(source: string, target: string): DifferenceKind {
  const kind = classifyTimestamp(`2001-06-12 ${source}`, `2001-06-12 ${target}`);
  return kind === 'truncation' ? 'other' : kind;
}
