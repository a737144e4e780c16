/** What the columns of a schema file are: where their values come from, and of which type. Shared by the checks and the engine. */
import {
  dictionaryNames,
  generatorNames,
  type ColumnDefinition,
  type GeneratorName,
  type SchemaFile,
  type TableDefinition,
} from '../../protocol/files/schema.ts';
import type { Family } from './expression.ts';

/** The keys of a column that say where its values come from; right is exactly one. */
export function generatorsOf(column: ColumnDefinition): GeneratorName[] {
  return generatorNames.filter((name) => column[name] !== undefined);
}

export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly distribution: 'uniform' | 'skewed' | 'in_turn';
  readonly per_row: number;
  readonly same_row_as: string | undefined;
}

/** A reference in its long form; null for a column that is none, or whose text is not table.column. */
export function referenceOf({ reference }: ColumnDefinition): Reference | null {
  if (reference === undefined) return null;
  const full = typeof reference === 'string' ? { column: reference } : reference;
  const [table = '', column = '', ...more] = full.column.split('.');
  if (table === '' || column === '' || more.length > 0) return null;
  return { distribution: 'uniform', per_row: 1, same_row_as: undefined, ...full, table, column };
}

/** The columns of the primary key. */
export function keyOf({ key, columns }: TableDefinition): readonly string[] {
  if (key === undefined) return Object.keys(columns).slice(0, 1);
  return typeof key === 'string' ? [key] : key;
}

/** The table whose rows are the row_count of a request. */
export function factTableOf({ fact_table: name, tables }: SchemaFile): string {
  return name ?? Object.keys(tables).at(-1) ?? '';
}

/** Family of the values of a type as written in the file. */
export function familyOfType(type: string): Family {
  if (type === 'text' || type === 'date' || type === 'timestamp' || type === 'boolean') return type;
  return 'number';
}

function typeOfScalars(values: readonly unknown[]): string {
  if (values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (!values.every((value) => typeof value === 'number')) return 'text';
  const decimals = Math.max(...values.map((value) => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0));
  return decimals === 0 ? 'bigint' : `decimal(18,${decimals})`;
}

/**
 * The type that a column's values have by themselves; null: only what it is computed of tells (an expression, a reference), or it
 * says nothing about its values.
 */
export function ownType(column: ColumnDefinition): string | null {
  const [generator] = generatorsOf(column);
  switch (generator) {
    case 'sequence':
      return 'bigint';
    case 'number': {
      const decimals = column.number?.decimals ?? 0;
      return decimals === 0 ? 'bigint' : `decimal(18,${decimals})`;
    }
    case 'date':
    case 'timestamp':
    case 'boolean':
      return generator;
    case 'dictionary':
    case 'pattern':
      return 'text';
    case 'values': {
      const { values = [] } = column;
      return Array.isArray(values) ? typeOfScalars(values) : 'text';
    }
    case 'constant':
      return typeOfScalars([column.constant]);
    default:
      return null;
  }
}

export const isOwnDictionary = (schema: SchemaFile, name: string): boolean =>
  schema.dictionaries !== undefined && Object.hasOwn(schema.dictionaries, name);

/** Every word that `dictionary:` may have in a file. */
export function dictionariesOf(schema: Pick<SchemaFile, 'dictionaries'>): string[] {
  return [...Object.keys(schema.dictionaries ?? {}), ...dictionaryNames];
}

/** Numbers in units of the last decimal: 2.5 with two decimals is 250. Exact for what a file can say. */
export function inUnits(value: number, decimals: number): bigint {
  const [whole = '0', fraction = ''] = expanded(Math.abs(value)).split('.');
  const units = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return value < 0 ? -units : units;
}

/** A number without an exponent. */
function expanded(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

/** Smallest and largest value of `number:` in units of its last decimal. */
export function numberRange({
  min,
  max,
  mean,
  stddev,
  decimals,
  distribution,
}: NonNullable<ColumnDefinition['number']>): { low: bigint; high: bigint } {
  const reach = distribution === 'normal' && stddev !== undefined ? stddev * 6 : undefined;
  const middle = mean ?? (min === undefined || max === undefined ? 0 : (min + max) / 2);
  const low = inUnits(min ?? (reach === undefined ? 0 : middle - reach), decimals);
  const high =
    max === undefined
      ? reach === undefined
        ? low + 999n
        : inUnits(middle + reach, decimals)
      : inUnits(max, decimals);
  return { low, high };
}

const dayMs = 86_400_000;
const microsecondsOf = { seconds: 1_000_000n, milliseconds: 1000n, microseconds: 1n };

/** First moment of `date:` or `timestamp:` and how many steps there are from it. */
export function timeRange(column: ColumnDefinition): { start: bigint; step: bigint; steps: bigint } | null {
  const { date, timestamp } = column;
  if (date !== undefined) {
    const days = Math.round((Date.parse(date.to) - Date.parse(date.from)) / dayMs) + 1;
    return { start: BigInt(Date.parse(date.from) / dayMs), step: 1n, steps: BigInt(days) };
  }
  if (timestamp === undefined) return null;
  const micros = (text: string) =>
    BigInt(Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`)) * 1000n;
  const step = microsecondsOf[timestamp.precision];
  const [start, end] = [micros(timestamp.from), micros(timestamp.to)];
  return { start, step, steps: (end - start) / step };
}
