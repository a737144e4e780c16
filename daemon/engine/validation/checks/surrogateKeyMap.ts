import { agreed, plural } from '../../../protocol/countText.ts';
import { choosePairs } from '../columns.ts';
import type { Check, CheckContext } from './check.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { columnOn, maxSamples } from './sides.ts';
import { groupText, ofColumn, ofPair, stageColumns, type StagedTable } from './staging.ts';

/** One surrogate for each business key and the other way round, and a counterpart on the other side. */
export const surrogateKeyMap: Check<'surrogate_key_map'> = {
  kind: 'surrogate_key_map',
  async run(params, context) {
    const source = await readMap('source', params, context);
    const target = await readMap('target', params, context);
    const problems = [...(await oneToOne('source', source)), ...(await oneToOne('target', target))];
    const [a, b] = [keysOf(source), keysOf(target)];
    const rows = await source.table.rows(
      `select case when a.bk is null then 'extra' when b.bk is null then 'missing' else 'other' end as class,
         coalesce(a.bk, b.bk) as member, a.sk, b.sk, count(*) over (partition by class) as n
       from (${a}) as a full outer join (${b}) as b on (a.bk = b.bk)
       where a.bk is null or b.bk is null${params.same_values ? ' or a.sk is distinct from b.sk' : ''}
       qualify row_number() over (partition by class order by member) <= ${maxSamples}`,
    );
    const words = {
      missing: 'have no row in the target',
      extra: 'have no row in the source',
      other: 'have another surrogate key in the target',
    };
    for (const [name, what] of Object.entries(words)) {
      const of = rows.filter(([found]) => found === name);
      const samples = of.map(([, key, from, to]) => ({ business_key: key, source: from, target: to }));
      problems.push({ who: 'business key', what, count: Number(of[0]?.[4] ?? 0), samples });
    }
    const found = problems.filter(({ count }) => count > 0);
    return {
      status: found.length > 0 ? 'failed' : 'passed',
      expected: 'one surrogate key for each business key, on both sides',
      actual: Object.fromEntries(found.map(({ who, what, count }) => [`${who}s ${what}`, count])),
      failing_rows: found.reduce((sum, { count }) => sum + count, 0),
      samples: found.flatMap(({ samples }) => samples).slice(0, maxSamples),
      ...(found.length > 0 && { reason: found.map(textOf).join('; ') }),
    };
  },
};

interface KeyMap {
  readonly table: StagedTable;
  readonly sk: string;
  readonly bk: string;
}

interface Problem {
  readonly who: string;
  readonly what: string;
  readonly count: number;
  readonly samples: Record<string, unknown>[];
}

const textOf = ({ who, what, count }: Problem): string => `${plural(count, who)} ${agreed(count, what)}`;

async function readMap(
  name: 'source' | 'target',
  params: CheckParameters<'surrogate_key_map'>,
  context: CheckContext,
): Promise<KeyMap> {
  const side = context[name];
  const surrogate = ofColumn(columnOn(side, params.surrogate, context));
  const keys = choosePairs(params.business_key, context.columns).map((pair) => ofPair(pair, name));
  const table = await stageColumns(side, [surrogate, ...keys], context);
  return { table, sk: table.text(surrogate), bk: groupText(table, keys) };
}

const keysOf = ({ table, sk, bk }: KeyMap): string =>
  `select ${bk} as bk, min(${sk}) as sk from ${table.name} as s group by ${bk}`;

async function oneToOne(name: string, { table, sk, bk }: KeyMap): Promise<Problem[]> {
  const several = async (group: string, counted: string, who: string, what: string): Promise<Problem> => {
    const rows = await table.rows(
      `select ${group} as g, count(distinct ${counted}) as n, count(*) over () from ${table.name} as s
       where ${group} is not null group by g having count(distinct ${counted}) > 1 or count(*) > 1 order by g limit ${maxSamples}`,
    );
    const samples = rows.map(([key, count]) => ({ side: name, key, different: Number(count) }));
    return { who, what: `${what} of the ${name}`, count: Number(rows[0]?.[2] ?? 0), samples };
  };
  const [nulls] = await table.rows(`select count(*) from ${table.name} as s where ${sk} is null`);
  return [
    await several(sk, bk, 'surrogate key', 'stand for several rows'),
    await several(bk, sk, 'business key', 'have several rows'),
    { who: 'row', what: `have no surrogate key in the ${name}`, count: Number(nulls?.[0]), samples: [] },
  ];
}
