import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckPlan } from '../../../protocol/results.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import type { CheckContext } from '../checks/check.ts';
import { readKeys, type KeyTexts } from '../checks/keyedRows.ts';
import type { ColumnPair } from '../columns.ts';
import { compareTypes, type ComparisonPolicy } from '../comparison.ts';
import { compareRows, type DiffColumn, type DiffRequest, type RowDiff } from '../rowDiff/compareRows.ts';
import { failIncomparable, type StagedRows } from '../stagedRows.ts';

/** More differing keys than these are no trace of a write that came between. */
const mostKeys = 10_000;

/** Two sets of rows and what differs between them. */
export interface Compared {
  readonly staged: StagedRows;
  readonly request: DiffRequest;
  readonly diff: RowDiff;
}

export interface RecheckOptions {
  readonly times: number;
  readonly delayMs: number;
  readonly policy: ComparisonPolicy;
  readonly keys: readonly ColumnPair[];
  readonly values: readonly ColumnPair[];
  readonly context: CheckContext;
}

/**
 * Reads the keys that differ again, each time after a delay and in new sessions, so that rows that were being written settle; ends when
 * none differs. What is left is what differed every time. With too many keys nothing is read again, and a note says so.
 */
export async function recheck(
  first: Compared,
  options: RecheckOptions,
): Promise<{
  readonly last: Compared;
  readonly rounds: NonNullable<CheckPlan['recheck']>;
  readonly note?: string;
}> {
  let last = first;
  const rounds: { differing: number; settled: number }[] = [];
  for (let round = 1; round <= options.times && differing(last.diff) > 0; round += 1) {
    const keys = await differingKeys(last.request);
    if (keys.length > mostKeys) {
      const note = `not read again: more than ${mostKeys} keys differ, which is no matter of a moment`;
      return { last, rounds, note };
    }
    await sleep(options.delayMs, undefined, { signal: options.context.signal });
    const next = await readAgain(keys, last.staged, round, options);
    rounds.push({ differing: differing(next.diff), settled: differing(last.diff) - differing(next.diff) });
    last = next;
  }
  return { last, rounds };
}

const differing = ({ missing, extra, value, duplicate }: RowDiff): number =>
  missing + extra + value + duplicate;

async function differingKeys({ workspace, keys, prefix, source, target }: DiffRequest): Promise<KeyTexts[]> {
  const texts = keys.map(
    ({ comparison, as }, index) =>
      `if(d.s_rid is not null, ${comparison.sourceText(`s.${as}`)}, ${comparison.targetText(`t.${as}`)}) as k${index}`,
  );
  const { rows } = await queryDuckdb(
    workspace,
    `select distinct ${texts.join(', ')} from ${prefix}_diff as d left join ${source} as s on (s.rowid = d.s_rid)
     left join ${target} as t on (t.rowid = d.t_rid) limit ${mostKeys + 1}`,
  );
  return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
}

/** One more look at these keys, on both sides, in sessions of its own. */
async function readAgain(
  keys: readonly KeyTexts[],
  before: StagedRows,
  round: number,
  options: RecheckOptions,
): Promise<Compared> {
  const { context, policy } = options;
  const prefix = `${context.prefix}_again_${round}`;
  const pairs = [...options.keys, ...others(context, options.keys, policy)];
  const source = await context.reopen('source');
  try {
    const target = await context.reopen('target');
    try {
      const fresh = { ...context, source: source.side, target: target.side, prefix };
      const tables = {
        source: await readKeys('source', pairs, keys, fresh),
        target: await readKeys('target', pairs, keys, fresh),
      };
      for (const name of ['source', 'target'] as const)
        context[name].sql.push(...fresh[name].sql.slice(0, 1));
      const as = (pair: ColumnPair): string => {
        const index = pairs.indexOf(pair);
        return index < 0 ? failIncomparable(pair) : `c${index}`;
      };
      const column = (pair: ColumnPair): DiffColumn => {
        const found = compareTypes(pair.source.type, pair.target.type, policy) ?? failIncomparable(pair);
        return { name: pair.source.name, as: as(pair), comparison: found.comparison };
      };
      const request: DiffRequest = {
        workspace: before.workspace,
        ...tables,
        keys: options.keys.map(column),
        values: options.values.map(column),
        prefix,
      };
      return {
        staged: { ...before, ...tables, column: as },
        request,
        diff: await compareRows(request),
      };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** All other columns that compare: SQL that mends the target needs them, also those that the check leaves out. */
function others(context: CheckContext, keys: readonly ColumnPair[], policy: ComparisonPolicy): ColumnPair[] {
  return context.columns.pairs.filter(
    (pair) => !keys.includes(pair) && compareTypes(pair.source.type, pair.target.type, policy) !== undefined,
  );
}
