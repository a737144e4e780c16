import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crc32, crc32InScript, decodeLine, encodeLine } from '../../../daemon/server/storage/checksum.ts';
import { nodeFiles, type Files } from '../../../daemon/server/storage/files.ts';
import { Health } from '../../../daemon/server/storage/health.ts';
import { Journal } from '../../../daemon/server/storage/journal.ts';
import { readJournal } from '../../../daemon/server/storage/journalReader.ts';
import type { JournalRecord } from '../../../daemon/server/storage/schemas.ts';
import { FaultyFiles } from './faultyFiles.ts';
import { record, records } from '../../support/storageJobs.ts';
import { newFolder, anyText, textWith } from './support.ts';

async function newJournal(files: Files = nodeFiles, lastSeq = 0): Promise<Journal<JournalRecord>> {
  return await Journal.create(join(newFolder(), 'j.journal'), lastSeq, files, new Health());
}

async function contentOf(path: string, afterSeq = 0) {
  return await readJournal<JournalRecord>(readFileSync(path), afterSeq);
}

describe('lines', () => {
  test('a record comes back as it was; every single changed byte is noticed', () => {
    const line = encodeLine({ seq: 1, text: 'Zoë ✓ "quoted"', nested: { a: [1, null] } });
    expect(decodeLine(line.slice(0, -1))).toEqual({
      seq: 1,
      text: 'Zoë ✓ "quoted"',
      nested: { a: [1, null] },
    });
    const bytes = Buffer.from(line.slice(0, -1));
    for (let place = 0; place < bytes.length; place += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] as number) ^ (1 << bit);
        expect(decodeLine(changed.toString('utf8')), `byte ${place}, bit ${bit}`).toBeUndefined();
      }
    }
  });

  test('a line is JSON by itself', () => {
    expect(JSON.parse(encodeLine({ seq: 7, type: 'job_started' }))).toEqual({
      seq: 7,
      type: 'job_started',
      crc: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
  });

  test('the checksum in script equals the one of zlib and the known check value', () => {
    expect(crc32InScript('123456789')).toBe(0xcbf43926);
    expect(crc32('123456789')).toBe(0xcbf43926);
    const text = 'zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich';
    expect(crc32InScript(text)).toBe(crc32(text));
    expect(crc32InScript(Buffer.from('6789'), crc32InScript('12345'))).toBe(0xcbf43926);
  });
});

describe('group commit', () => {
  test('appends of one turn share one write, one sync and one promise', async () => {
    const files = new FaultyFiles(newFolder());
    const journal = await newJournal(files);
    const promises = records(1, 100).map((one) => journal.append([one]));
    expect(new Set(promises).size).toBe(1);
    await Promise.all(promises);
    expect(files.count('write')).toBe(1);
    expect(files.count('datasync')).toBe(1);
    expect((await contentOf(journal.path)).records).toEqual(records(1, 100));
  });

  test('ten callers that each wait for their append need a tenth of the syncs, and no promise resolves before its bytes are synced', async () => {
    let bytesSynced = 0;
    let bytesWritten = 0;
    let syncs = 0;
    const watched: Files = {
      ...nodeFiles,
      open: async (path, mode) => {
        const file = await nodeFiles.open(path, mode);
        return {
          read: file.read.bind(file),
          truncate: file.truncate.bind(file),
          close: file.close.bind(file),
          write: async (data, position) => {
            await file.write(data, position);
            bytesWritten = position + data.byteLength;
          },
          datasync: async () => {
            const covered = bytesWritten;
            await file.datasync();
            syncs += 1;
            bytesSynced = covered;
          },
        };
      },
    };
    const journal = await newJournal(watched);
    const lengths = [0];
    let next = 1;
    const caller = async () => {
      while (next <= 1000) {
        const seq = next;
        next += 1;
        lengths[seq] = (lengths[seq - 1] as number) + Buffer.byteLength(encodeLine(record(seq)));
        await journal.append([record(seq)]);
        expect(bytesSynced).toBeGreaterThanOrEqual(lengths[seq]);
      }
    };
    await Promise.all(Array.from({ length: 10 }, caller));
    expect(syncs).toBeLessThanOrEqual(110);
    expect((await contentOf(journal.path)).records).toHaveLength(1000);
  });

  test('what arrives while a write is in flight goes out together in the next one', async () => {
    const folder = newFolder();
    const files = new FaultyFiles(folder);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reached: () => void = () => undefined;
    const isWriting = new Promise<void>((resolve) => (reached = resolve));
    const holding: Files = {
      ...nodeFiles,
      open: async (path, mode) => {
        const file = await files.open(path, mode);
        const write = file.write.bind(file);
        return {
          ...file,
          write: async (data, position) => {
            reached();
            await held;
            await write(data, position);
          },
        };
      },
    };
    const journal = await newJournal(holding);
    const first = journal.append([record(1)]);
    await isWriting;
    const rest = records(2, 50).map((one) => journal.append([one]));
    expect(files.count('write')).toBe(0);
    release();
    await Promise.all([first, ...rest]);
    expect(files.count('write')).toBe(2);
    expect(files.count('datasync')).toBe(2);
  });
});

describe('failures', () => {
  test.each(['ENOSPC', 'EIO', 'EROFS'])(
    '%s: the group is refused and undone, and the next append works',
    async (errno) => {
      const files = new FaultyFiles(newFolder());
      const journal = await newJournal(files);
      await journal.append(records(1, 3));
      const before = readFileSync(journal.path);
      files.refusing = errno;
      const refused = [journal.append([record(4)]), journal.append([record(5)])];
      for (const promise of refused) await expect(promise).rejects.toMatchObject({ name: 'StorageError' });
      files.refusing = undefined;
      await journal.append([record(4)]);
      expect(readFileSync(journal.path).subarray(0, before.length)).toEqual(before);
      expect((await contentOf(journal.path)).records).toEqual(records(1, 4));
    },
  );

  test('half a write before the error does not stay in the file', async () => {
    const files = new FaultyFiles(newFolder());
    const journal = await newJournal(files);
    await journal.append(records(1, 3));
    const before = readFileSync(journal.path);
    files.fault = { at: files.calls.length + 1, errno: 'ENOSPC' };
    await expect(journal.append(records(4, 40))).rejects.toMatchObject({
      code: 'disk_full',
      hint: anyText,
    });
    expect(readFileSync(journal.path)).toEqual(before);
  });

  test('what was queued behind a refused group is refused with it: a gap in the numbers never reaches the file', async () => {
    const files = new FaultyFiles(newFolder());
    const journal = await newJournal(files);
    files.fault = { at: files.calls.length + 1, errno: 'ENOSPC' };
    const first = journal.append([record(1)]);
    const second = first.catch(() => 'refused');
    // Queued while the first is in flight.
    await new Promise((resolve) => process.nextTick(resolve));
    const third = journal.append([record(2)]);
    await expect(first).rejects.toMatchObject({ code: 'disk_full' });
    await expect(third).rejects.toMatchObject({ code: 'disk_full' });
    expect(await second).toBe('refused');
    await journal.append([record(1)]);
    expect((await contentOf(journal.path)).records).toEqual([record(1)]);
  });

  test('a record out of order is refused before anything is written', async () => {
    const journal = await newJournal(nodeFiles, 10);
    await expect(journal.append([record(12)])).rejects.toMatchObject({ code: 'conflict' });
    await expect(journal.append([record(11), record(13)])).rejects.toMatchObject({ code: 'conflict' });
    await journal.append([record(11)]);
    expect((await contentOf(journal.path, 10)).records).toEqual([record(11)]);
  });
});

describe('shortening', () => {
  test.each([0, 1, 57, 99, 100])('keeps exactly the records after %i', async (seq) => {
    const journal = await newJournal();
    for (const one of records(1, 100)) await journal.append([one]);
    await journal.dropThrough(seq);
    expect((await contentOf(journal.path, seq)).records).toEqual(records(seq + 1, 100));
    expect(readFileSync(journal.path)).toHaveLength(journal.bytes);
    await journal.append([record(101)]);
    expect((await contentOf(journal.path, seq)).records).toEqual(records(seq + 1, 101));
  });

  test('finds its place in a journal of many marks, and appends go on meanwhile', async () => {
    const journal = await newJournal();
    for (let from = 1; from <= 20_000; from += 100) await journal.append(records(from, from + 99));
    const appends = Promise.all([journal.dropThrough(12_345), journal.append([record(20_001)])]);
    const more = journal.append([record(20_002)]);
    await appends;
    await more;
    expect((await contentOf(journal.path, 12_345)).records).toEqual(records(12_346, 20_002));
  });

  test('cannot go back behind what was dropped, or beyond what is written', async () => {
    const journal = await newJournal();
    await journal.append(records(1, 10));
    await journal.dropThrough(5);
    await expect(journal.dropThrough(4)).rejects.toMatchObject({ code: 'conflict' });
    await expect(journal.dropThrough(11)).rejects.toMatchObject({ code: 'conflict' });
    expect((await contentOf(journal.path, 5)).records).toEqual(records(6, 10));
  });
});

describe('reading', () => {
  const whole = Buffer.from(records(1, 20).map(encodeLine).join(''));

  test('a torn last line is dropped without a word, wherever it is cut', async () => {
    const start = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let end = start; end < whole.length; end += 1) {
      const content = await readJournal<JournalRecord>(whole.subarray(0, end), 0);
      expect(content.records, `cut at ${end}`).toEqual(records(1, 19));
      expect(content.damage).toBeUndefined();
      expect(content.goodBytes).toBe(start);
      expect(content.isTorn).toBe(end > start);
    }
  });

  test('one flipped bit anywhere: the records before it, and damage is said', async () => {
    for (let place = 0; place < whole.length; place += 7) {
      const flipped = Buffer.from(whole);
      flipped[place] = (flipped[place] as number) ^ (1 << (place % 8));
      const content = await readJournal<JournalRecord>(flipped, 0);
      const line = whole.subarray(0, place).filter((byte) => byte === 10).length;
      expect(content.records, `byte ${place}`).toEqual(records(1, line));
      expect(content.damage, `byte ${place}`).toEqual(anyText);
    }
  });

  test('a flipped last newline is damage too: that line had been acknowledged', async () => {
    const flipped = Buffer.from(whole);
    flipped[whole.length - 1] = 11;
    expect(await readJournal<JournalRecord>(flipped, 0)).toMatchObject({
      damage: textWith('line 20'),
      isTorn: false,
    });
  });

  test('a missing line, a repeated line and a start behind the document are damage', async () => {
    const lines = records(1, 20).map(encodeLine);
    const without = [...lines.slice(0, 9), ...lines.slice(10)].join('');
    const repeated = [...lines.slice(0, 9), ...lines.slice(8)].join('');
    expect(await readJournal(Buffer.from(without), 0)).toMatchObject({
      damage: 'line 10 is record 11 where 10 should be',
    });
    expect((await readJournal(Buffer.from(without), 0)).records).toHaveLength(9);
    expect(await readJournal(Buffer.from(repeated), 0)).toMatchObject({
      damage: 'line 10 is record 9 where 10 should be',
    });
    expect(await readJournal(Buffer.from(lines.slice(5).join('')), 4)).toMatchObject({
      damage: anyText,
      records: [],
    });
    expect(await readJournal(Buffer.from(lines.slice(5).join('')), 5)).toMatchObject({ damage: undefined });
  });

  test('records that the document contains are ignored', async () => {
    const content = await readJournal<JournalRecord>(whole, 12);
    expect(content.records).toEqual(records(13, 20));
    expect(content.lastSeq).toBe(20);
  });

  test('zeroes at the end, as some file systems leave after a power cut, are a torn write', async () => {
    const content = await readJournal<JournalRecord>(Buffer.concat([whole, Buffer.alloc(4096)]), 0);
    expect(content).toMatchObject({ damage: undefined, isTorn: true, goodBytes: whole.length });
  });
});

test('a journal taken up over a torn file writes on behind the last whole line', async () => {
  const path = join(newFolder(), 'j.journal');
  const good = records(1, 5).map(encodeLine).join('');
  writeFileSync(path, `${good}${encodeLine(record(6)).slice(0, 30)}`);
  const content = await contentOf(path);
  const journal = new Journal<JournalRecord>(
    path,
    { lastSeq: 5, bytes: content.goodBytes, hasBadTail: true, marks: content.marks },
    nodeFiles,
    new Health(),
  );
  await journal.append([record(6)]);
  await journal.close();
  expect(readFileSync(path, 'utf8')).toBe(good + encodeLine(record(6)));
  await expect(journal.append([record(7)])).rejects.toMatchObject({ code: 'conflict' });
});
