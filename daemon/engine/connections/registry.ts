import type { ConnectionDefinition, ConnectionType } from '../../protocol/files/connections.ts';
import { EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import type { Connection, ConnectionKind, OpenContext } from './connection.ts';
import { track } from './resources.ts';

/** One entry for each type of connection. Drivers load when the first connection of their type opens. */
const kinds: Partial<Record<ConnectionType, () => Promise<ConnectionKind>>> = {
  duckdb: async () => (await import('./duckdb.ts')).duckdbKind,
  files: async () => (await import('./files.ts')).filesKind,
  postgres: async () => (await import('./postgres.ts')).postgresKind,
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
    const kind = await kinds[definition.type]?.();
    if (!kind)
      throw new EngineError(
        'internal',
        'not_built',
        `connections of type ${definition.type} are not built yet`,
      );
    return track(context.scratchDir, await kind.open(name, definition, context));
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
}
