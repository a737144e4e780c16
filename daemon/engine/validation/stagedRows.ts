import { agreed, plural } from '../../protocol/countText.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import { EngineError, toEngineError } from '../errors.ts';
import { exactType, type ExactType } from './canonical.ts';
import type { ColumnPair } from './columns.ts';
import type { PipelineSide } from './side.ts';
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

export interface StagingContext {
  readonly source: PipelineSide;
  readonly target: PipelineSide;
  readonly workspace: DuckDBConnection;
  readonly pairs: readonly ColumnPair[];
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
  const stage = async (side: PipelineSide): Promise<number> => {
    const columns = [...types].map(([pair, { exact, as }]) => ({ column: pair[side.name], as, ...exact }));
    const names = columns.map(({ column }) => side.quote(column.name));
    side.record(`select ${names.length > 0 ? names.join(', ') : '1'} from ${side.from('s')}`, []);
    const onRows = (done: number): void => {
      rows[side.name] = done;
      context.onRows(rows.source + rows.target);
    };
    const count = await stageSide(side, columns, context.workspace, onRows);
    await assertWhole(side, count, context.workspace);
    onRows(count);
    return count;
  };
  // One after the other: both at once would double the memory of the workspace's buffers and gain nothing on two cores.
  const sourceRows = await stage(context.source);
  const targetRows = await stage(context.target);
  return {
    workspace: context.workspace,
    source: tableName('source'),
    target: tableName('target'),
    source_rows: sourceRows,
    target_rows: targetRows,
    column: (pair) => types.get(pair)?.as ?? failIncomparable(pair),
  };
}

const tableName = (side: 'source' | 'target'): string => `"rows_${side}"`;

async function stageSide(
  side: PipelineSide,
  columns: Parameters<PipelineSide['connection']['stage']>[0]['columns'],
  workspace: DuckDBConnection,
  onRows: (rows: number) => void,
): Promise<number> {
  const request = { relation: side.relation, columns, workspace, into: tableName(side.name), onRows };
  try {
    return await side.connection.stage(request, { signal: side.signal });
  } catch (error) {
    throw toEngineError(error, `${side.name} ${side.connection.name}`);
  }
}

/** The rows that arrived, the rows in the workspace and the system's own count, taken in the same snapshot, are one number. */
async function assertWhole(side: PipelineSide, staged: number, workspace: DuckDBConnection): Promise<void> {
  const there = await queryDuckdb(workspace, `select count(*) from ${tableName(side.name)}`);
  const stored = Number(there.rows[0]?.[0]);
  const counted = await side.count([]);
  if (staged === counted && stored === counted) return;
  const message = `${side.name} ${side.connection.name}: ${plural(staged, 'row')} ${agreed(staged, 'were read')} and ${stored} kept, but count(*) says ${counted}`;
  throw new EngineError('resource', 'rows_changed_while_read', message, {
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
