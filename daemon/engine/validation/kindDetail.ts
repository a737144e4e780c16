import { plural } from '../../protocol/countText.ts';
import type { DifferenceKind } from '../../protocol/results.ts';
import { timestampNanoseconds, type DifferingCell } from './classify.ts';
import { decimalsOf, plainNumber } from './numbers.ts';

/**
 * In what measure a cell differs, for the summary of its column: `to 2 digits`, `+1 h`, `to 20 characters`. Undefined where the
 * kind says it all. Of a kind that classifyCell gave for the same cell.
 */
export function kindDetail(kind: DifferenceKind, cell: DifferingCell): string | undefined {
  const { source, target } = cell;
  if (source === null || target === null) return nullDetail(kind, source === null);
  switch (kind) {
    case 'rounding':
      return `to ${plural(roundedTo(source, target), 'digit')}`;
    case 'time_zone_shift':
    case 'dst_hour':
      return hours(source, target, cell.family === 'time');
    case 'precision':
      return precisionDetail(cell, source, target);
    case 'truncation':
      return truncationDetail(cell, source, target);
    case 'case':
      return caseDetail(target);
    case 'boolean_encoding':
      return `${quoted(source)} as ${quoted(target)}`;
    case 'trailing_blank':
    case 'leading_blank':
      return target.length < source.length ? 'lost' : 'added';
    default:
      return undefined;
  }
}

function nullDetail(kind: DifferenceKind, isSourceNull: boolean): string | undefined {
  if (kind !== 'null_vs_empty' && kind !== 'null_vs_value') return undefined;
  const other = kind === 'null_vs_empty' ? "''" : 'a value';
  return isSourceNull ? `(NULL became ${other})` : `(${other} became NULL)`;
}

const quoted = (text: string): string => (text.length > 10 ? `'${text.slice(0, 10)}…'` : `'${text}'`);

/** Decimals the value was rounded to; of two that differ by one in the last place, that place. */
function roundedTo(source: string, target: string): number {
  const [from = 0, to = 0] = [source, target].map((text) => decimalsOf(plainNumber(text)));
  return to < from ? to : Math.max(from, to);
}

function hours(source: string, target: string, isTime: boolean): string | undefined {
  const day = isTime ? '2001-06-12 ' : '';
  const from = timestampNanoseconds(day + source);
  const to = timestampNanoseconds(day + target);
  if (from === undefined || to === undefined) return undefined;
  return hoursText(Number((to - from) / 60_000_000_000n));
}

/** Minutes as people say them: `+1 h`, `-5 h 30 min`. */
export function hoursText(minutes: number): string {
  const size = Math.abs(minutes);
  const parts = [
    ...(size >= 60 ? [`${Math.floor(size / 60)} h`] : []),
    ...(size % 60 === 0 ? [] : [`${size % 60} min`]),
  ];
  return `${minutes < 0 ? '-' : '+'}${parts.join(' ')}`;
}

const fractionNames: readonly (readonly [number, string])[] = [
  [0, 'seconds'],
  [3, 'milliseconds'],
  [6, 'microseconds'],
];

/** Only what the target is said to have been reduced to: a source that is the coarser one was not. */
function precisionDetail({ family }: DifferingCell, source: string, target: string): string | undefined {
  if (family === 'timestamp' || family === 'time') {
    const [fine = 0, coarse = 0] = [source, target].map(
      (text) => /\.(\d*[1-9])/.exec(text)?.[1]?.length ?? 0,
    );
    if (coarse >= fine) return undefined;
    const name = fractionNames.find(([most]) => coarse <= most)?.[1];
    return name === undefined ? undefined : `to ${name}`;
  }
  const from = plainNumber(source);
  const to = plainNumber(target);
  if (decimalsOf(to) < decimalsOf(from) && from.startsWith(to))
    return `to ${plural(decimalsOf(to), 'digit')}`;
  if (family === 'float') return Math.fround(Number(from)) === Number(to) ? 'to 32 bits' : undefined;
  return isDoubleOf(from, to) ? 'to 53 bits' : undefined;
}

/** True when the second number is the first as a 64-bit float holds it, written as such floats are: whole, or as short as can be. */
function isDoubleOf(from: string, to: string): boolean {
  const double = Number(from);
  if (to === plainNumber(String(double))) return true;
  return Number.isInteger(double) && to === BigInt(double).toString();
}

function truncationDetail({ family }: DifferingCell, source: string, target: string): string {
  if (family === 'timestamp') return 'to midnight';
  const shorter = Math.min([...source].length, [...target].length);
  return family === 'binary' ? `to ${plural(shorter / 2, 'byte')}` : `to ${plural(shorter, 'character')}`;
}

function caseDetail(target: string): string | undefined {
  if (target === target.toUpperCase()) return '(upper case)';
  return target === target.toLowerCase() ? '(lower case)' : undefined;
}
