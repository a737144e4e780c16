import { spawn, type ChildProcess } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Candidates run in processes of their own: none inherits the warm code or the heap of another. */
function startCandidate(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, '..', 'candidates', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) yield line;
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)));

/** What a candidate says of its run. */
export interface CandidateFigures {
  /** From the first operation's start to the last one's end being told. */
  readonly run_ms: number;
  /** With handing in the operations before and closing the books after. */
  readonly whole_ms: number;
}

/** Runs a candidate to its end; its last line is its figures as JSON. */
export async function measureCandidate(script: string, args: readonly string[]): Promise<CandidateFigures> {
  const child = startCandidate(script, args);
  const exited = exitOf(child);
  let last = '';
  for await (const line of linesOf(child)) last = line;
  const code = await exited;
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(last) as CandidateFigures;
}

/** Runs a candidate until it has acknowledged so many operations, kills it with SIGKILL, and returns all it acknowledged. */
export async function killCandidate(
  script: string,
  args: readonly string[],
  acknowledgements: number,
  alsoKill: () => void = () => undefined,
): Promise<Set<number>> {
  const child = startCandidate(script, args);
  const exited = exitOf(child);
  const acknowledged = new Set<number>();
  for await (const line of linesOf(child)) {
    if (!line.startsWith('ack ')) continue;
    acknowledged.add(Number(line.slice(4)));
    if (acknowledged.size === acknowledgements) {
      child.kill('SIGKILL');
      alsoKill();
    }
  }
  // What stood in the pipe when the process died was said all the same, so the loop above read it to its end.
  await exited;
  return acknowledged;
}

/** In a candidate: says that an operation is finished for good. Synchronous, so that a kill cannot lose what was said. */
export function acknowledge(index: number): void {
  writeSync(1, `ack ${index}\n`);
}
