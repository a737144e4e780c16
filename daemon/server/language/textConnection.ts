/** LSP over anything that carries texts: a MessagePort, or a stream whose framing is read by who owns it. */
import { createConnection as createServerConnection } from 'vscode-languageserver';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createProtocolConnection,
  ErrorCodes,
  type Connection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageserver/node';

/** One text is one message. */
export interface TextChannel {
  send(text: string): void;
  /** At most one listener. */
  onMessage(listener: (text: string) => void): void;
}

/** The connection of a server. `onExit` is called for the client's `exit`, with 0 if `shutdown` came before it, else 1. */
export function createTextConnection(channel: TextChannel, onExit: (code: 0 | 1) => void): Connection {
  let hasShutdown = false;
  // The library's own watchdog ends the process; who hosts this server decides that.
  const watchDog = {
    initialize: () => undefined,
    get shutdownReceived() {
      return hasShutdown;
    },
    set shutdownReceived(value: boolean) {
      hasShutdown = value;
    },
    exit: () => onExit(hasShutdown ? 0 : 1),
  };
  return createServerConnection(
    (logger) => createProtocolConnection(new TextReader(channel), new TextWriter(channel), logger),
    watchDog,
  );
}

class TextReader extends AbstractMessageReader implements MessageReader {
  readonly #channel: TextChannel;

  constructor(channel: TextChannel) {
    super();
    this.#channel = channel;
  }

  listen(callback: DataCallback): Disposable {
    this.#channel.onMessage((text) => {
      const message = parseMessage(text);
      if (typeof message === 'string') this.#refuse(message);
      else callback(message);
    });
    return { dispose: () => undefined };
  }

  #refuse(why: string): void {
    const code = why === notJson ? ErrorCodes.ParseError : ErrorCodes.InvalidRequest;
    this.#channel.send(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: why } }));
  }
}

const notJson = 'not JSON';

/** The message, or why it is none. */
function parseMessage(text: string): Message | string {
  try {
    const value: unknown = JSON.parse(text);
    const isMessage = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMessage) return 'not a JSON-RPC message';
    if (!('method' in value || 'id' in value)) return 'neither a request nor an answer';
    if ('method' in value && typeof value.method !== 'string') return 'the method is not text';
    return value as unknown as Message;
  } catch {
    return notJson;
  }
}

class TextWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #channel: TextChannel;

  constructor(channel: TextChannel) {
    super();
    this.#channel = channel;
  }

  write(message: Message): Promise<void> {
    this.#channel.send(JSON.stringify(message));
    return Promise.resolve();
  }

  end(): void {
    // The channel is its owner's.
  }
}
