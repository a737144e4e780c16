import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the command line asks for; a bench has its own numbers for what is left out. */
export interface BenchOptions {
  readonly operations?: readonly number[];
  readonly rounds?: number;
  /** Rounds of kill -9. */
  readonly kills?: number;
  /** Of going on, to see whether memory grows. */
  readonly minutes?: number;
  /** Of a data set. */
  readonly rows?: number;
}
export type Bench = (options: BenchOptions) => Promise<void>;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The number that so many of a hundred do not exceed; NaN of none. */
export function percentile(numbers: readonly number[], of100: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * of100) / 100) - 1)] ?? Number.NaN;
}

/** Runs work in a temporary folder that is removed afterwards, whatever happens. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Columns aligned: the first to the left, the others to the right. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [headings, ...rows]) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}

export const whole = (number: number): string => Math.round(number).toLocaleString('en');
export const ratio = (number: number): string => `${number.toFixed(2)} ×`;

/** Figures depend on the machine, its disk and what else it does: said above each of them. */
export async function printMachine(): Promise<void> {
  const syncMs = await inFolder(async (folder) => median(syncTimesMs(join(folder, 'sync'))));
  console.log(
    `  Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, fdatasync after 100 bytes ${syncMs.toFixed(2)} ms`,
  );
}

function syncTimesMs(path: string): number[] {
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(100, 'x');
  const times: number[] = [];
  for (let count = 0; count < 200; count += 1) {
    const start = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  return times;
}
