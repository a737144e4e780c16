/** One line of the report that the extension host writes while tests run in it. */
export type HostEvent =
  | { readonly event: 'started' | 'passed'; readonly title: string }
  | { readonly event: 'failed'; readonly title: string; readonly error: string }
  | { readonly event: 'done' };

export interface HostTest {
  readonly title: string;
  /** Undefined: passed. */
  readonly error?: string;
}
export interface HostReport {
  readonly tests: readonly HostTest[];
  /** What keeps the run as a whole from being good. */
  readonly problem?: string;
}

/** Reads the lines; a run that does not tell its end, or tells of no test, has a problem. */
export function parseReport(text: string): HostReport {
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HostEvent);
  const tests: HostTest[] = [];
  let running: string | undefined;
  for (const event of events) {
    if (event.event === 'started') running = event.title;
    if (event.event !== 'passed' && event.event !== 'failed') continue;
    running = undefined;
    tests.push({ title: event.title, ...(event.event === 'failed' ? { error: event.error } : {}) });
  }
  if (events.at(-1)?.event === 'done') {
    return tests.length > 0 ? { tests } : { tests, problem: 'no test ran' };
  }
  const where = running === undefined ? 'between tests' : `in: ${running}`;
  return { tests, problem: events.length === 0 ? 'nothing was reported' : `it ended ${where}` };
}
