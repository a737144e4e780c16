import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError } from '../../errors.ts';
import type { ColumnPair } from '../columns.ts';
import { keyCondition } from '../rowDiff/repairLiteral.ts';
import type { SideName } from '../side.ts';
import type { CheckContext } from './check.ts';
import { filtered, ofColumn, ofPair, stageColumns, type ReadColumn } from './staging.ts';

/** Keys asked for in one statement. */
const chunk = 200;

/** The values of one key as canonical text. */
export type KeyTexts = readonly (string | null)[];

/** The rule of three: no fault in n rows says, with 95 % confidence, that less than 3 in n have one. */
export function confidence(size: number, all: number): string {
  if (size === 0) return 'no row was drawn: nothing was compared';
  if (size >= all) return `all ${all} keys were compared`;
  const share = Number(((3 / size) * 100).toPrecision(2));
  return `a sample of ${size} of ${all} keys, not exact: if none differs, less than ${share} % of the rows do, with 95 % confidence`;
}

/** The rows of these keys as one table of the workspace. */
export async function readKeys(
  name: SideName,
  pairs: readonly ColumnPair[],
  keys: readonly KeyTexts[],
  context: CheckContext,
): Promise<string> {
  const side = context[name];
  const reads: ReadColumn[] = pairs.map((pair) => ofPair(pair, name));
  const tables: string[] = [];
  for (let from = 0; from === 0 || from < keys.length; from += chunk) {
    context.signal.throwIfAborted();
    const part = keys.slice(from, from + chunk).map((key) => `(${conditionOf(key, name, context)})`);
    const where = part.length === 0 ? '1 = 0' : part.join(' or ');
    const relation = filtered(side, where);
    const table = await stageColumns(side, reads, context, { relation, label: `_rows_${tables.length}` });
    tables.push(`select * from ${table.name}`);
  }
  const into = `"${context.prefix}_${name}_sample"`;
  await queryDuckdb(await context.workspace(), `create table ${into} as ${tables.join(' union all ')}`);
  return into;
}

function conditionOf(key: KeyTexts, name: SideName, context: CheckContext): string {
  const { connection } = context[name].side;
  const parts = context.columns.keys.map((pair, index) => {
    const { column } = ofColumn(pair[name]);
    const system = { system: connection.type, dialect: connection.dialect };
    const part = keyCondition(system, column.type, column.name, key[index] ?? null);
    if (part !== undefined) return part;
    const message = `key ${JSON.stringify(key)} has no literal in ${connection.name}`;
    throw new EngineError('definition', 'no_literal', message, { hint: 'Compare with row_hash instead.' });
  });
  return parts.join(' and ');
}
