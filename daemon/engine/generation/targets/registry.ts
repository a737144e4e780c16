import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ConnectionType } from '../../../protocol/files/connections.ts';
import type { OpenTarget } from './target.ts';

/** Where generation can write, by type of connection; loaded when first needed. */
const targets: Readonly<Record<ConnectionType, () => Promise<OpenTarget>>> = {
  duckdb: async () => (await import('./duckdb.ts')).openDuckdbTarget,
  files: async () => (await import('./files.ts')).openFilesTarget,
  sqlite: async () => (await import('./sqlite.ts')).openSqliteTarget,
  postgres: async () => (await import('./postgres.ts')).openPostgresTarget,
};

/** Without a connection the files go among the artifacts of the job. */
export const openTarget: OpenTarget = async (connection, context) => {
  const definition = connection?.definition;
  if (definition?.type === 'duckdb' || definition?.type === 'sqlite') {
    // A fresh clone has no folder for the database that is about to be made.
    mkdirSync(dirname(definition.path), { recursive: true });
  }
  const open = await targets[definition?.type ?? 'files']();
  return open(connection, context);
};
