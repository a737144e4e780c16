import type { CheckParameters } from '../../protocol/files/checks.ts';
import { canonicalText, exactType, type ExactType } from './canonical.ts';
import type { ValueFamily } from './classify.ts';
import { fromDuckdbType, type CanonicalType } from './types.ts';

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

/** SQL over a staged column: the (qualified) name of the column in, an expression out. */
export type ColumnSql = (column: string) => string;

/** How two columns, staged in their common exact type, are compared: equal exactly when the two expressions are. */
export interface Comparison {
  readonly family: ValueFamily;
  readonly source: ColumnSql;
  readonly target: ColumnSql;
  /** The compared value as canonical text, for reports and for classification. */
  readonly sourceText: ColumnSql;
  readonly targetText: ColumnSql;
  /** A condition on the two values under which a difference is allowed. */
  readonly tolerates?: (source: string, target: string) => string;
  /** Policies and conversions that were applied, each a phrase to put behind the column's name. */
  readonly notes: readonly string[];
}

/** The condition that two staged columns differ. */
export function differsSql(comparison: Comparison, sourceColumn: string, targetColumn: string): string {
  const source = comparison.source(sourceColumn);
  const target = comparison.target(targetColumn);
  const differs = `${source} is distinct from ${target}`;
  return comparison.tolerates === undefined
    ? `(${differs})`
    : `(${differs} and not coalesce(${comparison.tolerates(source, target)}, false))`;
}

interface Half {
  readonly sql: ColumnSql;
  readonly text: ColumnSql;
}

/** The type both columns are staged in and how they are compared there; undefined when they can not be compared exactly. */
export function compareTypes(
  source: CanonicalType,
  target: CanonicalType,
  policy: ComparisonPolicy,
): { readonly exact: ExactType; readonly comparison: Comparison } | undefined {
  const exact = exactType(source, target);
  if (exact === null) return undefined;
  return { exact, comparison: comparisonOf(exact, source, target, policy) };
}

function comparisonOf(
  exact: ExactType,
  source: CanonicalType,
  target: CanonicalType,
  policy: ComparisonPolicy,
): Comparison {
  const notes = conversionNotes(exact, source, target);
  const family = familyOf(exact, source, target);
  if (family === 'text') return compareTexts(source, target, policy, notes);
  const reduction = reductionOf(family, source, target, policy);
  if (reduction !== undefined) {
    return pair(family, reduction.source, reduction.target, [...notes, reduction.note]);
  }
  const half = exact.text_of === 'json' ? normalJsonHalf : plainHalf(exact);
  return pair(family, half, half, notes);
}

function pair(family: ValueFamily, source: Half, target: Half, notes: readonly string[]): Comparison {
  return {
    family,
    source: source.sql,
    target: target.sql,
    sourceText: source.text,
    targetText: target.text,
    notes,
  };
}

function plainHalf(exact: ExactType): Half {
  const type = fromDuckdbType(exact.duckdb_type);
  // A DECIMAL keeps the zeros of its scale, as people write money; all else goes by the one canonical text.
  const text: ColumnSql =
    type.kind === 'decimal'
      ? (column) => `CAST(${column} AS VARCHAR)`
      : (column) => canonicalText(column, exact.text_of === 'decimal' ? textType : type);
  return { sql: (column) => column, text };
}

const textType: CanonicalType = { kind: 'text', length: null };

/** ob_normal_json is registered by workspaceFunctions.ts; the text shown is the one that was read. */
const normalJsonHalf: Half = { sql: (column) => `ob_normal_json(${column})`, text: (column) => column };

function familyOf(exact: ExactType, source: CanonicalType, target: CanonicalType): ValueFamily {
  if (exact.text_of === 'text') return 'text';
  if (exact.text_of === 'decimal') return 'decimal';
  if (exact.text_of !== undefined && exact.text_of !== 'float') return 'other';
  // 0 and 1 of a tinyint stand for a boolean: differences there are differences of encoding.
  if (source.kind === 'boolean' || target.kind === 'boolean') return 'boolean';
  const { kind } = fromDuckdbType(exact.duckdb_type);
  switch (kind) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'text':
    case 'date':
    case 'timestamp':
    case 'time':
    case 'binary':
      return kind;
    case 'interval':
    case 'uuid':
    case 'json':
    case 'other':
      return 'other';
  }
}

/** What a reader should know of values that arrive in another type than they have; sniffed text has no type of its own. */
function conversionNotes(exact: ExactType, source: CanonicalType, target: CanonicalType): string[] {
  const isSniffed = source.loose === 'sniffed' || target.loose === 'sniffed';
  const kinds = new Set([source.kind, target.kind]);
  if (source.kind === 'timestamp' && target.kind === 'timestamp' && source.zoned !== target.zoned) {
    return ['timestamptz and timestamp compared as wall clock in UTC'];
  }
  if (kinds.size === 1 || isSniffed) return [];
  if (kinds.has('date') && kinds.has('timestamp'))
    return ['date compared with timestamp as midnight of that day'];
  if (kinds.has('boolean')) return ['true and false compared with the numbers 1 and 0'];
  if (exact.text_of === 'text') return [`${source.kind} and ${target.kind} compared as text, byte for byte`];
  return kinds.has('float') ? [`${source.kind} and ${target.kind} compared as floating point numbers`] : [];
}

interface Reduction {
  readonly source: Half;
  readonly target: Half;
  readonly note: string;
}

function reductionOf(
  family: ValueFamily,
  source: CanonicalType,
  target: CanonicalType,
  policy: ComparisonPolicy,
): Reduction | undefined {
  if (family === 'timestamp' && policy.timestamps !== 'exact') return timestampReduction(policy.timestamps);
  if (policy.decimals === 'exact' || !['integer', 'decimal', 'float'].includes(family)) return undefined;
  return scaleReduction(policy.decimals, source, target);
}

function timestampReduction(unit: 'milliseconds' | 'seconds'): Reduction {
  const cut: ColumnSql = (column) => `date_trunc('${unit}', ${column})`;
  const half: Half = { sql: cut, text: (column) => `CAST(${cut(column)} AS VARCHAR)` };
  return { source: half, target: half, note: `timestamps: ${unit}, both sides cut to whole ${unit}` };
}

/** Only where the target's type is coarser than the source's: else the target could hold every digit and has to. */
function scaleReduction(
  policy: 'target_scale_round' | 'target_scale_truncate',
  source: CanonicalType,
  target: CanonicalType,
): Reduction | undefined {
  const scale = target.kind === 'integer' ? 0 : target.kind === 'decimal' ? target.scale : null;
  if (scale === null || source.kind === 'integer') return undefined;
  if (source.kind === 'decimal' && source.scale !== null && source.scale <= scale) return undefined;
  const mode = policy === 'target_scale_round' ? 'round' : 'truncate';
  const how = mode === 'round' ? 'rounded half away from zero' : 'truncated';
  const reduced: ColumnSql = (column) => `ob_at_scale(CAST(${column} AS VARCHAR), ${scale}, '${mode}')`;
  const plain: ColumnSql = (column) => `ob_plain_number(CAST(${column} AS VARCHAR))`;
  return {
    source: { sql: reduced, text: reduced },
    target: { sql: plain, text: plain },
    note: `decimals: ${policy}, the source ${how} to ${scale} digits after the point`,
  };
}

function compareTexts(
  source: CanonicalType,
  target: CanonicalType,
  policy: ComparisonPolicy,
  notes: readonly string[],
): Comparison {
  const applied = new Set(notes);
  const half = (type: CanonicalType, side: 'source' | 'target'): Half => {
    const isPadded = type.kind === 'text' && type.padded === true;
    const trims = policy.char_padding === 'ignore' || isPadded;
    const empties = policy.empty_equals_null === side || policy.empty_equals_null === 'both';
    if (policy.char_padding === 'ignore') applied.add('char_padding: ignore, trailing blanks not compared');
    else if (isPadded) applied.add(`pad blanks of CHAR(n) of the ${side} not compared`);
    if (empties)
      applied.add(`empty_equals_null: ${policy.empty_equals_null}, '' of the ${side} read as NULL`);
    const sql: ColumnSql = (column) => {
      const trimmed = trims ? `rtrim(${column}, ' ')` : column;
      return empties ? `nullif(${trimmed}, '')` : trimmed;
    };
    return { sql, text: sql };
  };
  return pair('text', half(source, 'source'), half(target, 'target'), [...applied]);
}
