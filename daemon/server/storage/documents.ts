/** JSON documents through lowdb: written beside and renamed over, damaged ones set aside and never overwritten. */
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Low, type Adapter } from 'lowdb';
import { crc32, hexOf } from './checksum.ts';
import { StorageError, isMissing, toStorageError } from './errors.ts';
import type { Files, OpenFile } from './files.ts';
import type { Health } from './health.ts';
import { UnusableDocument, migrate, type Migration } from './migrations/migrations.ts';
import { documentEnd, serialise } from './serialise.ts';
import type { StorageNotice } from './store.ts';
import { corruptPath, tempPath, unlinkQuietly } from './temporary.ts';

/** What the files of one data directory share. */
export interface StorageContext {
  readonly files: Files;
  readonly health: Health;
  notice(notice: StorageNotice): void;
  readonly now: () => Date;
}

/** One kind of document: how old versions become new ones, and what is accepted as one. */
export interface DocumentKind<T> {
  readonly migrations: readonly Migration[];
  /** True: the file ends with a checksum of all before it. For caches; what a person may mend by hand has none. */
  readonly isChecksummed?: boolean;
  /** Throws if the migrated document has not the shape of a T. */
  validate(document: Record<string, unknown>): Promise<T> | T;
}

const chunkChars = 128 * 1024;
const sliceMs = 5;

/** lowdb's adapter for one file. */
export class DocumentAdapter<T extends object> implements Adapter<T | null> {
  readonly path: string;
  readonly #kind: DocumentKind<T>;
  readonly #context: StorageContext;
  #isDamagedInPlace = false;

  constructor(path: string, kind: DocumentKind<T>, context: StorageContext) {
    this.path = path;
    this.#kind = kind;
    this.#context = context;
  }

  /**
   * The document; null if there is none, or if it was damaged: then it was set aside with a notice. Rejects with a StorageError
   * if the file cannot be read, or was written by a newer version.
   */
  async read(): Promise<T | null> {
    let bytes: Buffer;
    try {
      bytes = await this.#context.files.read(this.path);
    } catch (error) {
      if (isMissing(error)) return null;
      throw toStorageError(error, 'reading', this.path);
    }
    try {
      const raw: unknown = JSON.parse(bytes.toString('utf8'));
      // After the version: of what a newer program wrote we do not know how it ends.
      const document = migrate(raw, this.#kind.migrations, this.path);
      if (this.#kind.isChecksummed === true && !isWhole(bytes))
        throw new UnusableDocument('its checksum is wrong');
      return await this.#kind.validate(document);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      await this.#foundDamage(reasonOf(error));
      return null;
    }
  }

  /** Resolves when the document has replaced the previous one for good; a rejected write leaves the previous one as it was. */
  async write(document: T | null): Promise<void> {
    if (document === null) return;
    const { files, health } = this.#context;
    const temp = tempPath(this.path);
    try {
      // The damaged file could not be moved when it was read; it must be before its name is used again.
      if (this.#isDamagedInPlace) await this.#setAside();
      const file = await files.open(temp, 'create');
      try {
        await writeDocument(file, document, this.#kind.isChecksummed === true);
        await file.datasync();
      } finally {
        await file.close();
      }
      await files.rename(temp, this.path);
      await files.syncDir(dirname(this.path));
      health.succeeded();
    } catch (error) {
      await unlinkQuietly(files, temp);
      const failure = toStorageError(error, 'writing', this.path);
      health.failed(failure);
      throw failure;
    }
  }

  async #foundDamage(reason: string): Promise<void> {
    const context = this.#context;
    this.#isDamagedInPlace = true;
    try {
      const kept = await this.#setAside();
      context.notice({
        path: this.path,
        message: `${this.path} is damaged (${reason}). It was set aside as ${kept}.`,
        kept,
      });
    } catch (error) {
      const failure = toStorageError(error, 'setting aside', this.path);
      context.notice({ path: this.path, message: `${this.path} is damaged (${reason}). ${failure.message}` });
    }
  }

  async #setAside(): Promise<string> {
    const kept = await setAside(this.path, this.#context, 'move');
    this.#isDamagedInPlace = false;
    return kept;
  }
}

/** A lowdb database over one file; its data are null until it has been read (and stay null if there is no document). */
export function openDocument<T extends object>(
  path: string,
  kind: DocumentKind<T>,
  context: StorageContext,
): Low<T | null> {
  return new Low<T | null>(new DocumentAdapter(path, kind, context), null);
}

/** Keeps a damaged file under a `.corrupt-<time>` name that was free; returns that name. */
export async function setAside(path: string, context: StorageContext, how: 'move' | 'copy'): Promise<string> {
  const { files } = context;
  const now = context.now();
  for (let attempt = 0; ; attempt += 1) {
    const kept = corruptPath(path, now, attempt);
    // Only this process writes in the data directory, so nobody takes the name between the question and the move.
    if (await files.exists(kept)) continue;
    if (how === 'move') await files.rename(path, kept);
    else await files.copy(path, kept);
    await files.syncDir(dirname(path));
    return kept;
  }
}

const checksumPattern = /,\n {2}"checksum": "([0-9a-f]{8})"\n\}\n$/;
const checksumBytes = ',\n  "checksum": "00000000"\n}\n'.length;

function isWhole(bytes: Buffer): boolean {
  const bodyBytes = bytes.length - checksumBytes;
  if (bodyBytes < 0) return false;
  const told = checksumPattern.exec(bytes.toString('latin1', bodyBytes))?.[1];
  return told === hexOf(crc32(bytes.subarray(0, bodyBytes)));
}

/** Hands a document's text to the file in chunks and gives the event loop a turn at least every few milliseconds. */
async function writeDocument(file: OpenFile, document: object, isChecksummed: boolean): Promise<void> {
  let text = '';
  let position = 0;
  let crc = 0;
  let sliceStart = performance.now();
  const flush = async () => {
    const data = Buffer.from(text);
    text = '';
    if (isChecksummed) crc = crc32(data, crc);
    await file.write(data, position);
    position += data.length;
    sliceStart = performance.now();
  };
  let count = 0;
  for (const piece of serialise(document)) {
    text += piece;
    count += 1;
    if (text.length >= chunkChars) await flush();
    else if (count % 64 === 0 && performance.now() - sliceStart > sliceMs) {
      await nextTurn();
      sliceStart = performance.now();
    }
  }
  if (!isChecksummed) text += documentEnd;
  await flush();
  if (!isChecksummed) return;
  text = `,\n  "checksum": "${hexOf(crc)}"${documentEnd}`;
  await flush();
}

function reasonOf(error: unknown): string {
  if (error instanceof UnusableDocument || error instanceof SyntaxError) return error.message;
  const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0];
  if (issue !== undefined) return `${issue.path.map(String).join('.') || 'document'}: ${issue.message}`;
  return error instanceof Error ? error.message : String(error);
}
