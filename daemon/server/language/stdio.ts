/** The language server of this process, over its standard input and output: `ombudsman lsp --stdio`. */
import type { InitializeParams } from 'vscode-languageserver/node';
import type { FileReader } from '../../definitions/reader.ts';
import type { LanguageHost } from './host.ts';
import { createLanguageServer } from './server.ts';
import { createTextConnection } from './textConnection.ts';

export interface StdioOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly host: LanguageHost;
  readonly disk: FileReader;
  /** Takes bytes of the input apart; texts go over the output with their header. */
  readonly framing: {
    read(onMessage: (text: string) => void, onGarbage: (what: string) => void): (bytes: Buffer) => void;
    write(text: string): string;
  };
  readonly isProcessAlive: (pid: number) => boolean;
  readonly log: (line: string) => void;
}

const parentCheckMs = 3_000;

/** Serves until the client goes: resolves with the exit code, 0 if it went in order. */
export function serveStdio(options: StdioOptions): Promise<0 | 1> {
  const { input, output, host, disk, framing, log } = options;
  return new Promise((resolve) => {
    let parentTimer: NodeJS.Timeout | undefined;
    let deliver: (text: string) => void = () => undefined;
    const finish = (code: 0 | 1): void => {
      clearInterval(parentTimer);
      server.end();
      resolve(code);
    };
    const channel = {
      send: (text: string) => void output.write(framing.write(text)),
      onMessage: (listener: (text: string) => void) => {
        deliver = listener;
      },
    };
    let hasShutdown = false;
    const connection = createTextConnection(channel, finish);
    connection.onShutdown(() => {
      hasShutdown = true;
    });
    const watchParent = ({ processId }: InitializeParams): void => {
      if (typeof processId !== 'number' || !Number.isInteger(processId) || processId <= 0) return;
      clearInterval(parentTimer);
      parentTimer = setInterval(() => {
        if (!options.isProcessAlive(processId)) finish(hasShutdown ? 0 : 1);
      }, parentCheckMs);
    };
    const server = createLanguageServer(connection, host, { disk, onInitialize: watchParent });
    const read = framing.read(
      (text) => deliver(text),
      (what) => log(`skipped what is no message: ${what}`),
    );
    input.on('data', read);
    input.on('end', () => finish(hasShutdown ? 0 : 1));
    input.on('error', () => finish(1));
    output.on('error', () => finish(1));
  });
}
