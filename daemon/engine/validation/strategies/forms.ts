import type { ColumnPair } from '../columns.ts';
import { compareTypes, type ComparisonPolicy } from '../comparison.ts';
import type { ExactType } from '../canonical.ts';
import { typeName, type CanonicalType } from '../types.ts';
import type { SideName } from '../side.ts';
import type { ValueForm } from './rowHasher.ts';

/** How the two columns of a pair are hashed so that equal bytes mean equal values; `exact` is the type they are compared in. */
export interface PairForms {
  readonly exact: ExactType;
  readonly source: ValueForm;
  readonly target: ValueForm;
}

/** The forms of a pair, or why reading it as a stream would find nothing but differences; types that do not compare at all are not asked for. */
export function pairForms(pair: ColumnPair, policy: ComparisonPolicy): PairForms | string {
  const found = compareTypes(pair.source.type, pair.target.type, policy);
  if (found === undefined) return `${pair.source.name} does not compare`;
  const { source, target } = { source: pair.source.type, target: pair.target.type };
  if (policy.timestamps !== 'exact' && found.comparison.family === 'timestamp')
    return `${pair.source.name} is compared in ${policy.timestamps}`;
  if (policy.decimals !== 'exact' && isNumber(source) && isNumber(target))
    return `${pair.source.name} is compared at the scale of the target`;
  if (!isReadAlike(source, target))
    return `${pair.source.name} is ${typeName(source)} beside ${typeName(target)}`;
  const form = (side: SideName): ValueForm => formOf(found.exact, pair[side].type, side, policy);
  return { exact: found.exact, source: form('source'), target: form('target') };
}

const isNumber = ({ kind }: CanonicalType): boolean =>
  kind === 'integer' || kind === 'decimal' || kind === 'float';

/** Whether the systems write equal values of these types alike. Text of a file is written as the column beside it. */
function isReadAlike(source: CanonicalType, target: CanonicalType): boolean {
  if (source.kind === target.kind || source.loose === 'sniffed' || target.loose === 'sniffed') return true;
  const kinds = new Set([source.kind, target.kind]);
  if (kinds.has('date') || kinds.has('interval')) return false;
  return true;
}

function formOf(exact: ExactType, own: CanonicalType, side: SideName, policy: ComparisonPolicy): ValueForm {
  const { duckdb_type: type, text_of: textOf } = exact;
  if (type === 'DOUBLE' || type === 'FLOAT')
    return { shape: own.kind === 'float' && own.bits === 32 ? 'float32' : 'float64' };
  if (type.startsWith('TIMESTAMP')) return { shape: 'instant' };
  if (type.startsWith('DECIMAL') || type.startsWith('TIME')) return { shape: 'fraction' };
  if (type !== 'VARCHAR') return { shape: 'plain' };
  if (textOf === 'decimal' || textOf === 'time') return { shape: 'fraction' };
  if (textOf === 'json') return { shape: 'json' };
  if (textOf !== 'text') return { shape: 'plain' };
  const empties = policy.empty_equals_null === side || policy.empty_equals_null === 'both';
  const trims = policy.char_padding === 'ignore' || (own.kind === 'text' && own.padded === true);
  return { shape: 'plain', ...(trims && { trims }), ...(empties && { empty_is_null: true }) };
}
