import type { DuckDBConnection } from '@duckdb/node-api';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { differsSql, type Comparison } from '../comparison.ts';

/** A column to compare: its name in reports, its name in both tables, and how. */
export interface DiffColumn {
  readonly name: string;
  readonly as: string;
  readonly comparison: Comparison;
}

export interface DiffRequest {
  readonly workspace: DuckDBConnection;
  /** Quoted names of two workspace tables with the same columns. */
  readonly source: string;
  readonly target: string;
  /** Empty: rows are compared as a multiset. */
  readonly keys: readonly DiffColumn[];
  /** The columns that are not keys. */
  readonly values: readonly DiffColumn[];
  /** Prefix of the tables this makes in the workspace; unique there. */
  readonly prefix: string;
}

/** Exact counts of what differs. The rows themselves stand in the table `<prefix>_diff`. */
export interface RowDiff {
  readonly missing: number;
  readonly extra: number;
  /** Rows with at least one differing cell. */
  readonly value: number;
  /** Rows that one side has more often than the other. */
  readonly duplicate: number;
  readonly cells: number;
  /** Differing cells of each value column, in the order of `values`. */
  readonly cells_by_column: readonly number[];
  /** Keys that occur more than once on a side, and those of them that do so alike on both. */
  readonly repeated_keys: number;
  readonly repeated_alike: number;
}

/**
 * Compares all rows and columns of two staged tables. `<prefix>_diff` gets one row for each pair of rows that differ and each row
 * without counterpart: s_rid and t_rid (rowid in the tables, null: not there), class, copies (of equal rows), s_count and
 * t_count (how often a repeated row occurs). A direct join on the values and not on hashes of them: no pair of different rows can
 * pass for equal. It spills to disk under the workspace's memory limit.
 */
export async function compareRows(request: DiffRequest): Promise<RowDiff> {
  const repeated = request.keys.length > 0 ? await compareByKey(request) : await compareAsMultiset(request);
  const counts = await countClasses(request);
  const cells = await countCells(request, counts.get('value') ?? 0);
  return {
    missing: counts.get('missing') ?? 0,
    extra: counts.get('extra') ?? 0,
    value: counts.get('value') ?? 0,
    duplicate: counts.get('duplicate') ?? 0,
    cells: cells.reduce((sum, count) => sum + count, 0),
    cells_by_column: cells,
    ...repeated,
  };
}

type Repeated = Pick<RowDiff, 'repeated_keys' | 'repeated_alike'>;

const sideSql = {
  s: (column: DiffColumn): string => column.comparison.source(`s.${column.as}`),
  t: (column: DiffColumn): string => column.comparison.target(`t.${column.as}`),
};

const differs = (column: DiffColumn): string =>
  differsSql(column.comparison, `s.${column.as}`, `t.${column.as}`);

const matches = (left: readonly string[], right: readonly string[]): string =>
  left.map((expression, index) => `${expression} is not distinct from ${right[index]}`).join(' and ');

async function run(request: DiffRequest, sql: string): Promise<(string | number | boolean | null)[][]> {
  return (await queryDuckdb(request.workspace, sql)).rows;
}

async function compareByKey(request: DiffRequest): Promise<Repeated> {
  const { keys, values, prefix } = request;
  const repeated = await findRepeatedKeys(request);
  const without = (side: 's' | 't'): string => {
    const table = side === 's' ? request.source : request.target;
    if (repeated.repeated_keys === 0) return `(select rowid as rid, * from ${table}) as ${side}`;
    const inner = `(select rowid as rid, * from ${table}) as ${side}`;
    const condition = matches(
      keys.map(sideSql[side]),
      keys.map((_key, index) => `r.k${index}`),
    );
    return `(select ${side}.* from ${inner} anti join ${prefix}_repeated as r on (${condition})) as ${side}`;
  };
  const conditions = values.map(differs);
  const join = matches(keys.map(sideSql.s), keys.map(sideSql.t));
  await run(
    request,
    `create table ${prefix}_diff as
     select s.rid as s_rid, t.rid as t_rid,
       case when t.rid is null then 'missing' when s.rid is null then 'extra' else 'value' end as class,
       1::bigint as copies, null::bigint as s_count, null::bigint as t_count
     from ${without('s')} full outer join ${without('t')} on (${join})
     where ${['s.rid is null', 't.rid is null', ...conditions].join(' or ')}`,
  );
  if (repeated.repeated_keys > 0) await compareRepeatedKeys(request);
  return repeated;
}

/** Makes `<prefix>_repeated`: keys that occur more than once on a side, with their number of rows on each. */
async function findRepeatedKeys(request: DiffRequest): Promise<Repeated> {
  const { keys, prefix, source, target } = request;
  const names = keys.map((_key, index) => `k${index}`);
  const select = (side: 's' | 't'): string =>
    keys.map((key, index) => `${sideSql[side](key)} as k${index}`).join(', ');
  const grouped = (side: 's' | 't', table: string): string =>
    `select ${select(side)} from ${table} as ${side} group by all having count(*) > 1`;
  await run(
    request,
    `create table ${prefix}_candidates as ${grouped('s', source)} union ${grouped('t', target)}`,
  );
  const candidates = Number((await run(request, `select count(*) from ${prefix}_candidates`))[0]?.[0]);
  if (candidates === 0) return { repeated_keys: 0, repeated_alike: 0 };
  const counted = (side: 's' | 't', table: string): string =>
    `(select ${names.map((name) => `c.${name}`).join(', ')}, count(*) as n from ${prefix}_candidates as c
      join (select ${select(side)} from ${table} as ${side}) as x on (${matches(
        names.map((name) => `c.${name}`),
        names.map((name) => `x.${name}`),
      )}) group by all)`;
  const on = (alias: string): string =>
    matches(
      names.map((name) => `c.${name}`),
      names.map((name) => `${alias}.${name}`),
    );
  await run(
    request,
    `create table ${prefix}_repeated as
     select c.*, coalesce(a.n, 0) as s_count, coalesce(b.n, 0) as t_count from ${prefix}_candidates as c
     left join ${counted('s', source)} as a on (${on('a')})
     left join ${counted('t', target)} as b on (${on('b')})`,
  );
  const alike = await run(request, `select count(*) from ${prefix}_repeated where s_count = t_count`);
  return { repeated_keys: candidates, repeated_alike: Number(alike[0]?.[0]) };
}

/**
 * The rows of repeated keys, as multisets: equal rows pair off one to one, what is left pairs in the order of its values, and
 * the surplus is a duplicate where the other side has the key at all, else missing or extra.
 */
async function compareRepeatedKeys(request: DiffRequest): Promise<void> {
  const { keys, values, prefix } = request;
  const keyNames = keys.map((_key, index) => `k${index}`);
  const valueNames = values.map((_value, index) => `v${index}`);
  const all = [...keyNames, ...valueNames];
  const rows = (side: 's' | 't'): string => {
    const table = side === 's' ? request.source : request.target;
    const keyMatch = matches(
      keys.map(sideSql[side]),
      keyNames.map((name) => `r.${name}`),
    );
    const columns = [
      ...keyNames.map((name) => `r.${name}`),
      ...values.map((column, index) => `${sideSql[side](column)} as v${index}`),
    ];
    return `select x.*, row_number() over (partition by ${all.join(', ')} order by rid) as n from
      (select ${side}.rid, ${columns.join(', ')}, r.s_count, r.t_count
       from (select rowid as rid, * from ${table}) as ${side} join ${prefix}_repeated as r on (${keyMatch})) as x`;
  };
  await run(request, `create table ${prefix}_s as ${rows('s')}`);
  await run(request, `create table ${prefix}_t as ${rows('t')}`);
  const left = (mine: 's' | 't', other: 's' | 't'): string => {
    const pairing = matches(
      [...all.map((name) => `a.${name}`), 'a.n'],
      [...all.map((name) => `b.${name}`), 'b.n'],
    );
    const order = [...valueNames, 'rid'].join(', ');
    return `(select y.*, row_number() over (partition by ${keyNames.join(', ')} order by ${order}) as m
      from (select a.* from ${prefix}_${mine} as a anti join ${prefix}_${other} as b on (${pairing})) as y)`;
  };
  const join = matches(
    [...keyNames.map((name) => `s.${name}`), 's.m'],
    [...keyNames.map((name) => `t.${name}`), 't.m'],
  );
  await run(
    request,
    `insert into ${prefix}_diff
     select s.rid, t.rid,
       case when s.rid is not null and t.rid is not null then 'value'
            when s.rid is not null then if(s.t_count = 0, 'missing', 'duplicate')
            else if(t.s_count = 0, 'extra', 'duplicate') end,
       1, coalesce(s.s_count, t.s_count), coalesce(s.t_count, t.t_count)
     from ${left('s', 't')} as s full outer join ${left('t', 's')} as t on (${join})`,
  );
}

/** Without keys a row is its values: each distinct row has a number of occurrences on either side. */
async function compareAsMultiset(request: DiffRequest): Promise<Repeated> {
  const { values, prefix, source, target } = request;
  const columns = (side: 's' | 't'): string =>
    values.map((column, index) => `${sideSql[side](column)} as v${index}`).join(', ');
  const names = values.map((_column, index) => `v${index}`).join(', ');
  await run(
    request,
    `create table ${prefix}_diff as
     select s_rid, t_rid,
       case when t_count = 0 then 'missing' when s_count = 0 then 'extra' else 'duplicate' end as class,
       abs(s_count - t_count) as copies, s_count, t_count
     from (
       select min(s_rid) as s_rid, min(t_rid) as t_rid, count(s_rid) as s_count, count(t_rid) as t_count
       from (
         select rowid as s_rid, null::bigint as t_rid, ${columns('s')} from ${source} as s
         union all select null, rowid, ${columns('t')} from ${target} as t
       ) group by ${names}
     ) where s_count <> t_count`,
  );
  return { repeated_keys: 0, repeated_alike: 0 };
}

async function countClasses(request: DiffRequest): Promise<Map<string, number>> {
  const rows = await run(request, `select class, sum(copies) from ${request.prefix}_diff group by class`);
  return new Map(rows.map(([name, count]) => [String(name), Number(count)]));
}

async function countCells(request: DiffRequest, rows: number): Promise<number[]> {
  if (rows === 0) return request.values.map(() => 0);
  const counts = request.values.map((column) => `count(*) filter (${differs(column)})`);
  const result = await run(
    request,
    `select ${counts.join(', ')} from ${request.prefix}_diff as d
     join ${request.source} as s on (s.rowid = d.s_rid) join ${request.target} as t on (t.rowid = d.t_rid)
     where d.class = 'value'`,
  );
  return (result[0] ?? []).map(Number);
}
