import type { SourceDocument } from '../../../definitions/document.ts';
import type { FileReader } from '../../../definitions/reader.ts';
import type { FileStore } from './fileStore.ts';

/** Hands out what the store has, and remembers it: whether any of it is another now tells if what was made of it still holds. */
export class RecordingReader implements FileReader {
  readonly #store: FileStore;
  readonly #documents = new Map<string, SourceDocument | null>();
  readonly #globs: { dir: string; patterns: readonly string[]; found: readonly string[] }[] = [];
  #hasFailed = false;

  constructor(store: FileStore) {
    this.#store = store;
  }

  async readText(path: string): Promise<string | null> {
    return await this.#store.readText(path);
  }

  async readDocument(path: string): Promise<SourceDocument | null> {
    try {
      const document = await this.#store.readDocument(path);
      this.#documents.set(path, document);
      return document;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async glob(dir: string, patterns: readonly string[]): Promise<string[]> {
    const found = await this.#store.glob(dir, patterns);
    this.#globs.push({ dir, patterns, found });
    return found;
  }

  /** True if reading again would give the same objects. */
  async isCurrent(): Promise<boolean> {
    if (this.#hasFailed) return false;
    try {
      for (const { dir, patterns, found } of this.#globs) {
        const now = await this.#store.glob(dir, patterns);
        if (now !== found && !hasSameMembers(now, found)) return false;
      }
      const paths = [...this.#documents];
      const now = await Promise.all(paths.map(([path]) => this.#store.readDocument(path)));
      return paths.every(([, document], index) => document === now[index]);
    } catch {
      return false;
    }
  }
}

function hasSameMembers(a: readonly string[], b: readonly string[]): boolean {
  const members = new Set(b);
  return a.length === members.size && a.every((each) => members.has(each));
}
