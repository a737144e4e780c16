import type { Readable } from 'node:stream';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import { EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import type { ResultSet } from './connection.ts';
import type { SessionContext } from './duckdbInstance.ts';
import { MysqlSession } from './mysqlSession.ts';
import { track } from './resources.ts';

/** A read-write session of a server, for generation: autocommit, without checks of foreign keys until it is told otherwise. */
export interface MysqlWriter {
  readonly name: string;
  readonly system: string;
  readonly version: string;
  /** LOAD DATA LOCAL INFILE works; if not, rows go in by INSERT. */
  readonly canLoadFiles: boolean;
  /** Characters one statement may have. */
  readonly statementLimit: number;
  /** Returns the rows it changed. */
  execute(sql: string): Promise<number>;
  query(sql: string): Promise<ResultSet>;
  /**
   * LOAD DATA LOCAL INFILE. Returns the rows stored. With LOCAL a server stores what it can and warns of the rest: here every
   * warning is an error.
   */
  load(sql: string, source: Readable): Promise<number>;
  close(): Promise<void>;
}

/** Opens a writing session; ended on the server when the signal aborts, closed at the latest when the attempt ends. */
export async function openMysqlWriter(
  name: string,
  definition: ConnectionDefinition,
  context: SessionContext,
): Promise<MysqlWriter> {
  throwIfAborted(context.signal);
  if (definition.type !== 'mysql') throw new Error(`not a MySQL connection: ${definition.type}`);
  try {
    const session = await MysqlSession.open(definition, context.signal, 'write');
    await session.execute('set session foreign_key_checks = 0');
    const { result } = await session.query('select @@local_infile, @@max_allowed_packet');
    const [canLoad, packet] = result.rows[0] ?? [];
    return track(context.scratchDir, {
      name,
      system: session.isMariadb ? 'MariaDB' : 'MySQL',
      version: session.version,
      canLoadFiles: String(canLoad) === '1',
      // A character takes up to four bytes.
      statementLimit: Math.floor(Number(packet) / 4) - 1024,
      execute: (sql: string) => session.execute(sql),
      query: async (sql: string) => (await session.query(sql)).result,
      load: (sql: string, source: Readable) => loadWithoutWarning(session, sql, source),
      close: () => session.close(),
    });
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
}

async function loadWithoutWarning(session: MysqlSession, sql: string, source: Readable): Promise<number> {
  const { rows, warnings } = await session.loadFrom(sql, source);
  if (warnings === 0) return rows;
  const told = await session.show('show warnings limit 5');
  const text = told.map(([, , message]) => String(message)).join('; ');
  throw new EngineError('definition', 'bad_value', `${warnings} warnings while rows were loaded: ${text}`);
}
