import { open } from 'node:fs/promises';

const maxBytes = 512 * 1024;

/** The end of a text file, at most so many lines. A file that cannot be read is told as its one line. */
export async function readLastLines(
  path: string,
  maxLines: number,
): Promise<{ readonly lines: readonly string[]; readonly isWhole: boolean }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - maxBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const lines = buffer
        .toString('utf8', 0, bytesRead)
        .replace(/\n$/, '')
        .split(/\r\n|\n/);
      // The first line of a part may have lost its beginning.
      const whole = from === 0 ? lines : lines.slice(1);
      const shown = whole.slice(-maxLines);
      return { lines: shown, isWhole: from === 0 && shown.length === lines.length };
    } finally {
      await file.close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { lines: [`The file cannot be read: ${message}`], isWhole: true };
  }
}
