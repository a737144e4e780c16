/** The features where they belong: behind a language server, with files on disk and a client on the other end. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  Diagnostic,
  Hover,
  InitializeResult,
  Location,
  PublishDiagnosticsParams,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeReader } from '../../../../daemon/platform/nodeReader.ts';
import { createLanguageServer, type LanguageServer } from '../../../../daemon/server/language/server.ts';
import { createTextConnection } from '../../../../daemon/server/language/textConnection.ts';
import { check, pipelineOutcome, results } from './results.ts';
import { table, type Results } from './workspace.ts';

const files = {
  'ombudsman.yaml': 'name: shop\nconnections:\n  old: { type: sqlite, path: a.sqlite }\n',
  'pipelines/c.pipeline.yaml':
    'pipeline_id: customers\nsource: { connection: old, table: c }\ntarget: { connection: old, table: d }\nkeys: [id]\nchecks:\n  - row_count\n',
  'daily.batch.yaml': 'pipelines:\n  - pipeline_id: customers\n',
};

/** A client over texts, with all that a test asks of one. */
class Client {
  readonly asked: string[] = [];
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly server: LanguageServer;
  results: Results | null;
  private readonly waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  private readonly hostListeners = new Set<(dir: string) => void>();
  private deliver: (text: string) => void = () => undefined;
  private nextId = 1;

  constructor(told: Results | null) {
    this.results = told;
    const connection = createTextConnection(
      {
        send: (text) => this.receive(JSON.parse(text) as Message),
        onMessage: (listener) => {
          this.deliver = listener;
        },
      },
      () => undefined,
    );
    const host = {
      results: async () => this.results,
      catalog: async () => ({
        connection: 'old',
        job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        operation_id: 'op-0001',
        extracted_at: '2026-01-31T08:00:00.000Z',
        tables: [table('customer', ['id', 'region'], 'main')],
      }),
      onDidChange: (listener: (dir: string) => void) => {
        this.hostListeners.add(listener);
        return () => this.hostListeners.delete(listener);
      },
    };
    this.server = createLanguageServer(connection, host, { disk: nodeReader });
  }

  request<T>(method: string, params: unknown): Promise<T> {
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.deliver(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  notify(method: string, params: unknown): void {
    this.deliver(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  hostChanged(dir: string): void {
    for (const listener of this.hostListeners) listener(dir);
  }

  private receive(message: Message): void {
    const { id, method } = message;
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as PublishDiagnosticsParams;
      this.diagnostics.set(uri, diagnostics);
    } else if (method !== undefined && id !== undefined) {
      this.asked.push(method);
      this.deliver(JSON.stringify({ jsonrpc: '2.0', id, result: null }));
    } else if (id !== undefined) {
      const { resolve, reject } = this.waiting.get(id) ?? {};
      if (message.error !== undefined) reject?.(new Error(message.error.message));
      else resolve?.(message.result as never);
    }
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const failed = results([
  pipelineOutcome('customers', {
    status: 'failed',
    checks: [check({ name: 'row_count', expected: 2, actual: 1 })],
  }),
]);

const patience = { timeout: 20_000, interval: 20 };
let dir: string;
let client: Client;
let capabilities: InitializeResult['capabilities'];

beforeEach(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-features-')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  client = new Client(failed);
  const initialized = await client.request<InitializeResult>('initialize', {
    processId: null,
    clientInfo: { name: 'Visual Studio Code' },
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(dir).href, name: 'shop' }],
    capabilities: {
      workspace: {
        workspaceEdit: { documentChanges: true, resourceOperations: ['create'] },
        codeLens: { refreshSupport: true },
      },
    },
  });
  capabilities = initialized.capabilities;
  client.notify('initialized', {});
});
afterEach(() => {
  client.server.end();
  rmSync(dir, { recursive: true, force: true });
});

const uriOf = (name: string) => pathToFileURL(join(dir, name)).href;

/** Opens a file with a text that is not on disk; `|` marks the position. */
function open(name: string, marked: string) {
  const at = marked.indexOf('|');
  const text = marked.replace('|', '');
  const uri = uriOf(name);
  client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 3, text } });
  const before = text.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)!.length };
  return { textDocument: { uri }, position };
}

function resultsShown(name: string): string[] {
  return (client.diagnostics.get(uriOf(name)) ?? [])
    .filter(({ source }) => source === 'ombudsman last run')
    .map(({ message }) => message as string);
}

describe('features behind a language server', () => {
  it('are offered to the client', () => {
    expect(capabilities).toMatchObject({
      completionProvider: {},
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      documentHighlightProvider: true,
      renameProvider: { prepareProvider: true },
      codeActionProvider: {},
      codeLensProvider: {},
    });
  });

  it('know texts that are not saved, in every file', async () => {
    open('pipelines/c.pipeline.yaml', files['pipelines/c.pipeline.yaml'].replace('customers', 'clients'));
    const params = open('daily.batch.yaml', 'pipelines:\n  - pipeline_id: cli|\n');
    const completed = await client.request<CompletionItem[]>('textDocument/completion', params);
    expect(completed.map(({ label }) => label)).toEqual(['clients']);
  });

  it('complete columns of the catalog in a half-written file', async () => {
    const params = open(
      'pipelines/n.pipeline.yaml',
      'source: { connection: old, table: customer }\nkeys: [|',
    );
    const completed = await client.request<CompletionItem[]>('textDocument/completion', params);
    expect(completed.map(({ label }) => label)).toEqual(['id', 'region']);
  });

  it('lead to files that are not open, and rename in them', async () => {
    const params = open('daily.batch.yaml', 'pipelines:\n  - pipeline_id: cust|omers\n');
    const found = await client.request<Location[]>('textDocument/definition', params);
    expect(found.map(({ uri }) => uri)).toEqual([uriOf('pipelines/c.pipeline.yaml')]);
    const hover = await client.request<Hover>('textDocument/hover', params);
    expect(JSON.stringify(hover.contents)).toContain('row_count failed: expected 2, actual 1');
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', {
      ...params,
      newName: 'clients',
    });
    const changed = edit.documentChanges?.map((change) => 'textDocument' in change && change.textDocument);
    expect(changed).toEqual(
      expect.arrayContaining([
        { uri: uriOf('daily.batch.yaml'), version: 3 },
        { uri: uriOf('pipelines/c.pipeline.yaml'), version: null },
      ]),
    );
    expect(changed).toHaveLength(2);
  });

  it('tell the client why a rename is refused', async () => {
    const params = open('daily.batch.yaml', 'pipe|lines:\n  - pipeline_id: customers\n');
    await expect(client.request('textDocument/prepareRename', params)).rejects.toThrow(/can be renamed/);
  });

  it('offer fixes for what is marked', async () => {
    const { textDocument, position } = open('daily.batch.yaml', 'pipelines:\n  - pipeline_id: cust|mers\n');
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    expect(actions.map(({ title }) => title)).toContain('Change to "customers"');
  });

  it('show results until a run passes, and ask for lenses again', async () => {
    const name = 'pipelines/c.pipeline.yaml';
    await vi.waitFor(() => expect(resultsShown(name)).toHaveLength(1), patience);
    client.results = results([pipelineOutcome('customers')]);
    client.hostChanged(dir);
    await vi.waitFor(() => expect(resultsShown(name)).toEqual([]), patience);
    expect(client.asked).toContain('workspace/codeLens/refresh');
    const { textDocument } = open(name, `|${files[name]}`);
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument });
    expect(lenses.map(({ command }) => command?.title.replace(/, .*/, ''))).toEqual([
      '$(play) Run',
      'Last: passed',
    ]);
  });

  it('follow the settings of results and lenses', async () => {
    const name = 'pipelines/c.pipeline.yaml';
    await vi.waitFor(() => expect(resultsShown(name)).toHaveLength(1), patience);
    const configure = (isOn: boolean) =>
      client.notify('workspace/didChangeConfiguration', {
        settings: { ombudsman: { results: { showInEditor: isOn }, codeLens: { enabled: isOn } } },
      });
    configure(false);
    await vi.waitFor(() => expect(resultsShown(name)).toEqual([]), patience);
    const { textDocument } = open('daily.batch.yaml', `|${files['daily.batch.yaml']}`);
    expect(await client.request('textDocument/codeLens', { textDocument })).toEqual([]);
    configure(true);
    await vi.waitFor(() => expect(resultsShown(name)).toHaveLength(1), patience);
    expect(await client.request('textDocument/codeLens', { textDocument })).toHaveLength(2);
  });
});
