/** The parts of a log as its text tells them, for folding and the outline. Lines count from 0, ends are inclusive. */

export interface LogPart {
  readonly kind: 'run' | 'attempt' | 'output' | 'operation' | 'entry';
  readonly title: string;
  readonly detail: string;
  readonly start: number;
  readonly end: number;
  readonly children: readonly LogPart[];
}

const entryLine =
  /^\d{4}-\d{2}-\d{2} (\d{2}:\d{2}:\d{2})\.\d{3} (?:INFO |WARN |ERROR) (?:(op-\d{4,7} .*?): )?(.*)$/;
const sectionLine = /^── (.*) ──$/;
/** What the daemon logs when a job begins to run, again or for the first time. */
const runLine = /^(?:job started|job resumed|retry of \d+ operations?)/;

interface Open {
  kind: LogPart['kind'];
  title: string;
  detail: string;
  start: number;
  children: LogPart[];
}

/**
 * Runs of the job (start, resume, retry), attempts of an operation, or the output of a program; in them the entries that follow
 * each other and are of one operation, and entries of several lines.
 */
export function logStructure(lines: readonly string[]): LogPart[] {
  const sections: LogPart[] = [];
  let section: Open | undefined;
  let last = lines.length - 1;
  while (last >= 0 && lines[last] === '') last -= 1;
  const close = (end: number) => {
    if (section !== undefined) sections.push({ ...section, end, children: joined(section.children) });
    section = undefined;
  };
  for (let index = 0; index <= last; index += 1) {
    const line = lines[index] ?? '';
    const begins = sectionOf(line, section?.kind === 'output');
    if (begins !== undefined) {
      close(index - 1);
      section = { ...begins, start: index, children: [] };
    }
    const entry = entryLine.exec(line);
    if (entry === null || section?.kind === 'output') continue;
    let end = index;
    while (end < last && lines[end + 1]?.startsWith('    ') === true) end += 1;
    const part = { kind: 'entry' as const, title: entry[2] ?? '', detail: entry[3] ?? '', start: index, end };
    // The head of a log that begins in the middle has no line that says so.
    section ??= { kind: 'run', title: `from ${entry[1] ?? ''}`, detail: '', start: index, children: [] };
    section.children.push({ ...part, children: [] });
    index = end;
  }
  close(last);
  return sections;
}

/** What a program printed may look like entries, but not like a line that begins a section. */
function sectionOf(line: string, isOutput: boolean): Pick<Open, 'kind' | 'title' | 'detail'> | undefined {
  const marked = sectionLine.exec(line)?.[1];
  if (marked !== undefined) {
    return { kind: marked.startsWith('attempt ') ? 'attempt' : 'output', title: marked, detail: '' };
  }
  const entry = entryLine.exec(line);
  if (isOutput || entry === null || entry[2] !== undefined || !runLine.test(entry[3] ?? '')) return undefined;
  return { kind: 'run', title: entry[3] ?? '', detail: entry[1] ?? '' };
}

/** Entries of one operation in a row become one part. */
function joined(entries: readonly LogPart[]): LogPart[] {
  const rows: LogPart[][] = [];
  for (const entry of entries) {
    const row = rows.at(-1);
    if (row !== undefined && entry.title !== '' && row[0]?.title === entry.title) row.push(entry);
    else rows.push([entry]);
  }
  return rows.flatMap((row): LogPart[] => {
    const [first] = row;
    const last = row.at(-1);
    if (first === undefined || last === undefined || first.title === '') return row;
    return [{ ...first, kind: 'operation', detail: last.detail, end: last.end, children: row }];
  });
}

/** Every part that spans lines, in the order of the text. */
export function foldsOf(parts: readonly LogPart[]): { readonly start: number; readonly end: number }[] {
  return parts.flatMap((part) => [
    ...(part.end > part.start ? [{ start: part.start, end: part.end }] : []),
    ...foldsOf(part.children).filter(({ start, end }) => start !== part.start || end !== part.end),
  ]);
}
