import type { ConnectionDefinition, ConnectionType } from '../../protocol/files/connections.ts';
import { throwIfAborted, toEngineError } from '../errors.ts';
import type { Connection, ConnectionKind, OpenContext } from './connection.ts';
import { track } from './resources.ts';

/** One entry for each type of connection. Drivers load when the first connection of their type opens. */
const kinds: Readonly<Record<ConnectionType, () => Promise<ConnectionKind>>> = {
  duckdb: async () => (await import('./duckdb.ts')).duckdbKind,
  sqlite: async () => (await import('./sqlite.ts')).sqliteKind,
  files: async () => (await import('./files.ts')).filesKind,
  postgres: async () => (await import('./postgres.ts')).postgresKind,
  mysql: async () => (await import('./mysql.ts')).mysqlKind,
  sqlserver: async () => (await import('./sqlserver.ts')).sqlserverKind,
  snowflake: async () => (await import('./snowflake.ts')).snowflakeKind,
};

/**
 * Opens a session on a connection: paths absolute, secrets filled in. Close it in a `finally`; what an attempt leaves open is
 * closed when it ends. Errors are EngineErrors that name the connection.
 */
export async function openConnection(
  name: string,
  definition: ConnectionDefinition,
  context: OpenContext,
): Promise<Connection> {
  throwIfAborted(context.signal);
  try {
    const kind = await kinds[definition.type]();
    return track(context.scratchDir, await kind.open(name, definition, context));
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
}
