import type { SourceDocument } from './document.ts';

/** All the I/O that definitions may do. Paths are absolute. */
export interface FileReader {
  /** The text of a file, or null if it does not exist; any other trouble throws and becomes a diagnostic. */
  readText(path: string): Promise<string | null>;
  /** Absolute paths of files under `dir` that match one of the patterns (`*`, `**`, `?`, `{a,b}`), in any order. */
  glob(dir: string, patterns: readonly string[]): Promise<string[]>;
  /** For who keeps parsed files (an editor does): what `parseDocument` makes of `readText`. Left out: read and parsed each time. */
  readDocument?(path: string): Promise<SourceDocument | null>;
}
