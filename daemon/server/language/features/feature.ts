/** What a feature gets and gives. A feature is one file and one line in `table.ts`; none of them knows the connection. */
import type {
  CancellationToken,
  CodeAction,
  CodeActionParams,
  CodeLens,
  CodeLensParams,
  CompletionItem,
  CompletionParams,
  DefinitionParams,
  Diagnostic as LspDiagnostic,
  DocumentFormattingParams,
  DocumentHighlight,
  DocumentHighlightParams,
  DocumentSymbol,
  DocumentSymbolParams,
  FoldingRange,
  FoldingRangeParams,
  HoverParams,
  Location,
  LocationLink,
  Position,
  PrepareRenameParams,
  Range,
  ReferenceParams,
  RenameParams,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { LoadedProject } from '../../../definitions/project.ts';
import type { Diagnostic } from '../../../protocol/errors.ts';
import type { MethodResult } from '../../../protocol/methods.ts';
import type { DefinitionFile } from '../files.ts';
import type { Place } from '../place.ts';
import type { WorkspaceSnapshot } from '../workspace/snapshot.ts';

/** What the client can do, from initialize. */
export interface ClientProfile {
  readonly name: string;
  /** Titles may hold `$(icons)` and commands may be ours. */
  readonly isVsCode: boolean;
  readonly hasSnippets: boolean;
  /** documentChanges with versions; else plain `changes`. */
  readonly hasVersionedEdits: boolean;
  readonly hasFileCreation: boolean;
  readonly hasDefinitionLinks: boolean;
  readonly hasCodeLensRefresh: boolean;
  /** False: symbols go out as a flat list. */
  readonly hasSymbolTree?: boolean;
}

export interface LanguageSettings {
  /** False in Restricted Mode. */
  readonly isTrusted: boolean;
  readonly codeLens: boolean;
  readonly showResults: boolean;
}

export interface FeatureContext {
  readonly client: ClientProfile;
  /** As they are now. */
  readonly settings: LanguageSettings;
  /** Projects, pipelines and batch files of the workspace, unsaved text included, as of the last change received. Never rejects. */
  snapshot(): Promise<WorkspaceSnapshot>;
  /** The definition file at a URI as of the last change received; null: not one of ours, or gone. */
  file(uri: string): Promise<DefinitionFile | null>;
  /** What stands at a position, in half-written text too; null: nowhere (a comment, the middle of a syntax error). */
  locate(file: DefinitionFile, position: Position): Place | null;
  /** The definitions' diagnostics of a file (absolute path), as published; waits for a check that is under way. */
  problems(path: string): Promise<readonly Diagnostic[]>;
  /** Of the host, kept until it says that they changed; null: nothing known. */
  results(projectDir: string): Promise<MethodResult<'projects/results'> | null>;
  catalog(projectDir: string, connection: string): Promise<MethodResult<'projects/catalog'> | null>;
  /** Any file as it is on disk (a .env beside a project, say); null: not there, or not to be read. */
  readText(path: string): Promise<string | null>;
  /** Asks the client for its code lenses again, if it can. */
  refreshCodeLenses(): void;
  /** Runs the diagnostics features again (a setting or the clock changed what they say). */
  refreshDiagnostics(): void;
  /** Results, catalogs or settings changed. Returns how to take it back. */
  onDidChange(listener: () => void): () => void;
}

/** Answers one kind of request. A rejection becomes an error response and a line in the log. */
export type Handler<P, R> = (context: FeatureContext, params: P, token: CancellationToken) => Promise<R> | R;

/**
 * Completion items of several features are put together, in the order of the table; of two with the same label the first
 * counts. A feature that knows all that can stand here says `isExclusive`: those after it are not asked.
 */
export interface CompletionPart {
  readonly items: readonly CompletionItem[];
  readonly isExclusive?: boolean;
}

/** Markdown. The parts of several features are shown below each other; the range is that of the first. */
export interface HoverPart {
  readonly markdown: string;
  readonly range: Range;
}

/**
 * More diagnostics than the definitions give, by absolute path of the file; asked for each loaded project after it was
 * checked, and again when results or settings change.
 */
export type DiagnosticsFeature = (
  context: FeatureContext,
  project: LoadedProject,
) => Promise<ReadonlyMap<string, readonly LspDiagnostic[]>>;

export interface FeatureTable {
  readonly completion: readonly Handler<CompletionParams, CompletionPart | null>[];
  readonly hover: readonly Handler<HoverParams, HoverPart | null>[];
  readonly diagnostics: readonly DiagnosticsFeature[];
  /** Parts are put together. */
  readonly codeActions: readonly Handler<CodeActionParams, CodeAction[]>[];
  readonly codeLenses: readonly Handler<CodeLensParams, CodeLens[]>[];
  readonly definition?: Handler<DefinitionParams, Location[] | LocationLink[] | null>;
  readonly references?: Handler<ReferenceParams, Location[] | null>;
  readonly documentHighlight?: Handler<DocumentHighlightParams, DocumentHighlight[] | null>;
  readonly prepareRename?: Handler<PrepareRenameParams, { range: Range; placeholder: string } | null>;
  readonly rename?: Handler<RenameParams, WorkspaceEdit | null>;
  readonly documentSymbol?: Handler<DocumentSymbolParams, DocumentSymbol[] | SymbolInformation[] | null>;
  readonly foldingRange?: Handler<FoldingRangeParams, FoldingRange[] | null>;
  readonly formatting?: Handler<DocumentFormattingParams, TextEdit[] | null>;
  /** Started once after initialize; each returns how to end it. */
  readonly background: readonly ((context: FeatureContext) => () => void)[];
}
