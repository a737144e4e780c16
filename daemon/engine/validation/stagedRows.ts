import { agreed, plural } from '../../protocol/countText.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StageRequest } from '../connections/connection.ts';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import { EngineError, toEngineError } from '../errors.ts';
import { exactType, type ExactType } from './canonical.ts';
import type { ColumnPair } from './columns.ts';
import type { PipelineSide, SideName } from './side.ts';
import { typeName } from './types.ts';

/** Both sides as tables of the workspace: column i of `pairs` is `c<i>` in either, in a type that holds both exactly. */
export interface StagedRows {
  readonly workspace: DuckDBConnection;
  readonly source: string;
  readonly target: string;
  readonly source_rows: number;
  readonly target_rows: number;
  /** Name of the staged column of a pair; an EngineError when its types cannot be compared. */
  column(pair: ColumnPair): string;
}

/** The rows of one side that are read, where not all are; `expected`: how many they must be, if that is known. */
export interface SidePart extends Pick<StageRequest, 'condition' | 'only'> {
  readonly expected?: number;
}

export interface StagingContext {
  readonly source: PipelineSide;
  readonly target: PipelineSide;
  readonly workspace: DuckDBConnection;
  readonly pairs: readonly ColumnPair[];
  /** Left out: all rows, into the tables that all checks share. `prefix` names the tables of this part. */
  readonly part?: { readonly prefix: string; readonly source: SidePart; readonly target: SidePart };
  /** Rows staged so far on both sides together. */
  readonly onRows: (rows: number) => void;
}

/**
 * Reads every row of both sides into the workspace, once. Pairs whose types cannot be compared are not read; asking for one of
 * them is the error. Rejects when a side says another number of rows than arrived: then nothing found here could be trusted.
 */
export async function stageRows(context: StagingContext): Promise<StagedRows> {
  const types = new Map<ColumnPair, { readonly exact: ExactType; readonly as: string }>();
  for (const [index, pair] of context.pairs.entries()) {
    const exact = exactType(pair.source.type, pair.target.type);
    if (exact !== null) types.set(pair, { exact, as: `c${index}` });
  }
  const rows = { source: 0, target: 0 };
  const table = (name: SideName): string => `"${context.part?.prefix ?? 'rows'}_${name}"`;
  const stage = async (side: PipelineSide): Promise<number> => {
    const columns = [...types].map(([pair, { exact, as }]) => ({ column: pair[side.name], as, ...exact }));
    const names = columns.map(({ column }) => side.quote(column.name));
    const part = context.part?.[side.name] ?? {};
    const where = part.condition === undefined ? '' : ` where ${part.condition}`;
    side.record(`select ${names.length > 0 ? names.join(', ') : '1'} from ${side.from('s')}${where}`, []);
    const onRows = (done: number): void => {
      rows[side.name] = done;
      context.onRows(rows.source + rows.target);
    };
    const into = table(side.name);
    const request = {
      relation: side.relation,
      columns,
      workspace: context.workspace,
      into,
      onRows,
      ...(part.condition !== undefined && { condition: part.condition }),
      ...(part.only !== undefined && { only: part.only }),
    };
    const count = await stageSide(side, request);
    const expected = context.part === undefined ? await side.count([]) : part.expected;
    await assertWhole(side, count, into, context.workspace, expected);
    onRows(count);
    return count;
  };
  // One after the other: both at once would double the memory of the workspace's buffers and gain nothing on two cores.
  const sourceRows = await stage(context.source);
  const targetRows = await stage(context.target);
  return {
    workspace: context.workspace,
    source: table('source'),
    target: table('target'),
    source_rows: sourceRows,
    target_rows: targetRows,
    column: (pair) => types.get(pair)?.as ?? failIncomparable(pair),
  };
}

async function stageSide(side: PipelineSide, request: StageRequest): Promise<number> {
  try {
    return await side.connection.stage(request, { signal: side.signal });
  } catch (error) {
    throw toEngineError(error, `${side.name} ${side.connection.name}`);
  }
}

/** The rows that arrived, the rows in the workspace and the system's own count, taken in the same snapshot, are one number. */
async function assertWhole(
  side: PipelineSide,
  staged: number,
  table: string,
  workspace: DuckDBConnection,
  expected: number | undefined,
): Promise<void> {
  const there = await queryDuckdb(workspace, `select count(*) from ${table}`);
  const stored = Number(there.rows[0]?.[0]);
  const counted = expected ?? staged;
  if (staged === counted && stored === counted) return;
  const read = `${plural(staged, 'row')} ${agreed(staged, 'were read')} and ${stored} kept`;
  throw rowsChanged(side, `${read}, but count(*) says ${counted}`);
}

/** What is said when a side gives another number of rows than it said it has. */
export function rowsChanged(side: PipelineSide, what: string): EngineError {
  const message = `${side.name} ${side.connection.name}: ${what}`;
  return new EngineError('resource', 'rows_changed_while_read', message, {
    hint: 'The data changed while they were read, or rows were lost on the way; run it again while nothing writes.',
  });
}

/** What is said of a pair of columns whose values have no common exact form. */
export function failIncomparable(pair: ColumnPair): never {
  const [source, target] = [typeName(pair.source.type), typeName(pair.target.type)];
  const names =
    pair.source.name === pair.target.name
      ? `'${pair.source.name}'`
      : `'${pair.source.name}' and '${pair.target.name}'`;
  const message = `columns ${names} can not be compared exactly: ${source} in the source, ${target} in the target`;
  throw new EngineError('definition', 'incomparable_types', message, {
    hint: 'Convert one of them in a query of the pipeline (source.query or target.query), or exclude the column.',
    details: { column: pair.source.name, source_type: source, target_type: target },
  });
}
