import type { ColumnInfo } from '../../connections/connection.ts';
import type { CheckContext, CheckFinding, CheckSide } from './check.ts';
import { chosenSides, maxSamples, violationFinding, type Allowed, type SideViolations } from './sides.ts';
import { keyColumns, ofColumn, stageColumns, type ReadColumn, type StagedTable } from './staging.ts';

interface StagedRule {
  readonly side: 'source' | 'target' | 'both';
  readonly allowed: Allowed;
  /** `hold other values in status`. */
  readonly what: string;
  /** Their sides are those of the context: chosenSides gives the same objects each time. */
  readonly columnsOn: (side: CheckSide) => readonly ColumnInfo[];
  /** The condition under which a row breaks the rule; NULL does not. */
  readonly condition: (table: StagedTable, columns: readonly ReadColumn[]) => string | Promise<string>;
}

/**
 * Counts the rows of each side that satisfy a condition in the words of the workspace: the same meaning on every system. Samples are
 * the keys and the columns.
 */
export async function stagedRule(rule: StagedRule, context: CheckContext): Promise<CheckFinding> {
  const counts: SideViolations[] = [];
  const samples: Record<string, unknown>[] = [];
  for (const side of chosenSides(context, rule.side)) {
    const columns = rule.columnsOn(side).map(ofColumn);
    const keys = keyColumns(side, context).filter(
      ({ read }) => !columns.some(({ column }) => column.name === read.column.name),
    );
    const table = await stageColumns(side, [...keys.map(({ read }) => read), ...columns], context);
    const condition = await rule.condition(table, columns);
    const [row] = await table.rows(`select count(*) from ${table.name} as s where ${condition}`);
    const violations = Number(row?.[0]);
    counts.push({ side, violations });
    if (violations === 0 || samples.length >= maxSamples) continue;
    const shown = [...keys, ...columns.map((read) => ({ label: read.column.name, read }))];
    const found = await table.rows(
      `select ${shown.map(({ read }) => table.text(read)).join(', ')} from ${table.name} as s where ${condition} limit ${maxSamples}`,
    );
    samples.push(
      ...found.map((values) => ({
        side: side.name,
        ...Object.fromEntries(values.map((value, index) => [shown[index]?.label ?? '', value])),
      })),
    );
  }
  return violationFinding(counts, rule.allowed, samples, rule.what);
}
