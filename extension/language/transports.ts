import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageTransports,
  type MessageWriter,
} from 'vscode-languageclient/node';
import type { LanguageTransport } from '../../daemon/client/languageTransport.ts';

/** One text is one message on our transports; the client library reads and writes messages. */
export function messageTransports(transport: LanguageTransport): MessageTransports {
  return { reader: new TextReader(transport), writer: new TextWriter(transport) };
}

class TextReader extends AbstractMessageReader implements MessageReader {
  readonly #transport: LanguageTransport;

  constructor(transport: LanguageTransport) {
    super();
    this.#transport = transport;
    transport.onClose(() => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const stop = this.#transport.onMessage((text) => {
      let message: Message;
      try {
        message = JSON.parse(text) as Message;
      } catch (error) {
        this.fireError(error);
        return;
      }
      callback(message);
    });
    return { dispose: () => void stop() };
  }
}

class TextWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #transport: LanguageTransport;

  constructor(transport: LanguageTransport) {
    super();
    this.#transport = transport;
  }

  write(message: Message): Promise<void> {
    this.#transport.send(JSON.stringify(message));
    return Promise.resolve();
  }

  end(): void {
    this.#transport.close();
  }

  override dispose(): void {
    super.dispose();
    this.#transport.close();
  }
}
