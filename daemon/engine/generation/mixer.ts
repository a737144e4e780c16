/**
 * Where every generated value comes from: draw = f(seed, table, column, row), 32 uniform bits, and nothing else. No state and no
 * order, so row i is the same whatever the number of rows, threads or other columns. The arithmetic is ours (DuckDB promises
 * stability neither for hash() nor for random()) and fits signed 64-bit integers, so SQL and TypeScript give the same bits.
 *
 * The finaliser is "lowbias32" (two multiplications, three shifts). It is a bijection of 32 bits: two rows below 2^32 never share
 * all of their draws.
 */
const multiplier1 = 0x7feb352d;
const multiplier2 = 0x846ca68b;
/** Spreads the high word of row numbers past 2^32. */
const highWordMultiplier = 0x9e3779b1;

/** The finaliser: 32 bits to 32 bits. */
export function mix32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), multiplier1) >>> 0;
  x = Math.imul(x ^ (x >>> 15), multiplier2) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

function hashText(start: number, text: string): number {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) hash = mix32(hash ^ Math.imul(byte + 1, 0x01000193));
  return hash;
}

/** The two constants of a stream of draws: `table` is shared by all columns of one table, `column` is the column's own. */
export interface StreamConstants {
  readonly table: number;
  readonly column: number;
}

/** `seed` is a safe integer from 0; `table` and `column` are names (a draw that is no column has a name of its own). */
export function streamConstants(seed: number, table: string, column: string): StreamConstants {
  const low = mix32((seed % 0x100000000) ^ 0x5bd1e995);
  const seeded = mix32(low ^ mix32(Math.floor(seed / 0x100000000) + 0x27d4eb2f));
  const tableHash = hashText(seeded, `${table}\u0000`);
  return { table: tableHash, column: hashText(mix32(tableHash ^ 0x165667b1), column) };
}

/** The draw of a stream without columns: 32 bits of one row of `table`. `row` is a safe integer from 0. */
export function base32(seed: number, table: string, row: number): number {
  const high = Math.imul(Math.floor(row / 0x100000000), highWordMultiplier);
  return mix32((row % 0x100000000) ^ streamConstants(seed, table, '').table ^ high);
}

/** The draw of one row: an integer from 0 to 2^32 - 1. `row` is a safe integer from 0. */
export function draw32(seed: number, table: string, column: string, row: number): number {
  return mix32(base32(seed, table, row) ^ streamConstants(seed, table, column).column);
}

/** A uniform integer from 0 to n - 1 (n below 2^21 here, so that the product stays a safe integer; in SQL n may reach 2^31). */
export function below(draw: number, n: number): number {
  return Math.floor((draw * n) / 0x100000000);
}

const mask = '4294967295';
/** x * m mod 2^32 in signed 64 bits: a multiplier past 2^31 goes in as its negative counterpart, the mask takes what differs. */
const signed = (multiplier: number): number => multiplier | 0;

/** The share of the draws that fall on the first fifth, unless a request says otherwise. */
const usualSkew = 0.8;

/**
 * `gen_skew(d, n)`: from 0 to n - 1, so many of the draws on the first fifth of n and more on its beginning, the shape of sales by
 * product. A fifth of the draws on the first fifth is no skew at all.
 */
export function skewMacro(share = usualSkew): string {
  const head = 'create or replace temp macro gen_skew(d, n) as';
  if (share <= 0.2) return `${head} ((d::hugeint * n) >> 32)::bigint`;
  if (share === usualSkew)
    return `${head} case when d < 3221225472
    then ((((d // 3) << 2) * (((d // 3) << 2) >> 16) >> 16) * greatest(1, n // 5)) >> 32
    else ((d - 3221225472) * 4 * n) >> 32 end`;
  // What is spread over all of n falls on the first fifth, too.
  const bound = Math.round(((share - 0.2) / 0.8) * 2 ** 32);
  // The draw of either part, stretched to 30 bits again; squared in the first.
  const near = `((d << 30) // ${bound})`;
  const far = `(((d - ${bound}) << 30) // ${2 ** 32 - bound})`;
  return `${head} case when d < ${bound} then ((${near} * ${near} >> 30)::hugeint * greatest(1, n // 5) >> 30)::bigint
    else (${far}::hugeint * n >> 30)::bigint end`;
}

/**
 * Temporary macros for one DuckDB connection: the twin of the functions above and small helpers of the domain files.
 * They cost nothing at run time (DuckDB expands them and shares equal parts).
 */
export const mixerMacros: readonly string[] = [
  `create or replace temp macro gen_mix1(x) as (xor(x, x >> 16) * ${signed(multiplier1)}) & ${mask}`,
  `create or replace temp macro gen_mix2(x) as (xor(x, x >> 15) * (${signed(multiplier2)})) & ${mask}`,
  `create or replace temp macro gen_mix3(x) as xor(x, x >> 16)`,
  `create or replace temp macro gen_mix(x) as gen_mix3(gen_mix2(gen_mix1(x)))`,
  `create or replace temp macro gen_base(k, t) as gen_mix(xor(xor(k::bigint & ${mask}, t::bigint), ((k::bigint >> 32) * ${highWordMultiplier}) & ${mask}))`,
  `create or replace temp macro gen_draw(k, t, c) as gen_mix(xor(gen_base(k, t), c::bigint))`,
  `create or replace temp macro gen_bits(d, skip, bits) as (d >> skip) & ((1 << bits) - 1)`,
  // A uniform integer from 0 to n - 1.
  `create or replace temp macro gen_below(d, n) as (d * n) >> 32`,
  `create or replace temp macro gen_pick(list, d) as list[1 + ((d * len(list)) >> 32)]`,
  skewMacro(),
  `create or replace temp macro gen_chance(d, per_mille) as d < per_mille::bigint * 4294967`,
  // Whole cents to an exact decimal; cents below 2^31.
  `create or replace temp macro gen_money(cents) as cents::integer * 0.01::decimal(3,2)`,
  `create or replace temp macro gen_money_wide(cents) as (cents::bigint::decimal(18,0) * 0.01::decimal(3,2))::decimal(18,2)`,
  // a * rate / 10000 rounded half up, in whole cents.
  `create or replace temp macro gen_basis_points(cents, rate) as (cents * rate + 5000) // 10000`,
  `create or replace temp macro gen_date_key(d) as year(d) * 10000 + month(d) * 100 + day(d)`,
];
