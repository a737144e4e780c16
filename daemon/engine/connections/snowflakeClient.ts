import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { SnowflakeDefinition } from '../../protocol/files/connections.ts';
import { abortedError, EngineError, throwIfAborted } from '../errors.ts';
import type { SnowflakeField } from '../validation/snowflakeTypes.ts';
import { authorizationOf, type Authorization } from './snowflakeAuth.ts';
import { snowflakeFailure, snowflakeUnreachable } from './snowflakeErrors.ts';

/*
 * Snowflake's SQL API (/api/v2/statements) and not snowflake-sdk: the package needs the SDKs of three clouds, a hundred packages
 * and 100 MB, for files it keeps in their storage, downloads a native part when it is installed, and holds whole results. The API is
 * documented, needs nothing but HTTPS, hands results out in partitions and can be cancelled by the handle of a statement.
 */

const defaultAnswerSeconds = 120;
const firstPollMs = 25;
const longestPollMs = 1000;
const busyStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const tries = 4;
const firstRetryMs = 250;
const cancelTries = 4;
const cancelAnswerMs = 2000;

const fieldSchema = z.object({
  name: z.string(),
  type: z.string(),
  precision: z.number().nullish(),
  scale: z.number().nullish(),
  length: z.number().nullish(),
  nullable: z.boolean().nullish(),
});
const rowsSchema = z.array(z.array(z.string().nullable()));
const resultSchema = z.object({
  statementHandle: z.string(),
  resultSetMetaData: z
    .object({
      numRows: z.number().optional(),
      rowType: z.array(fieldSchema),
      partitionInfo: z.array(z.object({ rowCount: z.number() })).optional(),
    })
    .optional(),
  data: rowsSchema.optional(),
});
const partitionSchema = z.object({ data: rowsSchema });
const runningSchema = z.object({ statementHandle: z.string() });
const failureSchema = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  sqlState: z.string().optional(),
});

type Result = z.infer<typeof resultSchema>;
export type SnowflakeRow = z.infer<typeof rowsSchema>[number];

export interface SnowflakeResult {
  readonly fields: readonly SnowflakeField[];
  /** Partitions in their order, each fetched when its turn comes. */
  readonly partitions: AsyncIterable<readonly SnowflakeRow[]>;
}

export interface StatementOptions {
  /** Statements in the text; default 1, and the service refuses any other number. */
  readonly statements?: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Runs statements by the SQL API, one after the other. When the signal aborts, the running one is cancelled by its handle. */
export class SnowflakeClient {
  readonly #base: string;
  readonly #definition: SnowflakeDefinition;
  readonly #signal: AbortSignal;
  readonly #authorization: Authorization;
  readonly #cancels = new Set<Promise<void>>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(definition: SnowflakeDefinition, signal: AbortSignal) {
    throwIfAborted(signal);
    const { url, account } = definition;
    this.#base = (url ?? `https://${account}.snowflakecomputing.com`).replace(/\/$/, '');
    this.#definition = definition;
    this.#signal = signal;
    this.#authorization = authorizationOf(definition);
  }

  /** The result of a statement; `read` gets it while the next statement waits. */
  run<T>(
    statement: string,
    read: (result: SnowflakeResult) => Promise<T>,
    options: StatementOptions = {},
  ): Promise<T> {
    const next = this.#queue.then(async () => {
      try {
        const result = await this.#finished(statement, options);
        const { statementHandle: handle, resultSetMetaData: metadata, data = [] } = result;
        const others = (metadata?.partitionInfo ?? []).slice(1).map((_, index) => index + 1);
        return await read({
          fields: metadata?.rowType ?? [],
          partitions: this.#partitions(handle, data, others),
        });
      } catch (error) {
        throw this.#signal.aborted ? abortedError(this.#signal) : error;
      }
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async *#partitions(handle: string, first: readonly SnowflakeRow[], others: readonly number[]) {
    yield first;
    for (const number of others) {
      const { body } = await this.#ask('GET', `/api/v2/statements/${handle}?partition=${number}`);
      yield partitionSchema.parse(body).data;
    }
  }

  /** Submits a statement and waits for its end. Not waited for in the request itself: the handle has to be known to cancel it. */
  async #finished(statement: string, options: StatementOptions): Promise<Result> {
    throwIfAborted(this.#signal);
    const path = `/api/v2/statements?requestId=${randomUUID()}&async=true&nullable=true`;
    let answer = await this.#ask('POST', path, this.#request(statement, options));
    let handle: string | undefined;
    const onAbort = () => {
      if (handle !== undefined) this.#cancel(handle);
    };
    try {
      for (let pause = firstPollMs; answer.status === 202; pause = Math.min(pause * 2, longestPollMs)) {
        if (handle === undefined) {
          handle = runningSchema.parse(answer.body).statementHandle;
          this.#signal.addEventListener('abort', onAbort, { once: true });
          // Aborted while the service was asked: nobody else would cancel it.
          if (this.#signal.aborted) onAbort();
        }
        await delay(pause, undefined, { signal: this.#signal });
        answer = await this.#ask('GET', `/api/v2/statements/${handle}`);
      }
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
    }
    return resultSchema.parse(answer.body);
  }

  #request(statement: string, { statements = 1 }: StatementOptions) {
    const { database, schema, warehouse, role, statement_timeout: timeout } = this.#definition;
    return {
      statement,
      // 0: the longest the service allows.
      timeout: Math.ceil(timeout ?? 0),
      database,
      ...(schema !== undefined && { schema }),
      ...(warehouse !== undefined && { warehouse }),
      ...(role !== undefined && { role }),
      // Every statement is a session of its own, so each brings its settings.
      parameters: {
        timezone: 'UTC',
        query_tag: 'ombudsman',
        rows_per_resultset: 0,
        binary_output_format: 'HEX',
        MULTI_STATEMENT_COUNT: String(statements),
      },
    };
  }

  /** One request; 200 and 202 are answers, all else is thrown. The submission may be repeated: its requestId makes it happen once. */
  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    for (let attempt = 1, pause = firstRetryMs; ; attempt += 1, pause *= 2) {
      const repeat = attempt > 1 && method === 'POST' ? '&retry=true' : '';
      // A statement that is on its way has to arrive, with its handle, to be cancelled: only the time limit ends this one.
      const answer = await this.#fetch(
        method,
        path + repeat,
        body,
        method === 'POST' ? undefined : this.#signal,
      );
      if (answer.status === 200 || answer.status === 202) return answer;
      if (!busyStatuses.has(answer.status) || attempt === tries) {
        const failure = failureSchema.safeParse(answer.body);
        throw snowflakeFailure(answer.status, failure.success ? failure.data : {});
      }
      await delay(pause, undefined, { signal: this.#signal });
    }
  }

  async #fetch(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    limitMs = (this.#definition.connect_timeout ?? defaultAnswerSeconds) * 1000,
  ): Promise<Answer> {
    const limit = AbortSignal.timeout(limitMs);
    try {
      const response = await fetch(this.#base + path, {
        method,
        redirect: 'error',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        headers: {
          ...this.#authorization(),
          Accept: 'application/json',
          'User-Agent': 'ombudsman/1.0',
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: parsed(await response.text(), response.ok) };
    } catch (error) {
      throw snowflakeUnreachable(error, this.#base);
    }
  }

  #cancel(handle: string): void {
    const cancelling = this.#askToCancel(handle).finally(() => this.#cancels.delete(cancelling));
    this.#cancels.add(cancelling);
  }

  /** Until the service has taken it; what it never takes ends by the time limit of the statement. */
  async #askToCancel(handle: string): Promise<void> {
    for (let attempt = 0; attempt < cancelTries; attempt += 1) {
      const path = `/api/v2/statements/${handle}/cancel?requestId=${randomUUID()}`;
      const answer = await this.#fetch('POST', path, undefined, undefined, cancelAnswerMs).catch(
        () => undefined,
      );
      // 422: it has ended by itself meanwhile.
      if (answer !== undefined && (answer.status === 200 || answer.status === 422)) return;
      await delay(firstRetryMs);
    }
  }

  /** Waits for what runs, and for cancels to arrive. */
  async close(): Promise<void> {
    await this.#queue;
    await Promise.all(this.#cancels);
  }
}

function parsed(text: string, isOk: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A gateway on the way answers with a page.
    if (!isOk) return {};
    throw new EngineError(
      'connection',
      'unexpected_answer',
      'the service answered with something else than JSON',
    );
  }
}
