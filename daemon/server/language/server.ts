/** The language server: one connection to one client, whatever carries its messages and whoever hosts it. */
import {
  CodeLensRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocuments,
  TextDocumentSyncKind,
  WatchKind,
  type Connection,
  type Diagnostic as LspDiagnostic,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { LoadedProject } from '../../definitions/project.ts';
import type { FileReader } from '../../definitions/reader.ts';
import {
  languageOptionsSchema,
  workspaceChangedNotification,
  workspaceRequest,
} from '../../protocol/language.ts';
import { productVersion } from '../../protocol/version.ts';
import { pathOf, readClientAbilities, readClientProfile, readFolders } from './clientProfile.ts';
import { contentsOf } from './contents.ts';
import type { ClientProfile, FeatureContext, FeatureTable, LanguageSettings } from './features/feature.ts';
import { features } from './features/table.ts';
import { watchedFiles } from './files.ts';
import type { LanguageHost } from './host.ts';
import { KnownFacts } from './knownFacts.ts';
import { locate } from './place.ts';
import { DiagnosticsPublisher } from './publisher.ts';
import { answerRequests, capabilitiesOf } from './requests.ts';
import { settingsAfterChange, settingsOfInitialize } from './settings.ts';
import { Checker } from './workspace/checker.ts';
import { WorkspaceModel } from './workspace/workspaceModel.ts';
import { WorkspaceNotice } from './workspaceNotice.ts';

export interface LanguageServerOptions {
  readonly disk: FileReader;
  readonly table?: FeatureTable;
  /** Called at `initialize` with the process the client runs in, if it says so. */
  readonly onInitialize?: (params: InitializeParams) => void;
}

export interface LanguageServer {
  /** Ends timers and listeners; the connection is the caller's. */
  end(): void;
}

/** Serves a connection that does not listen yet, and lets it listen. */
export function createLanguageServer(
  connection: Connection,
  host: LanguageHost,
  options: LanguageServerOptions,
): LanguageServer {
  const server = new Server(connection, host, options);
  server.listen();
  return server;
}

const changeTypes = {
  [FileChangeType.Created]: 'created',
  [FileChangeType.Changed]: 'changed',
  [FileChangeType.Deleted]: 'deleted',
} as const;
const anyFolder = { filters: [{ scheme: 'file', pattern: { glob: '**/*', matches: 'folder' as const } }] };

class Server implements LanguageServer {
  readonly #connection: Connection;
  readonly #options: LanguageServerOptions;
  readonly #table: FeatureTable;
  readonly #model: WorkspaceModel;
  readonly #checker: Checker;
  readonly #facts: KnownFacts;
  readonly #publisher: DiagnosticsPublisher;
  readonly #notice: WorkspaceNotice;
  readonly #listeners = new Set<() => void>();
  readonly #atEnd: (() => void)[] = [];
  #profile: ClientProfile | undefined;
  #settings: LanguageSettings = languageOptionsSchema.parse({});
  #abilities = readClientAbilities({});
  #hasWatchers = false;
  #featureContext: FeatureContext | undefined;

  constructor(connection: Connection, host: LanguageHost, options: LanguageServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#table = options.table ?? features;
    this.#facts = new KnownFacts(host, () => this.#factsChanged());
    this.#model = new WorkspaceModel({
      disk: options.disk,
      hasWatchers: () => this.#hasWatchers,
      onChange: () => this.#publisher.changed(),
      onNotice: (message) => connection.console.warn(message),
    });
    this.#checker = new Checker({
      projectAt: (dir) => this.#model.projectAt(dir),
      readDocument: (path) => this.#model.readDocument(path),
      knownProjects: () => this.#facts.projects(),
    });
    this.#notice = new WorkspaceNotice(() => void connection.sendNotification(workspaceChangedNotification));
    this.#publisher = new DiagnosticsPublisher({
      snapshot: () => this.#model.snapshot(),
      checker: this.#checker,
      more: (project) => this.#moreDiagnostics(project),
      send: (params) => void connection.sendDiagnostics(params),
      onChecked: async (snapshot) => {
        if (this.#notice.isWanted) this.#notice.seen(await contentsOf(snapshot, this.#checker));
      },
      onError: (error) => this.#logError('checking', error),
    });
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => void this.#initialized().catch((error) => this.#logError('start', error)));
    connection.onDidChangeConfiguration(({ settings }) => void this.#configure(settings));
    connection.onDidChangeWatchedFiles(({ changes }) => {
      void this.#model.changedOnDisk(
        changes.flatMap(({ uri, type }) => {
          const path = pathOf(uri);
          return path === null ? [] : [{ path, type: changeTypes[type] }];
        }),
      );
    });
    connection.onRequest(workspaceRequest, async () => {
      const contents = await contentsOf(await this.#model.snapshot(), this.#checker);
      this.#notice.answered(contents);
      return contents;
    });
    this.#followDocuments();
    answerRequests(connection, this.#table, this.#context());
    connection.listen();
  }

  end(): void {
    this.#publisher.end();
    this.#facts.end();
    this.#notice.end();
    for (const end of this.#atEnd.splice(0)) end();
  }

  #initialize(params: InitializeParams): InitializeResult {
    this.#options.onInitialize?.(params);
    this.#profile = readClientProfile(params);
    this.#abilities = readClientAbilities(params.capabilities);
    this.#settings = settingsOfInitialize(params.initializationOptions);
    this.#model.setFolders(readFolders(params));
    return {
      capabilities: {
        ...capabilitiesOf(this.#table),
        positionEncoding: 'utf-16',
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: { includeText: false },
        },
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: true },
          fileOperations: { didCreate: anyFolder, didRename: anyFolder, didDelete: anyFolder },
        },
      },
      serverInfo: { name: 'Ombudsman', version: productVersion },
    };
  }

  async #initialized(): Promise<void> {
    const connection = this.#connection;
    const { hasFolders, canWatchFiles, canTellSettings } = this.#abilities;
    if (hasFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
        const come = added.flatMap(({ uri }) => pathOf(uri) ?? []);
        this.#model.setFolders([...this.#model.folders.filter((folder) => !gone.has(folder)), ...come]);
      });
    }
    for (const begin of this.#table.background) this.#atEnd.push(begin(this.#context()));
    if (canWatchFiles) {
      const files = watchedFiles.map((globPattern) => ({ globPattern }));
      // No pattern means folders alone: one that comes or goes whole is told by its own name only.
      const watchers = [...files, { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete }];
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
      this.#hasWatchers = true;
    }
    if (canTellSettings) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'ombudsman' });
    }
  }

  #followDocuments(): void {
    const documents = new TextDocuments({
      create: (uri, languageId, version, content) => TextDocument.create(uri, languageId, version, content),
      // A new one each time: what was derived from the text before must not change under it.
      update: (document, changes, version) => {
        const { uri, languageId } = document;
        const copy = TextDocument.create(uri, languageId, document.version, document.getText());
        return TextDocument.update(copy, changes, version);
      },
    });
    documents.onDidChangeContent(({ document }) => {
      const path = pathOf(document.uri);
      if (path !== null) this.#model.opened(path, document);
    });
    documents.onDidClose(({ document }) => {
      const path = pathOf(document.uri);
      if (path !== null) this.#model.closed(path);
    });
    const lookAround = () => {
      if (!this.#hasWatchers) this.#model.suspectAll();
    };
    documents.onDidOpen(lookAround);
    documents.onDidSave(lookAround);
    documents.listen(this.#connection);
    for (const listen of ['onDidCreateFiles', 'onDidRenameFiles', 'onDidDeleteFiles'] as const) {
      this.#connection.workspace[listen](() => this.#model.suspectAll());
    }
  }

  async #configure(settings: unknown): Promise<void> {
    try {
      const isTold = settings !== null && settings !== undefined;
      const current =
        isTold || !this.#abilities.canBeAskedForSettings
          ? settings
          : ((await this.#connection.workspace.getConfiguration('ombudsman')) as unknown);
      const after = settingsAfterChange(this.#settings, current);
      if (JSON.stringify(after) === JSON.stringify(this.#settings)) return;
      this.#settings = after;
      this.#factsChanged();
    } catch (error) {
      this.#logError('settings', error);
    }
  }

  #factsChanged(): void {
    this.#publisher.moreChanged();
    for (const listener of this.#listeners) listener();
  }

  async #moreDiagnostics(project: LoadedProject): Promise<ReadonlyMap<string, readonly LspDiagnostic[]>> {
    const found = new Map<string, readonly LspDiagnostic[]>();
    for (const feature of this.#table.diagnostics) {
      for (const [path, diagnostics] of await feature(this.#context(), project)) {
        found.set(path, [...(found.get(path) ?? []), ...diagnostics]);
      }
    }
    return found;
  }

  /** The same object for as long as the server lives: features keep what they know in WeakMaps by it. */
  #context(): FeatureContext {
    this.#featureContext ??= this.#createContext();
    return this.#featureContext;
  }

  #createContext(): FeatureContext {
    const server = () => ({ settings: this.#settings, client: this.#profile ?? unknownClient });
    return {
      get client() {
        return server().client;
      },
      get settings() {
        return server().settings;
      },
      snapshot: () => this.#model.snapshot(),
      file: async (uri) => {
        const path = pathOf(uri);
        if (path === null) return null;
        // What is open needs no look at the rest of the workspace, which may be large and not read yet.
        return this.#model.openFile(path) ?? (await this.#model.snapshot()).file(path);
      },
      locate,
      problems: async (path) => await this.#checker.problems(await this.#model.snapshot(), path),
      results: (projectDir) => this.#facts.results(projectDir),
      catalog: (projectDir, connection) => this.#facts.catalog(projectDir, connection),
      readText: (path) => this.#options.disk.readText(path).catch(() => null),
      refreshCodeLenses: () => {
        if (!server().client.hasCodeLensRefresh) return;
        this.#connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
      },
      refreshDiagnostics: () => this.#publisher.moreChanged(),
      onDidChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  #logError(what: string, error: unknown): void {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#connection.console.error(`${what} failed: ${said}`);
  }
}

const unknownClient: ClientProfile = {
  name: '',
  isVsCode: false,
  hasSnippets: false,
  hasVersionedEdits: false,
  hasFileCreation: false,
  hasDefinitionLinks: false,
  hasCodeLensRefresh: false,
};
