/**
 * The statements resource of Snowflake's SQL API as its reference documents it, over real sockets: submit, status, partitions, cancel.
 * It checks what a request must have and answers what a test tells it to. It does not understand SQL.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface SnowflakeColumn {
  readonly name: string;
  readonly type: string;
  readonly precision?: number;
  readonly scale?: number;
  readonly length?: number;
  readonly nullable?: boolean;
}
type Row = readonly (string | null)[];

export type SnowflakeAnswer =
  | { readonly columns: readonly SnowflakeColumn[]; readonly partitions: readonly (readonly Row[])[] }
  | { readonly status: number; readonly code: string; readonly message: string; readonly sqlState?: string }
  /** Runs until it is cancelled. */
  | 'running';

export interface SnowflakeRequest {
  readonly statement: string;
  readonly timeout?: number;
  readonly database?: string;
  readonly schema?: string;
  readonly warehouse?: string;
  readonly role?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

interface Statement {
  readonly answer: SnowflakeAnswer;
  /** Times it is asked for its state and still runs. */
  polls: number;
  isCancelled: boolean;
}

export class SnowflakeService {
  readonly requests: SnowflakeRequest[] = [];
  readonly tokens: { readonly authorization: string; readonly type: string }[] = [];
  readonly requestIds: string[] = [];
  readonly cancelled: string[] = [];
  answer: (statement: string) => SnowflakeAnswer = (statement) => {
    throw new Error(`no answer to ${statement}`);
  };
  /** Statuses that the next submissions get, whatever they are. */
  readonly busy: number[] = [];
  /** What is wrong with a token; undefined: nothing. */
  refuses: SnowflakeAnswer | undefined;
  readonly #server: Server;
  readonly #statements = new Map<string, Statement>();
  readonly #waiting: { readonly text: RegExp; readonly resolve: () => void }[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        json(response, 500, { message: String(error) });
      });
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Settles when a statement of this form was asked for its state. */
  async isRunning(text: RegExp): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://service');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const problem = this.#problemOf(request);
    if (problem !== undefined) return json(response, 400, { code: '390000', message: problem });
    this.tokens.push({
      authorization: String(request.headers.authorization),
      type: String(request.headers['x-snowflake-authorization-token-type']),
    });
    if (this.refuses !== undefined) return this.#refuse(response, this.refuses);
    const [, , , resource, handle, verb] = url.pathname.split('/');
    if (!url.pathname.startsWith('/api/v2/') || resource !== 'statements') return json(response, 404, {});
    if (request.method === 'POST' && handle === undefined)
      return this.#submit(url, Buffer.concat(chunks).toString('utf8'), response);
    const statement = this.#statements.get(handle ?? '');
    if (handle === undefined || statement === undefined) return json(response, 404, {});
    if (request.method === 'POST' && verb === 'cancel') return this.#cancel(handle, statement, response);
    if (request.method === 'GET') return this.#state(handle, statement, url, response);
    json(response, 405, {});
  }

  #problemOf({ headers }: IncomingMessage): string | undefined {
    if (!String(headers.authorization).startsWith('Bearer ')) return 'no bearer token';
    if (headers['user-agent'] === undefined) return 'no User-Agent';
    return headers.accept === 'application/json' ? undefined : 'no Accept';
  }

  #refuse(response: ServerResponse, answer: SnowflakeAnswer): void {
    if (typeof answer === 'string' || !('status' in answer)) throw new Error('no refusal');
    const { status, ...body } = answer;
    json(response, status, body);
  }

  #submit(url: URL, text: string, response: ServerResponse): void {
    const requestId = url.searchParams.get('requestId');
    if (requestId === null) return json(response, 400, { message: 'no requestId' });
    this.requestIds.push(requestId);
    const status = this.busy.shift();
    if (status !== undefined) return json(response, status, {});
    const body = JSON.parse(text) as SnowflakeRequest;
    this.requests.push(body);
    const handle = `01b0-${this.#statements.size + 1}`;
    const statement = { answer: this.answer(body.statement), polls: 1, isCancelled: false };
    this.#statements.set(handle, statement);
    if (url.searchParams.get('async') === 'true') return json(response, 202, running(handle));
    this.#state(handle, statement, url, response);
  }

  #state(handle: string, statement: Statement, url: URL, response: ServerResponse): void {
    const { answer } = statement;
    const text = this.requests[Number(handle.split('-')[1]) - 1]?.statement ?? '';
    for (const { text: wanted, resolve } of this.#waiting) if (wanted.test(text)) resolve();
    if (statement.isCancelled)
      return json(response, 422, {
        code: '000604',
        sqlState: '57014',
        message: 'SQL execution canceled',
        statementHandle: handle,
      });
    if (answer === 'running' || statement.polls > 0) {
      statement.polls -= 1;
      return json(response, 202, running(handle));
    }
    if ('status' in answer) {
      const { status, ...body } = answer;
      return json(response, status, { ...body, statementHandle: handle });
    }
    const number = Number(url.searchParams.get('partition') ?? '0');
    const data = answer.partitions[number] ?? [];
    if (number > 0) return zipped(response, { data });
    json(response, 200, {
      code: '090001',
      message: 'Statement executed successfully.',
      statementHandle: handle,
      resultSetMetaData: {
        numRows: answer.partitions.reduce((sum, rows) => sum + rows.length, 0),
        format: 'jsonv2',
        rowType: answer.columns.map((column) => ({
          database: '',
          schema: '',
          table: '',
          precision: null,
          scale: null,
          length: null,
          nullable: true,
          ...column,
        })),
        partitionInfo: answer.partitions.map((rows) => ({ rowCount: rows.length, uncompressedSize: 1 })),
      },
      data,
    });
  }

  #cancel(handle: string, statement: Statement, response: ServerResponse): void {
    statement.isCancelled = true;
    this.cancelled.push(this.requests[Number(handle.split('-')[1]) - 1]?.statement ?? '');
    json(response, 200, { code: '000604', message: 'successfully canceled', statementHandle: handle });
  }
}

const running = (handle: string) => ({
  code: '333334',
  message: 'Asynchronous execution in progress.',
  statementHandle: handle,
  statementStatusUrl: `/api/v2/statements/${handle}`,
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** All partitions but the first come compressed. */
function zipped(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
  response.end(gzipSync(JSON.stringify(body)));
}
