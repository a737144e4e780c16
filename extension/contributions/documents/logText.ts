import { formatCount, formatTime, plural, visible } from '../../../daemon/client/text.ts';
import type { LogEntry } from '../../../daemon/protocol/answers.ts';

/** What stands above the entries. */
export interface LogHead {
  readonly title: string;
  /** Where the whole log is, said when something is left out here. */
  readonly whole: readonly string[];
}

/** An attempt of the one operation that the log is of. */
export interface LogAttempt {
  readonly attempt: number;
  readonly started_at: string;
}

export interface LogTextOptions {
  readonly nameOf: (operationId: string) => string | undefined;
  readonly maxLines: number;
}

const maxLinesOfEntry = 200;
const maxLineLength = 2000;
/** Cutting a few lines off at each new one would change the whole document each time, so it is done rarely and in bulk. */
const slack = 1.2;

/** Lines of a log as far as a document holds them: the latest, of a size that an editor likes. */
export class LogText {
  readonly #options: LogTextOptions;
  #lines: string[] = [];
  #droppedLines = 0;
  #skippedEntries = 0;
  #lastAttempt = 0;
  /** Of the newest entry. */
  lastSeq = 0;

  constructor(options: LogTextOptions) {
    this.#options = options;
  }

  /** Entries before the first one that is added are not shown; how many is told. */
  skip(entries: number): void {
    this.#skippedEntries += entries;
  }

  /** Adds entries, oldest first. `attempts`: those of the one operation that the log is of, else none. */
  add(entries: readonly LogEntry[], attempts: readonly LogAttempt[] = []): void {
    for (const entry of entries) {
      this.#beginAttempts(attempts, entry.at);
      this.#lines.push(...entryLines(entry, attempts.length === 0 ? this.#options.nameOf : () => undefined));
      this.lastSeq = entry.seq;
    }
    this.#trim();
  }

  /** Adds text that no entry holds, such as what a program printed. */
  addBlock(title: string, lines: readonly string[]): void {
    this.#lines.push(`── ${title} ──`, ...lines.map(cutLine));
    this.#trim();
  }

  render({ title, whole }: LogHead): string {
    const isCut = this.#droppedLines > 0 || this.#skippedEntries > 0;
    const left =
      this.#skippedEntries > 0
        ? `${plural(this.#skippedEntries, 'earlier entry', 'earlier entries')}${this.#droppedLines > 0 ? ' and more' : ''}`
        : plural(this.#droppedLines, 'earlier line');
    const head = isCut
      ? [`# ${visible(title)}`, `# Left out here: ${left}. The whole log: ${whole.join(' or ')}`]
      : [`# ${visible(title)}`];
    const body = this.#lines.length === 0 ? ['# Nothing logged yet.'] : this.#lines;
    return `${[...head, '', ...body].join('\n')}\n`;
  }

  #beginAttempts(attempts: readonly LogAttempt[], at: string): void {
    for (const { attempt, started_at: startedAt } of attempts) {
      if (attempt <= this.#lastAttempt || startedAt > at) continue;
      this.#lastAttempt = attempt;
      this.#lines.push(`── attempt ${attempt}, ${formatTime(startedAt)} ──`);
    }
  }

  #trim(): void {
    const { maxLines } = this.#options;
    if (this.#lines.length <= maxLines * slack) return;
    this.#droppedLines += this.#lines.length - maxLines;
    this.#lines = this.#lines.slice(-maxLines);
  }
}

const levels = { info: 'INFO ', warn: 'WARN ', error: 'ERROR' } as const;

function entryLines(entry: LogEntry, nameOf: LogTextOptions['nameOf']): string[] {
  const { at, level, operation_id: id, message } = entry;
  const name = id === undefined ? undefined : nameOf(id);
  const who = name === undefined ? '' : `${id} ${visible(name)}: `;
  const [first = '', ...rest] = message.split(/\r\n|\r|\n/);
  const shown = rest.slice(0, maxLinesOfEntry);
  const hidden = rest.length - shown.length;
  return [
    cutLine(`${formatTime(at)}${at.slice(19, 23)} ${levels[level]} ${who}${first}`),
    ...shown.map((line) => `    ${cutLine(line)}`),
    ...(hidden > 0 ? [`    … ${formatCount(hidden)} more lines of this entry`] : []),
  ];
}

function cutLine(line: string): string {
  const shown = visible(line);
  if (shown.length <= maxLineLength) return shown;
  return `${shown.slice(0, maxLineLength)}… (${formatCount(shown.length)} characters)`;
}
