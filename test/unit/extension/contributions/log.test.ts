import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../../daemon/protocol/answers.ts';
import { formatTime } from '../../../../daemon/client/text.ts';
import {
  foldsOf,
  logStructure,
  type LogPart,
} from '../../../../extension/contributions/documents/logStructure.ts';
import { LogText } from '../../../../extension/contributions/documents/logText.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 10, 0, second, 250)).toISOString();
const clock = (second: number): string => `${formatTime(at(second))}.250`;
let seq = 0;
const entry = (second: number, message: string, more: Partial<LogEntry> = {}): LogEntry => ({
  seq: (seq += 1),
  at: at(second),
  level: 'info',
  message,
  ...more,
});
const op = { operation_id: 'op-0001' };
const head = { title: 'Log of it', whole: ['"ombudsman jobs log X"', '<file:///job.log>'] };
const options = { maxLines: 100, nameOf: (id: string) => (id === 'op-0001' ? 'load\u0007' : 'check') };

describe('text of a log', () => {
  it('has a line for each entry, with the name of its operation', () => {
    const text = new LogText(options);
    text.add([
      entry(1, 'job started'),
      entry(2, 'one\r\ntwo\u001b[31m', { ...op, level: 'error' }),
      entry(3, 'completed', { operation_id: 'op-0002', level: 'warn' }),
    ]);
    expect(text.render(head)).toBe(`# Log of it

${clock(1)} INFO  job started
${clock(2)} ERROR op-0001 load\\u0007: one
    two\\u001b[31m
${clock(3)} WARN  op-0002 check: completed
`);
  });

  it('says that there is nothing yet', () => {
    expect(new LogText(options).render(head)).toBe('# Log of it\n\n# Nothing logged yet.\n');
  });

  it('of one operation has its attempts, and what it printed at the end', () => {
    const text = new LogText(options);
    const attempts = [
      { attempt: 1, started_at: at(1) },
      { attempt: 2, started_at: at(5) },
    ];
    text.add([entry(2, 'attempt failed', op)], attempts.slice(0, 1));
    text.add([entry(6, 'completed', op)], attempts);
    text.addBlock('printed by the program: <file:///x>', ['hello', '\u001b[0m']);
    expect(text.render(head).split('\n').slice(2)).toEqual([
      `── attempt 1, ${formatTime(at(1))} ──`,
      `${clock(2)} INFO  attempt failed`,
      `── attempt 2, ${formatTime(at(5))} ──`,
      `${clock(6)} INFO  completed`,
      '── printed by the program: <file:///x> ──',
      'hello',
      '\\u001b[0m',
      '',
    ]);
  });

  it('of very many lines keeps the latest and says where the rest is', () => {
    const text = new LogText({ ...options, maxLines: 1000 });
    for (let index = 0; index < 50_000; index += 500) {
      text.add(Array.from({ length: 500 }, (_, line) => entry(1, `line ${index + line}`)));
    }
    const lines = text.render(head).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(1203);
    expect(lines.at(-1)).toMatch(/line 49999$/);
    const left = 50_000 - (lines.length - 3);
    expect(lines[1]).toBe(
      `# Left out here: ${left.toLocaleString('en-US')} earlier lines. The whole log: "ombudsman jobs log X" or <file:///job.log>`,
    );
  });

  it('changes its beginning only now and then while it is cut', () => {
    const text = new LogText({ ...options, maxLines: 1000 });
    const firsts = new Set<string | undefined>();
    for (let index = 0; index < 2000; index += 1) {
      text.add([entry(1, `line ${index}`)]);
      firsts.add(text.render(head).split('\n')[1]);
    }
    expect(firsts.size).toBeLessThan(10);
  });

  it('of entries that were never read says how many', () => {
    const text = new LogText(options);
    text.skip(1);
    text.add([entry(1, 'x')]);
    expect(text.render(head)).toContain('# Left out here: 1 earlier entry. The whole log: ');
  });

  it('cuts lines and entries that nobody could read', () => {
    const text = new LogText({ ...options, maxLines: 10_000 });
    text.add([entry(1, `${'x'.repeat(5000)}\n${'y\n'.repeat(500)}`)]);
    const lines = text.render(head).trimEnd().split('\n');
    expect(lines[2]?.length).toBeLessThan(2100);
    expect(lines).toHaveLength(3 + 200 + 1);
    expect(lines.at(-1)).toBe('    … 301 more lines of this entry');
  });
});

describe('structure of a log', () => {
  const outline = (parts: readonly LogPart[]): unknown[] =>
    parts.map(({ kind, title, start, end, children }) => [
      kind,
      title,
      start,
      end,
      ...(children.length > 0 ? [outline(children)] : []),
    ]);

  it('is runs of the job, operations in a row, entries of several lines', () => {
    const text = new LogText(options);
    text.add([
      entry(1, 'job started'),
      entry(2, 'one\ntwo', op),
      entry(3, 'failed', op),
      entry(4, 'completed', { operation_id: 'op-0002' }),
      entry(5, 'job ended: failed'),
      entry(6, 'retry of 1 operations'),
      entry(7, 'completed', op),
    ]);
    const lines = text.render(head).split('\n');
    const parts = logStructure(lines);
    expect(outline(parts)).toEqual([
      [
        'run',
        'job started',
        2,
        7,
        [
          ['entry', '', 2, 2],
          [
            'operation',
            'op-0001 load\\u0007',
            3,
            5,
            [
              ['entry', 'op-0001 load\\u0007', 3, 4],
              ['entry', 'op-0001 load\\u0007', 5, 5],
            ],
          ],
          ['operation', 'op-0002 check', 6, 6, [['entry', 'op-0002 check', 6, 6]]],
          ['entry', '', 7, 7],
        ],
      ],
      [
        'run',
        'retry of 1 operations',
        8,
        9,
        [
          ['entry', '', 8, 8],
          ['operation', 'op-0001 load\\u0007', 9, 9, [['entry', 'op-0001 load\\u0007', 9, 9]]],
        ],
      ],
    ]);
    expect(foldsOf(parts)).toEqual([
      { start: 2, end: 7 },
      { start: 3, end: 5 },
      { start: 3, end: 4 },
      { start: 8, end: 9 },
    ]);
  });

  it('is attempts and output for one operation; what a program prints is not taken for entries', () => {
    const text = new LogText(options);
    text.add([entry(2, 'completed', op)], [{ attempt: 1, started_at: at(1) }]);
    text.addBlock('printed by the program', [`${clock(3)} INFO  job started`, 'x']);
    const parts = logStructure(text.render(head).split('\n'));
    expect(outline(parts)).toEqual([
      ['attempt', `attempt 1, ${formatTime(at(1))}`, 2, 3, [['entry', '', 3, 3]]],
      ['output', 'printed by the program', 4, 6],
    ]);
  });

  it('begins in the middle where the beginning is left out', () => {
    expect(outline(logStructure([`${clock(1)} INFO  op-0001 a: x`, '']))).toEqual([
      [
        'run',
        `from ${clock(1).slice(11, 19)}`,
        0,
        0,
        [['operation', 'op-0001 a', 0, 0, [['entry', 'op-0001 a', 0, 0]]]],
      ],
    ]);
    expect(logStructure(['# Log', '', '# Nothing logged yet.', ''])).toEqual([]);
  });
});
