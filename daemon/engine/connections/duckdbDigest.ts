import {
  DuckDBBlobVector,
  DuckDBIntegerVector,
  type DuckDBConnection,
  type DuckDBDataChunk,
} from '@duckdb/node-api';
import { throwIfAborted, toEngineError } from '../errors.ts';
import { framedSql } from '../validation/strategies/framedRows.ts';
import { bucketCount, RowHasher } from '../validation/strategies/rowHasher.ts';
import { rowsOf, sumsOf } from '../validation/strategies/sumsOf.ts';
import { quoteText } from './ansiDialect.ts';
import type { BucketSumsRequest, Digest, DigestRequest, ReadColumn } from './connection.ts';
import { queryDuckdb } from './duckdbValues.ts';

/** A value, in the type it is compared in, as the text that is hashed: what other systems write, too. */
function hashedText(expr: string, { duckdb_type: type }: ReadColumn): string {
  if (type === 'VARCHAR') return expr;
  if (type === 'BOOLEAN') return `cast(cast(${expr} as integer) as varchar)`;
  if (type === 'BLOB') return `lower(hex(${expr}))`;
  if (type === 'TIMESTAMP WITH TIME ZONE') return `cast(${expr} at time zone 'UTC' as varchar)`;
  return `cast(${expr} as varchar)`;
}

/** Columns as one framed text; `expression` gives each in the type it is compared in. */
function framedColumns(columns: readonly ReadColumn[], expression: (column: ReadColumn) => string): string {
  return framedSql(columns.map((column) => hashedText(expression(column), column)));
}

/**
 * Hashes the rows of a FROM item: DuckDB writes the values of each one behind the other, and beside them how long each is (-1: NULL), which is
 * quicker than marks between them; the hashing is done here.
 */
export async function digestFrom(
  connection: DuckDBConnection,
  from: string,
  { columns, plan, onRows }: DigestRequest,
  expression: (column: ReadColumn) => string,
  signal: AbortSignal,
): Promise<Digest> {
  const texts = columns.map((column) => hashedText(expression(column), column));
  const lengths = texts.map((text) => `coalesce(strlen(${text}), -1)::integer`);
  const sql = `select encode(concat(${texts.join(', ')})), ${lengths.join(', ')} from ${from}`;
  const hasher = new RowHasher(plan);
  try {
    const result = await connection.stream(sql);
    for (;;) {
      throwIfAborted(signal);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      giveChunk(hasher, chunk, columns.length);
      onRows?.(hasher.rowCount);
    }
  } catch (error) {
    throw toEngineError(error);
  }
  return { sums: hasher.sums, rows: hasher.rowCount, sql };
}

const nothing = new Uint8Array();

function giveChunk(hasher: RowHasher, chunk: DuckDBDataChunk, columns: number): void {
  const values = chunk.getColumnVector(0);
  if (!(values instanceof DuckDBBlobVector)) throw new Error('rows are no bytes');
  const lengths = Array.from({ length: columns }, (_, index) => {
    const vector = chunk.getColumnVector(index + 1);
    if (!(vector instanceof DuckDBIntegerVector)) throw new Error('lengths are no integers');
    return vector;
  });
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const bytes = values.getItemBytes(row) ?? nothing;
    let at = 0;
    for (const vector of lengths) {
      const length = vector.getItem(row) ?? -1;
      if (length < 0) hasher.nullValue();
      else {
        hasher.value(bytes, at, at + length);
        at += length;
      }
    }
    if (at !== bytes.length) throw new Error('a row is not as long as its values');
    hasher.endRow();
  }
}

/** Types of 128 bits, whose two halves DuckDB's hash lays over each other: 0 and -1 would be one. */
const wideType = /^U?HUGEINT$|^UUID$|^DECIMAL\((19|2\d|3\d),/;

/** A value as something whose hash tells apart what the comparison does. */
function hashable(expr: string, { duckdb_type: type }: ReadColumn): string {
  return wideType.test(type) ? `cast(${expr} as varchar)` : expr;
}

/** DuckDB SQL: the bucket of a row, by DuckDB's own hash where it is not by range. */
function bucketExpression(request: BucketSumsRequest, expression: (column: ReadColumn) => string): string {
  const { keys, bucketing, seed } = request.plan;
  const values = request.columns.slice(0, keys).map((column) => hashable(expression(column), column));
  if (bucketing.kind === 'hash') return `(hash(${values.join(', ')}, ${seed[1]}) % ${bucketing.count})`;
  const { min, width, count } = bucketing;
  return `coalesce((cast(${values[0]} as bigint) - (${min})) // ${width}, ${count})`;
}

/** Sums of DuckDB's own hashes per bucket. The second hash is the finaliser without which a swap of values could pass. */
export async function sumsFrom(
  connection: DuckDBConnection,
  from: string,
  request: BucketSumsRequest,
  expression: (column: ReadColumn) => string,
): Promise<Digest> {
  const values = request.columns.map((column) => hashable(expression(column), column)).join(', ');
  const hash = `hash(hash(${values}, ${request.plan.seed[0]}))`;
  const sql = `select ${bucketExpression(request, expression)} as bucket, count(*), sum(${hash}) from ${from} group by bucket`;
  const { rows } = await queryDuckdb(connection, sql);
  const sums = sumsOf(rows, bucketCount(request.plan.bucketing));
  return { sums, rows: rowsOf(sums), sql };
}

/** The condition that a row is in one of these buckets. */
export function inBuckets(
  request: BucketSumsRequest,
  buckets: readonly number[],
  expression: (column: ReadColumn) => string,
): string {
  return `${bucketExpression(request, expression)} in (${buckets.join(', ')})`;
}

/** The condition of a filter that openFilter registered. */
export function keptCondition(
  columns: readonly ReadColumn[],
  id: string,
  expression: (column: ReadColumn) => string,
): string {
  return `ob_kept(${framedColumns(columns, expression)}, ${quoteText(id)}) = 'yes'`;
}
