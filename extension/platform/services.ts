/**
 * What the parts of the extension know of each other: interfaces only, so that every room can be read (and tested) without
 * the others. `createServices` builds them; nobody else does.
 */
import type * as vscode from 'vscode';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { Job, JobStatus, JobType, Operation } from '../../daemon/protocol/entities.ts';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { MethodInput, MethodName, MethodResult } from '../../daemon/protocol/methods.ts';
import type { PageNotice } from '../../webview/protocol/messages.ts';
import type { ConnectionStatus } from '../views/connectionStatus.ts';
import type { ConnectionsViewApi } from '../views/workspaceTree.ts';
import type { JobsViewApi } from '../views/jobsView.ts';
import type { DaemonState } from './daemonState.ts';

/** What `createServices` builds. The views are built on it (`registerViews`); everybody else gets Services. */
export interface CoreServices {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  readonly session: DaemonSession;
  readonly jobs: JobStore;
  readonly workspace: WorkspaceIndex;
  readonly results: ResultStore;
  readonly catalogs: CatalogStore;
  readonly secrets: SecretStore;
  readonly contextKeys: ContextKeys;
  readonly notices: Notices;
}

export interface Services extends CoreServices {
  readonly jobsView: JobsViewApi;
  readonly connectionStatus: ConnectionStatus;
  readonly connectionsView: ConnectionsViewApi;
}

/** The one connection of this window to the one daemon of the user. */
export interface DaemonSession extends vscode.Disposable {
  readonly state: DaemonState;
  readonly onDidChangeState: vscode.Event<DaemonState>;
  /** Undefined unless the state is `ready`. */
  readonly client: DaemonClient | undefined;
  /**
   * Connects, starting the daemon if none runs. All callers share one attempt. Rejects with a SessionError that says what to
   * do (untrusted workspace, newer daemon, it did not start).
   */
  ensure(): Promise<DaemonClient>;
  /** Connects if a daemon runs already; starts none, rejects never. For what should show up by itself, such as the badge. */
  look(): Promise<void>;
  /**
   * Something that people look at lives on the connection (a visible view, a dashboard, a run in the Test Explorer). While it is
   * held, a daemon that died is started again by itself, not only looked for. Connects nothing itself: see `ensure`.
   */
  hold(): vscode.Disposable;
  /** `ensure`, then the call. Rejects with SessionError, ApiError or DaemonUnreachableError. */
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodResult<M>>;
  /** Every answer to `call`, before its caller has it. */
  readonly onDidAnswer: vscode.Event<DaemonAnswer>;
  /** Ends the daemon (live jobs are interrupted and go on at the next start, or drained) and connects to a new one. */
  restart(options: { readonly drain: boolean }): Promise<void>;
  /** Ends the daemon and stays away until something needs it again. */
  stop(options: { readonly drain: boolean }): Promise<void>;
}

/** An answer of the daemon, for those who learn from answers that others asked for. */
export interface DaemonAnswer {
  readonly method: MethodName;
  readonly input: unknown;
  readonly result: unknown;
}

/** What changed in one batch of events. `isReset`: everything may have. */
export interface JobStoreChange {
  readonly isReset: boolean;
  readonly changedJobs: ReadonlySet<string>;
  /** Deleted, or no longer kept here because many newer ones are. */
  readonly removedJobs: ReadonlySet<string>;
  /** Told to be deleted, whether they were known here or not. */
  readonly deletedJobs: ReadonlySet<string>;
  /** job_id -> operation_ids, of watched jobs. */
  readonly changedOperations: ReadonlyMap<string, ReadonlySet<string>>;
  /** Jobs that came to an end in this batch (not those that were ended when first seen). */
  readonly endedJobs: ReadonlySet<string>;
}

/** Live and recent jobs as the events tell them; the only copy of job state in the extension host. */
export interface JobStore extends vscode.Disposable {
  /** Newest first. Empty while never connected; the last known state while the connection is lost. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly isLoaded: boolean;
  /** Not in a watched job: undefined. Summaries: `result` is not there, ask `jobs/operations` for it. */
  operation(jobId: string, operationId: string): Operation | undefined;
  readonly onDidChange: vscode.Event<JobStoreChange>;
  /** Operation events of this job from now on, until disposed. Counted: several may watch one job. */
  watch(jobId: string): vscode.Disposable;
  /** Jobs learnt by other ways than events (a page of jobs/list, an answer), older state never replaces newer. */
  learn(jobs: readonly Job[]): void;
  learnOperations(jobId: string, operations: readonly Operation[]): void;
}

/** What stands in the workspace folders, as the language server reads it. Works in Restricted Mode. */
export interface WorkspaceIndex extends vscode.Disposable {
  /** Undefined until first asked for. */
  readonly contents: WorkspaceContents | undefined;
  readonly onDidChange: vscode.Event<WorkspaceContents>;
  /** Starts the language server if it must. */
  load(): Promise<WorkspaceContents>;
}

export type ProjectResults = MethodResult<'projects/results'>;

/** Last results per project folder, kept fresh by job ends. Never starts a daemon. */
export interface ResultStore extends vscode.Disposable {
  get(projectDir: string): ProjectResults | undefined;
  /** Asks the daemon if it is connected. */
  load(projectDir: string): Promise<ProjectResults | undefined>;
  /** The folder whose results changed. */
  readonly onDidChange: vscode.Event<string>;
}

export interface CatalogPlace {
  readonly projectDir: string;
  readonly connection: string;
}
export type KnownSchemas = MethodResult<'catalogs/tables'>;
export type CatalogObject = MethodResult<'catalogs/table'>;
export type CatalogEntry = KnownSchemas['tables'][number];
/** The tables and views of a schema that are shown, by name, in order. */
export interface SchemaTables {
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  /** All that fit the filter. */
  readonly total: number;
}

/**
 * What the last extraction of each connection found, as far as somebody looked. What begins with `open` asks the daemon (and
 * starts it), the rest tells what is known; everything is forgotten when an extraction ends.
 */
export interface CatalogStore extends vscode.Disposable {
  /** When the last extraction ended; undefined: there is none, or nobody has asked yet. */
  extractedAt(place: CatalogPlace): string | undefined;
  /** Asks the daemon, if it is connected, which connections of a project were extracted. */
  load(projectDir: string): Promise<void>;
  schemas(place: CatalogPlace): KnownSchemas | undefined;
  /** Undefined: not extracted yet. */
  openSchemas(place: CatalogPlace): Promise<KnownSchemas | undefined>;
  tables(place: CatalogPlace, schema: string): SchemaTables | undefined;
  openTables(place: CatalogPlace, schema: string): Promise<SchemaTables>;
  showMore(place: CatalogPlace, schema: string): void;
  table(place: CatalogPlace, schema: string, name: string): CatalogObject | undefined;
  openTable(place: CatalogPlace, schema: string, name: string): Promise<CatalogObject>;
  /** Part of the names of the tables that are shown; empty: all are. */
  filter(place: CatalogPlace): string;
  setFilter(place: CatalogPlace, text: string): void;
  /** Forgets what is known, and asks which connections were extracted. */
  refresh(): Promise<void>;
  /** The folder whose catalogs changed. */
  readonly onDidChange: vscode.Event<string>;
}

/** `${secret:NAME}` values in VS Code's secret storage, by project folder. */
export interface SecretStore extends vscode.Disposable {
  get(projectDir: string, name: string): Promise<string | undefined>;
  /** Of the values that are stored, sorted. */
  names(projectDir: string): readonly string[];
  set(projectDir: string, name: string, value: string): Promise<void>;
  remove(projectDir: string, name: string): Promise<void>;
  /**
   * What goes with a call that makes or carries on a job, by `secret:NAME` (from the storage) and `env:NAME` (from this process's
   * environment): a variable and a secret of one name are two values.
   */
  forProject(projectDir: string): Promise<Record<string, string>>;
}

export interface Settings extends vscode.Disposable {
  /** Absolute path, or undefined for the default (BATCH_JOBS_DIR or the per-user state directory). */
  readonly dataDirectory: string | undefined;
  readonly notifyAtEnd: 'always' | 'failures' | 'never';
  readonly codeLens: boolean;
  readonly resultDiagnostics: boolean;
  /** What the log keeps of what editor and language server say to each other. */
  readonly traceServer: 'off' | 'messages' | 'verbose';
  readonly onDidChange: vscode.Event<void>;
}

export type Severity = 'error' | 'warning' | 'info';

/** A button under a notice: a command of ours or of VS Code. */
export interface CommandFollowUp {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}
/** A button that does what no command does. */
export interface OwnFollowUp {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}
export type FollowUp = CommandFollowUp | OwnFollowUp;

export interface Notice {
  readonly severity: Severity;
  readonly message: string;
  readonly followUps?: readonly FollowUp[];
  /** The one job it is about: the dashboard offers to view it. */
  readonly jobId?: string;
}

/** Notices of the extension, each in one place and none waited for. */
export interface Notices {
  show(notice: Notice): void;
  /** A page that takes notices while it is shown. The last one attached. */
  attach(page: NoticePage): vscode.Disposable;
  /** The page says that a notice was read. */
  read(noticeId: number): void;
  /** The page is no longer seen: what was not read in it stands in the log. */
  pageHidden(): void;
  /** A button was pressed in the page. */
  act(noticeId: number, action: number): void;
}
export interface NoticePage {
  /** It is seen, and can take messages. */
  readonly isShown: boolean;
  show(notice: PageNotice): void;
}

/** Every `setContext` of the extension: each key has this one writer. */
export interface ContextKeyValues {
  'ombudsman.daemonState': DaemonState['name'];
  'ombudsman.hasProject': boolean;
  'ombudsman.jobs.isLoaded': boolean;
  'ombudsman.jobs.isEmpty': boolean;
  'ombudsman.jobs.isFiltered': boolean;
  'ombudsman.jobs.hasFinished': boolean;
  'ombudsman.jobs.hasLive': boolean;
}
export interface ContextKeys {
  set<K extends keyof ContextKeyValues>(key: K, value: ContextKeyValues[K]): void;
  get<K extends keyof ContextKeyValues>(key: K): ContextKeyValues[K] | undefined;
}

/** What the Jobs view shows; kept in the workspace's state. An empty filter shows everything. */
export interface JobFilter {
  readonly status?: readonly JobStatus[];
  readonly job_type?: readonly JobType[];
  readonly project_id?: string;
  readonly search?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}
