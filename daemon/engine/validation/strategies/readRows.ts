import type { CheckPlan } from '../../../protocol/results.ts';
import type { Digest, ReadColumn } from '../../connections/connection.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import type { CheckContext, CheckSide } from '../checks/check.ts';
import type { ColumnPair } from '../columns.ts';
import type { ComparisonPolicy } from '../comparison.ts';
import type { SideName } from '../side.ts';
import { rowsChanged, stageRows, type SidePart, type StagedRows } from '../stagedRows.ts';
import { pairForms, type PairForms } from './forms.ts';
import {
  isWorthFetching,
  planBuckets,
  planStrategy,
  rangesOf,
  type Plan,
  type PlanFacts,
  type WantedStrategy,
} from './plan.ts';
import { whyNoChecksum } from './checksum.ts';
import { randomSeed, unequalBuckets, type Bucketing, type HashPlan } from './rowHasher.ts';
import { areKeysUnique } from './uniqueKeys.ts';

export interface ReadRequest {
  readonly policy: ComparisonPolicy;
  readonly wanted: WantedStrategy;
  readonly keys: readonly ColumnPair[];
  readonly values: readonly ColumnPair[];
  /** Only about one of so many keys, drawn by their hash. */
  readonly sample?: { readonly one_in: number; readonly seed: number };
  readonly context: CheckContext;
}

/** Rows to compare value by value: all of both sides, or those of buckets in which the sides differ. */
export interface ReadRows {
  readonly staged: StagedRows;
  readonly plan: CheckPlan;
}

/** A pair of columns with the forms in which it is hashed. */
interface HashedPair extends PairForms {
  readonly pair: ColumnPair;
}

/** Reads what row_hash has to compare, in the way that the plan chooses. Rows that are not among it are equal on both sides. */
export async function readRows(request: ReadRequest): Promise<ReadRows> {
  const { context, wanted } = request;
  if (request.sample !== undefined) return readSample(request, request.sample);
  const forms = [...request.keys, ...request.values].map((pair) => ({
    pair,
    forms: pairForms(pair, request.policy),
  }));
  const rows = { source: await context.source.count(), target: await context.target.count() };
  const why = forms.flatMap(({ forms: each }) => (typeof each === 'string' ? [each] : []));
  const hashed = forms.flatMap(({ pair, forms: each }) =>
    typeof each === 'string' ? [] : [{ pair, ...each }],
  );
  const unruled = [...why, ...looseKeys(hashed.slice(0, request.keys.length))];
  const facts: PlanFacts = {
    wanted,
    source: sideFacts(context.source, rows.source),
    target: sideFacts(context.target, rows.target),
    keys: request.keys.length,
    unruled,
    altered: hashed.filter(isAltered).map(({ pair }) => pair.source.name),
    ...(await whyNoChecksum(hashed, context)),
    is_staged: context.isStaged(),
  };
  const plan = planStrategy(facts);
  if (typeof plan === 'string') {
    throw new EngineError('definition', 'strategy_not_possible', plan, {
      hint: 'Leave strategy out, and the quickest that serves is taken.',
    });
  }
  if (plan.strategy === 'export') return { staged: await context.rows(), plan: { ...plan } };
  if (!(await areKeysUnique(request.keys, context)))
    return readAll(plan, 'keys occur more than once', context);
  return readByBuckets(plan, hashed, request, rows);
}

/** The rows of a part of the keys: the same keys on both sides, because their hash chooses. */
async function readSample(
  { keys, policy, context }: ReadRequest,
  { one_in: oneIn, seed }: NonNullable<ReadRequest['sample']>,
): Promise<ReadRows> {
  const forms = keys.map((pair) => ({ pair, forms: pairForms(pair, policy) }));
  const hashed = forms.flatMap(({ pair, forms: each }) =>
    typeof each === 'string' ? [] : [{ pair, ...each }],
  );
  const why = [
    ...(keys.length === 0 ? ['there is no key'] : []),
    ...forms.flatMap(({ forms: each }) => (typeof each === 'string' ? [each] : [])),
    ...hashed
      .filter(isLooseAnywhere)
      .map(({ pair }) => `the key ${pair.source.name} is not always written alike`),
    ...[context.source, context.target].flatMap(({ side: { connection } }) =>
      connection.digest === undefined ? [`${connection.type} can not be read as a stream`] : [],
    ),
  ];
  if (why.length > 0) {
    throw new EngineError('definition', 'no_sample', `sample draws rows by their key: ${why.join('; ')}`, {
      hint: 'Compare all rows, or draw them with row_sample.',
    });
  }
  const bucketing: Bucketing = { kind: 'hash', count: oneIn };
  const keep = new Uint8Array(oneIn);
  keep[0] = 1;
  const part = (name: SideName): SidePart => ({
    only: {
      columns: hashed.map(({ pair, exact }) => ({ column: pair[name], ...exact })),
      plan: { keys: keys.length, forms: hashed.map((each) => each[name]), bucketing, seed: [seed, oneIn] },
      keep,
    },
  });
  const staged = await stageRows({
    source: context.source.side,
    target: context.target.side,
    workspace: await context.workspace(),
    pairs: context.columns.pairs,
    part: { prefix: `${context.prefix}_part`, source: part('source'), target: part('target') },
    onRows: context.onRows,
  });
  const rows_fetched = { source: staged.source_rows, target: staged.target_rows };
  const reason = `a sample: about one of ${oneIn} keys, drawn by their hash with seed ${seed}`;
  return { staged, plan: { strategy: 'stream', reason, fallbacks: [], rows_fetched } };
}

/** Equal keys in other words would be drawn on one side and not on the other. */
const isLooseAnywhere = ({ pair }: HashedPair): boolean =>
  [pair.source.type, pair.target.type].some(
    ({ loose, kind }) => loose !== undefined && kind !== 'integer' && kind !== 'text',
  );

const sideFacts = ({ side: { connection } }: CheckSide, rows: number): PlanFacts['source'] => ({
  type: connection.type,
  rows,
  has_digest: connection.digest !== undefined,
});

/** By a policy: the blanks that pad CHAR(n) are none of its value. */
function isAltered({ pair, source, target }: HashedPair): boolean {
  return (['source', 'target'] as const).some((name) => {
    const form = { source, target }[name];
    const { type } = pair[name];
    const isPadded = type.kind === 'text' && type.padded === true;
    return form.empty_is_null === true || (form.trims === true && !isPadded);
  });
}

/** Keys that one side groups otherwise than they are compared: whether one is there twice could not be asked. */
function looseKeys(keys: readonly HashedPair[]): string[] {
  return keys.flatMap(({ pair, source, target }) => {
    if (source.empty_is_null === true || target.empty_is_null === true)
      return [`the key ${pair.source.name} is compared with '' as NULL`];
    if (source.trims === true && target.trims === true)
      return [`the key ${pair.source.name} is compared without blanks at its end`];
    const isLoose = [pair.source.type, pair.target.type].every(
      ({ loose, kind }) => loose !== undefined && kind !== 'integer' && kind !== 'text',
    );
    return isLoose ? [`nothing says that the key ${pair.source.name} is always written alike`] : [];
  });
}

async function readAll(plan: Plan, reason: string, context: CheckContext): Promise<ReadRows> {
  const fallbacks = [...plan.fallbacks, { strategy: plan.strategy, reason }];
  const staged = await context.rows();
  return { staged, plan: { strategy: 'export', reason: 'both sides are read whole', fallbacks } };
}

async function readByBuckets(
  plan: Plan,
  hashed: readonly HashedPair[],
  request: ReadRequest,
  rows: Readonly<Record<SideName, number>>,
): Promise<ReadRows> {
  const { context } = request;
  if (hashed.length !== request.keys.length + request.values.length) throw new Error('a column is left out');
  const bucketing = planBuckets(
    Math.max(rows.source, rows.target),
    await keyRange(hashed[0], request.keys.length, context),
  );
  const search = new BucketSearch(plan.strategy, hashed, request.keys.length, bucketing, context);
  const digests = await search.digests();
  for (const name of ['source', 'target'] as const) {
    if (digests[name].rows === rows[name]) continue;
    const what = `${digests[name].rows} rows were hashed, but count(*) says ${rows[name]}`;
    throw rowsChanged(context[name].side, what);
  }
  const unequal = unequalBuckets(digests.source.sums, digests.target.sums);
  const parts = await search.parts(digests, unequal);
  const fetched = { source: parts.source.expected, target: parts.target.expected };
  const buckets = {
    by: bucketing.kind,
    compared: unequal.length,
    unequal: unequal.reduce((sum, each) => sum + each, 0),
  };
  if (!isWorthFetching(fetched.source + fetched.target, rows.source + rows.target)) {
    const all = await readAll(plan, `${buckets.unequal} of ${buckets.compared} buckets differ`, context);
    return { staged: all.staged, plan: { ...all.plan, buckets } };
  }
  const staged = await stageRows({
    source: context.source.side,
    target: context.target.side,
    workspace: await context.workspace(),
    pairs: context.columns.pairs,
    part: { prefix: `${context.prefix}_part`, ...parts },
    onRows: () => undefined,
  });
  const { bytes: source } = digests.source;
  const { bytes: target } = digests.target;
  return {
    staged: { ...staged, source_rows: rows.source, target_rows: rows.target },
    plan: {
      ...plan,
      buckets,
      rows_fetched: fetched,
      ...((source !== undefined || target !== undefined) && { bytes_hashed: { source, target } }),
    },
  };
}

/** Least and greatest value of the one key, if it is a whole number on both sides. */
async function keyRange(
  key: HashedPair | undefined,
  keys: number,
  context: CheckContext,
): Promise<{ min: number; max: number } | undefined> {
  if (key === undefined || keys !== 1) return undefined;
  const { source, target } = key.pair;
  if (source.type.kind !== 'integer' || target.type.kind !== 'integer') return undefined;
  let [min, max] = [Infinity, -Infinity];
  for (const side of [context.source, context.target]) {
    const name = `s.${side.quote(key.pair[side.name].name)}`;
    const [least, greatest] = await side.row(`select min(${name}), max(${name}) from ${side.from('s')}`);
    if (least === null || greatest === null) continue;
    min = Math.min(min, Number(least));
    max = Math.max(max, Number(greatest));
  }
  return { min, max };
}

type Parts = Record<SideName, SidePart & { readonly expected: number }>;

/** One comparison by buckets: the sums of both sides, and which rows to read where they differ. */
class BucketSearch {
  readonly #isPushed: boolean;
  /** DuckDB looks a bucket up in a list sooner than it tries two hundred ranges. */
  readonly #readsRanges: boolean;
  readonly #hashed: readonly HashedPair[];
  readonly #keys: number;
  readonly #bucketing: Bucketing;
  readonly #context: CheckContext;
  readonly #seed = randomSeed();
  readonly #read = { source: 0, target: 0 };

  constructor(
    strategy: Plan['strategy'],
    hashed: readonly HashedPair[],
    keys: number,
    bucketing: Bucketing,
    context: CheckContext,
  ) {
    this.#isPushed = strategy !== 'stream';
    this.#readsRanges = bucketing.kind === 'range' && strategy !== 'join';
    this.#hashed = hashed;
    this.#keys = keys;
    this.#bucketing = bucketing;
    this.#context = context;
  }

  /** Both at once; a side that fails is waited for by the other, whose connection would be closed under it. */
  async digests(): Promise<Record<SideName, Digest>> {
    const [source, target] = await Promise.allSettled([this.#digest('source'), this.#digest('target')]);
    if (source.status === 'rejected') throw source.reason;
    if (target.status === 'rejected') throw target.reason;
    return { source: source.value, target: target.value };
  }

  #columns(name: SideName, count = this.#hashed.length): ReadColumn[] {
    return this.#hashed.slice(0, count).map(({ pair, exact }) => ({ column: pair[name], ...exact }));
  }

  #plan(name: SideName, columns = this.#hashed.length): HashPlan {
    return {
      keys: this.#keys,
      forms: this.#hashed.slice(0, columns).map((pair) => pair[name]),
      bucketing: this.#bucketing,
      seed: this.#seed,
    };
  }

  async #digest(name: SideName): Promise<Digest> {
    const { side, sql } = this.#context[name];
    const { connection, relation, signal } = side;
    const onRows = (rows: number): void => {
      this.#read[name] = rows;
      this.#context.onRows(this.#read.source + this.#read.target);
    };
    const request = { relation, columns: this.#columns(name), plan: this.#plan(name), onRows };
    try {
      const digest = this.#isPushed
        ? await connection.bucketSums?.sums(request, { signal })
        : await connection.digest?.(request, { signal });
      if (digest === undefined) throw new Error(`${connection.type} does not hash`);
      side.record(digest.sql, sql);
      onRows(digest.rows);
      return digest;
    } catch (error) {
      throw toEngineError(error, `${side.name} ${connection.name}`);
    }
  }

  /** How the rows of unequal buckets are read: by ranges of the key, by the system's own hash, or by ours over all keys. */
  async parts(digests: Record<SideName, Digest>, unequal: Uint8Array): Promise<Parts> {
    const keep = Uint8Array.from(unequal);
    const conditions = this.#readsRanges ? this.#ranges(keep) : undefined;
    const part = async (name: SideName): Promise<Parts[SideName]> => {
      const { rows } = digests[name].sums;
      const expected = rows.reduce((sum, count, bucket) => sum + (keep[bucket] === 1 ? count : 0), 0);
      if (expected === 0) return { condition: '1 = 0', expected };
      if (conditions !== undefined) return { condition: conditions(name), expected };
      return { ...(await this.#hashedPart(name, keep)), expected };
    };
    return { source: await part('source'), target: await part('target') };
  }

  async #hashedPart(name: SideName, keep: Uint8Array): Promise<SidePart> {
    const { connection, relation } = this.#context[name].side;
    if (!this.#isPushed) {
      return {
        only: { columns: this.#columns(name, this.#keys), plan: this.#plan(name, this.#keys), keep },
      };
    }
    const request = { relation, columns: this.#columns(name), plan: this.#plan(name) };
    const buckets = [...keep.keys()].filter((bucket) => keep[bucket] === 1);
    const condition = await connection.bucketSums?.condition(request, buckets);
    if (condition === undefined) throw new Error(`${connection.type} does not hash`);
    return { condition };
  }

  /** Marks in `keep` what lies between ranges that were joined, and gives the condition for each side. */
  #ranges(keep: Uint8Array): (name: SideName) => string {
    if (this.#bucketing.kind !== 'range') throw new Error('there are no ranges');
    const { min, width, count } = this.#bucketing;
    const ranges = rangesOf(keep, count);
    for (const { from, to } of ranges) keep.fill(1, from, to + 1);
    return (name) => {
      const side = this.#context[name];
      const key = `s.${side.quote(this.#hashed[0]?.pair[name].name ?? '')}`;
      const parts = ranges.map(
        ({ from, to }) => `${key} >= ${min + from * width} and ${key} < ${min + (to + 1) * width}`,
      );
      if (keep[count] === 1) parts.push(`${key} is null`);
      return parts.join(' or ');
    };
  }
}
