import { TYPES } from 'tedious';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import { throwIfAborted, toEngineError } from '../errors.ts';
import type { ResultSet } from './connection.ts';
import type { SessionContext } from './duckdbInstance.ts';
import { track } from './resources.ts';
import { introductionSql } from './sqlserver.ts';
import { SqlserverSession } from './sqlserverSession.ts';

/** Characters of a column that a bulk load sends as text. */
export const bulkTextLength = 4000;

/** A read-write session of a server, for generation. */
export interface SqlserverWriter {
  readonly name: string;
  readonly version: string;
  /** The schema of names without one. */
  readonly schema: string;
  /** Returns the rows it changed. */
  execute(sql: string): Promise<number>;
  query(sql: string): Promise<ResultSet>;
  /** Bulk insert into a table whose columns are NVARCHAR(4000). Returns the rows stored. */
  bulkText(
    table: string,
    columns: readonly string[],
    rows: AsyncIterable<(string | null)[]>,
  ): Promise<number>;
  close(): Promise<void>;
}

/** Opens a writing session; ended on the server when the signal aborts, closed at the latest when the attempt ends. */
export async function openSqlserverWriter(
  name: string,
  definition: ConnectionDefinition,
  context: SessionContext,
): Promise<SqlserverWriter> {
  throwIfAborted(context.signal);
  if (definition.type !== 'sqlserver') throw new Error(`not a SQL Server connection: ${definition.type}`);
  try {
    const session = await SqlserverSession.open(definition, context.signal, 'write');
    const { rows } = await session.query(introductionSql);
    const { rows: own } = await session.query('select schema_name()');
    return track(context.scratchDir, {
      name,
      version: String(rows[0]?.[0]),
      schema: definition.schema ?? String(own[0]?.[0] ?? 'dbo'),
      execute: (sql: string) => session.execute(sql),
      query: (sql: string) => session.query(sql),
      bulkText: (table: string, columns: readonly string[], values: AsyncIterable<(string | null)[]>) =>
        session.bulkLoad(
          table,
          (load) => {
            for (const column of columns)
              load.addColumn(column, TYPES.NVarChar, { nullable: true, length: bulkTextLength });
          },
          values,
        ),
      close: () => session.close(),
    });
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
}
