/** Numbers as people type them. Free of vscode. */
import { formatCount } from '../../../daemon/client/text.ts';

const maxRows = 10_000_000_000;
const factors: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/** `10,000`, `10 000`, `10_000`, `10k`, `1.5M`; null if it is no count of rows. */
export function readRows(text: string): number | null {
  const compact = text.trim().replace(/[\s,_'\u00a0\u202f]/gu, '');
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(compact) ?? [];
  if (digits === undefined || (unit === '' && digits.includes('.'))) return null;
  const rows = Math.round(Number(digits) * (factors[unit.toLowerCase()] ?? 1) * 1000) / 1000;
  return Number.isSafeInteger(rows) && rows >= 1 && rows <= maxRows ? rows : null;
}

export function rowsProblem(text: string): string | null {
  return readRows(text) === null
    ? `Expected a number from 1 to ${formatCount(maxRows)}, such as 10,000 or 1M`
    : null;
}

/** A whole number in a range, or what is wrong. */
export function wholeProblem(text: string, min: number, max: number): string | null {
  const number = readWhole(text);
  return number === null || number < min || number > max
    ? `Expected a whole number from ${formatCount(min)} to ${formatCount(max)}`
    : null;
}

export function readWhole(text: string): number | null {
  const compact = text.trim().replace(/[\s,_]/g, '');
  const number = /^\d+$/.test(compact) ? Number(compact) : NaN;
  return Number.isSafeInteger(number) ? number : null;
}

/** A share of rows: `1%`, `0.5 %`, `0.01`; above 0, up to 0.5. */
export function readShare(text: string): number | null {
  const [, digits, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const share = percent === '%' ? Number(digits) / 100 : Number(digits);
  return share > 0 && share <= 0.5 ? share : null;
}
