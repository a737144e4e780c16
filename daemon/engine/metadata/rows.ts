import type { CatalogColumn, Unreadable } from '../../protocol/catalog.ts';
import { EngineError, toEngineError } from '../errors.ts';
import type { CanonicalType } from '../validation/types.ts';
import type { Countable } from './model.ts';
import { count, nullableText, type CatalogSession, type Row } from './session.ts';

/** Tables counted by one statement: few round trips, and a failure is looked for among a hundred at most. */
const tablesPerStatement = 100;
/** PostgreSQL allows 1,664 items in a SELECT; a profile needs four for each column. */
const columnsPerStatement = 400;
/** Characters of a text kept as minimum or maximum. */
const textLimit = 1000;

export interface RowsContext {
  readonly session: CatalogSession;
  readonly unreadable: Unreadable[];
  /** Called after each statement with the tables done and the rows counted so far. */
  onTables(done: number, rows: number): void;
}

/** Exact counts, by a real count(*) of every table; returns the rows read. Tables that cannot be read are named in `unreadable`. */
export async function countRows(countables: readonly Countable[], context: RowsContext): Promise<number> {
  const readable = withoutHindered(countables, context);
  let rows = 0;
  for (let start = 0; start < readable.length; start += tablesPerStatement) {
    const chunk = readable.slice(start, start + tablesPerStatement);
    const counted = await attempt(context, countSql(chunk));
    if (counted instanceof EngineError) {
      for (const one of chunk) rows += (await countOne(one, context)) ?? 0;
    } else {
      for (const row of counted) rows += setCount(chunk[Number(row.i)], row);
    }
    context.onTables(start + chunk.length, rows);
  }
  return rows;
}

function countSql(chunk: readonly Countable[]): string {
  return chunk
    .map(({ from }, index) => `select ${index} as i, count(*) as rows from ${from}`)
    .join('\nunion all\n');
}

function setCount(countable: Countable | undefined, row: Row | undefined): number {
  const value = (row && count(row, 'rows')) ?? 0;
  if (countable !== undefined) countable.relation.row_count = { value, method: 'exact' };
  return value;
}

/** The count of one table, or null if it cannot be read, which is written down. */
async function countOne(countable: Countable, context: RowsContext): Promise<number | null> {
  const counted = await attempt(context, countSql([countable]));
  if (!(counted instanceof EngineError)) return setCount(countable, counted[0]);
  countable.relation.row_count = { value: null, method: 'none' };
  context.unreadable.push({ object: `rows of ${nameOf(countable)}`, reason: counted.message });
  return null;
}

const nameOf = ({ schema, relation }: Countable): string => `${schema}.${relation.name}`;

function withoutHindered(countables: readonly Countable[], context: RowsContext): Countable[] {
  return countables.filter((countable) => {
    if (countable.hindrance === undefined) return true;
    countable.relation.row_count = { value: null, method: 'none' };
    context.unreadable.push({ object: `rows of ${nameOf(countable)}`, reason: countable.hindrance });
    return false;
  });
}

/** Rows of the statement, or why it failed. Only what ends everything is thrown: a cancel, a lost connection. */
async function attempt({ session }: RowsContext, sql: string): Promise<Row[] | EngineError> {
  try {
    return await session.query(sql);
  } catch (error) {
    const failure = toEngineError(error);
    if (session.signal.aborted || failure.kind === 'connection' || failure.kind === 'timeout') throw failure;
    return failure;
  }
}

/** Nulls, distinct values, minimum and maximum of every column, and the count, in one scan of each table; returns the rows read. */
export async function profileRows(countables: readonly Countable[], context: RowsContext): Promise<number> {
  const readable = withoutHindered(countables, context);
  let rows = 0;
  for (const [index, countable] of readable.entries()) {
    rows += await profileTable(countable, context);
    context.onTables(index + 1, rows);
  }
  return rows;
}

/** Returns the rows of the table. A column that cannot be profiled is named and costs the others a scan each, not their profiles. */
async function profileTable(countable: Countable, context: RowsContext): Promise<number> {
  const { columns } = countable.relation;
  let total = 0;
  for (let start = 0; start < Math.max(columns.length, 1); start += columnsPerStatement) {
    const chunk = columns.slice(start, start + columnsPerStatement);
    const profiled = await profileColumns(countable, chunk, context);
    if (!(profiled instanceof EngineError)) {
      total = profiled;
      continue;
    }
    const counted = await countOne(countable, context);
    if (counted === null) return 0;
    total = counted;
    for (const column of chunk) {
      const one = await profileColumns(countable, [column], context);
      if (one instanceof EngineError)
        context.unreadable.push({
          object: `profile of ${nameOf(countable)}.${column.name}`,
          reason: one.message,
        });
    }
  }
  return total;
}

async function profileColumns(
  countable: Countable,
  columns: readonly CatalogColumn[],
  context: RowsContext,
): Promise<number | EngineError> {
  const items = columns.flatMap((column, index) => profileItems(countable, column, index, context.session));
  const sql = `select ${['count(*) as rows', ...items].join(', ')} from ${countable.from}`;
  const rows = await attempt(context, sql);
  if (rows instanceof EngineError) return rows;
  const row = rows[0] ?? {};
  const total = setCount(countable, row);
  for (const [index, column] of columns.entries()) {
    column.profile = {
      nulls: total - (count(row, `c${index}`) ?? 0),
      distinct: count(row, `d${index}`),
      min: nullableText(row, `l${index}`),
      max: nullableText(row, `h${index}`),
    };
  }
  return total;
}

const withoutEquality: ReadonlySet<CanonicalType['kind']> = new Set(['json', 'other']);
const withOrder: ReadonlySet<CanonicalType['kind']> = new Set([
  'integer',
  'decimal',
  'float',
  'text',
  'date',
  'timestamp',
  'time',
]);

function profileItems(
  { columnKinds }: Countable,
  column: CatalogColumn,
  index: number,
  { connection }: CatalogSession,
): string[] {
  const name = connection.dialect.quoteIdentifier(column.name);
  const kind = columnKinds.get(column.name) ?? 'other';
  const bound = (aggregate: string): string => {
    const value = `${aggregate}(${name})`;
    // SQLite's own text of a real has fewer digits than the value; there the driver's number is the better one.
    const asText = connection.type === 'sqlite' ? value : `cast(${value} as varchar)`;
    return kind === 'text' ? `substr(${asText}, 1, ${textLimit})` : asText;
  };
  return [
    `count(${name}) as c${index}`,
    withoutEquality.has(kind) ? `null as d${index}` : `count(distinct ${name}) as d${index}`,
    withOrder.has(kind) ? `${bound('min')} as l${index}` : `null as l${index}`,
    withOrder.has(kind) ? `${bound('max')} as h${index}` : `null as h${index}`,
  ];
}
