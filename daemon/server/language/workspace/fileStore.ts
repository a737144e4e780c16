import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceDocument } from '../../../definitions/document.ts';
import type { FileReader } from '../../../definitions/reader.ts';
import { formatOf, type DefinitionFile, type FileKind } from '../files.ts';
import { parseIncrementally } from './incremental.ts';

export interface FileStoreOptions {
  readonly disk: FileReader;
  /** True if changes of this file on disk will be told; else it is looked at again now and then. */
  readonly isWatched: (path: string) => boolean;
  readonly now?: () => number;
}

/** One text of one file; what is made of it is made once. */
class StoredText {
  readonly uri: string;
  readonly path: string;
  readonly version: number | null;
  readonly text: TextDocument;
  #before: SourceDocument | undefined;
  readonly #files = new Map<FileKind, DefinitionFile>();
  #document: SourceDocument | undefined;

  constructor(path: string, text: TextDocument, version: number | null, before: StoredText | undefined) {
    this.uri = text.uri;
    this.path = path;
    this.text = text;
    this.version = version;
    this.#before = before === undefined ? undefined : (before.#document ?? before.#before);
  }

  get document(): SourceDocument {
    if (this.#document === undefined) {
      this.#document = parseIncrementally(this.path, this.text.getText(), this.#before);
      this.#before = undefined;
    }
    return this.#document;
  }

  as(kind: FileKind): DefinitionFile {
    const known = this.#files.get(kind);
    if (known !== undefined) return known;
    const { uri, path, text, version } = this;
    const document = () => this.document;
    const file: DefinitionFile = {
      uri,
      path,
      kind,
      format: formatOf(path),
      text,
      version,
      get document() {
        return document();
      },
    };
    this.#files.set(kind, file);
    return file;
  }
}

interface DiskEntry {
  readonly stamp: string;
  /** Null: there is no such file. Rejects if it cannot be read. */
  readonly stored: Promise<StoredText | null>;
  checkedAtMs: number;
}

/** How old the knowledge of a file that nobody watches may get. */
const unwatchedForMs = 1_000;

/**
 * Texts of files: the editor's where it has the file open, the disk's else. Each text is parsed once, whoever asks. What is
 * read from the disk is kept until a watcher (or, without one, its time stamp) says that it changed.
 */
export class FileStore implements FileReader {
  readonly #options: Required<FileStoreOptions>;
  readonly #open = new Map<string, StoredText>();
  readonly #disk = new Map<string, DiskEntry>();
  readonly #globs = new Map<string, Promise<string[]>>();

  constructor(options: FileStoreOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  /** The editor's text from now on. */
  open(path: string, text: TextDocument): void {
    this.#open.set(path, new StoredText(path, text, text.version, this.#open.get(path)));
  }

  close(path: string): void {
    this.#open.delete(path);
    this.#disk.delete(path);
  }

  openPaths(): IterableIterator<string> {
    return this.#open.keys();
  }

  /** The editor's text of a file; null: it is not open. */
  openFile(path: string, kind: FileKind): DefinitionFile | null {
    return this.#open.get(path)?.as(kind) ?? null;
  }

  /** A file on disk changed, came or went. */
  changedOnDisk(path: string, isSameSet: boolean): void {
    this.#disk.delete(path);
    if (!isSameSet) this.#globs.clear();
  }

  /** True if this file has been read, or looked for. */
  knows(path: string): boolean {
    return this.#disk.has(path);
  }

  /** True if a file in this folder has been read. */
  knowsBelow(folder: string): boolean {
    for (const path of this.#disk.keys()) if (isBelow(path, folder)) return true;
    return false;
  }

  /** Anything may have changed. What has the same time stamp still is the same text. */
  suspectAll(): void {
    this.#globs.clear();
    for (const entry of this.#disk.values()) entry.checkedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The file as one of a kind, or null if it does not exist. Rejects if it cannot be read. */
  async file(path: string, kind: FileKind): Promise<DefinitionFile | null> {
    return (await this.#stored(path))?.as(kind) ?? null;
  }

  async readText(path: string): Promise<string | null> {
    return (await this.#stored(path))?.text.getText() ?? null;
  }

  async readDocument(path: string): Promise<SourceDocument | null> {
    return (await this.#stored(path))?.document ?? null;
  }

  glob(dir: string, patterns: readonly string[]): Promise<string[]> {
    const key = JSON.stringify([dir, ...patterns]);
    const known = this.#globs.get(key);
    if (known !== undefined) return known;
    const found = this.#options.disk.glob(dir, patterns);
    this.#globs.set(key, found);
    found.catch(() => this.#globs.delete(key));
    return found;
  }

  async #stored(path: string): Promise<StoredText | null> {
    const open = this.#open.get(path);
    if (open !== undefined) return open;
    const known = this.#disk.get(path);
    const nowMs = this.#options.now();
    if (known !== undefined && this.#isFresh(path, known, nowMs)) return await known.stored;
    const stamp = await stampOf(path);
    // Another look may have come in between; then its entry is as new as ours would be.
    const current = this.#disk.get(path);
    if (current !== undefined && current.stamp === stamp) {
      current.checkedAtMs = nowMs;
      return await current.stored;
    }
    const entry: DiskEntry = { stamp, checkedAtMs: nowMs, stored: this.#read(path) };
    this.#disk.set(path, entry);
    entry.stored.catch(() => this.#forget(path, entry));
    return await entry.stored;
  }

  #isFresh(path: string, { checkedAtMs }: DiskEntry, nowMs: number): boolean {
    if (checkedAtMs === Number.NEGATIVE_INFINITY) return false;
    return this.#options.isWatched(path) || nowMs - checkedAtMs < unwatchedForMs;
  }

  #forget(path: string, entry: DiskEntry): void {
    if (this.#disk.get(path) === entry) this.#disk.delete(path);
  }

  async #read(path: string): Promise<StoredText | null> {
    const text = await this.#options.disk.readText(path);
    if (text === null) return null;
    const source = text.startsWith('\ufeff') ? text.slice(1) : text;
    const document = TextDocument.create(pathToFileURL(path).href, formatOf(path), 0, source);
    return new StoredText(path, document, null, undefined);
  }
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}
