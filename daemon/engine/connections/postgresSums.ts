import { quoteIdentifier } from './ansiDialect.ts';
import type { BucketSumsRequest, ReadColumn } from './connection.ts';

/**
 * A column as something whose own hash tells apart what the comparison does. Hashes ignore much: the sign of a numeric, letter case where
 * a collation does, that a month is not 30 days, and of 64 bits one half is folded onto the other, so that 1 and 4294967296 are one. Of
 * such types the bytes are hashed, or the text.
 */
function hashable({ column }: ReadColumn): string {
  const expr = `s.${quoteIdentifier(column.name)}`;
  const { type, native_type: native } = column;
  switch (type.kind) {
    case 'text':
      return `(${expr}::text collate "C")`;
    case 'decimal':
      return `numeric_send(${expr}::numeric)`;
    case 'integer':
      return native === 'bigint' ? `int8send(${expr})` : expr;
    case 'timestamp':
      return `${type.zoned ? 'timestamptz_send' : 'timestamp_send'}(${expr})`;
    case 'time':
      return `time_send(${expr})`;
    case 'boolean':
    case 'date':
    case 'float':
    case 'uuid':
    case 'binary':
      return expr;
    default:
      return `(${expr}::text collate "C")`;
  }
}

const row = (columns: readonly ReadColumn[]): string => `row(${columns.map(hashable).join(', ')})`;

/** SQL: the bucket of a row. */
export function bucketExpression({ columns, plan }: BucketSumsRequest): string {
  const { bucketing, seed, keys } = plan;
  const own = columns.slice(0, keys);
  if (bucketing.kind === 'hash')
    return `((hash_record_extended(${row(own)}, ${seed[1]}) & 9223372036854775807) % ${bucketing.count})`;
  const key = `s.${quoteIdentifier(own[0]?.column.name ?? '')}`;
  return `coalesce((${key}::bigint - (${bucketing.min})) / ${bucketing.width}, ${bucketing.count})`;
}

/**
 * SELECT of bucket, rows and sum of hashes. The outer hash is the finaliser: sums of the inner one alone miss a value that two rows of
 * a bucket have swapped. It is that of text, because the one of a bigint knows 32 bits only.
 */
export function sumsSelect(request: BucketSumsRequest, from: string): string {
  const { seed } = request.plan;
  const inner = `hash_record_extended(${row(request.columns)}, ${seed[0]})::text`;
  const hash = `hashtextextended(${inner} collate "C", ${seed[1]})`;
  return `select ${bucketExpression(request)} as bucket, count(*), sum(${hash}) from ${from} group by 1`;
}
