/** What must be right in each column of a schema file: where its values come from, ranges, patterns, expressions, types. */
import type { Diagnostic } from '../../protocol/errors.ts';
import {
  generatorNames,
  type ColumnDefinition,
  type SchemaFile,
  type TableDefinition,
} from '../../protocol/files/schema.ts';
import { problemAt, type Path, type Problem, type SourceDocument } from '../document.ts';
import { didYouMean, listed, nearest } from '../suggest.ts';
import {
  dictionariesOf,
  familyOfType,
  generatorsOf,
  numberRange,
  ownType,
  referenceOf,
  timeRange,
} from './columns.ts';
import { ExpressionMistake, columnsOf, parseExpression, type Expression, type Found } from './expression.ts';
import { familyOf } from './expressionTypes.ts';
import { PatternMistake, parsePattern, patternSize } from './pattern.ts';

interface Context {
  readonly document: SourceDocument;
  readonly schema: SchemaFile;
  readonly table: TableDefinition;
  readonly path: Path;
  readonly column: ColumnDefinition;
  readonly name: string;
}

/** Mistakes of columns. */
export function checkColumns(document: SourceDocument, schema: SchemaFile): Diagnostic[] {
  return Object.entries(schema.tables).flatMap(([tableName, table]) =>
    Object.entries(table.columns).flatMap(([name, column]) =>
      checkColumn({ document, schema, table, column, name, path: ['tables', tableName, 'columns', name] }),
    ),
  );
}

function at(
  { document, path }: Context,
  inner: Path,
  problem: Omit<Problem, 'code'> & { code?: Problem['code'] },
  part: 'key' | 'value' = 'value',
): Diagnostic {
  return problemAt(document, [...path, ...inner], part, { code: 'invalid_value', ...problem });
}

function checkColumn(context: Context): Diagnostic[] {
  const { column, name } = context;
  const [generator, ...others] = generatorsOf(column);
  if (generator === undefined)
    return [
      at(
        context,
        [],
        {
          code: 'missing_key',
          message: `${name} does not say where its values come from`,
          hint: `add one of ${listed(generatorNames)}`,
        },
        'key',
      ),
    ];
  if (others.length > 0)
    return others.map((other) =>
      at(
        context,
        [other],
        { message: `${name} has both ${generator} and ${other}`, hint: 'keep one of them' },
        'key',
      ),
    );
  const found = [...ranges(context), ...words(context), ...pattern(context), ...expression(context)];
  if (found.length > 0) return found;
  return [...types(context), ...uniqueness(context)];
}

function ranges(context: Context): Diagnostic[] {
  const { column } = context;
  if (column.number !== undefined) {
    const { min, max, mean, stddev, distribution } = column.number;
    const { low, high } = numberRange(column.number);
    if (high < low)
      return [
        at(context, ['number', max === undefined ? 'min' : 'max'], { message: 'max is less than min' }),
      ];
    if (distribution !== 'normal' && (mean ?? stddev) !== undefined)
      return [
        at(
          context,
          ['number', mean === undefined ? 'stddev' : 'mean'],
          { message: 'mean and stddev are for distribution: normal', hint: 'add distribution: normal' },
          'key',
        ),
      ];
    if (distribution === 'normal' && stddev === undefined && (min === undefined || max === undefined))
      return [
        at(context, ['number'], { message: 'a normal distribution needs stddev, or min and max' }, 'key'),
      ];
    if (high - low >= 10n ** 17n)
      return [at(context, ['number'], { message: 'the range has more than 17 digits' }, 'key')];
  }
  const range = timeRange(column);
  if (range === null) return [];
  const key = column.date === undefined ? 'timestamp' : 'date';
  return range.steps > 0n ? [] : [at(context, [key, 'to'], { message: 'to is before from' })];
}

function words(context: Context): Diagnostic[] {
  const { column, schema } = context;
  const { dictionary } = column;
  if (dictionary === undefined) return [];
  const known = dictionariesOf(schema);
  if (known.includes(dictionary)) return [];
  const suggestions = nearest(dictionary, known);
  return [
    at(context, ['dictionary'], {
      code: 'unknown_value',
      message: `there is no dictionary ${dictionary}`,
      hint: didYouMean(suggestions) ?? `dictionaries are ${listed(known)}`,
      suggestions,
    }),
  ];
}

function pattern(context: Context): Diagnostic[] {
  const { pattern: written } = context.column;
  if (written === undefined) return [];
  try {
    parsePattern(written);
    return [];
  } catch (error) {
    if (!(error instanceof PatternMistake)) throw error;
    return [inside(at(context, ['pattern'], { message: `pattern: ${error.message}` }), written, error.at)];
  }
}

function expression(context: Context): Diagnostic[] {
  const { column, name, table } = context;
  if (column.expression === undefined) return [];
  try {
    const parsed = parseExpression(column.expression);
    const circle = circleOf(table, name, parsed, [name]);
    if (circle !== null)
      return [
        at(context, ['expression'], {
          code: 'dependency_cycle',
          message: `columns are computed of each other: ${circle.join(', ')}`,
        }),
      ];
    familyOf(parsed, (other, place) => familyOfColumn(context, other, place));
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionMistake)) throw error;
    const problem = {
      message: `expression: ${error.message}`,
      ...(error.hint !== undefined && { hint: error.hint }),
    };
    return [inside(at(context, ['expression'], problem), column.expression, error.at)];
  }
}

/** Points at the character of a text where its place in the file tells which that is. */
function inside(diagnostic: Diagnostic, text: string, offset: number): Diagnostic {
  const { line, end_line: endLine, column, end_column: endColumn } = diagnostic;
  const quotes = line === endLine ? endColumn - column - text.length : -1;
  if (quotes !== 0 && quotes !== 2) return diagnostic;
  const start = column + quotes / 2 + Math.min(offset, text.length);
  return { ...diagnostic, column: start, end_column: Math.max(start + 1, endColumn - quotes / 2) };
}

function circleOf(
  table: TableDefinition,
  start: string,
  parsed: Expression,
  way: readonly string[],
): string[] | null {
  for (const name of columnsOf(parsed)) {
    if (name === start) return [...way];
    const other = table.columns[name]?.expression;
    if (other === undefined || way.includes(name)) continue;
    const further = circleOf(table, start, parseExpression(other), [...way, name]);
    if (further !== null) return further;
  }
  return null;
}

function familyOfColumn(context: Context, name: string, place: number): Found {
  const { table, schema } = context;
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column === undefined) {
    const known = Object.keys(table.columns);
    const near = nearest(name, known);
    throw new ExpressionMistake(
      place,
      `there is no column ${name}`,
      near.length > 0 ? `did you mean ${listed(near)}?` : `columns are ${listed(known)}; text stands in '…'`,
    );
  }
  return familyOfValues(schema, table, column, new Set([name]));
}

/** The family of a column's values; `any` where a mistake elsewhere hides it. */
function familyOfValues(
  schema: SchemaFile,
  table: TableDefinition,
  column: ColumnDefinition,
  seen: Set<string>,
): Found {
  const type = column.type ?? ownType(column);
  if (type !== null) return familyOfType(type);
  const reference = referenceOf(column);
  if (reference !== null) {
    const parent = schema.tables[reference.table];
    const target = parent?.columns[reference.column];
    const key = `${reference.table}.${reference.column}`;
    if (parent === undefined || target === undefined || seen.has(key)) return 'any';
    return familyOfValues(schema, parent, target, new Set([...seen, key]));
  }
  if (column.expression === undefined) return 'any';
  try {
    return familyOf(parseExpression(column.expression), (name) => {
      const other = table.columns[name];
      return other === undefined || seen.has(name)
        ? 'any'
        : familyOfValues(schema, table, other, new Set([...seen, name]));
    });
  } catch (error) {
    if (error instanceof ExpressionMistake) return 'any';
    throw error;
  }
}

function types(context: Context): Diagnostic[] {
  const { column, schema, table, name } = context;
  if (column.type === undefined) {
    if (column.expression === undefined || column.unique === true) return [];
    const family = familyOfValues(schema, table, column, new Set([name]));
    return family === 'any' || family === 'number'
      ? [
          at(
            context,
            [],
            {
              code: 'missing_key',
              message: `the type of ${name} cannot be told from its expression`,
              hint: 'add type: decimal(12,2), bigint or another',
            },
            'key',
          ),
        ]
      : [];
  }
  const { type: _type, ...untyped } = column;
  const found = familyOfValues(schema, table, untyped, new Set([name]));
  const wanted = familyOfType(column.type);
  // Everything can be written as text; words of a list may be numbers or dates.
  if (
    found === 'any' ||
    wanted === 'text' ||
    found === wanted ||
    column.values !== undefined ||
    column.constant !== undefined
  )
    return checkWords(context, wanted);
  return [
    at(context, ['type'], {
      message: `${name} is ${column.type}, but its values are of the kind ${found}`,
      hint: 'change type, or leave it out',
    }),
  ];
}

/** Words of a list, read as the type of the column. */
function checkWords(context: Context, wanted: string): Diagnostic[] {
  const { values, constant, type } = context.column;
  const list =
    constant !== undefined
      ? [constant]
      : values === undefined
        ? []
        : Array.isArray(values)
          ? values
          : Object.keys(values);
  const fits: Readonly<Record<string, (text: string) => boolean>> = {
    number: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
    boolean: (text) => text === 'true' || text === 'false',
    date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
    timestamp: (text) =>
      /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d+)?)?$/.test(text) && !Number.isNaN(Date.parse(text)),
  };
  const wrong = list.map(String).find((text) => fits[wanted]?.(text) === false);
  return wrong === undefined
    ? []
    : [
        at(context, [constant === undefined ? 'values' : 'constant'], {
          message: `${wrong} is no ${type ?? wanted}`,
        }),
      ];
}

function uniqueness(context: Context): Diagnostic[] {
  const { column, table, name } = context;
  if (column.unique !== true) return [];
  const size = roomOf(column);
  if (size === null)
    return [
      at(
        context,
        ['unique'],
        {
          message: `${name} cannot be unique: its values are drawn from words or other columns`,
          hint: 'use sequence or pattern, or leave unique out',
        },
        'key',
      ),
    ];
  if (size >= BigInt(table.rows)) return [];
  return [
    at(
      context,
      ['unique'],
      {
        message: `${name} cannot be unique: ${table.rows} rows and only ${size} values`,
        hint: 'allow more values, or fewer rows',
      },
      'key',
    ),
  ];
}

/** How many values a unique column can have; null: it is of a kind that cannot be unique. */
export function roomOf(column: ColumnDefinition): bigint | null {
  if (column.sequence !== undefined) return 10n ** 18n;
  if (column.number !== undefined) {
    const { low, high } = numberRange(column.number);
    return column.number.distribution === 'uniform' ? high - low + 1n : null;
  }
  if (column.pattern !== undefined) return patternSize(parsePattern(column.pattern));
  if (column.values !== undefined) return Array.isArray(column.values) ? BigInt(column.values.length) : null;
  return timeRange(column)?.steps ?? null;
}
