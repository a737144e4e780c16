import { appendFile, mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntry } from '../../protocol/answers.ts';
import { readLastEntry, readLogPage, type LogBytes } from './logPages.ts';
import { privateDirMode, privateFileMode } from '../../platform/privateFiles.ts';

export const jobLogName = 'job.log';
const flushAfterMs = 200;
/** A chatty operation must not fill the disk; the rest of the story is in its own log artifact. */
const usualMaxBytes = 64 * 1024 * 1024;

/**
 * The log of one job: JSON lines beside its artifacts. For people, not for recovery, so it is written behind, in pieces, and a write
 * that fails is only counted; the journal is the truth.
 */
export class JobLog {
  readonly #path: string;
  readonly #dir: string;
  readonly #maxBytes: number;
  #pending: LogEntry[] = [];
  #nextSeq: number | null = null;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(artifactDir: string, maxBytes = usualMaxBytes) {
    this.#maxBytes = maxBytes;
    this.#dir = artifactDir;
    this.#path = join(artifactDir, jobLogName);
  }

  add(entry: Omit<LogEntry, 'seq'>): void {
    // The seq is given at writing: an earlier daemon's lines must be counted first, and counting them is slow.
    this.#pending.push({ seq: 0, ...entry });
    this.#timer ??= setTimeout(() => void this.flush(), flushAfterMs);
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Entries after a seq, oldest first. */
  async read(
    after: number,
    operationId: string | undefined,
    limit: number,
  ): Promise<{ entries: LogEntry[]; last_seq: number }> {
    await this.flush();
    const page = await withBytes(this.#path, (bytes) => readLogPage(bytes, { after, operationId, limit }));
    return page ?? { entries: [], last_seq: 0 };
  }

  async #write(): Promise<void> {
    const entries = this.#pending;
    if (entries.length === 0) return;
    this.#pending = [];
    try {
      let text = '';
      if (this.#nextSeq === null) {
        const before = await withBytes(this.#path, async (bytes) => ({
          seq: (await readLastEntry(bytes))?.seq ?? 0,
          isTorn: bytes.size > 0 && (await bytes.read(bytes.size - 1, 1)).toString() !== '\n',
          size: bytes.size,
        }));
        this.#nextSeq = (before?.seq ?? 0) + 1;
        this.#bytes = before?.size ?? 0;
        // What a crash left of a line must not take the next one with it.
        if (before?.isTorn === true) text = '\n';
      }
      for (const entry of entries) text += `${JSON.stringify({ ...entry, seq: this.#nextSeq++ })}\n`;
      if (this.#bytes > this.#maxBytes) return;
      this.#bytes += Buffer.byteLength(text);
      await mkdir(this.#dir, { recursive: true, mode: privateDirMode });
      await appendFile(this.#path, text, { mode: privateFileMode });
    } catch {
      // Told by the storage's own health; losing lines of the log loses nothing that was accepted.
    }
  }
}

/** Gives a file to `use`; undefined if there is none, or it cannot be read. */
async function withBytes<T>(path: string, use: (bytes: LogBytes) => Promise<T>): Promise<T | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = await file.stat();
    return await use({
      size,
      read: async (offset, length) => {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
