import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { toEngineError } from '../errors.ts';
import { registerFunctions } from '../validation/workspaceFunctions.ts';
import { quoteIdentifier } from './ansiDialect.ts';
import { track } from './resources.ts';
import { duckdbLimits } from './duckdbLimits.ts';
import { DuckdbSession } from './duckdbSession.ts';

/** What a session needs of an attempt; OpenContext and OperationContext both have it. */
export interface SessionContext {
  readonly signal: AbortSignal;
  readonly scratchDir: string;
}

let instance: Promise<{ db: DuckDBInstance; admin: DuckDBConnection; spillDir: string }> | undefined;

/**
 * The one in-memory instance of this process, made at first use. All sessions, attached files and workspaces live in it, so
 * rows move between them inside native code. Spill files go beside the scratch folders of the attempts.
 */
function shared(context: SessionContext) {
  instance ??= create(join(dirname(context.scratchDir), `duckdb-${process.pid}`)).catch((error: unknown) => {
    instance = undefined;
    throw toEngineError(error);
  });
  return instance;
}

async function create(spillDir: string) {
  mkdirSync(spillDir, { recursive: true, mode: 0o700 });
  process.once('exit', () => rmSync(spillDir, { recursive: true, force: true }));
  const limits = duckdbLimits();
  const db = await DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memory_limit_mb}MiB`,
    threads: String(limits.threads),
    temp_directory: spillDir,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const admin = await db.connect();
  await admin.run("set global TimeZone = 'UTC'");
  // Once for the whole instance: two sessions registering at once would conflict in its catalog.
  registerFunctions(admin);
  return { db, admin, spillDir };
}

/** A session on the shared instance, closed at the latest when its attempt ends. */
export async function duckdbSession(context: SessionContext): Promise<DuckdbSession> {
  const { db } = await shared(context);
  const session = new DuckdbSession(await db.connect(), context.signal);
  track(context.scratchDir, session);
  return session;
}

/** Runs ATTACH, DETACH and DROP SCHEMA: on a connection of its own, outside any attempt's signal. */
export async function duckdbAdmin(context: SessionContext, sql: string): Promise<void> {
  const { admin } = await shared(context);
  await admin.run(sql);
}

let workspaceCount = 0;
const workspaces = new WeakMap<DuckDBConnection, { schema: string; close(): Promise<void> }>();

/**
 * A connection with a schema of its own (its default) for the tables of one operation. Tables there are ordinary ones, not
 * TEMP: other sessions write them while staging. Interrupted when the signal aborts; dropped by closeWorkspace or, at the
 * latest, when the attempt ends.
 */
export async function workspace(context: SessionContext): Promise<DuckDBConnection> {
  const session = await duckdbSession(context);
  workspaceCount += 1;
  const schema = `memory.${quoteIdentifier(`workspace_${workspaceCount}`)}`;
  try {
    await session.connection.run(`create schema ${schema}`);
    await session.connection.run(`use ${schema}`);
  } catch (error) {
    // Stopped in between: nobody gets the session, so nobody else would close it.
    await session.close();
    await duckdbAdmin(context, `drop schema if exists ${schema} cascade`);
    throw error;
  }
  const close = async () => {
    await session.close();
    await duckdbAdmin(context, `drop schema if exists ${schema} cascade`);
  };
  const tracked = track(context.scratchDir, { close });
  workspaces.set(session.connection, { schema, close: tracked.close });
  return session.connection;
}

/** Drops the workspace's tables and closes its connection. */
export async function closeWorkspace(connection: DuckDBConnection): Promise<void> {
  await workspaces.get(connection)?.close();
}

/** `into` of a StageRequest as a name that every session of the instance understands. */
export function workspaceTable(connection: DuckDBConnection, into: string): string {
  const found = workspaces.get(connection);
  if (!found) throw new Error('not a workspace connection');
  return `${found.schema}.${into}`;
}

/** Closes the instance and removes its spill folder: tests, and the end of the process. */
export async function closeDuckdb(): Promise<void> {
  if (!instance) return;
  const { db, admin, spillDir } = await instance;
  instance = undefined;
  admin.disconnectSync();
  db.closeSync();
  rmSync(spillDir, { recursive: true, force: true });
}
