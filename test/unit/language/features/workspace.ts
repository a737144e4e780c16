/** A workspace in memory: marked sources in, what a feature sees out. */
import { basename, dirname, matchesGlob } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Position, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseDocument, type SourceDocument } from '../../../../daemon/definitions/document.ts';
import { planBatch } from '../../../../daemon/definitions/plan.ts';
import { loadProject, projectFileName, type LoadedProject } from '../../../../daemon/definitions/project.ts';
import type { FileReader } from '../../../../daemon/definitions/reader.ts';
import type { Diagnostic } from '../../../../daemon/protocol/errors.ts';
import type { MethodResult } from '../../../../daemon/protocol/methods.ts';
import type {
  ClientProfile,
  FeatureContext,
  LanguageSettings,
} from '../../../../daemon/server/language/features/feature.ts';
import { formatOf, kindByName, type DefinitionFile } from '../../../../daemon/server/language/files.ts';
import { locate } from '../../../../daemon/server/language/place.ts';
import type { WorkspaceSnapshot } from '../../../../daemon/server/language/workspace/snapshot.ts';

export type Results = MethodResult<'projects/results'>;
export type Catalog = MethodResult<'projects/catalog'>;

export interface WorkspaceOptions {
  readonly client?: Partial<ClientProfile>;
  readonly settings?: Partial<LanguageSettings>;
  readonly results?: Results;
  /** Files that are no definitions. */
  readonly disk?: Readonly<Record<string, string>>;
  readonly catalogs?: Readonly<Record<string, Catalog['tables']>>;
}

const vsCode: ClientProfile = {
  name: 'Visual Studio Code',
  isVsCode: true,
  hasSnippets: true,
  hasVersionedEdits: true,
  hasFileCreation: true,
  hasDefinitionLinks: false,
  hasCodeLensRefresh: true,
};

/** A workspace at /w. In one file a `|` marks the cursor; `«»` stand around the ranges a test expects. */
export class Workspace {
  readonly context: FeatureContext;
  /** Where the mark stood. */
  readonly cursor: { readonly uri: string; readonly path: string; readonly position: Position };
  /** What is marked with `«»`, sorted. */
  readonly marked: string[] = [];
  readonly refreshes = { lenses: 0, diagnostics: 0 };
  private readonly files = new Map<string, DefinitionFile>();
  private readonly listeners = new Set<() => void>();
  private readonly disk: Readonly<Record<string, string>>;
  private results: Results | null;
  private settings: LanguageSettings;
  private snapshot: WorkspaceSnapshot | undefined;

  constructor(sources: Readonly<Record<string, string>>, options: WorkspaceOptions = {}) {
    let cursor: Workspace['cursor'] | undefined;
    for (const [name, source] of Object.entries(sources)) {
      const path = `/w/${name}`;
      const { text, at, ranges } = readMarks(source);
      const file = definitionFile(path, text);
      this.files.set(path, file);
      if (at !== null) cursor = { uri: file.uri, path, position: file.text.positionAt(at) };
      for (const [start, end] of ranges) {
        const range = { start: file.text.positionAt(start), end: file.text.positionAt(end) };
        this.marked.push(this.show(file.uri, range));
      }
    }
    this.cursor = cursor ?? { uri: '', path: '', position: { line: 0, character: 0 } };
    this.results = options.results ?? null;
    this.disk = options.disk ?? {};
    this.settings = { isTrusted: true, codeLens: true, showResults: true, ...options.settings };
    const settings = () => this.settings;
    this.context = {
      client: { ...vsCode, ...options.client },
      get settings() {
        return settings();
      },
      snapshot: () => this.takeSnapshot(),
      file: async (uri) => [...this.files.values()].find((file) => file.uri === uri) ?? null,
      locate,
      problems: (path) => this.problems(path),
      results: async () => this.results,
      catalog: async (_, connection) => {
        const tables = options.catalogs?.[connection];
        return tables === undefined ? null : catalogOf(connection, tables);
      },
      readText: async (path) => options.disk?.[path.replace('/w/', '')] ?? null,
      refreshCodeLenses: () => void (this.refreshes.lenses += 1),
      refreshDiagnostics: () => void (this.refreshes.diagnostics += 1),
      onDidChange: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }

  /** `daily.batch.yaml 3:5 "text"`: where a range stands (from 1) and what stands there. */
  show(uri: string, { start, end }: Range): string {
    const name = nameOf(uri);
    const text = this.file(name).text.getText({ start, end });
    return `${name} ${start.line + 1}:${start.character + 1} ${JSON.stringify(text)}`;
  }

  file(name: string): DefinitionFile {
    const file = this.files.get(`/w/${name}`);
    if (file === undefined) throw new Error(`no file ${name}`);
    return file;
  }

  /** The parameters of a request at the mark. */
  get here() {
    return { textDocument: { uri: this.cursor.uri }, position: this.cursor.position };
  }

  change(changed: {
    results?: Results | null;
    settings?: Partial<LanguageSettings>;
    files?: Record<string, string>;
  }): void {
    if (changed.results !== undefined) this.results = changed.results;
    this.settings = { ...this.settings, ...changed.settings };
    for (const [name, source] of Object.entries(changed.files ?? {})) {
      this.files.set(`/w/${name}`, definitionFile(`/w/${name}`, source));
      this.snapshot = undefined;
    }
    for (const listener of this.listeners) listener();
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  async project(name = ''): Promise<LoadedProject> {
    const dir = name === '' ? '/w' : `/w/${name}`;
    const project = (await this.takeSnapshot()).projects.get(dir);
    if (project === undefined) throw new Error(`no project in ${dir}`);
    return project;
  }

  /** Every file as it is after an edit, with the names that /w has. Fails on overlapping edits. */
  apply(edit: WorkspaceEdit | null): Record<string, string> {
    const edits = new Map<string, TextEdit[]>();
    const created: Record<string, string> = {};
    for (const change of edit?.documentChanges ?? []) {
      if ('edits' in change) edits.set(change.textDocument.uri, change.edits as TextEdit[]);
      else if (change.kind === 'create') created[nameOf(change.uri)] = '';
    }
    for (const [uri, list] of Object.entries(edit?.changes ?? {})) edits.set(uri, list);
    const result: Record<string, string> = {};
    for (const [uri, list] of edits) {
      const name = nameOf(uri);
      const text =
        this.files.get(`/w/${name}`)?.text ?? TextDocument.create(uri, '', 0, this.disk[name] ?? '');
      result[name] = TextDocument.applyEdits(text, list);
    }
    return { ...created, ...result };
  }

  private async takeSnapshot(): Promise<WorkspaceSnapshot> {
    this.snapshot ??= await snapshotOf(this.files);
    return this.snapshot;
  }

  private async problems(path: string): Promise<readonly Diagnostic[]> {
    const file = this.files.get(path);
    const snapshot = await this.takeSnapshot();
    if (file === undefined) return [];
    const project = snapshot.projectOf(path);
    if (file.kind !== 'batch') return (project?.diagnostics ?? []).filter((one) => one.file === path);
    const { diagnostics } = await planBatch({
      document: file.document,
      file: path,
      project,
      isCheckOnly: true,
      hasSecret: () => true,
      loadProject: async (pathOrId) =>
        snapshot.projects.get(pathOrId) ??
        [...snapshot.projects.values()].find(({ project_id }) => project_id === pathOrId) ??
        null,
    });
    return diagnostics.filter((one) => one.file === path);
  }
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.replace('file:///w/', ''));
}

export function definitionFile(path: string, source: string, version: number | null = 7): DefinitionFile {
  const uri = pathToFileURL(path).href;
  return {
    uri,
    path,
    kind: kindByName(path) ?? 'pipeline',
    format: formatOf(path),
    text: TextDocument.create(uri, 'yaml', version ?? 0, source),
    document: parseDocument(path, source),
    version,
  };
}

async function snapshotOf(files: ReadonlyMap<string, DefinitionFile>): Promise<WorkspaceSnapshot> {
  const reader: FileReader = {
    readText: async (path) => files.get(path)?.text.getText() ?? null,
    readDocument: async (path): Promise<SourceDocument | null> => files.get(path)?.document ?? null,
    glob: async (dir, patterns) =>
      [...files.keys()].filter((path) => patterns.some((pattern) => matchesGlob(path, `${dir}/${pattern}`))),
  };
  const projects = new Map<string, LoadedProject>();
  for (const path of files.keys()) {
    if (basename(path) === projectFileName)
      projects.set(dirname(path), await loadProject(dirname(path), reader));
  }
  const projectOf = (path: string): LoadedProject | null => {
    for (let dir = dirname(path); ; dir = dirname(dir)) {
      const found = projects.get(dir);
      if (found !== undefined) return found;
      if (dir === dirname(dir)) return null;
    }
  };
  const listed = new Set(
    [...projects.values()].flatMap((project) => project.pipeline_files.map(({ file }) => file)),
  );
  const batches = [...files.values()].filter(({ kind }) => kind === 'batch');
  return {
    folders: ['/w'],
    projects,
    batches: new Map(batches.map((file) => [file.path, { file, project: projectOf(file.path) }])),
    unreadable: new Map(),
    file: (path) => files.get(path) ?? null,
    files: () => files.values(),
    isListed: (path) => listed.has(path),
    projectOf,
  };
}

function catalogOf(connection: string, tables: Catalog['tables']): Catalog {
  return {
    connection,
    job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    operation_id: 'op-0001',
    extracted_at: '2026-01-31T08:00:00.000Z',
    tables,
  };
}

export function table(
  name: string,
  columns: readonly string[],
  schema: string | null = null,
): Catalog['tables'][number] {
  return { schema, name, columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })) };
}

function readMarks(source: string): { text: string; at: number | null; ranges: [number, number][] } {
  let text = '';
  let at: number | null = null;
  const ranges: [number, number][] = [];
  let start = 0;
  for (const character of source) {
    if (character === '|') at = text.length;
    else if (character === '«') start = text.length;
    else if (character === '»') ranges.push([start, text.length]);
    else text += character;
  }
  return { text, at, ranges };
}
