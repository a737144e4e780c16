import type { ConnectionType } from '../../../protocol/files/connections.ts';
import type { OpenTarget } from './target.ts';

/** Where generation can write, by type of connection; loaded when first needed. */
const targets: Readonly<Record<ConnectionType, () => Promise<OpenTarget>>> = {
  duckdb: async () => (await import('./duckdb.ts')).openDuckdbTarget,
  files: async () => (await import('./files.ts')).openFilesTarget,
  sqlite: async () => (await import('./sqlite.ts')).openSqliteTarget,
  postgres: async () => (await import('./postgres.ts')).openPostgresTarget,
  mysql: async () => (await import('./mysql.ts')).openMysqlTarget,
  sqlserver: async () => (await import('./sqlserver.ts')).openSqlserverTarget,
  snowflake: async () => (await import('./snowflake.ts')).openSnowflakeTarget,
};

/** Without a connection the files go among the artifacts of the job. */
export const openTarget: OpenTarget = async (connection, context) => {
  const open = await targets[connection?.definition.type ?? 'files']();
  return open(connection, context);
};
