import { Socket } from 'node:net';
import { createWriteStream } from 'node:fs';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import { abortedError, EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import type { ResultSet, Value } from './connection.ts';
import { quoteIdentifier } from './ansiDialect.ts';
import type { CopyTextReader } from './copyText.ts';
import { floatText } from './numberText.ts';

export type PostgresDefinition = ConnectionDefinition & { type: 'postgres' };

/** A column of a result as the protocol describes it. `table_oid` is 0 for expressions. */
export interface PostgresField {
  readonly name: string;
  readonly type_oid: number;
  readonly modifier: number;
  readonly table_oid: number;
  readonly column_number: number;
}

export interface PostgresResult {
  readonly result: ResultSet;
  readonly fields: PostgresField[];
}

const defaultConnectTimeoutSeconds = 15;
const cancelIntervalMs = 250;
const cancelTries = 20;

/** Text forms that do not depend on how server, database or user are set up. */
const sessionSettings = [
  "set timezone = 'UTC'",
  "set datestyle = 'ISO, YMD'",
  "set intervalstyle = 'iso_8601'",
  'set extra_float_digits = 3',
  "set bytea_output = 'hex'",
  'set statement_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
].join('; ');

function clientConfig(definition: PostgresDefinition): pg.ClientConfig {
  const { ssl } = definition;
  return {
    host: definition.host,
    port: Number(definition.port),
    database: definition.database,
    user: definition.user,
    password: definition.password,
    application_name: 'ombudsman',
    connectionTimeoutMillis: (definition.connect_timeout ?? defaultConnectTimeoutSeconds) * 1000,
    // `true` and `require` encrypt without proof of who answers, as libpq's `require` does; `verify-full` wants the proof.
    ssl: ssl === undefined || ssl === false ? false : { rejectUnauthorized: ssl === 'verify-full' },
  };
}

const booleanOid = 16;
const byteaOid = 17;
const float4Oid = 700;
const float8Oid = 701;

/** Everything as text: numbers are never parsed into floats. Floats, bytea and booleans get the form all systems share. */
function parserOf(oid: number): (text: string) => Value {
  if (oid === booleanOid) return (text) => text === 't';
  if (oid === byteaOid) return (text) => text.slice(2);
  if (oid === float4Oid || oid === float8Oid) return (text) => floatText(Number(text), 64);
  return (text) => text;
}

/**
 * One client of a PostgreSQL server with our session settings. Statements queue; when the signal aborts, the running one is
 * cancelled on the server from a second connection until its promise has settled.
 */
export class PostgresSession {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #definition: PostgresDefinition;
  readonly #signal: AbortSignal;
  #backendPid = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #running: Promise<unknown> | null = null;
  #isBroken = false;
  #closing: Promise<void> | undefined;
  readonly #onAbort = () => void this.#cancelRunning();

  private constructor(definition: PostgresDefinition, signal: AbortSignal) {
    this.#definition = definition;
    this.#signal = signal;
    this.#socket = new Socket();
    this.#client = new pg.Client({ ...clientConfig(definition), stream: () => this.#socket });
    this.#client.on('error', () => {
      this.#isBroken = true;
    });
  }

  /** Connects and applies the session settings; with `readOnly` every transaction is read-only unless it says otherwise. */
  static async open(
    definition: PostgresDefinition,
    signal: AbortSignal,
    readOnly: boolean,
  ): Promise<PostgresSession> {
    throwIfAborted(signal);
    const session = new PostgresSession(definition, signal);
    const giveUp = () => session.#socket.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await session.#client.connect();
      await session.#prepare(readOnly);
      throwIfAborted(signal);
    } catch (error) {
      session.#socket.destroy();
      throw signal.aborted ? abortedError(signal) : toEngineError(error);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    signal.addEventListener('abort', session.#onAbort, { once: true });
    return session;
  }

  async #prepare(readOnly: boolean): Promise<void> {
    await this.#client.query(
      `${sessionSettings}; set default_transaction_read_only = ${readOnly ? 'on' : 'off'}`,
    );
    const { schema } = this.#definition;
    if (schema !== undefined) await this.#client.query(`set search_path = ${quoteIdentifier(schema)}`);
    // The server itself ends a query whose client is gone (this process killed). Since version 14, and not on every system.
    await this.#client.query("set client_connection_check_interval = '1s'").catch(() => undefined);
    const { rows } = await this.#client.query<{ pid: number }>('select pg_backend_pid() as pid');
    this.#backendPid = rows[0]?.pid ?? 0;
  }

  /** Runs one piece of work at a time on the client; the answer settles when the server is done with it. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(async () => {
      throwIfAborted(this.#signal);
      if (this.#isBroken || this.#closing)
        throw new EngineError('connection', 'connection_lost', 'the connection to the server is closed');
      const running = work();
      this.#running = running;
      try {
        return await running;
      } catch (error) {
        throw this.#signal.aborted ? abortedError(this.#signal) : toEngineError(error);
      } finally {
        this.#running = null;
      }
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** One statement through the extended protocol, which refuses a second one behind a semicolon. */
  async query(sql: string, params: readonly Value[] = []): Promise<PostgresResult> {
    const result = await this.#enqueue(() =>
      this.#client.query<Value[]>({
        text: sql,
        values: [...params],
        rowMode: 'array',
        queryMode: 'extended',
        types: { getTypeParser: parserOf },
      } as pg.QueryArrayConfig),
    );
    return {
      result: { columns: result.fields.map(({ name }) => name), rows: result.rows },
      fields: result.fields.map((field) => ({
        name: field.name,
        type_oid: field.dataTypeID,
        modifier: field.dataTypeModifier,
        table_oid: field.tableID,
        column_number: field.columnID,
      })),
    };
  }

  /** Our own SQL, several statements allowed; nothing is answered. */
  async execute(sql: string): Promise<void> {
    await this.#enqueue(() => this.#client.query(sql));
  }

  /** `copy (…) to stdout …` into a file, bytes as they come. Returns the rows the server says it sent. */
  copyToFile(sql: string, path: string): Promise<number> {
    return this.#enqueue(async () => {
      const stream = this.#client.query(copyTo(sql));
      try {
        await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
      } catch (error) {
        // If the file failed and not the server, the server still sends: nothing can be asked on this connection any more.
        if (!(error instanceof pg.DatabaseError)) this.#breakOff();
        throw error;
      }
      return stream.rowCount;
    });
  }

  /** `copy (…) to stdout (format text, …)` into a reader of rows. Returns the rows the server says it sent. */
  copyToReader(sql: string, reader: CopyTextReader, onRows?: (rows: number) => void): Promise<number> {
    return this.#enqueue(async () => {
      const stream = this.#client.query(copyTo(sql));
      const taker = new Writable({
        highWaterMark: 1024 * 1024,
        write(piece: Buffer, _encoding, done) {
          try {
            reader.write(piece);
            onRows?.(reader.rows);
            done();
          } catch (error) {
            done(error as Error);
          }
        },
      });
      try {
        await pipeline(stream, taker);
        reader.end();
      } catch (error) {
        // If the reader failed and not the server, the server still sends.
        if (!(error instanceof pg.DatabaseError)) this.#breakOff();
        throw error;
      }
      return stream.rowCount;
    });
  }

  /** `copy … from stdin …` from a stream. Returns the rows the server says it stored. */
  copyFrom(sql: string, source: Readable): Promise<number> {
    return this.#enqueue(async () => {
      const stream = this.#client.query(copyFrom(sql));
      await pipeline(source, stream);
      return stream.rowCount;
    });
  }

  #breakOff(): void {
    this.#isBroken = true;
    this.#socket.destroy();
  }

  /** A cancel that arrives between two statements hits nothing, so it is repeated until nothing runs any more. */
  async #cancelRunning(): Promise<void> {
    const running = this.#running?.catch(() => undefined);
    for (let tries = 0; this.#running && tries < cancelTries; tries += 1) {
      await cancelBackend(this.#definition, this.#backendPid).catch(() => undefined);
      await Promise.race([running, delay(cancelIntervalMs)]);
    }
    // The server cannot be asked any more (down, or no connection left); it ends the query itself once our socket is gone.
    if (this.#running) this.#breakOff();
  }

  /** Waits for what runs (cancelling it if the signal aborted), then says goodbye. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue;
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (this.#isBroken) return;
    await this.#client.end().catch(() => this.#socket.destroy());
  }
}

/** Asks the server, on a connection of its own, to cancel what a backend runs. */
async function cancelBackend(definition: PostgresDefinition, pid: number): Promise<void> {
  const client = new pg.Client({ ...clientConfig(definition), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_cancel_backend($1)', [pid]);
  } finally {
    await client.end();
  }
}
