/** A stranger's LSP client: the protocol's own library, and none of our code between it and the server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  Diagnostic,
  FileSystemWatcher,
  InitializeResult,
  PublishDiagnosticsParams,
  Range,
  RegistrationParams,
} from 'vscode-languageserver-protocol';
import type WebSocket from 'ws';
import { cliPath } from './product.ts';

const deadlineMs = 60_000;

export interface LanguageClient {
  readonly connection: MessageConnection;
  /** What `client/registerCapability` asked for. */
  readonly registrations: string[];
  /** The patterns of files it wants to be told of. */
  readonly watched: FileSystemWatcher[];
  readonly logged: string[];
  initialize(dir: string | null, more?: Record<string, unknown>): Promise<InitializeResult>;
  open(path: string, text: string, version?: number): string;
  /** The whole text anew. */
  change(path: string, version: number, text: string): void;
  edit(path: string, version: number, edits: readonly { range: Range; text: string }[]): void;
  request<R>(method: string, params: unknown): Promise<R>;
  /** The diagnostics of a file once they are those of this version and satisfy the test. */
  diagnostics(path: string, isWanted: (found: Published) => boolean): Promise<Diagnostic[]>;
  /** The latest of every file. */
  readonly published: ReadonlyMap<string, Published>;
  shutDown(): Promise<void>;
}

export interface Published {
  readonly version: number | undefined;
  readonly diagnostics: Diagnostic[];
}

export interface StdioClient extends LanguageClient {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

/** `ombudsman lsp --stdio` of the built product. */
export function startStdio(args: readonly string[] = ['--no-daemon'], env = {}): StdioClient {
  const child = spawn(process.execPath, [cliPath(), 'lsp', '--stdio', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const stderr: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  return { ...createClient(connection), child, stderr: () => stderr.join(''), exited };
}

/** LSP over an open WebSocket: a text frame is a message. */
export function overSocket(socket: WebSocket): LanguageClient {
  const none = { dispose: () => undefined };
  const event = () => none;
  const connection = createMessageConnection(
    {
      onError: event,
      onClose: event,
      onPartialMessage: event,
      listen: (callback) => {
        socket.on('message', (data) => callback(JSON.parse((data as Buffer).toString('utf8')) as Message));
        return none;
      },
      dispose: () => undefined,
    },
    {
      onError: event,
      onClose: event,
      write: async (message) => socket.send(JSON.stringify(message)),
      end: () => undefined,
      dispose: () => undefined,
    },
  );
  return createClient(connection);
}

function createClient(connection: MessageConnection): LanguageClient {
  const published = new Map<string, Published>();
  const registrations: string[] = [];
  const watched: FileSystemWatcher[] = [];
  const logged: string[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.set(params.uri, { version: params.version, diagnostics: params.diagnostics });
    for (const look of waiting) look();
  });
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    logged.push(message);
  });
  connection.onRequest('client/registerCapability', (params: RegistrationParams) => {
    registrations.push(...params.registrations.map(({ method }) => method));
    for (const { registerOptions } of params.registrations)
      watched.push(...((registerOptions as { watchers?: FileSystemWatcher[] } | undefined)?.watchers ?? []));
    return null;
  });
  connection.listen();
  const notify = (method: string, params: unknown) => void connection.sendNotification(method, params);
  const uriOf = (path: string) => pathToFileURL(path).href;
  return {
    connection,
    registrations,
    watched,
    logged,
    published,
    initialize: async (dir, more = {}) => {
      const result = await connection.sendRequest<InitializeResult>('initialize', {
        processId: process.pid,
        clientInfo: { name: 'stranger' },
        rootUri: dir === null ? null : uriOf(dir),
        capabilities: {} satisfies ClientCapabilities,
        ...more,
      });
      await connection.sendNotification('initialized', {});
      return result;
    },
    open: (path, text, version = 1) => {
      const textDocument = { uri: uriOf(path), languageId: 'yaml', version, text };
      notify('textDocument/didOpen', { textDocument });
      return textDocument.uri;
    },
    change: (path, version, text) =>
      notify('textDocument/didChange', {
        textDocument: { uri: uriOf(path), version },
        contentChanges: [{ text }],
      }),
    edit: (path, version, edits) =>
      notify('textDocument/didChange', {
        textDocument: { uri: uriOf(path), version },
        contentChanges: edits,
      }),
    request: (method, params) => connection.sendRequest(method, params),
    diagnostics: (path, isWanted) =>
      new Promise((resolve, reject) => {
        const uri = uriOf(path);
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`not published in time; last: ${JSON.stringify(published.get(uri))}`));
        }, deadlineMs);
        const look = (): void => {
          const found = published.get(uri);
          if (found === undefined || !isWanted(found)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found.diagnostics);
        };
        waiting.add(look);
        look();
      }),
    shutDown: async () => {
      await connection.sendRequest('shutdown');
      notify('exit', undefined);
    },
  };
}
