/** Lists and columns that more than one domain draws people and addresses from. */
import { column, literal, sqlList, type ColumnSpec } from '../spec.ts';
import type { Locale } from '../../../protocol/files/generation.ts';
import { vocabularyOf } from '../vocabulary/locales.ts';
import { companySuffixes, companyWords } from '../vocabulary/names.ts';

/** The lists that people and addresses are drawn from. */
export function peopleLists(locale: Locale): Readonly<Record<string, string>> {
  const { femaleNames, maleNames, lastNames, streetNames, places, isNumberFirst } = vocabularyOf(locale);
  return {
    gen_female_names: sqlList(femaleNames),
    gen_male_names: sqlList(maleNames),
    gen_last_names: sqlList(lastNames),
    gen_streets: sqlList(streetNames),
    gen_company_words: sqlList(companyWords),
    gen_company_suffixes: sqlList(companySuffixes),
    gen_number_first: String(isNumberFirst),
    gen_country: literal(locale.slice(3)),
    gen_cities: sqlList(places.map((place) => place.city)),
    gen_states: sqlList(places.map((place) => place.state)),
    gen_zips: sqlList(places.map((place) => place.zip)),
  };
}

/** SQL of a list entry by a draw. */
export function pick(list: string, draw: string): string {
  return `gen_pick(getvariable('${list}'), ${draw})`;
}

/**
 * street, city, state and postal_code of one place; the city is a function of one draw, so the three belong together.
 * `stream` and `key` name the entity whose address it is (the same in every table that repeats it).
 */
export function addressColumns(stream: string, key: string): readonly ColumnSpec[] {
  const place = `{${stream}.place@${key}}`;
  const street = pick('gen_streets', `{${stream}.street@${key}}`);
  const number = `1 + gen_below({${stream}.house@${key}}, 9899)`;
  return [
    column(
      'street',
      'VARCHAR',
      `case when getvariable('gen_number_first') then (${number})::varchar || ' ' || ${street} else ${street} || ' ' || (${number})::varchar end`,
    ),
    column('city', 'VARCHAR', pick('gen_cities', place)),
    column('state', 'VARCHAR', pick('gen_states', place)),
    column('postal_code', 'VARCHAR', pick('gen_zips', place)),
  ];
}

const digit = (position: number): string => `((n // ${10n ** BigInt(position)}) % 10)`;

/** Sum over the digits of the integer `n`: `weights[p]` times the digit at position p, counted from the right. */
function weightedDigits(weights: readonly number[]): string {
  return weights.map((weight, position) => `${weight} * ${digit(position)}`).join(' + ');
}

/** The Luhn sum of a number that still lacks its check digit, so that its last digit is doubled. */
function luhnSum(digits: number): string {
  const terms = Array.from({ length: digits }, (_, position) =>
    position % 2 === 0 ? `(2 * ${digit(position)} - 9 * (${digit(position)} > 4)::integer)` : digit(position),
  );
  return terms.join(' + ');
}

/** Check digits of whole numbers `n` (bigint) without them. */
export const checkDigitMacros: readonly string[] = [
  `create or replace temp macro gen_gtin_check(n) as (10 - (${weightedDigits([3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1])}) % 10) % 10`,
  `create or replace temp macro gen_aba_check(n) as (10 - (${weightedDigits([7, 3, 1, 7, 3, 1, 7, 3].map((_, p) => [7, 3, 1][p % 3] ?? 0))}) % 10) % 10`,
  `create or replace temp macro gen_luhn_check(n) as (10 - (${luhnSum(15)}) % 10) % 10`,
];
