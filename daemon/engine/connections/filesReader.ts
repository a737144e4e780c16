import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { EngineError } from '../errors.ts';
import type { CanonicalType } from '../validation/types.ts';
import { quoteIdentifier, quoteText } from './ansiDialect.ts';
import type { ColumnInfo, Value } from './connection.ts';
import { describeSelect } from './duckdb.ts';
import { queryDuckdb } from './duckdbValues.ts';
import type { FileTable } from './filesFolder.ts';

/** How a table of files is read, worked out once when it is first used. */
export interface FileReader {
  /** SELECT that gives the columns typed, for all SQL. */
  readonly typed: string;
  /** SELECT of the same plus each column's text as it stands in the file under rawName(index); null where files are typed. */
  readonly raw: string | null;
  readonly columns: readonly ColumnInfo[];
}

/** Name of the column that holds the text of column `index` in FileReader.raw. */
export function rawName(index: number): string {
  return `ombudsman_raw_${index}`;
}

const fileList = (table: FileTable) => `[${table.files.map(quoteText).join(', ')}]`;

/** Works out how a table of files is read: formats, names, and types that hold every value exactly. */
export async function fileReader(connection: DuckDBConnection, table: FileTable): Promise<FileReader> {
  if (table.format === 'csv') return csvReader(connection, table);
  if (table.format === 'json') return jsonReader(connection, table);
  const typed = `select * from read_parquet(${fileList(table)})`;
  return { typed, raw: null, columns: await describeSelect(connection, typed) };
}

/**
 * CSV: DuckDB finds delimiter, quoting and header; types are worked out here over the whole file, because DuckDB's own guess
 * reads a sample, makes doubles of decimals and of integers past 64 bits, and takes dates in any order of day and month.
 */
async function csvReader(connection: DuckDBConnection, table: FileTable): Promise<FileReader> {
  const shapes = await Promise.all(table.files.map((file) => csvShape(connection, file)));
  const [shape] = shapes as [CsvShape];
  const other = shapes.findIndex(({ names }) => names.join('\0') !== shape.names.join('\0'));
  if (other > 0)
    throw new EngineError(
      'definition',
      'files_differ',
      `${table.files[0]} has the columns ${shape.names.join(', ')}; ${table.files[other]} has ${shapes[other]?.names.join(', ')}`,
      { hint: 'Files of one glob must have the same columns in the same order.' },
    );
  const columns = shape.names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const read = `select * from read_csv(${fileList(table)}, ${shape.options}, columns = {${columns}},
    auto_detect = false, nullstr = '', allow_quoted_nulls = false, strict_mode = true)`;
  return textReader(connection, read, shape.names, []);
}

interface CsvShape {
  readonly names: readonly string[];
  readonly options: string;
}

async function csvShape(connection: DuckDBConnection, file: string): Promise<CsvShape> {
  const { rows } = await queryDuckdb(
    connection,
    `select delimiter, quote, escape, skiprows, hasheader, to_json([c.name for c in columns])
     from sniff_csv(${quoteText(file)}, nullstr = '', allow_quoted_nulls = false)`,
  );
  const [delimiter, quote, escape, skip, hasHeader, names] = rows[0] ?? [];
  if (names === undefined || names === null)
    throw new EngineError('definition', 'not_a_table', `${file} is empty or not a CSV file`);
  // A file in which nothing is quoted tells no quote; the usual one then, so that a quote further down is understood.
  const known = (value: Value | undefined) =>
    value === null || value === '(empty)' || value === '' ? '"' : String(value);
  const options =
    `delim = ${quoteText(String(delimiter))}, quote = ${quoteText(known(quote))}, ` +
    `escape = ${quoteText(known(escape))}, skip = ${String(skip)}, header = ${String(hasHeader)}`;
  return { names: JSON.parse(String(names)) as string[], options };
}

/**
 * JSON: each member of the objects as text, typed like CSV. DuckDB's own guess makes doubles of integers past 128 bits and of all
 * fractions, and its parser rounds long ones to a double before anybody sees them: such files are taken apart as they are written.
 */
async function jsonReader(connection: DuckDBConnection, table: FileTable): Promise<FileReader> {
  const objects = `read_json(${fileList(table)}, sample_size = -1, maximum_depth = 1, union_by_name = true)`;
  const names = (await describeSelect(connection, `select * from ${objects}`)).map(({ name }) => name);
  const json: SniffedType = { type: { kind: 'json' }, duckdb_type: 'VARCHAR' };
  const read = (await hasLongNumbers(connection, table))
    ? await writtenMembers(connection, table, names)
    : `select ${names.map(memberText).join(', ')} from ${objects}`;
  return textReader(connection, read, names, [['(?s)[{[].*[]}]', json]]);
}

function memberText(name: string): string {
  const quoted = quoteIdentifier(name);
  return `case when json_type(${quoted}) = 'NULL' then null else ${quoted} ->> '$' end as ${quoted}`;
}

const longestExactDouble = 15;

/** Whether some object has a fraction, or a number with exponent, of more digits than every double keeps. */
async function hasLongNumbers(connection: DuckDBConnection, table: FileTable): Promise<boolean> {
  const digits = longestExactDouble + 1;
  const around = Array.from(
    { length: digits - 1 },
    (_, index) => `[0-9]{${index + 1}}[.][0-9]{${digits - 1 - index}}`,
  );
  const pattern = [...around, `[0-9]{${digits},}[.eE]`].join('|');
  const { rows } = await queryDuckdb(
    connection,
    `select count(*) > 0 from (select 1 from read_json_objects(${fileList(table)})
     where json_type(json) = 'OBJECT' and regexp_matches(cast(json as varchar), ${quoteText(pattern)}) limit 1)`,
  );
  return rows[0]?.[0] === true;
}

/**
 * The same columns as memberText gives, read from the text of the objects in JavaScript: no digit is lost. Once, into a table of the
 * session that can spill to disk, because every look at the columns would take as long again.
 */
async function writtenMembers(
  connection: DuckDBConnection,
  table: FileTable,
  names: readonly string[],
): Promise<string> {
  const objects = `read_json_objects(${fileList(table)})`;
  const { rows } = await queryDuckdb(connection, `select distinct unnest(json_keys(json)) from ${objects}`);
  const written = new Set(rows.map(([key]) => String(key)));
  const renamed = names.find((name) => !written.has(name));
  if (renamed !== undefined)
    throw new EngineError(
      'definition',
      'names_differ_in_case',
      `${table.files[0]} has long numbers, and members whose names differ in letter case only (${renamed} is not written so)`,
      { hint: 'Give the members names that differ, or write the long numbers as strings.' },
    );
  const members = `ob_json_members(cast(json as varchar), ${quoteText(JSON.stringify(names))})`;
  const columns = names.map((name, index) => `v[${index + 1}] as ${quoteIdentifier(name)}`);
  const kept = quoteIdentifier(`ombudsman_json_${randomUUID()}`);
  await connection.run(
    `create temp table ${kept} as
     select ${columns.join(', ')} from (select from_json(${members}, '["VARCHAR"]') as v from ${objects})`,
  );
  return `select * from ${kept}`;
}

async function textReader(
  connection: DuckDBConnection,
  read: string,
  names: readonly string[],
  more: readonly Candidate[],
): Promise<FileReader> {
  const types = await sniffTypes(connection, read, names, [...candidates, ...more]);
  const columns = names.map((name, index) => {
    const { type, duckdb_type: native } = types[index] as SniffedType;
    return { name, native_type: native, type: { ...type, loose: 'sniffed' as const }, nullable: null };
  });
  const typed = columns.map(({ name, native_type }) => {
    const quoted = quoteIdentifier(name);
    return native_type === 'VARCHAR' ? quoted : `cast(${quoted} as ${native_type}) as ${quoted}`;
  });
  const raw = names.map((name, index) => `${quoteIdentifier(name)} as ${rawName(index)}`);
  return {
    typed: `select ${typed.join(', ')} from (${read})`,
    raw: `select ${[...typed, ...raw].join(', ')} from (${read})`,
    columns,
  };
}

interface SniffedType {
  readonly type: CanonicalType;
  readonly duckdb_type: string;
}

const text: SniffedType = { type: { kind: 'text', length: null }, duckdb_type: 'VARCHAR' };

type Candidate = readonly [pattern: string, type: SniffedType];

/** Types the text of a column may turn out to be, first one that fits every value wins. Leading zeros say text (a postcode). */
const candidates: readonly Candidate[] = [
  ['-?(0|[1-9][0-9]{0,17})', { type: { kind: 'integer', bits: 64 }, duckdb_type: 'BIGINT' }],
  ['-?(0|[1-9][0-9]{0,37})', { type: { kind: 'integer', bits: 128 }, duckdb_type: 'HUGEINT' }],
  [
    '[+-]?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?([Nn][Aa][Nn]|[Ii]nf(inity)?)',
    { type: { kind: 'float', bits: 64 }, duckdb_type: 'DOUBLE' },
  ],
  ['[Tt]rue|[Ff]alse|TRUE|FALSE|[tf]', { type: { kind: 'boolean' }, duckdb_type: 'BOOLEAN' }],
  ['[0-9]{4}-[0-9]{2}-[0-9]{2}', { type: { kind: 'date' }, duckdb_type: 'DATE' }],
  [
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?',
    { type: { kind: 'timestamp', precision: 6, zoned: false }, duckdb_type: 'TIMESTAMP' },
  ],
  [
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?',
    { type: { kind: 'timestamp', precision: 9, zoned: false }, duckdb_type: 'TIMESTAMP_NS' },
  ],
  [
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)',
    { type: { kind: 'timestamp', precision: 6, zoned: true }, duckdb_type: 'TIMESTAMP WITH TIME ZONE' },
  ],
  [
    '[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?',
    { type: { kind: 'time', precision: 6 }, duckdb_type: 'TIME' },
  ],
  ['[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', { type: { kind: 'uuid' }, duckdb_type: 'UUID' }],
];
const decimalPattern = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)';
const sampleRows = 1000;

/** One look at the first rows rules out most candidates; one pass over everything decides among the rest. */
async function sniffTypes(
  connection: DuckDBConnection,
  read: string,
  names: readonly string[],
  all: readonly Candidate[],
): Promise<SniffedType[]> {
  const sampled = await fitting(
    connection,
    `${read} limit ${sampleRows}`,
    names,
    names.map(() => all),
  );
  const whole = await fitting(connection, read, names, sampled);
  const types = whole.map(([first]) => first?.[1] ?? text);
  return decimals(connection, read, names, types);
}

/** For each column the candidates that every value matches, in order. A column of NULLs only fits none: it is text. */
async function fitting(
  connection: DuckDBConnection,
  read: string,
  names: readonly string[],
  tried: readonly (readonly Candidate[])[],
): Promise<Candidate[][]> {
  const terms = names.flatMap((name, column) =>
    (tried[column] ?? []).map((candidate) => ({
      column,
      candidate,
      sql: `bool_and(regexp_full_match(${quoteIdentifier(name)}, ${quoteText(candidate[0])}))`,
    })),
  );
  const result = names.map((): Candidate[] => []);
  if (terms.length === 0) return result;
  const { rows } = await queryDuckdb(
    connection,
    `select ${terms.map(({ sql }) => sql).join(', ')} from (${read})`,
  );
  terms.forEach(({ column, candidate }, index) => {
    if (rows[0]?.[index] === true) result[column]?.push(candidate);
  });
  return result;
}

/** Columns guessed DOUBLE whose values are all plain decimals of at most 38 digits are DECIMALs. */
async function decimals(
  connection: DuckDBConnection,
  read: string,
  names: readonly string[],
  types: readonly SniffedType[],
): Promise<SniffedType[]> {
  const floats = names
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => types[index]?.duckdb_type === 'DOUBLE');
  if (floats.length === 0) return [...types];
  const terms = floats.flatMap(({ name }) => {
    const column = quoteIdentifier(name);
    const digits = `ltrim(${column}, '+-')`;
    return [
      `bool_and(regexp_full_match(${column}, ${quoteText(decimalPattern)}))`,
      `max(length(split_part(${digits}, '.', 1)))`,
      `max(length(split_part(${digits}, '.', 2)))`,
    ];
  });
  const { rows } = await queryDuckdb(connection, `select ${terms.join(', ')} from (${read})`);
  const result = [...types];
  floats.forEach(({ index }, position) => {
    const [isPlain, whole, scale] = (rows[0] ?? []).slice(position * 3, position * 3 + 3);
    const precision = Number(whole) + Number(scale);
    if (isPlain !== true || precision > 38) return;
    result[index] = {
      type: { kind: 'decimal', precision, scale: Number(scale) },
      duckdb_type: `DECIMAL(${precision},${Number(scale)})`,
    };
  });
  return result;
}
