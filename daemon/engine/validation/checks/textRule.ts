import type { ColumnInfo } from '../../connections/connection.ts';
import { EngineError } from '../../errors.ts';
import type { CheckContext, CheckFinding, CheckSide } from './check.ts';
import { columnOn, type Allowed } from './sides.ts';
import { stagedRule } from './stagedRules.ts';
import { assertText } from './staging.ts';

/** The named columns, which must be text, or all text columns of the pairs. None is an EngineError: nothing would be looked at. */
export function textColumns(
  side: CheckSide,
  names: readonly string[] | undefined,
  context: CheckContext,
): ColumnInfo[] {
  if (names !== undefined) {
    const named = names.map((name) => columnOn(side, name, context));
    for (const column of named) assertText(column);
    return named;
  }
  const all = context.columns.pairs.map((pair) => pair[side.name]).filter(({ type }) => type.kind === 'text');
  if (all.length > 0) return all;
  throw new EngineError('definition', 'no_text', `the ${side.name} has no text columns to look at`, {
    hint: 'Take the check out, or name columns.',
  });
}

interface TextRule {
  readonly side: 'source' | 'target' | 'both';
  readonly allowed: Allowed;
  readonly what: string;
  readonly columnsOn: (side: CheckSide) => ColumnInfo[];
  /** The condition under which a text breaks the rule. */
  readonly breaks: (text: string) => string;
}

/** Rows of which some text breaks a rule; the result says which columns do, with their rows. */
export async function textRule(rule: TextRule, context: CheckContext): Promise<CheckFinding> {
  const byColumn: Record<string, Record<string, number>> = {};
  const finding = await stagedRule(
    {
      ...rule,
      condition: async (table, columns) => {
        const conditions = columns.map((read) => `(${rule.breaks(table.sql(read))})`);
        const [counts] = await table.rows(
          `select ${conditions.map((each) => `count(*) filter (${each})`).join(', ')} from ${table.name} as s`,
        );
        const found = columns
          .map(({ column }, index) => [column.name, Number(counts?.[index])] as const)
          .filter(([, rows]) => rows > 0);
        if (found.length > 0) byColumn[table.name] = Object.fromEntries(found);
        return conditions.map((each) => `coalesce(${each}, false)`).join(' or ');
      },
    },
    context,
  );
  const columns = [...new Set(Object.values(byColumn).flatMap((each) => Object.keys(each)))];
  if (columns.length === 0) return finding;
  return {
    ...finding,
    difference: Object.assign({}, ...Object.values(byColumn)) as Record<string, number>,
    ...(finding.reason !== undefined && { reason: `${finding.reason}: ${columns.join(', ')}` }),
  };
}
