import { StatementType, type DuckDBConnection } from '@duckdb/node-api';
import { abortedError, EngineError, throwIfAborted, toEngineError } from '../errors.ts';

const interruptIntervalMs = 20;

/**
 * Ties a DuckDB connection to a signal: statements of an aborted signal are refused, running ones are interrupted, and `close` waits
 * until none runs before it disconnects (disconnecting under a running statement would crash the process).
 */
export class DuckdbSession {
  readonly connection: DuckDBConnection;
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<unknown>>();
  #interruptTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  readonly #onAbort = () => this.#interrupt();

  constructor(connection: DuckDBConnection, signal: AbortSignal) {
    this.connection = connection;
    this.#signal = signal;
    // Runners call the connection itself, so the methods that start a statement are wrapped in place.
    connection.run = this.#tracked(connection.run.bind(connection));
    connection.stream = this.#tracked(connection.stream.bind(connection));
    connection.start = this.#tracked(connection.start.bind(connection));
    connection.prepare = this.#tracked(connection.prepare.bind(connection));
    connection.extractStatements = this.#tracked(connection.extractStatements.bind(connection));
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  #tracked<A extends unknown[], R>(start: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      throwIfAborted(this.#signal);
      if (this.#closed) throw new EngineError('internal', 'session_closed', 'the DuckDB session is closed');
      const running = start(...args);
      this.#running.add(running);
      try {
        return await running;
      } catch (error) {
        throw this.#signal.aborted ? abortedError(this.#signal) : toEngineError(error);
      } finally {
        this.#running.delete(running);
        if (this.#running.size === 0) this.#stopInterrupting();
      }
    };
  }

  /** A statement forgets an interrupt that came before it began, so it is said again until nothing runs. */
  #interrupt(): void {
    if (this.#running.size === 0) return;
    this.connection.interrupt();
    this.#interruptTimer ??= setInterval(() => this.connection.interrupt(), interruptIntervalMs);
  }

  #stopInterrupting(): void {
    clearInterval(this.#interruptTimer);
    this.#interruptTimer = undefined;
  }

  /** Interrupts what still runs, waits for it, disconnects. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#interrupt();
    await Promise.allSettled(this.#running);
    this.#stopInterrupting();
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.connection.disconnectSync();
  }
}

const readingStatements: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/**
 * Refuses SQL that is not exactly one reading statement: user SQL may neither write nor slip a second statement in.
 * Parses and binds; runs nothing.
 */
export async function assertOneSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1)
    throw new EngineError(
      'definition',
      'several_statements',
      `expected one SELECT, found ${statements.count} statements`,
      {
        hint: 'Write a single SELECT without a semicolon.',
      },
    );
  const prepared = await statements.prepare(0).catch((error: unknown) => {
    throw toEngineError(error);
  });
  try {
    if (!readingStatements.has(prepared.statementType))
      throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
        hint: 'SQL of pipelines may only read.',
      });
  } finally {
    prepared.destroySync();
  }
}
