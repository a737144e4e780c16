import { mysqlExport } from '../validation/mysqlTypes.ts';
import { quoteIdentifier } from './ansiDialect.ts';
import type { BucketSumsRequest, ReadColumn } from './connection.ts';

/** A value as its length in bytes, a colon and its text, in one character set; NULL as `~`. */
function framed({ column }: ReadColumn): string {
  const plain = mysqlExport(`s.${quoteIdentifier(column.name)}`, column.native_type, column.type);
  const text = `convert(${plain} using utf8mb4)`;
  return `coalesce(concat(length(${text}), ':', ${text}), '~')`;
}

const md5Of = (columns: readonly ReadColumn[], seed: number): string =>
  `md5(concat('${seed}', ${columns.map(framed).join(', ')}))`;

/** SQL: the bucket of a row. */
export function bucketExpression({ columns, plan }: BucketSumsRequest): string {
  const { bucketing, seed, keys } = plan;
  const own = columns.slice(0, keys);
  if (bucketing.kind === 'hash')
    return `(cast(conv(left(${md5Of(own, seed[1])}, 8), 16, 10) as unsigned) % ${bucketing.count})`;
  const key = `s.${quoteIdentifier(own[0]?.column.name ?? '')}`;
  return `coalesce((cast(${key} as signed) - (${bucketing.min})) div ${bucketing.width}, ${bucketing.count})`;
}

/**
 * SELECT of bucket, rows, sum of hashes (60 bits of md5 each), and rows that have a hash: a row longer than max_allowed_packet is NULL to
 * the server, and no sum would show it.
 */
export function sumsSelect(request: BucketSumsRequest, from: string): string {
  const hash = `cast(conv(left(${md5Of(request.columns, request.plan.seed[0])}, 15), 16, 10) as unsigned)`;
  return (
    `select bucket, count(*), sum(hash), count(hash) from ` +
    `(select ${bucketExpression(request)} as bucket, ${hash} as hash from ${from}) as h group by bucket`
  );
}
