/** All the I/O that definitions may do. Paths are absolute. */
export interface FileReader {
  /** The text of a file, or null if it does not exist; any other trouble throws and becomes a diagnostic. */
  readText(path: string): Promise<string | null>;
  /** Absolute paths of files under `dir` that match one of the patterns (`*`, `**`, `?`, `{a,b}`), in any order. */
  glob(dir: string, patterns: readonly string[]): Promise<string[]>;
}
