import { userInfo } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import { abortedError, EngineError, throwIfAborted } from '../errors.ts';
import type { MysqlField } from '../validation/mysqlTypes.ts';
import type { ResultSet, Value } from './connection.ts';
import { RowFile } from './mysqlCsv.ts';
import { mysqlError } from './mysqlErrors.ts';
import { fieldOf, readerOf } from './mysqlFields.ts';

export type MysqlDefinition = ConnectionDefinition & { type: 'mysql' };

export interface MysqlResult {
  readonly result: ResultSet;
  readonly fields: MysqlField[];
}

const defaultConnectTimeoutSeconds = 15;
const cancelIntervalMs = 250;
const cancelTries = 20;
/** One side waits while the other is read: the server must not give up on a session that is silent or slow to take rows. */
const patienceSeconds = 604_800;
/** Statements are as different as their text; those kept prepared on the server are few. */
const preparedStatements = 8;

/**
 * Text forms that do not depend on how the server is set up, and the SQL of the standard: "name" is an identifier, \ is a
 * letter, || joins text. NO_ZERO_DATE is left out, so that SQL may still speak of '0000-00-00' where tables hold it.
 */
const sqlMode = [
  'ANSI_QUOTES',
  'NO_BACKSLASH_ESCAPES',
  'PIPES_AS_CONCAT',
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

const sessionSettings = [
  `sql_mode = '${sqlMode}'`,
  "time_zone = '+00:00'",
  'sql_select_limit = 18446744073709551615',
  `wait_timeout = ${patienceSeconds}`,
  `net_write_timeout = ${patienceSeconds}`,
];

function clientOptions(definition: MysqlDefinition): ConnectionOptions {
  const { host, ssl } = definition;
  const isSocket = host.startsWith('/');
  return {
    ...(isSocket ? { socketPath: host } : { host, port: Number(definition.port) }),
    database: definition.database,
    user: definition.user ?? userInfo().username,
    password: definition.password,
    connectTimeout: (definition.connect_timeout ?? defaultConnectTimeoutSeconds) * 1000,
    // `true` and `require` encrypt without proof of who answers; `verify-full` wants the proof, of the name too.
    ssl:
      ssl === undefined || ssl === false
        ? undefined
        : { rejectUnauthorized: ssl === 'verify-full', verifyIdentity: ssl === 'verify-full' },
    // Text that SQL makes itself is compared by code points.
    charset: 'utf8mb4_bin',
    connectAttributes: { program_name: 'ombudsman' },
    maxPreparedStatements: preparedStatements,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    rowsAsArray: true,
  };
}

/** How a session is used: reading ones never write, and no server can make them send a file. */
export type MysqlUse = 'read' | 'write';

/**
 * One client of a server with our session settings. Statements queue; when the signal aborts, the running one is ended on the
 * server by KILL QUERY from a second connection until its promise has settled.
 */
export class MysqlSession {
  readonly #client: Connection;
  readonly #definition: MysqlDefinition;
  readonly #signal: AbortSignal;
  #threadId = 0;
  #version = '';
  #queue: Promise<unknown> = Promise.resolve();
  #running: Promise<unknown> | null = null;
  #isBroken = false;
  #closing: Promise<void> | undefined;
  readonly #onAbort = () => void this.#cancelRunning();

  private constructor(definition: MysqlDefinition, signal: AbortSignal, use: MysqlUse) {
    this.#definition = definition;
    this.#signal = signal;
    const flags = use === 'read' ? ['-LOCAL_FILES'] : ['LOCAL_FILES'];
    this.#client = createConnection({ ...clientOptions(definition), flags });
    this.#client.on('error', () => {
      this.#isBroken = true;
    });
  }

  /** Connects and applies the session settings. */
  static async open(definition: MysqlDefinition, signal: AbortSignal, use: MysqlUse): Promise<MysqlSession> {
    throwIfAborted(signal);
    const session = new MysqlSession(definition, signal, use);
    try {
      await session.#connect();
      await session.#prepare(use);
      throwIfAborted(signal);
    } catch (error) {
      session.#client.destroy();
      throw signal.aborted ? abortedError(signal) : mysqlError(error);
    }
    signal.addEventListener('abort', session.#onAbort, { once: true });
    return session;
  }

  /** As the server tells it: `10.11.6-MariaDB-log`, `8.4.3`. */
  get version(): string {
    return this.#version;
  }

  get isMariadb(): boolean {
    return /mariadb/i.test(this.#version);
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#client.destroy();
        reject(abortedError(this.#signal));
      };
      this.#signal.addEventListener('abort', giveUp, { once: true });
      this.#client.connect((error) => {
        this.#signal.removeEventListener('abort', giveUp);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async #prepare(use: MysqlUse): Promise<void> {
    const { result } = await this.#ask('select version(), connection_id()', []);
    const [version, threadId] = result.rows[0] ?? [];
    this.#version = String(version);
    this.#threadId = Number(threadId);
    await this.#run(`set session ${[...sessionSettings, ...this.#ownSettings()].join(', ')}`);
    await this.#run('set session transaction isolation level repeatable read');
    if (use === 'read') await this.#run('set session transaction read only');
  }

  #ownSettings(): string[] {
    const seconds = this.#definition.statement_timeout ?? 0;
    if (!this.isMariadb) return [`max_execution_time = ${Math.ceil(seconds * 1000)}`];
    return [
      `max_statement_time = ${seconds}`,
      'idle_transaction_timeout = 0',
      'idle_readonly_transaction_timeout = 0',
      // MariaDB would answer for 'ABC' what it remembers of 'abc', also where a condition compares bytes.
      "optimizer_switch = 'subquery_cache=off'",
    ];
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
        const result = await running;
        // SLEEP and the like answer as if nothing had happened when they are killed.
        throwIfAborted(this.#signal);
        return result;
      } catch (error) {
        if ((error as { fatal?: unknown }).fatal === true) this.#breakOff();
        throw this.#signal.aborted ? abortedError(this.#signal) : mysqlError(error);
      } finally {
        this.#running = null;
      }
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** One prepared statement, its parameters bound by the server: floats arrive as the bits they are. */
  query(sql: string, params: readonly Value[] = []): Promise<MysqlResult> {
    return this.#enqueue(() => this.#ask(sql, params));
  }

  /** Our own SQL, one statement; nothing is answered but the rows it changed. */
  execute(sql: string): Promise<number> {
    return this.#enqueue(() => this.#run(sql));
  }

  #ask(sql: string, values: readonly Value[]): Promise<MysqlResult> {
    return new Promise((resolve, reject) => {
      const typeCast: ConnectionOptions['typeCast'] = (field, next) =>
        field.type === 'GEOMETRY' ? field.buffer() : next();
      this.#client.execute(
        { sql, values: [...values], rowsAsArray: true, typeCast },
        (error, rows, fields) => {
          if (error) return reject(error);
          const described = (fields ?? []).map(fieldOf);
          const answered = Array.isArray(rows) ? (rows as unknown[][]) : [];
          const readers = described.map(readerOf);
          resolve({
            result: {
              columns: described.map(({ name }) => name),
              rows: answered.map((row) => row.map((value, index) => readers[index]?.(value) ?? null)),
            },
            fields: described,
          });
        },
      );
    });
  }

  #run(sql: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#client.query(sql, (error, answer) => {
        if (error) reject(error);
        else resolve((answer as { affectedRows?: number }).affectedRows ?? 0);
      });
    });
  }

  /**
   * The rows of a SELECT into a CSV file of csvStage.ts. `part` chooses rows: it says where the bytes of a row that go into the file end,
   * or -1 for none of them. Returns how many.
   */
  exportRows(
    sql: string,
    path: string,
    part?: (bytes: Buffer, start: number, end: number) => number,
  ): Promise<number> {
    return this.#enqueue(async () => {
      const file = new RowFile(path, this.#client);
      try {
        await this.#readRaw(sql, (bytes, start, end) => {
          const stop = part === undefined ? end : part(bytes, start, end);
          if (stop >= 0) file.write(bytes, start, stop);
        });
      } finally {
        await file.end();
      }
      return file.rows;
    });
  }

  /** The rows of a SELECT, one after the other, as the bytes of the protocol; the bytes are the driver's to reuse. */
  eachRow(sql: string, onRow: (bytes: Buffer, start: number, end: number) => void): Promise<void> {
    return this.#enqueue(() => this.#readRaw(sql, onRow));
  }

  /** The driver has no public way to the bytes of a row, and turning 12 million values into objects costs more than reading them. */
  #readRaw(sql: string, onRow: (bytes: Buffer, start: number, end: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const command = this.#client.query(sql) as unknown as RawQuery;
      const atEnd = command.row;
      // What goes wrong with one row is told when the server has sent them all: the protocol knows no way to stop it.
      let failure: Error | undefined;
      command.row = (packet, client) => {
        if (packet.isEOF()) return atEnd.call(command, packet, client);
        if (failure !== undefined) return command.row;
        try {
          onRow(packet.buffer, packet.offset, packet.end);
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
        }
        return command.row;
      };
      command.once('error', reject);
      command.once('end', () => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
    });
  }

  /** LOAD DATA LOCAL INFILE from a stream; the file name in the SQL means nothing. */
  loadFrom(sql: string, source: Readable): Promise<{ readonly rows: number; readonly warnings: number }> {
    return this.#enqueue(
      () =>
        new Promise((resolve, reject) => {
          this.#client.query({ sql, infileStreamFactory: () => source }, (error, answer) => {
            source.destroy();
            if (error) return reject(error);
            const { affectedRows = 0, warningStatus = 0 } = answer as {
              affectedRows?: number;
              warningStatus?: number;
            };
            resolve({ rows: affectedRows, warnings: warningStatus });
          });
        }),
    );
  }

  /** SHOW WARNINGS and the like, which would forget what they show if they were prepared first. */
  show(sql: string): Promise<unknown[][]> {
    return this.#enqueue(
      () =>
        new Promise((resolve, reject) => {
          this.#client.query({ sql, rowsAsArray: true }, (error, rows) =>
            error ? reject(error) : resolve(rows as unknown[][]),
          );
        }),
    );
  }

  #breakOff(): void {
    this.#isBroken = true;
    this.#client.destroy();
  }

  /** A cancel that arrives between two statements hits nothing, so it is repeated until nothing runs any more. */
  async #cancelRunning(): Promise<void> {
    const running = this.#running?.catch(() => undefined);
    for (let tries = 0; this.#running && tries < cancelTries; tries += 1) {
      await killQuery(this.#definition, this.#threadId).catch(() => undefined);
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
    await new Promise<void>((resolve) => this.#client.end(() => resolve()));
  }
}

/** What mysql2's query object has beyond its types: the state that takes each row, and the packet it takes. */
interface RawQuery {
  row: (packet: RawPacket, client: unknown) => unknown;
  once(event: 'error' | 'end', listener: (error: Error) => void): void;
}

interface RawPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}

/** Asks the server, on a connection of its own, to end what a session runs. */
async function killQuery(definition: MysqlDefinition, threadId: number): Promise<void> {
  const client = createConnection({
    ...clientOptions(definition),
    connectTimeout: 5000,
    flags: ['-LOCAL_FILES'],
  });
  client.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      client.query(`kill query ${threadId}`, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    client.destroy();
  }
}
