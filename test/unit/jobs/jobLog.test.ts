import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../daemon/protocol/answers.ts';
import { JobLog } from '../../../daemon/server/jobs/jobLog.ts';
import { readLogPage, type LogBytes } from '../../../daemon/server/jobs/logPages.ts';

const at = '2026-01-01T00:00:00.000Z';

/** The bytes of a buffer, and how many were asked for. */
function counted(bytes: Pick<LogBytes, 'size' | 'read'>): LogBytes & { count: number } {
  const source = {
    size: bytes.size,
    count: 0,
    read: (offset: number, length: number) => {
      source.count += length;
      return bytes.read(offset, length);
    },
  };
  return source;
}

const bytesOf = (text: string): LogBytes => {
  const buffer = Buffer.from(text);
  return { size: buffer.length, read: async (offset, length) => buffer.subarray(offset, offset + length) };
};

/** As many lines of 128 bytes as wanted, made when they are read: seq, and every 1,000th of op-0002. */
function longLog(lines: number): LogBytes {
  const width = 128;
  const line = (index: number): string => {
    const seq = index + 1;
    const operation_id = seq % 1000 === 0 ? 'op-0002' : 'op-0001';
    const json = JSON.stringify({ seq, at, level: 'info', operation_id, message: '' });
    return `${json.slice(0, -2)}${'x'.repeat(width - json.length - 1)}"}\n`;
  };
  return {
    size: lines * width,
    read: async (offset, length) => {
      const first = Math.floor(offset / width);
      const last = Math.min(lines, Math.ceil((offset + length) / width));
      const text = Array.from({ length: last - first }, (_, index) => line(first + index)).join('');
      return Buffer.from(text).subarray(offset - first * width, offset - first * width + length);
    },
  };
}

describe('a page of a log of 1,000,000 lines', () => {
  const lines = 1_000_000;
  it.each([
    ['the first', 0],
    ['one in the middle', 543_210],
    ['the last', lines - 100],
  ])('%s costs no more bytes than a few pages', async (_name, after) => {
    const bytes = counted(longLog(lines));
    const page = await readLogPage(bytes, { after, operationId: undefined, limit: 100 });
    expect(page.last_seq).toBe(lines);
    expect(page.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => after + 1 + i));
    expect(bytes.count).toBeLessThan(300_000);
  });

  it('nothing new costs a look at the end', async () => {
    const bytes = counted(longLog(lines));
    expect(await readLogPage(bytes, { after: lines, operationId: undefined, limit: 100 })).toEqual({
      entries: [],
      last_seq: lines,
    });
    expect(bytes.count).toBeLessThan(10_000);
  });

  it('of one operation is read from its place on, no further than the page is full', async () => {
    const bytes = counted(longLog(lines));
    const { entries } = await readLogPage(bytes, { after: 500_000, operationId: 'op-0002', limit: 3 });
    expect(entries.map(({ seq }) => seq)).toEqual([501_000, 502_000, 503_000]);
    expect(bytes.count).toBeLessThan(1_000_000);
  });
});

describe('a page of any log', () => {
  const message = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer({ min: 1, max: 60_000 }).map((length) => 'ü'.repeat(length)),
  );
  const part = fc.record({
    message,
    operation_id: fc.constantFrom(undefined, 'op-0001', 'op-0002'),
    /** Of these lines a crash left a piece. */
    isTorn: fc.boolean(),
  });

  it('has what reading it whole would give, torn lines and long ones too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 60 }),
        fc.boolean(),
        fc.nat(70),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(undefined, 'op-0001'),
        async (parts, isOpenEnded, after, limit, operationId) => {
          const all: LogEntry[] = [];
          const text = parts
            .map(({ message: said, operation_id, isTorn }, index) => {
              const entry: LogEntry = {
                seq: index + 1,
                at,
                level: 'info',
                ...(operation_id !== undefined && { operation_id }),
                message: said,
              };
              if (!isTorn) all.push(entry);
              return isTorn ? JSON.stringify(entry).slice(0, -2) : JSON.stringify(entry);
            })
            .join('\n');
          expect(
            await readLogPage(bytesOf(isOpenEnded ? text : `${text}\n`), { after, operationId, limit }),
          ).toEqual({
            entries: all
              .filter(
                (entry) =>
                  entry.seq > after && (operationId === undefined || entry.operation_id === operationId),
              )
              .slice(0, limit),
            last_seq: all.at(-1)?.seq ?? 0,
          });
        },
      ),
    );
  });
});

describe('the log of a job', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ombudsman-log-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const entry = (message: string): Omit<LogEntry, 'seq'> => ({ at, level: 'info', message });
  const messages = async (log: JobLog): Promise<[number, string][]> =>
    (await log.read(0, undefined, 100)).entries.map(({ seq, message }) => [seq, message]);

  it('is empty before anything was said', async () => {
    expect(await new JobLog(dir).read(0, undefined, 10)).toEqual({ entries: [], last_seq: 0 });
  });

  it('goes on where an earlier daemon stopped, and loses only the line that a crash tore', async () => {
    const first = new JobLog(dir);
    first.add(entry('one'));
    first.add(entry('two'));
    await first.flush();
    appendFileSync(join(dir, 'job.log'), '{"seq":3,"at":"2026-0');
    const second = new JobLog(dir);
    second.add(entry('three'));
    expect(await messages(second)).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    second.add(entry('four'));
    expect((await second.read(3, undefined, 10)).entries).toMatchObject([{ seq: 4, message: 'four' }]);
  });

  it('stops growing at its limit, counting what earlier daemons wrote', async () => {
    const path = join(dir, 'job.log');
    writeFileSync(path, `${JSON.stringify({ seq: 1, ...entry('x'.repeat(900)) })}\n`);
    const log = new JobLog(dir, 1000);
    log.add(entry('the last one'));
    await log.flush();
    log.add(entry('too much'));
    expect((await messages(log)).map(([seq]) => seq)).toEqual([1, 2]);
  });
});
