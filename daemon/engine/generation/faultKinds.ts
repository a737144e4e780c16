/** How each kind of fault changes a value of a column, as SQL. Pure; used by faults.ts on the clean tables. */
import { quoteIdentifier, quoteText } from '../connections/ansiDialect.ts';
import type { ColumnSpec } from './spec.ts';

/** Kinds that change rows and not values. */
export const rowFaultKinds = ['missing', 'extra', 'duplicate'] as const;

export interface ValueFault {
  readonly kind: string;
  readonly column: ColumnSpec;
  /** The column it changes places with; its values are then each other's. */
  readonly other?: ColumnSpec;
  /** The faulty value, of the column's type once cast. `gen_fault` is a draw of the row. */
  readonly value: string;
  /** Where it may be planted; that the value changes is required besides. */
  readonly when: string;
}

type Rule = (
  column: ColumnSpec,
  name: string,
  next: ColumnSpec | undefined,
) => Pick<ValueFault, 'value' | 'when' | 'other'> | null;

const isText = ({ type }: ColumnSpec) => type === 'VARCHAR';
const isTimestamp = ({ type }: ColumnSpec) => type === 'TIMESTAMP';
const isInteger = ({ type }: ColumnSpec) => type === 'SMALLINT' || type === 'INTEGER' || type === 'BIGINT';

/** Digits after the point of a decimal column; 0 for every other type. */
function scaleOf({ type }: ColumnSpec): number {
  return Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? 0);
}

/** What stands in place of NULL. */
function placeholder(column: ColumnSpec): string {
  if (isText(column)) return `'unknown'`;
  if (column.type === 'DATE' || isTimestamp(column)) return `'1900-01-01'`;
  return column.type === 'BOOLEAN' ? 'false' : '0';
}

const windows1252 = new TextDecoder('windows-1252');

/** Nested replace() calls, one for each letter that `change` turns into something else. */
function replaceLetters(
  name: string,
  letters: readonly string[],
  change: (letter: string) => string,
): string {
  return letters
    .filter((letter) => change(letter) !== letter)
    .reduce((sql, letter) => `replace(${sql}, ${quoteText(letter)}, ${quoteText(change(letter))})`, name);
}

/**
 * One rule a kind. The names are those under which the comparison reports the difference, so a rule plants only where that name
 * is the right one: cutting 12.07 to 12.0 would be rounding, so `precision` wants another digit there.
 */
function rules(letters: readonly string[]): Readonly<Record<string, Rule>> {
  return {
    rounding: (column, name) => {
      const scale = scaleOf(column);
      return scale === 0 ? null : { value: `${name} + ${(10 ** -scale).toFixed(scale)}`, when: 'true' };
    },
    precision: (column, name) => {
      if (isTimestamp(column)) return { value: `date_trunc('milliseconds', ${name})`, when: 'true' };
      const scale = scaleOf(column);
      if (scale === 0) return null;
      const text = `${name}::varchar`;
      const last = `right(${text}, 1) >= '5'`;
      return {
        value: `left(${text}, length(${text}) - 1) || '0'`,
        when: scale === 1 ? last : `${last} and left(right(${text}, 2), 1) <> '0'`,
      };
    },
    time_zone_shift: (column, name) =>
      isTimestamp(column)
        ? {
            // Never one hour: near a change of clocks that would be another kind.
            value: `${name} + to_hours([-11, -10, -8, -7, -6, -5, -4, -3, 2, 3, 4, 5, 8, 9][1 + gen_fault % 14])`,
            when: 'true',
          }
        : null,
    truncation: (column, name) => {
      if (!isText(column)) return null;
      const cut = `left(${name}, length(${name}) - 1 - (gen_fault % greatest(1, length(${name}) // 2))::integer)`;
      return {
        value: cut,
        when: `length(${name}) >= 3 and trim(${name}) = ${name} and rtrim(${cut}) = ${cut}`,
      };
    },
    trailing_blank: (column, name) =>
      isText(column) ? { value: `${name} || ' '`, when: `trim(${name}) <> ''` } : null,
    leading_blank: (column, name) =>
      isText(column) ? { value: `' ' || ${name}`, when: `trim(${name}) <> ''` } : null,
    case: (column, name) =>
      isText(column)
        ? {
            value: `case when upper(${name}) <> ${name} then upper(${name}) else lower(${name}) end`,
            when: `${name} not like '%ß%'`,
          }
        : null,
    null_vs_empty: (column, name) =>
      isText(column) && column.nullable
        ? { value: `case when ${name} is null then '' end`, when: `coalesce(${name}, '') = ''` }
        : null,
    null_vs_value: (column, name) =>
      column.nullable
        ? {
            value: `case when ${name} is null then ${placeholder(column)} end`,
            when: isText(column) ? `${name} is null or ${name} <> ''` : 'true',
          }
        : null,
    unicode_form: (column, name) =>
      isText(column)
        ? {
            value: replaceLetters(name, letters, (letter) => letter.normalize('NFD')),
            when: `${name} is not null`,
          }
        : null,
    mojibake: (column, name) =>
      isText(column)
        ? {
            value: replaceLetters(name, letters, (letter) => windows1252.decode(Buffer.from(letter, 'utf8'))),
            when: `${name} is not null`,
          }
        : null,
    boolean_encoding: (column, name) =>
      isText(column)
        ? { value: `case ${name} when 'Y' then '1' when 'N' then '0' end`, when: `${name} in ('Y', 'N')` }
        : null,
    // Values of two neighbours of one type change places.
    swapped_columns: (_, name, next) =>
      next === undefined
        ? null
        : {
            value: quoteIdentifier(next.name),
            other: next,
            when: `${name} is not null and ${quoteIdentifier(next.name)} is not null`,
          },
    // One hour off in the small hours of a Sunday on which clocks change in Europe or North America.
    dst_hour: (column, name) =>
      isTimestamp(column)
        ? {
            value: `${name} + to_hours(1)`,
            when: `isodow(${name}) = 7 and hour(${name}) <= 3 and (
              (month(${name}) = 3 and (day(${name}) >= 25 or day(${name}) between 8 and 14))
              or (month(${name}) = 10 and day(${name}) >= 25) or (month(${name}) = 11 and day(${name}) <= 7))`,
          }
        : null,
    other: (column, name) => {
      if (isText(column))
        return {
          value: `reverse(${name})`,
          when: `length(${name}) >= 3 and trim(${name}) = ${name} and lower(${name}) <> lower(reverse(${name}))
            and regexp_full_match(${name}, '[ -~]*')`,
        };
      if (column.type === 'DATE') return { value: `${name} + 17`, when: 'true' };
      if (isTimestamp(column))
        return { value: `${name} + interval '17 days 3 hours 11 minutes'`, when: 'true' };
      if (column.type === 'BOOLEAN') return { value: `not ${name}`, when: 'true' };
      // Far from the old one: what lies near could be called rounding.
      return { value: `${name} // 2 + 3`, when: `abs(${name}) >= 10` };
    },
    sign: (column, name) =>
      scaleOf(column) > 0 || isInteger(column) ? { value: `-${name}`, when: `${name} <> 0` } : null,
  };
}

/** Every fault that can be planted in these columns (keys are not among them). `letters`: all non-ASCII letters of the data. */
export function valueFaults(
  columns: readonly ColumnSpec[],
  kinds: readonly string[],
  letters: readonly string[],
): ValueFault[] {
  const known = rules(letters);
  return kinds.flatMap((kind) =>
    columns.flatMap((column) => {
      const next = columns.slice(columns.indexOf(column) + 1).find(({ type }) => type === column.type);
      const fault = known[kind]?.(column, quoteIdentifier(column.name), next);
      return fault == null ? [] : [{ kind, column, ...fault }];
    }),
  );
}
