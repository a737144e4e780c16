import type { CatalogColumn, Unreadable } from '../../protocol/catalog.ts';
import { toEngineError } from '../errors.ts';
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

/** Exact counts, by a real count(*) of every table. Tables that cannot be read are named in `unreadable`. */
export async function countRows(countables: readonly Countable[], context: RowsContext): Promise<void> {
  const readable = withoutHindered(countables, context);
  let rows = 0;
  for (let start = 0; start < readable.length; start += tablesPerStatement) {
    const chunk = readable.slice(start, start + tablesPerStatement);
    const counted = (await attempt(context, chunk, countSql(chunk))) ?? (await countEach(chunk, context));
    for (const row of counted) {
      const value = count(row, 'rows') ?? 0;
      const relation = chunk[Number(row.i)]?.relation;
      if (relation !== undefined) relation.row_count = { value, method: 'exact' };
      rows += value;
    }
    context.onTables(start + chunk.length, rows);
  }
}

function countSql(chunk: readonly Countable[]): string {
  return chunk
    .map(({ from }, index) => `select ${index} as i, count(*) as rows from ${from}`)
    .join('\nunion all\n');
}

async function countEach(chunk: readonly Countable[], context: RowsContext): Promise<Row[]> {
  const found: Row[] = [];
  for (const [index, one] of chunk.entries()) {
    const sql = `select ${index} as i, count(*) as rows from ${one.from}`;
    found.push(...((await attempt(context, [one], sql)) ?? []));
  }
  return found;
}

function withoutHindered(countables: readonly Countable[], context: RowsContext): Countable[] {
  return countables.filter(({ schema, relation, hindrance }) => {
    if (hindrance === undefined) return true;
    relation.row_count = { value: null, method: 'none' };
    context.unreadable.push({ object: `rows of ${schema}.${relation.name}`, reason: hindrance });
    return false;
  });
}

/** Rows of the statement, or undefined if it failed; a failure of one table alone is written down. */
async function attempt(
  { session, unreadable }: RowsContext,
  countables: readonly Countable[],
  sql: string,
): Promise<Row[] | undefined> {
  try {
    return await session.query(sql);
  } catch (error) {
    const failure = toEngineError(error);
    if (session.signal.aborted || failure.kind === 'connection') throw failure;
    const [only, ...others] = countables;
    if (only !== undefined && others.length === 0) {
      only.relation.row_count = { value: null, method: 'none' };
      unreadable.push({ object: `rows of ${only.schema}.${only.relation.name}`, reason: failure.message });
    }
    return undefined;
  }
}

/** Nulls, distinct values, minimum and maximum of every column, and the count, in one scan of each table. */
export async function profileRows(countables: readonly Countable[], context: RowsContext): Promise<void> {
  const readable = withoutHindered(countables, context);
  let rows = 0;
  for (const [index, countable] of readable.entries()) {
    rows += await profileTable(countable, context);
    context.onTables(index + 1, rows);
  }
}

async function profileTable(countable: Countable, context: RowsContext): Promise<number> {
  const { relation, from } = countable;
  let total = 0;
  for (let start = 0; start < Math.max(relation.columns.length, 1); start += columnsPerStatement) {
    const columns = relation.columns.slice(start, start + columnsPerStatement);
    const items = columns.flatMap((column, index) => profileItems(countable, column, index, context.session));
    const sql = `select ${['count(*) as rows', ...items].join(', ')} from ${from}`;
    const [row] = (await attempt(context, [countable], sql)) ?? [];
    if (row === undefined) return 0;
    total = count(row, 'rows') ?? 0;
    relation.row_count = { value: total, method: 'exact' };
    for (const [index, column] of columns.entries()) {
      column.profile = {
        nulls: total - (count(row, `c${index}`) ?? 0),
        distinct: count(row, `d${index}`),
        min: nullableText(row, `l${index}`),
        max: nullableText(row, `h${index}`),
      };
    }
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
    const value =
      kind === 'text' ? `substr(${aggregate}(${name}), 1, ${textLimit})` : `${aggregate}(${name})`;
    // SQLite's own text of a real has fewer digits than the value; there the driver's number is the better one.
    return connection.type === 'sqlite' ? value : `cast(${value} as varchar)`;
  };
  return [
    `count(${name}) as c${index}`,
    withoutEquality.has(kind) ? `null as d${index}` : `count(distinct ${name}) as d${index}`,
    withOrder.has(kind) ? `${bound('min')} as l${index}` : `null as l${index}`,
    withOrder.has(kind) ? `${bound('max')} as h${index}` : `null as h${index}`,
  ];
}
