/** Values that need nothing but the row: sequences, numbers, days, words of a list, patterns. Whole numbers only, so that every machine agrees. */
import { inUnits, numberRange, timeRange } from '../../../definitions/schema/columns.ts';
import { parsePattern, patternSize, type Positions } from '../../../definitions/schema/pattern.ts';
import type { ColumnDefinition } from '../../../protocol/files/schema.ts';
import { textList, textLiteral } from './literals.ts';
import type { Place, RowBuilder } from './rowBuilder.ts';
import { shuffled } from './shuffle.ts';

/** SQL of the value; its cast to the type of the column is the caller's. */
export function generatedValue(
  builder: RowBuilder,
  place: Place,
  column: string,
  definition: ColumnDefinition,
): string {
  const { sequence, number, boolean: share, values, pattern, constant, unique = false } = definition;
  const range = timeRange(definition);
  if (sequence !== undefined) return sequenceValue(place, sequence);
  if (number !== undefined) return numberValue(builder, place, column, definition);
  if (range !== null) {
    const offset = builder.add(indexBelow(builder, place, column, range.steps, unique));
    return definition.date === undefined
      ? `make_timestamp((${range.start} + ${offset} * ${range.step})::bigint)`
      : `date '1970-01-01' + (${range.start} + ${offset})::integer`;
  }
  if (share !== undefined) return `${builder.draw(place, column)} < ${Math.round(share * 2 ** 32)}`;
  if (values !== undefined)
    return Array.isArray(values)
      ? oneOf(builder, place, column, values, unique)
      : weighted(builder, place, column, values);
  if (pattern !== undefined) return patternValue(builder, place, column, parsePattern(pattern), unique);
  return textLiteral(String(constant));
}

function sequenceValue({ row }: Place, sequence: NonNullable<ColumnDefinition['sequence']>): string {
  const { start, step } = typeof sequence === 'number' ? { start: sequence, step: 1 } : sequence;
  return `(${start} + (${row} - 1) * ${step})::bigint`;
}

/** A number from 0 to size - 1, as SQL; of a unique column another in every row. */
function indexBelow(
  builder: RowBuilder,
  place: Place,
  column: string,
  size: bigint,
  isUnique: boolean,
): string {
  if (isUnique) return shuffled(builder, place, column, size);
  const draw = builder.draw(place, column);
  if (size <= 2n ** 31n) return `gen_below(${draw}, ${size})`;
  const more = builder.draw(place, `${column} more`);
  return `((((${draw}::hugeint << 32) + ${more}) * ${size}) >> 64)::bigint`;
}

/** Standard deviation of the sum of six 16-bit draws. */
const bellDeviation = 46_341;
const bellMiddle = 6 * 32_767.5;

function numberValue(
  builder: RowBuilder,
  place: Place,
  column: string,
  definition: ColumnDefinition,
): string {
  const number = definition.number;
  if (number === undefined) return 'null';
  const { low, high } = numberRange(number);
  const units = builder.add(unitsOf(builder, place, column, definition, { low, high }));
  const { decimals } = number;
  return decimals === 0
    ? units
    : `${units}::decimal(18,0) * 0.${'0'.repeat(decimals - 1)}1::decimal(${decimals + 1},${decimals})`;
}

function unitsOf(
  builder: RowBuilder,
  place: Place,
  column: string,
  { number, unique = false }: ColumnDefinition,
  { low, high }: { readonly low: bigint; readonly high: bigint },
): string {
  const size = high - low + 1n;
  if (number === undefined || number.distribution === 'uniform')
    return `(${low} + ${indexBelow(builder, place, column, size, unique)})::bigint`;
  const { decimals, mean, stddev, distribution } = number;
  if (distribution === 'skewed') {
    // The cube of a share: half of all values lie in the lowest eighth.
    const share = builder.add(`${builder.draw(place, column)} >> 1`);
    const cube = builder.add(`(((${share} * ${share}) >> 31) * ${share}) >> 31`);
    return `(${low} + ((${cube}::hugeint * ${size}) >> 31))::bigint`;
  }
  const middle = mean === undefined ? (low + high) / 2n : inUnits(mean, decimals);
  // A sixth of the range as one division at the end: in whole numbers a sixth of 8 would be 1.
  const [deviation, parts] = stddev === undefined ? [high - low, 6n] : [inUnits(stddev, decimals), 1n];
  const divisor = parts * BigInt(bellDeviation);
  const halves = ['', ' second', ' third'].map((part) => builder.draw(place, column + part));
  const sum = halves.map((draw) => `(${draw} & 65535) + (${draw} >> 16)`).join(' + ');
  const bell = builder.add(`(${sum} - ${bellMiddle})::bigint`);
  // Division cuts towards zero: among positive numbers that is rounding down, and half more makes it rounding.
  const shift = 10n ** 18n;
  const away = `(${deviation}::hugeint * ${bell} + ${divisor / 2n + shift * divisor}) // ${divisor} - ${shift}`;
  return `greatest(${low}, least(${high}, ${middle} + ${away}))::bigint`;
}

function oneOf(
  builder: RowBuilder,
  place: Place,
  column: string,
  values: readonly unknown[],
  isUnique: boolean,
): string {
  const list = builder.list(`${place.table}.${column}`, textList(values.map(String)));
  return `${list}[1 + ${indexBelow(builder, place, column, BigInt(values.length), isUnique)}]`;
}

function weighted(
  builder: RowBuilder,
  place: Place,
  column: string,
  values: Readonly<Record<string, number>>,
): string {
  const entries = Object.entries(values);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const draw = builder.draw(place, column);
  let sum = 0;
  const cases = entries.slice(0, -1).map(([value, weight]) => {
    sum += weight;
    return `when ${draw} < ${Math.round((sum / total) * 2 ** 32)} then ${textLiteral(value)}`;
  });
  const rest = textLiteral(entries.at(-1)?.[0] ?? '');
  return cases.length === 0 ? rest : `case ${cases.join(' ')} else ${rest} end`;
}

const maxGroup = 2n ** 31n;
const maxShuffled = 2n ** 62n;

/** The characters of each position are the digits of a number with as many values as there are texts; long texts take several numbers. */
function patternValue(
  builder: RowBuilder,
  place: Place,
  column: string,
  positions: Positions,
  isUnique: boolean,
): string {
  const groups = groupsOf(positions, isUnique ? maxShuffled : maxGroup);
  const parts = groups.map((group, index) => {
    const size = patternSize(group);
    const name = index === 0 ? column : `${column} part ${index + 1}`;
    // The first group takes as much as one number can: of a unique column it alone tells the rows apart.
    const number = builder.add(indexBelow(builder, place, name, size, isUnique && index === 0));
    return charactersOf(group, number);
  });
  return parts.join(' || ');
}

function groupsOf(positions: Positions, limit: bigint): Positions[] {
  const groups: (readonly string[])[][] = [[]];
  let size = 1n;
  for (const choices of positions) {
    size *= BigInt(choices.length);
    if (size > limit) {
      groups.push([]);
      size = BigInt(choices.length);
    }
    groups.at(-1)?.push(choices);
  }
  return groups;
}

function charactersOf(group: Positions, number: string): string {
  let divisor = 1n;
  const parts: string[] = [];
  for (const choices of [...group].reverse()) {
    const [only = ''] = choices;
    const size = BigInt(choices.length);
    if (choices.length === 1) parts.push(textLiteral(only));
    else
      parts.push(
        `substr(${textLiteral(choices.join(''))}, (1 + (${number} // ${divisor}) % ${size})::bigint, 1)`,
      );
    divisor *= size;
  }
  return parts.reverse().join(' || ');
}
