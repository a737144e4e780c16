import type { Differences, DifferenceKind } from './results.ts';

type ByColumn = Differences['by_column'][number];

/** What people call a kind of difference. */
const kindWords: Readonly<Record<DifferenceKind, string>> = {
  rounding: 'rounding',
  precision: 'precision lost',
  time_zone_shift: 'time zone shift',
  dst_hour: 'DST hour',
  truncation: 'truncation',
  trailing_blank: 'trailing blank',
  leading_blank: 'leading blank',
  case: 'case',
  null_vs_empty: 'NULL against empty',
  null_vs_value: 'NULL against a value',
  unicode_form: 'Unicode form',
  mojibake: 'mojibake',
  boolean_encoding: 'boolean encoding',
  sign: 'sign',
  swapped_columns: 'swapped columns',
  other: 'other',
};

/** `rounding to 2 digits`; a shifted zone is said by its hours alone: `+1 h`. */
export function kindText({ kind, detail }: Pick<ByColumn, 'kind' | 'detail'>): string {
  if (detail === undefined) return kindWords[kind];
  return kind === 'time_zone_shift' && /^[+-]/.test(detail) ? detail : `${kindWords[kind]} ${detail}`;
}

/** `amount: 50 rows, rounding to 2 digits`. */
export function columnLine(entry: ByColumn): string {
  const { column, rows } = entry;
  return `${column}: ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}, ${kindText(entry)}`;
}

/** The kind by the name files and filters give it, and its measure: `rounding to 2 digits`. */
export function kindCell({ kind, detail }: Pick<ByColumn, 'kind' | 'detail'>): string {
  return detail === undefined ? kind : `${kind} ${detail}`;
}
