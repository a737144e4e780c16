import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntry } from '../../protocol/methods.ts';
import { privateDirMode, privateFileMode } from '../../platform/privateFiles.ts';

export const jobLogName = 'job.log';
const flushAfterMs = 200;
/** A chatty operation must not fill the disk; the rest of the story is in its own log artifact. */
const maxBytes = 64 * 1024 * 1024;

/**
 * The log of one job: JSON lines beside its artifacts. For people, not for recovery, so it is written behind, in pieces, and a write
 * that fails is only counted; the journal is the truth.
 */
export class JobLog {
  readonly #path: string;
  readonly #dir: string;
  #pending: LogEntry[] = [];
  #nextSeq: number | null = null;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(artifactDir: string) {
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
    const all = await readEntries(this.#path);
    const entries = all.filter(
      (entry) => entry.seq > after && (operationId === undefined || entry.operation_id === operationId),
    );
    return { entries: entries.slice(0, limit), last_seq: all.at(-1)?.seq ?? 0 };
  }

  async #write(): Promise<void> {
    const entries = this.#pending;
    if (entries.length === 0) return;
    this.#pending = [];
    try {
      this.#nextSeq ??= ((await readEntries(this.#path)).at(-1)?.seq ?? 0) + 1;
      let text = '';
      for (const entry of entries) text += `${JSON.stringify({ ...entry, seq: this.#nextSeq++ })}\n`;
      if (this.#bytes > maxBytes) return;
      this.#bytes += text.length;
      await mkdir(this.#dir, { recursive: true, mode: privateDirMode });
      await appendFile(this.#path, text, { mode: privateFileMode });
    } catch {
      // Told by the storage's own health; losing lines of the log loses nothing that was accepted.
    }
  }
}

async function readEntries(path: string): Promise<LogEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as LogEntry];
    } catch {
      return []; // A line torn by a crash.
    }
  });
}
