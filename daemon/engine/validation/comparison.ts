import type { CheckParameters } from '../../protocol/files/checks.ts';
import type { ValueFamily } from './classify.ts';
import { stageType } from './stageType.ts';
import type { CanonicalType } from './types.ts';

/** The choices of a row_hash check that change what counts as equal. */
export type ComparisonPolicy = Pick<
  CheckParameters<'row_hash'>,
  'decimals' | 'timestamps' | 'empty_equals_null' | 'char_padding'
>;

export const exactPolicy: ComparisonPolicy = {
  decimals: 'exact',
  timestamps: 'exact',
  empty_equals_null: 'never',
  char_padding: 'exact',
};

/** SQL over a staged column: the name of the column in, an expression out. */
export type ColumnSql = (column: string) => string;

/** How two staged columns are brought to one form in which equal means equal. */
export interface Comparison {
  readonly family: ValueFamily;
  readonly source: ColumnSql;
  readonly target: ColumnSql;
  /** The value as a person should see it, before any conversion to the common form but after policies. */
  readonly sourceText: ColumnSql;
  readonly targetText: ColumnSql;
  /** Policies and conversions that were applied, each a phrase to put behind the column's name. */
  readonly notes: readonly string[];
}

interface Half {
  readonly sql: ColumnSql;
  readonly text: ColumnSql;
}

const same: ColumnSql = (column) => column;
const castTo =
  (type: string): ColumnSql =>
  (column) =>
    `CAST(${column} AS ${type})`;
const text = castTo('VARCHAR');
/** Exact for every number: decimal text without exponent and trailing zeros (functions of workspace.ts). */
const plain: ColumnSql = (column) => `ob_plain_number(CAST(${column} AS VARCHAR))`;

/**
 * The common form of two columns, or undefined when values of the two types can not be compared exactly: then the check is an
 * error, never a pass.
 */
export function compareTypes(
  source: CanonicalType,
  target: CanonicalType,
  policy: ComparisonPolicy,
): Comparison | undefined {
  if (isNumber(source) && isNumber(target)) return compareNumbers(source, target, policy);
  if (isMoment(source) && isMoment(target)) return compareMoments(source, target, policy);
  if (source.kind === 'json' && target.kind === 'json') {
    const normal: ColumnSql = (column) => `ob_normal_json(${column})`;
    return both('other', { sql: normal, text }, { sql: normal, text }, []);
  }
  if (isText(source) && isText(target)) return compareTexts(source, target, policy);
  if (source.kind !== target.kind) return undefined;
  if (source.kind === 'other' && target.kind === 'other' && source.name !== target.name) return undefined;
  return compareSameKind(source);
}

function both(
  family: ValueFamily,
  source: Half,
  target: Half,
  notes: readonly (string | undefined)[],
): Comparison {
  return {
    family,
    source: source.sql,
    target: target.sql,
    sourceText: source.text,
    targetText: target.text,
    notes: notes.filter((note) => note !== undefined),
  };
}

function compareSameKind(type: CanonicalType): Comparison {
  const half = (textSql: ColumnSql): Half => ({ sql: same, text: textSql });
  const pair = (family: ValueFamily, textSql: ColumnSql): Comparison =>
    both(family, half(textSql), half(textSql), []);
  if (type.kind === 'binary') return pair('binary', (column) => `lower(hex(${column}))`);
  return pair(type.kind === 'time' ? 'time' : 'other', text);
}

type NumberType = Extract<CanonicalType, { kind: 'integer' | 'decimal' | 'float' | 'boolean' }>;

function isNumber(type: CanonicalType): type is NumberType {
  return ['integer', 'decimal', 'float', 'boolean'].includes(type.kind);
}

function compareNumbers(
  source: NumberType,
  target: NumberType,
  policy: ComparisonPolicy,
): Comparison | undefined {
  if (source.kind === 'boolean' || target.kind === 'boolean') return compareBooleans(source, target);
  const reduction = scaleReduction(source, target, policy);
  if (reduction !== undefined) {
    const reduced: ColumnSql = (column) =>
      `ob_at_scale(CAST(${column} AS VARCHAR), ${reduction.scale}, '${reduction.mode}')`;
    return both('decimal', { sql: reduced, text: reduced }, { sql: plain, text }, [reduction.note]);
  }
  if (source.kind === 'float' && target.kind === 'float') {
    const type = source.bits === 32 && target.bits === 32 ? 'FLOAT' : 'DOUBLE';
    const half = { sql: castTo(type), text };
    return both('float', half, half, []);
  }
  if (source.kind === 'float' || target.kind === 'float') {
    const half = { sql: plain, text };
    return both('float', half, half, [
      `a floating point number against ${source.kind === 'float' ? target.kind : source.kind}, compared by the shortest decimal text that gives the same floating point number`,
    ]);
  }
  const common = commonExactType(source, target);
  const half = { sql: common === undefined ? plain : castTo(common), text };
  const isInteger = source.kind === 'integer' && target.kind === 'integer';
  return both(isInteger ? 'integer' : 'decimal', half, half, []);
}

/** true is 1 and false is 0, so that a tinyint or bit column compares with a boolean. Any other number differs from both. */
function compareBooleans(source: NumberType, target: NumberType): Comparison | undefined {
  if (source.kind === 'boolean' && target.kind === 'boolean') {
    return both('boolean', { sql: same, text }, { sql: same, text }, []);
  }
  if (source.kind === 'float' || target.kind === 'float') return undefined;
  const half = (type: NumberType): Half =>
    type.kind === 'boolean'
      ? { sql: (column) => `CAST(CAST(${column} AS TINYINT) AS VARCHAR)`, text }
      : { sql: plain, text };
  return both('boolean', half(source), half(target), [
    'boolean true and false compared with the numbers 1 and 0',
  ]);
}

interface ScaleReduction {
  readonly scale: number;
  readonly mode: 'round' | 'truncate';
  readonly note: string;
}

function scaleReduction(
  source: NumberType,
  target: NumberType,
  policy: ComparisonPolicy,
): ScaleReduction | undefined {
  if (policy.decimals === 'exact' || source.kind === 'integer') return undefined;
  const scale = target.kind === 'integer' ? 0 : target.kind === 'decimal' ? target.scale : null;
  if (scale === null) return undefined;
  if (source.kind === 'decimal' && source.scale !== null && source.scale <= scale) return undefined;
  const mode = policy.decimals === 'target_scale_round' ? 'round' : 'truncate';
  const how = mode === 'round' ? 'rounded half away from zero' : 'truncated';
  const note = `decimals: ${policy.decimals}, source ${how} to ${scale} digits after the point`;
  return { scale, mode, note };
}

/** Decimal digits that hold every value of an integer type. */
const integerDigits = { 8: 3, 16: 5, 32: 10, 64: 20, 128: 39 } as const;
const widestDecimal = 38;

/** A DuckDB type that holds every value of both exactly; undefined when there is none, then plain text does. */
function commonExactType(source: NumberType, target: NumberType): string | undefined {
  const types = [stageType(source), stageType(target)];
  if (types.includes('VARCHAR') || types.includes('UHUGEINT')) return undefined;
  if (source.kind === 'integer' && target.kind === 'integer') {
    if (types[0] === types[1]) return types[0];
    return 'HUGEINT';
  }
  const parts = [source, target].map((type) => {
    if (type.kind === 'integer') return { whole: integerDigits[type.bits], scale: 0 };
    if (type.kind !== 'decimal') return { whole: widestDecimal, scale: 0 };
    const scale = type.scale ?? 0;
    return { whole: (type.precision ?? widestDecimal) - scale, scale };
  });
  const scale = Math.max(...parts.map((part) => part.scale));
  const width = Math.max(...parts.map((part) => part.whole)) + scale;
  return width <= widestDecimal ? `DECIMAL(${width},${scale})` : undefined;
}

type MomentType = Extract<CanonicalType, { kind: 'date' | 'timestamp' }>;

function isMoment(type: CanonicalType): type is MomentType {
  return type.kind === 'date' || type.kind === 'timestamp';
}

function compareMoments(
  source: MomentType,
  target: MomentType,
  policy: ComparisonPolicy,
): Comparison | undefined {
  if (source.kind === 'date' && target.kind === 'date') {
    return both('date', { sql: same, text }, { sql: same, text }, []);
  }
  const notes: (string | undefined)[] = [];
  if (source.kind !== target.kind) notes.push('date compared with timestamp as midnight of that day');
  const isZoned = (type: MomentType): boolean => type.kind === 'timestamp' && type.zoned;
  if (isZoned(source) !== isZoned(target)) {
    notes.push('an instant compared in UTC with a timestamp without time zone');
  }
  if (policy.timestamps !== 'exact') {
    notes.push(`timestamps: ${policy.timestamps}, both sides cut to whole ${policy.timestamps}`);
    const unit = policy.timestamps === 'seconds' ? 'second' : 'milliseconds';
    const cut: ColumnSql = (column) => `date_trunc('${unit}', CAST(${column} AS TIMESTAMP))`;
    const half = { sql: cut, text: (column: string): string => text(cut(column)) };
    return both('timestamp', half, half, notes);
  }
  const fine = [source, target].map((type) => stageType(type) === 'TIMESTAMP_NS');
  // Nanoseconds reach 2262 and microseconds 294247: no type holds both, but the text does, in one form for both types.
  const midnight: ColumnSql = (column) => `CAST(CAST(${column} AS TIMESTAMP) AS VARCHAR)`;
  const nanoText = (type: MomentType): ColumnSql => (type.kind === 'date' ? midnight : text);
  if (fine[0] !== fine[1]) {
    return both(
      'timestamp',
      { sql: nanoText(source), text: nanoText(source) },
      { sql: nanoText(target), text: nanoText(target) },
      notes,
    );
  }
  const common = castTo(fine[0] === true ? 'TIMESTAMP_NS' : 'TIMESTAMP');
  const half = { sql: common, text: (column: string): string => text(common(column)) };
  return both('timestamp', half, half, notes);
}

type TextType = Extract<CanonicalType, { kind: 'text' | 'uuid' | 'json' }>;

function isText(type: CanonicalType): type is TextType {
  return type.kind === 'text' || type.kind === 'uuid' || type.kind === 'json';
}

function compareTexts(source: TextType, target: TextType, policy: ComparisonPolicy): Comparison | undefined {
  if (source.kind === 'uuid' && target.kind === 'uuid') {
    return both('other', { sql: same, text }, { sql: same, text }, []);
  }
  // Of two kinds one must be text: a uuid is no JSON.
  if (source.kind !== target.kind && source.kind !== 'text' && target.kind !== 'text') return undefined;
  const notes: (string | undefined)[] = [];
  if (source.kind !== target.kind) {
    notes.push(`${source.kind} compared with ${target.kind} as text, byte for byte`);
  }
  const half = (type: TextType, side: 'source' | 'target'): Half => {
    const padded = type.kind === 'text' && type.padded === true;
    const trims = policy.char_padding === 'ignore' || padded;
    const empties = policy.empty_equals_null === side || policy.empty_equals_null === 'both';
    if (policy.char_padding === 'ignore') notes.push('char_padding: ignore, trailing blanks not compared');
    else if (padded) notes.push(`pad blanks of CHAR(n) of the ${side} not compared`);
    if (empties) notes.push(`empty_equals_null: ${policy.empty_equals_null}, '' of the ${side} read as NULL`);
    const sql: ColumnSql = (column) => {
      const value = type.kind === 'text' ? column : text(column);
      const trimmed = trims ? `rtrim(${value}, ' ')` : value;
      return empties ? `nullif(${trimmed}, '')` : trimmed;
    };
    return { sql, text: sql };
  };
  const left = half(source, 'source');
  const right = half(target, 'target');
  return both('text', left, right, [...new Set(notes)]);
}
