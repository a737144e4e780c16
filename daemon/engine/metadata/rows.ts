import type { Unreadable } from '../../protocol/catalog.ts';
import { EngineError, toEngineError } from '../errors.ts';
import type { Countable } from './model.ts';
import { count, type CatalogSession, type Row } from './session.ts';

/** Tables counted by one statement: few round trips, and a failure is looked for among a hundred at most. */
const tablesPerStatement = 100;
/** Estimated rows counted by one statement under a time limit: what is cut off by it is lost. */
const rowsPerStatement = 1_000_000;

export interface RowsContext {
  readonly session: CatalogSession;
  readonly unreadable: Unreadable[];
  /** Called after each statement with the tables done and the rows counted so far. */
  onTables(done: number, rows: number): void;
}

/** Exact counts, by a real count(*) of every table; returns the rows read. Tables that cannot be read are named in `unreadable`. */
export async function countRows(countables: readonly Countable[], context: RowsContext): Promise<number> {
  return countEach(withoutHindered(countables, context), context);
}

async function countEach(readable: readonly Countable[], context: RowsContext): Promise<number> {
  let rows = 0;
  let done = 0;
  for (const chunk of chunksOf(readable)) {
    const counted = await attempt(context, countSql(chunk));
    if (counted instanceof EngineError) {
      for (const one of chunk) rows += (await countOne(one, context)) ?? 0;
    } else {
      for (const row of counted) rows += setCount(chunk[Number(row.i)], row);
    }
    done += chunk.length;
    context.onTables(done, rows);
  }
  return rows;
}

/** Tables of one statement each: a hundred, or as many as have a million rows as far as is known. */
function chunksOf(countables: readonly Countable[]): Countable[][] {
  const chunks: Countable[][] = [];
  let rows = Infinity;
  for (const countable of countables) {
    const own = countable.relation.row_count.value ?? 0;
    const last = chunks.at(-1);
    if (last === undefined || last.length === tablesPerStatement || rows + own > rowsPerStatement) {
      chunks.push([countable]);
      rows = own;
    } else {
      last.push(countable);
      rows += own;
    }
  }
  return chunks;
}

/**
 * Exact counts for as long as the session of the context lives, the smallest tables first; what is not reached keeps its estimate.
 * Returns the rows read.
 */
export async function countSmallest(countables: readonly Countable[], context: RowsContext): Promise<number> {
  const size = ({ relation }: Countable): number => relation.row_count.value ?? relation.bytes ?? 0;
  const readable = countables.filter(({ hindrance }) => hindrance === undefined);
  return countEach(
    [...readable].sort((a, b) => size(a) - size(b)),
    context,
  );
}

function countSql(chunk: readonly Countable[]): string {
  return chunk
    .map(({ from }, index) => `select ${index} as "i", count(*) as "rows" from ${from}`)
    .join('\nunion all\n');
}

export function setCount(countable: Countable | undefined, row: Row | undefined): number {
  const value = (row && count(row, 'rows')) ?? 0;
  if (countable !== undefined) countable.relation.row_count = { value, method: 'exact' };
  return value;
}

/** The count of one table, or null if it cannot be read, which is written down. */
export async function countOne(countable: Countable, context: RowsContext): Promise<number | null> {
  const counted = await attempt(context, countSql([countable]));
  if (!(counted instanceof EngineError)) return setCount(countable, counted[0]);
  countable.relation.row_count = { value: null, method: 'none' };
  context.unreadable.push({ object: `rows of ${nameOf(countable)}`, reason: counted.message });
  return null;
}

export const nameOf = ({ schema, relation }: Countable): string => `${schema}.${relation.name}`;

export function withoutHindered(countables: readonly Countable[], context: RowsContext): Countable[] {
  return countables.filter((countable) => {
    if (countable.hindrance === undefined) return true;
    countable.relation.row_count = { value: null, method: 'none' };
    context.unreadable.push({ object: `rows of ${nameOf(countable)}`, reason: countable.hindrance });
    return false;
  });
}

/** Rows of the statement, or why it failed. Only what ends everything is thrown: a cancel, a lost connection. */
export async function attempt({ session }: RowsContext, sql: string): Promise<Row[] | EngineError> {
  try {
    return await session.query(sql);
  } catch (error) {
    const failure = toEngineError(error);
    if (session.signal.aborted || failure.kind === 'connection' || failure.kind === 'timeout') throw failure;
    return failure;
  }
}
