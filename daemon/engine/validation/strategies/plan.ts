import type { CheckParameters } from '../../../protocol/files/checks.ts';
import type { ConnectionType } from '../../../protocol/files/connections.ts';
import type { CheckPlan } from '../../../protocol/results.ts';
import type { Bucketing } from './rowHasher.ts';

export type Strategy = CheckPlan['strategy'];
export type WantedStrategy = CheckParameters<'row_hash'>['strategy'];

/** What is known of one side before its rows are read. */
export interface SideFacts {
  readonly type: ConnectionType;
  readonly rows: number;
  /** The connection can hash rows on the way. */
  readonly has_digest: boolean;
}

export interface PlanFacts {
  readonly wanted: WantedStrategy;
  readonly source: SideFacts;
  readonly target: SideFacts;
  readonly keys: number;
  /** Why pairs of columns can not be hashed so that equal values look equal. */
  readonly unruled: readonly string[];
  /** Columns that are not compared as they stand, which only a stream can do. */
  readonly altered: readonly string[];
  /** Why the server that both sides are on can not hash the rows itself; undefined: it can. */
  readonly no_checksum?: string;
  /** The rows of both sides are in the workspace already, for another check. */
  readonly is_staged: boolean;
}

export interface Plan {
  readonly strategy: Strategy;
  readonly reason: string;
  /** Strategies that were looked at before, and why they were not taken. */
  readonly fallbacks: CheckPlan['fallbacks'];
}

/** Below so many rows reading both sides whole costs as much as any other way. */
export const smallTable = 50_000;

const isInDuckdb = ({ type }: SideFacts): boolean => type === 'duckdb' || type === 'files';

/** Why a strategy can not be used here; undefined: it can. */
function obstacle(strategy: Strategy, facts: PlanFacts): string | undefined {
  if (strategy === 'export') return undefined;
  if (facts.keys === 0) return 'rows without a key are compared as a multiset';
  const { source, target } = facts;
  if (facts.unruled.length > 0) return facts.unruled.join('; ');
  if (strategy === 'stream') {
    const mute = [source, target].find((side) => !side.has_digest);
    return mute === undefined ? undefined : `${mute.type} can not be read as a stream`;
  }
  if (facts.altered.length > 0) return `${facts.altered.join(', ')} not compared as they stand`;
  if (strategy === 'checksum') return facts.no_checksum;
  return isInDuckdb(source) && isInDuckdb(target) ? undefined : 'not both sides are DuckDB or files';
}

const reasons: Readonly<Record<Strategy, string>> = {
  export: 'both sides are read whole and compared row by row',
  join: 'both sides are read by DuckDB, which hashes their rows; only rows of buckets that differ are compared',
  checksum: 'the server hashes the rows; only rows of buckets that differ leave it',
  stream: 'both sides are read once and hashed on the way; only rows of buckets that differ are compared',
};

/** Most preferred first. Reading and hashing is faster than most servers hash, so `checksum` is for two tables of one PostgreSQL. */
function candidates({ source, target }: PlanFacts): readonly Strategy[] {
  const isPostgres = source.type === 'postgres' && target.type === 'postgres';
  if (isInDuckdb(source) && isInDuckdb(target)) return ['join', 'export'];
  return isPostgres ? ['checksum', 'stream', 'export'] : ['stream', 'export'];
}

/** Chooses how the rows are compared. Pure. A string: the strategy that was asked for can not be used, and why. */
export function planStrategy(facts: PlanFacts): Plan | string {
  const { wanted } = facts;
  if (wanted !== 'auto') {
    const reason = obstacle(wanted, facts);
    if (reason !== undefined) return `strategy ${wanted} can not be used: ${reason}`;
    return { strategy: wanted, reason: `asked for; ${reasons[wanted]}`, fallbacks: [] };
  }
  if (facts.is_staged)
    return { strategy: 'export', reason: 'another check has read both sides whole already', fallbacks: [] };
  const rows = Math.max(facts.source.rows, facts.target.rows);
  if (rows < smallTable) {
    const reason = `fewer than ${smallTable} rows on each side; ${reasons.export}`;
    return { strategy: 'export', reason, fallbacks: [] };
  }
  const fallbacks: { strategy: Strategy; reason: string }[] = [];
  for (const strategy of candidates(facts)) {
    const reason = obstacle(strategy, facts);
    if (reason === undefined) return { strategy, reason: reasons[strategy], fallbacks };
    fallbacks.push({ strategy, reason });
  }
  throw new Error('export has no obstacle');
}

/** About so many rows share a bucket: few enough that a fault costs little, so many that the sums of a huge table stay small. */
const rowsPerBucket = 64;
const fewestBuckets = 64;
const mostBuckets = 262_144;
/** Ranges serve keys that fill at least this share of the numbers between the least and the greatest. */
const leastDensity = 0.25;

/** The buckets for so many rows: ranges of one whole number where keys lie close, else a hash of the key. */
export function planBuckets(
  rows: number,
  range: { readonly min: number; readonly max: number } | undefined,
): Bucketing {
  const wanted = Math.min(mostBuckets, Math.max(fewestBuckets, Math.ceil(rows / rowsPerBucket)));
  if (range === undefined || !Number.isSafeInteger(range.min) || !Number.isSafeInteger(range.max))
    return { kind: 'hash', count: wanted };
  const span = range.max - range.min + 1;
  if (!Number.isSafeInteger(span) || span * leastDensity > Math.max(rows, 1))
    return { kind: 'hash', count: wanted };
  const width = Math.max(1, Math.ceil(span / wanted));
  return { kind: 'range', min: range.min, width, count: Math.ceil(span / width) };
}

/** Past this share of all rows in buckets that differ, reading both sides whole is the shorter way. */
const mostFetched = 0.3;

/** Whether so many rows of buckets that differ are still worth reading by themselves. */
export function isWorthFetching(fetched: number, all: number): boolean {
  return fetched <= all * mostFetched || fetched <= smallTable;
}

/** Statements with more conditions than this take longer to plan than the rows between two ranges take to read. */
const mostRanges = 200;

export interface KeyRange {
  /** First and last bucket. */
  readonly from: number;
  readonly to: number;
}

/** Runs of unequal buckets, joined where they lie nearest until they are few. The bucket of NULL is none of them. */
export function rangesOf(unequal: Uint8Array, count: number): KeyRange[] {
  const runs: { from: number; to: number }[] = [];
  for (let bucket = 0; bucket < count; bucket += 1) {
    if (unequal[bucket] !== 1) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.to === bucket - 1) last.to = bucket;
    else runs.push({ from: bucket, to: bucket });
  }
  if (runs.length <= mostRanges) return runs;
  const gaps = runs.slice(1).map((run, index) => run.from - (runs[index]?.to ?? 0));
  const widest = [...gaps].sort((a, b) => b - a).slice(0, mostRanges - 1);
  const limit = widest.at(-1) ?? 0;
  let left = widest.filter((gap) => gap === limit).length;
  const joined: { from: number; to: number }[] = [];
  for (const [index, run] of runs.entries()) {
    const gap = gaps[index - 1] ?? Infinity;
    const splits = gap > limit || (gap === limit && left-- > 0);
    const last = joined.at(-1);
    if (last === undefined || splits) joined.push({ ...run });
    else last.to = run.to;
  }
  return joined;
}
