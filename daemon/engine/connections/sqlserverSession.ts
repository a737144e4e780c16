import { Connection, ISOLATION_LEVEL, Request, type BulkLoad, type ConnectionConfiguration } from 'tedious';
import type { SqlserverDefinition } from '../../protocol/files/connections.ts';
import { abortedError, EngineError, throwIfAborted } from '../errors.ts';
import type { ResultSet, Value } from './connection.ts';
import { RowCsv } from './rowCsv.ts';
import { sqlserverError } from './sqlserverErrors.ts';
import { sqlserverValue, type SqlserverColumn } from './sqlserverValues.ts';

const defaultConnectTimeoutSeconds = 15;
/** How long the server may take to confirm a cancel before the connection is given up. */
const cancelTimeoutMs = 5000;
const defaultPort = 1433;

/** How a session is used: reading ones say so to the server, which may lead them to a readable replica. */
export type SqlserverUse = 'read' | 'write';

/** `host\instance` asks the server's browser for the port of the instance. */
function placeOf({ host, port }: SqlserverDefinition) {
  const [server = '', instance] = host.split('\\');
  return instance === undefined || instance === ''
    ? { server, options: { port: Number(port) || defaultPort } }
    : { server, options: { instanceName: instance } };
}

function configuration(definition: SqlserverDefinition, use: SqlserverUse): ConnectionConfiguration {
  const { server, options } = placeOf(definition);
  const { database, user, password = '', ssl, statement_timeout: timeout } = definition;
  return {
    server,
    authentication: { type: 'default', options: { userName: user, password } },
    options: {
      ...options,
      database,
      appName: 'ombudsman',
      // Without proof of who answers unless it is asked for: the certificate a server makes for itself is nobody's.
      encrypt: ssl !== false,
      trustServerCertificate: ssl !== 'verify-full',
      readOnlyIntent: use === 'read',
      connectTimeout: (definition.connect_timeout ?? defaultConnectTimeoutSeconds) * 1000,
      requestTimeout: timeout === undefined ? 0 : Math.ceil(timeout * 1000),
      cancelTimeout: cancelTimeoutMs,
      // A failure is told at once; what is worth trying again is for the retry of the operation to say.
      maxRetriesOnTransientErrors: 0,
      // Text forms and rules that do not depend on how the server or the login is set up.
      language: 'us_english',
      dateFormat: 'ymd',
      enableQuotedIdentifier: true,
      enableAnsiNull: true,
      enableAnsiPadding: true,
      enableAnsiWarnings: true,
      enableArithAbort: true,
      enableConcatNullYieldsNull: true,
      enableNumericRoundabort: false,
      enableImplicitTransactions: false,
      abortTransactionOnError: false,
      connectionIsolationLevel: ISOLATION_LEVEL.READ_COMMITTED,
      useUTC: true,
      useColumnNames: false,
      rowCollectionOnDone: false,
      rowCollectionOnRequestCompletion: false,
    },
  };
}

interface Cell {
  readonly value: unknown;
  readonly metadata: SqlserverColumn;
}

/**
 * One connection to a server with our session settings. Statements queue; when the signal aborts, the running one is ended on the
 * server by an attention signal, which the server confirms.
 */
export class SqlserverSession {
  readonly #client: Connection;
  readonly #definition: SqlserverDefinition;
  readonly #signal: AbortSignal;
  #queue: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  #isSecure = false;
  #broken: Error | undefined;
  #isEnded = false;
  #closing: Promise<void> | undefined;
  readonly #onAbort = () => this.#cancelRunning();

  private constructor(definition: SqlserverDefinition, signal: AbortSignal, use: SqlserverUse) {
    this.#definition = definition;
    this.#signal = signal;
    this.#client = new Connection(configuration(definition, use));
    this.#client.on('error', (error) => {
      this.#broken ??= error;
    });
    this.#client.on('end', () => {
      this.#isEnded = true;
    });
    this.#client.on('secure', () => {
      this.#isSecure = true;
    });
  }

  /** Connects and logs in. */
  static async open(
    definition: SqlserverDefinition,
    signal: AbortSignal,
    use: SqlserverUse,
  ): Promise<SqlserverSession> {
    throwIfAborted(signal);
    const session = new SqlserverSession(definition, signal, use);
    try {
      await session.#connect();
      throwIfAborted(signal);
    } catch (error) {
      session.#client.close();
      throw signal.aborted ? abortedError(signal) : sqlserverError(error);
    }
    signal.addEventListener('abort', session.#onAbort, { once: true });
    return session;
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      let told: { readonly number: number } | undefined;
      const giveUp = () => {
        this.#client.close();
        reject(abortedError(this.#signal));
      };
      this.#signal.addEventListener('abort', giveUp, { once: true });
      this.#client.once('errorMessage', (message: { readonly number: number }) => {
        told = message;
      });
      this.#client.connect((error) => {
        this.#signal.removeEventListener('abort', giveUp);
        // The driver's error of a login has the words of the server and not its number.
        if (error) reject(told === undefined ? error : Object.assign(error, { number: told.number }));
        // A server that offers no encryption is spoken to without: not where it was asked for.
        else if (this.#definition.ssl !== undefined && this.#definition.ssl !== false && !this.#isSecure)
          reject(
            new EngineError('connection', 'tls_refused', 'the server offers no encryption', {
              hint: 'Check `ssl` of the connection.',
            }),
          );
        else resolve();
      });
    });
  }

  /** Runs one piece of work at a time; the answer settles when the server is done with it. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(async () => {
      throwIfAborted(this.#signal);
      if (this.#broken !== undefined || this.#isEnded || this.#closing)
        throw new EngineError('connection', 'connection_lost', 'the connection to the server is closed');
      this.#isRunning = true;
      try {
        const result = await work();
        throwIfAborted(this.#signal);
        return result;
      } catch (error) {
        throw this.#signal.aborted ? abortedError(this.#signal) : sqlserverError(error);
      } finally {
        this.#isRunning = false;
      }
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** The rows of one batch, every value as text that says all of it. */
  query(sql: string): Promise<ResultSet> {
    return this.#enqueue(async () => {
      let columns: string[] = [];
      const rows: Value[][] = [];
      await this.#run(sql, (request) => {
        request.on('columnMetadata', (described) => {
          columns = (described as unknown as SqlserverColumn[]).map(({ colName }) => colName);
        });
        return (cells) => void rows.push(cells.map(({ value, metadata }) => sqlserverValue(value, metadata)));
      });
      return { columns, rows };
    });
  }

  /** Our own SQL; nothing is answered but the rows it changed. */
  execute(sql: string): Promise<number> {
    return this.#enqueue(() => this.#run(sql, () => () => undefined));
  }

  /** The rows of a SELECT into a CSV file of csvStage.ts. Returns how many. */
  exportRows(sql: string, path: string): Promise<number> {
    return this.#enqueue(async () => {
      const file = new RowCsv(path);
      try {
        await this.#run(sql, (request) => (cells) => {
          const values = cells.map(({ value, metadata }) => sqlserverValue(value, metadata));
          if (file.write(values.map((value) => (value === null ? null : String(value))))) return;
          request.pause();
          void file.drained().then(() => request.resume());
        });
      } finally {
        await file.end();
      }
      return file.rows;
    });
  }

  /** One batch. What a row makes fail ends the batch on the server and is what it rejects with. */
  #run(sql: string, readerOf: (request: Request) => (cells: readonly Cell[]) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      const request = new Request(sql, (error, rows) => {
        if (failure !== undefined) reject(failure);
        else if (error) reject(error);
        else resolve(rows ?? 0);
      });
      const read = readerOf(request);
      request.on('row', (cells: readonly Cell[]) => {
        if (failure !== undefined) return;
        try {
          read(cells);
        } catch (error) {
          failure = sqlserverError(error);
          this.#client.cancel();
        }
      });
      this.#client.execSqlBatch(request);
    });
  }

  /** Bulk insert of rows, each a list of values, into a table. Returns the rows the server says it stored. */
  bulkLoad(
    table: string,
    describe: (load: BulkLoad) => void,
    rows: AsyncIterable<unknown[]>,
  ): Promise<number> {
    return this.#enqueue(
      () =>
        new Promise((resolve, reject) => {
          const load = this.#client.newBulkLoad(
            table,
            { keepNulls: true, lockTable: true },
            (error, stored) => {
              if (error) reject(error);
              else resolve(stored ?? 0);
            },
          );
          describe(load);
          this.#client.execBulkLoad(load, rows);
        }),
    );
  }

  #cancelRunning(): void {
    if (this.#isRunning) this.#client.cancel();
  }

  /** Waits for what runs (cancelling it if the signal aborted), then ends the connection: an open transaction is rolled back. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue;
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (this.#isEnded) return;
    await new Promise<void>((resolve) => {
      this.#client.once('end', () => resolve());
      this.#client.close();
    });
  }
}
