import { CheckSide, type CheckContext } from '../checks/check.ts';
import { tableCatalog } from '../checks/tableCatalog.ts';
import { EngineError } from '../../errors.ts';
import type { ColumnPair } from '../columns.ts';
import type { ConnectionType } from '../../../protocol/files/connections.ts';

/** Who compares keys most as we do, and is quickest: keys repeated alike are repeated on either side. */
const askedFirst: readonly ConnectionType[] = ['duckdb', 'postgres', 'mysql', 'sqlite', 'files'];

/**
 * Whether no key can be there twice, alike on both sides: rows that repeat alike leave no trace in sums. A constraint of one side says
 * so, else one side counts.
 */
export async function areKeysUnique(keys: readonly ColumnPair[], context: CheckContext): Promise<boolean> {
  const sides = [context.source, context.target].sort((a, b) => rank(a) - rank(b));
  for (const side of sides) if (await isDeclaredUnique(side, keys, context)) return true;
  const [side] = sides;
  if (side === undefined) throw new Error('there are two sides');
  const names = keys.map((pair) => side.exact('s', pair[side.name])).join(', ');
  const sql = `select count(*) from (select 1 as n from ${side.from('s')} group by ${names} having count(*) > 1) as r`;
  return Number((await side.row(sql))[0]) === 0;
}

function rank(side: CheckSide): number {
  const place = askedFirst.indexOf(side.side.connection.type);
  return place < 0 ? askedFirst.length : place;
}

async function isDeclaredUnique(
  side: CheckSide,
  keys: readonly ColumnPair[],
  context: CheckContext,
): Promise<boolean> {
  const columns = keys.map((pair) => pair[side.name]);
  // Unique constraints let NULL stand in many rows.
  if (columns.some(({ nullable }) => nullable !== false)) return false;
  // The SQL of the catalog is in the evidence; in the check's own it would hide that of the rows.
  const table = await tableCatalog(new CheckSide(side.side), context).catch((error: unknown) => {
    // What the catalog does not tell (rights, a name in two schemas) is counted instead.
    if (error instanceof EngineError && error.kind !== 'connection') return 'unknown';
    throw error;
  });
  if (typeof table === 'string') return false;
  const names = new Set(columns.map(({ name }) => name));
  const declared = [...(table.primary_key === null ? [] : [table.primary_key]), ...table.unique_keys];
  return declared.some((key) => key.columns.every((name) => names.has(name)));
}
