import { agreed, plural } from '../../../protocol/countText.ts';
import { quoteText } from '../../connections/ansiDialect.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { choosePairs } from '../columns.ts';
import type { Check, CheckContext, CheckSide } from './check.ts';
import { chosenSides, columnOn, maxSamples } from './sides.ts';
import { groupText, ofColumn, ofPair, stageColumns, type ReadColumn, type StagedTable } from './staging.ts';

type Params = CheckParameters<'scd2'>;

const findings = {
  missing_begin: ['version', 'have no begin'],
  missing_end: ['version', 'have no end, and not the open end either'],
  inverted: ['version', 'end before they begin'],
  overlap: ['version', 'overlap the next'],
  gap: ['version', 'leave a gap to the next'],
  flag: ['version', 'have a flag that says otherwise'],
  no_current: ['member', 'have no current version'],
  several_current: ['member', 'have several current versions'],
  other_number: ['member', 'have another number of versions than in the source'],
} as const;
type Finding = keyof typeof findings;

interface Found {
  readonly side: string;
  readonly finding: Finding;
  readonly count: number;
  readonly samples: readonly string[];
}

/** Versions of a member follow each other without overlap or gap; exactly one is current. */
export const scd2: Check<'scd2'> = {
  kind: 'scd2',
  async run(params, context) {
    const found: Found[] = [];
    for (const side of chosenSides(context, params.side)) {
      const versions = await readVersions(side, params, context, '');
      found.push(...(await versionFaults(side.name, versions, params)));
    }
    if (params.compare_versions) found.push(await compareVersions(params, context));
    const bad = found.filter(({ count }) => count > 0);
    const text = ({ side, finding, count }: Found): string => {
      const [who, what] = findings[finding];
      return `${plural(count, who)} ${agreed(count, what)} (${side})`;
    };
    return {
      status: bad.length > 0 ? 'failed' : 'passed',
      expected: 0,
      actual: Object.fromEntries(found.map(({ side, finding, count }) => [`${side}.${finding}`, count])),
      failing_rows: bad.reduce((sum, { count }) => sum + count, 0),
      samples: bad
        .flatMap(({ side, finding, samples }) => samples.map((member) => ({ side, finding, member })))
        .slice(0, maxSamples),
      ...(bad.length > 0 && { reason: bad.map(text).join('; ') }),
    };
  },
};

interface Versions {
  readonly table: StagedTable;
  readonly member: string;
  readonly from: ReadColumn;
  readonly to: ReadColumn;
  readonly flag: ReadColumn | undefined;
}

async function readVersions(
  side: CheckSide,
  params: Params,
  context: CheckContext,
  label: string,
): Promise<Versions> {
  const keys = choosePairs(params.business_key, context.columns).map((pair) => ofPair(pair, side.name));
  const read = (name: string): ReadColumn => ofColumn(columnOn(side, name, context));
  const [from, to] = [read(params.effective_from), read(params.effective_to)];
  const flag = params.current === undefined ? undefined : read(params.current);
  const columns = [...keys, from, to, ...(flag === undefined ? [] : [flag])];
  const table = await stageColumns(side, columns, context, { label });
  return { table, member: groupText(table, keys), from, to, flag };
}

async function versionFaults(side: string, versions: Versions, params: Params): Promise<Found[]> {
  const { table, member, from, to, flag } = versions;
  const [begin, end] = [table.timestamp(from), table.timestamp(to)];
  const openEnd =
    params.open_end === undefined ? undefined : `cast(${quoteText(params.open_end)} as timestamp)`;
  const isOpen = openEnd === undefined ? `${end} is null` : `coalesce(${end} = ${openEnd}, false)`;
  const isDate = from.exact.duckdb_type === 'DATE' && to.exact.duckdb_type === 'DATE';
  // Inclusive: the version that ends today is followed by one that begins tomorrow, or a second later.
  const step =
    params.end === 'exclusive' ? `interval '0 days'` : isDate ? `interval '1 day'` : `interval '1 second'`;
  const flagSql =
    flag === undefined ? 'null' : `lower(trim(${table.text(flag)})) in ('true', 't', '1', 'y', 'yes')`;
  const base = `select ${member} as member, ${begin} as b, if(${isOpen}, null, ${end}) as e, ${isOpen} as is_open,
    ${end} is null as no_end, ${flagSql} as flag from ${table.name} as s`;
  const ordered = `select *, lead(b) over (partition by member order by b, e nulls last) as next_b from (${base})`;
  const conditions: [Finding, string][] = [
    ['missing_begin', 'b is null'],
    ...(openEnd === undefined ? [] : [['missing_end', 'no_end'] as [Finding, string]]),
    ['inverted', params.end === 'exclusive' ? 'e <= b' : 'e < b'],
    ['overlap', `next_b is not null and (is_open or next_b < e + ${step})`],
    ...(params.allow_gaps ? [] : [['gap', `next_b > e + ${step}`] as [Finding, string]]),
    ...(flag === undefined ? [] : [['flag', 'coalesce(flag, false) <> is_open'] as [Finding, string]]),
  ];
  const found: Found[] = [];
  for (const [finding, condition] of conditions) {
    found.push(await countIn(table, side, finding, `(${ordered})`, condition));
  }
  const members = `(select member, count(*) filter (is_open) as n from (${base}) group by member)`;
  found.push(await countIn(table, side, 'several_current', members, 'n > 1'));
  if (!params.allow_ended) found.push(await countIn(table, side, 'no_current', members, 'n = 0'));
  return found;
}

async function countIn(
  table: StagedTable,
  side: string,
  finding: Finding,
  from: string,
  condition: string,
): Promise<Found> {
  const rows = await table.rows(
    `select member, count(*) over () from ${from} where ${condition} order by member limit ${maxSamples}`,
  );
  return { side, finding, count: Number(rows[0]?.[1] ?? 0), samples: rows.map(([member]) => String(member)) };
}

async function compareVersions(params: Params, context: CheckContext): Promise<Found> {
  const source = await readVersions(context.source, params, context, '_versions');
  const target = await readVersions(context.target, params, context, '_versions');
  const counted = ({ table, member }: Versions): string =>
    `(select ${member} as member, count(*) as n from ${table.name} as s group by all)`;
  const both = `(select coalesce(a.member, b.member) as member, a.n as x, b.n as y
    from ${counted(source)} as a full outer join ${counted(target)} as b on (a.member = b.member))`;
  return countIn(source.table, 'target', 'other_number', both, 'x is distinct from y');
}
