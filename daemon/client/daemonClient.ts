import { JSONRPCClient, type JSONRPCResponse } from 'json-rpc-2.0';
import WebSocket from 'ws';
import { ApiError, rpcErrors, type RpcErrorData, type RpcErrorKind } from '../protocol/errors.ts';
import type { EventBatch, Snapshot } from '../protocol/events.ts';
import type { MethodInput, MethodName, MethodResult } from '../protocol/methods.ts';
import type { Registration } from '../protocol/registration.ts';
import { DaemonUnreachableError } from './errors.ts';

export interface EventSubscription {
  readonly seq: number;
  /** Null if the client goes on from its own after_seq. */
  readonly snapshot: Snapshot | null;
  unsubscribe(): Promise<void>;
}

/** A connection to the daemon that has said hello. */
export interface DaemonClient {
  /** Where and with which token this connection was made: the language server is reached the same way. */
  readonly registration: Registration;
  readonly hello: MethodResult<'daemon/hello'>;
  /** Rejects with ApiError (the daemon said no) or DaemonUnreachableError (the connection was lost before the answer). */
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodResult<M>>;
  /**
   * One subscription a connection: a further call replaces the one before, which gets its batches until the answer is there
   * and none after it. `onBatch` is never called before the promise has resolved; a batch with a `snapshot` replaces
   * everything known.
   */
  subscribe(
    input: MethodInput<'events/subscribe'>,
    onBatch: (batch: EventBatch) => void,
  ): Promise<EventSubscription>;
  /** Called once when the connection is gone, whoever closed it; at once if it already is. Returns how to take it back. */
  onClose(listener: (reason: string) => void): () => void;
  close(): void;
}

export interface OpenOptions {
  readonly registration: Registration;
  readonly clientName: string;
  /** What to say in the hello; the daemon's own to talk to one of another version about stopping. */
  readonly protocolVersion: number;
  readonly signal?: AbortSignal;
}

const handshakeTimeoutMs = 10_000;
const closeGraceMs = 1_000;
/** A snapshot of very many operations is larger than any request may be. */
const maxAnswerBytes = 512 * 1_048_576;

/**
 * Connects and says hello. Rejects with ApiError (refused: unauthenticated, incompatible_version) or DaemonUnreachableError
 * (nothing there, no answer in time), or the signal's reason.
 */
export async function openDaemonClient(options: OpenOptions): Promise<DaemonClient> {
  const { registration, signal } = options;
  signal?.throwIfAborted();
  const socket = new WebSocket(`ws://127.0.0.1:${registration.port}/rpc`, {
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxAnswerBytes,
    perMessageDeflate: false,
  });
  const connection = new Connection(socket, registration);
  const giveUp = () =>
    connection.fail(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal?.addEventListener('abort', giveUp, { once: true });
  const timer = setTimeout(
    () =>
      connection.fail(
        new DaemonUnreachableError(`No answer from ${connection.peer} in ${handshakeTimeoutMs} ms.`),
      ),
    handshakeTimeoutMs,
  );
  try {
    await connection.opened;
    connection.hello = await connection.call('daemon/hello', {
      client: options.clientName,
      protocol_version: options.protocolVersion,
      token: registration.token,
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

class Connection implements DaemonClient {
  hello!: MethodResult<'daemon/hello'>;
  readonly registration: Registration;
  readonly peer: string;
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  readonly #rpc: JSONRPCClient;
  readonly #closeListeners = new Set<(reason: string) => void>();
  #nextId = 0;
  #failure: Error | undefined;
  #closedBecause: string | undefined;
  #onBatch: ((batch: EventBatch) => void) | undefined;
  /** By the id of a subscribe call under way: who gets the batches that follow its answer. */
  readonly #nextOnBatch = new Map<number, (batch: EventBatch) => void>();

  constructor(socket: WebSocket, registration: Registration) {
    const peer = `the daemon with pid ${registration.pid} at 127.0.0.1:${registration.port}`;
    this.#socket = socket;
    this.registration = registration;
    this.peer = peer;
    this.#rpc = new JSONRPCClient((request: unknown) => {
      this.#socket.send(JSON.stringify(request));
    });
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('close', () => reject(this.#lost()));
    });
    // Told by the calls that fail of it; nobody may wait for `opened` any more.
    this.opened.catch(() => undefined);
    socket.on('error', (error) => {
      this.#failure ??= new DaemonUnreachableError(`Cannot reach ${peer}: ${error.message}`, {
        cause: error,
      });
    });
    socket.on('message', (data) => this.#receive((data as Buffer).toString('utf8')));
    socket.on('close', (code, reason) => this.#closed(reason.toString() || `code ${code}`));
  }

  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodResult<M>> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw this.#lost();
    this.#nextId += 1;
    const request = { jsonrpc: '2.0' as const, id: this.#nextId, method, params: input };
    const response: JSONRPCResponse = await this.#rpc.requestAdvanced(request);
    if (response.error === undefined) return response.result as MethodResult<M>;
    const { message, data } = response.error as { message: string; data?: RpcErrorData };
    // The library settles what is pending at a lost connection with an error that carries no data.
    if (data === undefined && this.#closedBecause !== undefined) throw this.#lost();
    const { kind = 'internal_error', ...rest } = data ?? {};
    throw new ApiError(kind in rpcErrors ? (kind as RpcErrorKind) : 'internal_error', message, rest);
  }

  async subscribe(
    input: MethodInput<'events/subscribe'>,
    onBatch: (batch: EventBatch) => void,
  ): Promise<EventSubscription> {
    let early: EventBatch[] | undefined = [];
    const deliver = (batch: EventBatch): void => {
      if (early === undefined) onBatch(batch);
      else early.push(batch);
    };
    // Switched where the answer is read, not after it was waited for: what comes before it is of the subscription before,
    // and would make the caller believe that it has seen what only the new one tells.
    const id = this.#nextId + 1;
    this.#nextOnBatch.set(id, deliver);
    const answer = await this.call('events/subscribe', input).finally(() => this.#nextOnBatch.delete(id));
    // After the caller has seen the answer, which happens in microtasks.
    setImmediate(() => {
      const waiting = early ?? [];
      early = undefined;
      if (this.#onBatch === deliver) for (const batch of waiting) onBatch(batch);
    });
    return {
      ...answer,
      unsubscribe: async () => {
        if (this.#onBatch !== deliver) return;
        this.#onBatch = undefined;
        if (this.#socket.readyState === WebSocket.OPEN) await this.call('events/unsubscribe', {});
      },
    };
  }

  onClose(listener: (reason: string) => void): () => void {
    const closedBecause = this.#closedBecause;
    if (closedBecause !== undefined) queueMicrotask(() => listener(closedBecause));
    else this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  close(): void {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close(1000);
    const impatience = setTimeout(() => this.#socket.terminate(), closeGraceMs);
    this.#socket.once('close', () => clearTimeout(impatience));
  }

  /** Ends the connection for this reason; whoever waits is told it. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.terminate();
  }

  #receive(text: string): void {
    let message: { method?: string; params?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch (error) {
      this.fail(new DaemonUnreachableError(`${this.peer} does not speak JSON-RPC.`, { cause: error }));
      return;
    }
    if (message.method === 'events/batch') {
      this.#onBatch?.(message.params as EventBatch);
      return;
    }
    const response = message as JSONRPCResponse;
    const next = this.#nextOnBatch.get(response.id as number);
    if (next !== undefined && response.error === undefined) this.#onBatch = next;
    this.#rpc.receive(response);
  }

  #closed(reason: string): void {
    this.#closedBecause = reason;
    this.#rpc.rejectAllPendingRequests(reason);
    const listeners = [...this.#closeListeners];
    this.#closeListeners.clear();
    for (const listener of listeners) listener(reason);
  }

  #lost(): Error {
    const why = this.#closedBecause === undefined ? '' : `: ${this.#closedBecause}`;
    return this.#failure ?? new DaemonUnreachableError(`The connection to ${this.peer} is closed${why}.`);
  }
}
