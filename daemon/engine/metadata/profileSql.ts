import type { ConnectionType } from '../../protocol/files/connections.ts';
import type { ProfileOptions } from '../../protocol/files/batch.ts';
import type { Dialect } from '../connections/connection.ts';
import type { CanonicalType } from '../validation/types.ts';

type Kind = CanonicalType['kind'];

/** Characters of a text kept as a value of a profile, and of the text whose form is told. */
export const textLimit = 1000;
const patternLimit = 100;

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';

/** What profiles need and systems write differently. SQL text in, SQL text out. */
interface ProfileDialect {
  readonly materialized: string;
  asText(value: string): string;
  /** The value if it is a finite number, else NULL. */
  number(value: string, kind: Kind): string;
  double(value: string): string;
  floor(value: string): string;
  least(a: string, b: string): string;
  length(value: string): string;
  pattern(text: string): string;
  /** JSON text of a list of [value, count], from a query with the columns v and n. */
  pairs(query: string): string;
  /** Sample standard deviation; null where the system has none: then the sum of squared deviations is asked for. */
  readonly stddev: ((value: string) => string) | null;
  /** JSON text of the values at the quantiles, as an aggregate; null: by row numbers. */
  readonly quantiles: ((value: string, quantiles: readonly number[]) => string) | null;
}

const translate = (text: string): string =>
  `translate(${text}, '${upper}${upper.toLowerCase()}${digits}', '${'A'.repeat(26)}${'a'.repeat(26)}${'9'.repeat(10)}')`;
const nestedReplace = (text: string): string =>
  [...upper, ...upper.toLowerCase(), ...digits].reduce((inner, from) => {
    const to = /\d/.test(from) ? '9' : from < 'a' ? 'A' : 'a';
    return from === to ? inner : `replace(${inner}, '${from}', '${to}')`;
  }, text);

const ansi = {
  materialized: 'materialized',
  asText: (value: string) => `cast(${value} as varchar)`,
  double: (value: string) => `cast(${value} as double precision)`,
  floor: (value: string) => `floor(${value})`,
  least: (a: string, b: string) => `least(${a}, ${b})`,
  length: (value: string) => `length(${value})`,
  pattern: translate,
  stddev: (value: string) => `stddev_samp(${value})`,
};

const duckdb: ProfileDialect = {
  ...ansi,
  number: (value, kind) => (kind === 'float' ? `case when isfinite(${value}) then ${value} end` : value),
  double: (value) => `cast(${value} as double)`,
  pairs: (query) =>
    `(select cast(to_json(list([cast(v as varchar), cast(n as varchar)])) as varchar) from (${query}) q)`,
  quantiles: (value, quantiles) =>
    `cast(to_json(cast(quantile_disc(${value}, [${quantiles.join(', ')}]) as varchar[])) as varchar)`,
};

const postgres: ProfileDialect = {
  ...ansi,
  number: (value, kind) =>
    kind === 'integer'
      ? value
      : kind === 'decimal'
        ? `nullif(${value}, 'NaN')`
        : `case when ${value} not in ('NaN', 'Infinity', '-Infinity') then ${value} end`,
  pairs: (query) => `(select json_agg(json_build_array(v, n))::text from (${query}) q)`,
  quantiles: (value, quantiles) =>
    `array_to_json(percentile_disc(array[${quantiles.join(', ')}]::float8[]) within group (order by ${value})::text[])::text`,
};

const sqlite: ProfileDialect = {
  ...ansi,
  asText: (value) => `cast(${value} as text)`,
  // Columns hold whatever was put into them, whatever their type says.
  number: (value) => `case when typeof(${value}) in ('integer', 'real') then ${value} end`,
  double: (value) => `cast(${value} as real)`,
  floor: (value) => `cast(${value} as integer)`,
  least: (a, b) => `min(${a}, ${b})`,
  pattern: nestedReplace,
  pairs: (query) => `(select json_group_array(json_array(v, n)) from (${query}) q)`,
  stddev: null,
  quantiles: null,
};

const mysql: ProfileDialect = {
  ...ansi,
  materialized: '',
  asText: (value) => `cast(${value} as char)`,
  number: (value) => value,
  double: (value) => `cast(${value} as double)`,
  length: (value) => `char_length(${value})`,
  pattern: nestedReplace,
  pairs: (query) => `(select json_arrayagg(json_array(v, n)) from (${query}) q)`,
  quantiles: null,
};

const dialects: Readonly<Record<string, ProfileDialect>> = {
  duckdb,
  files: duckdb,
  postgres,
  sqlite,
  mysql,
};

const withoutEquality: ReadonlySet<Kind> = new Set(['json', 'other']);
const ordered: ReadonlySet<Kind> = new Set([
  'integer',
  'decimal',
  'float',
  'text',
  'date',
  'timestamp',
  'time',
]);
export const isNumber = (kind: Kind): boolean => kind === 'integer' || kind === 'decimal' || kind === 'float';

export interface ProfiledColumn {
  readonly name: string;
  readonly kind: Kind;
}

/** `with s as (the rows that are looked at) select …`: one row with the figures of all columns, by the names of profile.ts. */
export function profileSql(
  type: ConnectionType,
  quote: Dialect,
  rows: string,
  columns: readonly ProfiledColumn[],
  options: ProfileOptions,
): string {
  const dialect = dialects[type] ?? duckdb;
  const items = columns.flatMap((column, index) => itemsOf(dialect, quote, column, index, options));
  const inner = columns.map(({ name }, index) => `${quote.quoteIdentifier(name)} as c${index}`).join(', ');
  return `with s as ${dialect.materialized} (select ${inner === '' ? '1 as c' : inner} from ${rows}) select ${['count(*) as total', ...items].join(', ')} from s`;
}

function itemsOf(
  dialect: ProfileDialect,
  quote: Dialect,
  { kind }: ProfiledColumn,
  index: number,
  options: ProfileOptions,
): string[] {
  const name = `c${index}`;
  const bound = (aggregate: string): string => {
    const value = `${aggregate}(${name})`;
    // SQLite's own text of a real has fewer digits than the value; there the driver's number is the better one.
    const text = dialect === sqlite ? value : dialect.asText(value);
    return kind === 'text' ? `substr(${text}, 1, ${textLimit})` : text;
  };
  const items = [`count(${name}) as n${index}`];
  if (!withoutEquality.has(kind)) {
    items.push(`count(distinct ${exactly(quote, kind, name)}) as d${index}`);
    if (options.top_values > 0 && kind !== 'binary') {
      const text = `substr(${dialect.asText(name)}, 1, ${textLimit})`;
      items.push(`${dialect.pairs(mostFrequent(quote, name, text, options.top_values))} as t${index}`);
    }
  }
  if (ordered.has(kind)) items.push(`${bound('min')} as l${index}`, `${bound('max')} as h${index}`);
  if (kind === 'text') {
    // An enum has no length until it is text.
    const length = dialect.length(dialect.asText(name));
    items.push(`min(${length}) as a${index}`, `max(${length}) as b${index}`);
    if (options.patterns > 0) {
      const form = dialect.pattern(`substr(${dialect.asText(name)}, 1, ${patternLimit})`);
      items.push(`${dialect.pairs(mostFrequent(quote, name, form, options.patterns))} as p${index}`);
    }
  }
  if (isNumber(kind)) items.push(...numberItems(dialect, kind, index, options));
  return items;
}

/** Text is equal byte by byte, whatever the collation of its column ignores. */
function exactly(quote: Dialect, kind: Kind, value: string): string {
  return kind === 'text' ? (quote.exactText?.(value) ?? value) : value;
}

function mostFrequent(quote: Dialect, name: string, text: string, limit: number): string {
  return `select min(x) as v, count(*) as n from (select ${text} as x from s where ${name} is not null) f group by ${exactly(quote, 'text', 'x')} order by 2 desc, 1 limit ${limit}`;
}

function numberItems(
  dialect: ProfileDialect,
  kind: Kind,
  index: number,
  { quantiles, histogram }: ProfileOptions,
): string[] {
  const value = dialect.number(`c${index}`, kind);
  const double = dialect.double(value);
  const items = [`${dialect.asText(`avg(${value})`)} as m${index}`];
  const deviation = `(select sum((x - a) * (x - a)) from (select ${double} as x from s) v cross join (select avg(${double}) as a from s) m where x is not null)`;
  items.push(
    dialect.stddev === null
      ? `${deviation} as v${index}, count(${value}) as k${index}`
      : `${dialect.asText(dialect.stddev(double))} as s${index}`,
  );
  if (quantiles.length > 0)
    items.push(
      `${dialect.quantiles?.(value, quantiles) ?? quantilesByRank(dialect, value, quantiles)} as q${index}`,
    );
  if (histogram > 0) {
    const place = `(x - lo) / (hi - lo) * ${histogram}`;
    const bucket = `case when hi = lo then 0 else ${dialect.least(String(histogram - 1), dialect.floor(place))} end`;
    const bounds = `(select min(${double}) as lo, max(${double}) as hi from s) m`;
    items.push(
      `${dialect.pairs(`select ${bucket} as v, count(*) as n from (select ${double} as x from s) b cross join ${bounds} where x is not null group by 1`)} as g${index}`,
      `min(${double}) as gl${index}, max(${double}) as gh${index}`,
    );
  }
  return items;
}

/** The smallest value that so large a share of the values does not exceed, as PERCENTILE_DISC says: the one at rank ceil(q n). */
function quantilesByRank(dialect: ProfileDialect, value: string, quantiles: readonly number[]): string {
  const ranked = `select x, row_number() over (order by x) as r, count(*) over () as n from (select ${value} as x from s) o where x is not null`;
  const at = quantiles.map((quantile) => {
    const position = `${quantile} * n`;
    // ceil, of numbers that are not negative.
    const rank = `case when ${dialect.floor(position)} < ${position} then ${dialect.floor(position)} + 1 else ${dialect.floor(position)} end`;
    return `max(case when r = ${quantile === 0 ? '1' : rank} then ${dialect.asText('x')} end)`;
  });
  return `(select json_array(${at.join(', ')}) from (${ranked}) k)`;
}
