import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowQuery } from '../../../daemon/protocol/engine.ts';
import type { DifferenceSample } from '../../../daemon/protocol/results.ts';
import { readRows } from '../../../daemon/engine/readRows.ts';
import { writeDifferences } from '../../support/differencesFile.ts';
import { Sessions } from '../../support/sessions.ts';

const bare = { column: null, source_value: null, target_value: null, kind: null };
const rows: DifferenceSample[] = [
  { class: 'missing', key: { id: '42' }, ...bare, row: { name: 'Édouard', 'a.b': null } },
  { class: 'extra', key: { id: null }, ...bare },
  {
    class: 'value',
    key: { id: '1', 'na"me': 'Ä"x\\' },
    column: "it's",
    source_value: '10.50',
    target_value: '10.51',
    kind: 'rounding',
  },
  {
    class: 'value',
    key: { id: '2' },
    column: 'name',
    source_value: 'ÉCOLE',
    target_value: null,
    kind: 'other',
  },
];

const sessions = new Sessions();
/** Characters that a file pattern would understand. */
const path = join(sessions.path('w[1]*x'), 'd?.parquet');

/** As earlier versions wrote it. */
const oldPath = sessions.path('old.parquet');

beforeAll(async () => {
  mkdirSync(sessions.path('w[1]*x'));
  // What the pattern would find instead.
  mkdirSync(sessions.path('w1yx'));
  const context = sessions.context();
  await writeDifferences(context, path, rows);
  await writeDifferences(context, join(sessions.path('w1yx'), 'd1.parquet'), rows.slice(0, 1));
  const old = rows.map(({ row: _row, ...rest }) => rest);
  await writeDifferences(context, oldPath, old, { hasRow: false });
});
afterAll(() => sessions.close());

async function read(query: Partial<RowQuery> = {}, from = path) {
  const { scratchDir } = sessions.context();
  const answer = await readRows({
    type: 'read_rows',
    request_id: 'r',
    path: from,
    query: { limit: 10, offset: 0, ...query },
    scratch_dir: scratchDir,
  });
  if (answer.type !== 'rows_read') throw new Error('another answer');
  return answer;
}

describe('rows of a differences artifact', () => {
  it('are exactly those of this file, in the order they were written', async () => {
    expect((await read()).found).toEqual({ rows, total: 4 });
    expect((await read({ limit: 2, offset: 1 })).found).toEqual({ rows: rows.slice(1, 3), total: 4 });
    expect((await read({ offset: 4 })).found).toEqual({ rows: [], total: 4 });
  });

  it.each<[Partial<RowQuery>, number[]]>([
    [{ class: 'value' }, [2, 3]],
    [{ class: 'duplicate' }, []],
    [{ column: "it's" }, [2]],
    [{ column: "it's' or true --" }, []],
    [{ kind: 'other' }, [3]],
    [{ search: '42' }, [0]],
    [{ search: 'édou' }, [0]],
    [{ search: 'a.b' }, []],
    [{ search: 'ä"X\\' }, [2]],
    [{ search: 'école' }, [3]],
    [{ search: '10.5' }, [2]],
    [{ search: 'id' }, []],
    [{ search: '":"' }, []],
    [{ search: '_' }, []],
    [{ search: '' }, [0, 1, 2, 3]],
    [{ class: 'value', search: '2' }, [3]],
  ])('fit %j', async (query, expected) => {
    expect((await read(query)).found).toEqual({
      rows: expected.map((index) => rows[index]),
      total: expected.length,
    });
  });

  it('of a file without whole rows: the same, but for these', async () => {
    const found = (await read({}, oldPath)).found;
    expect(found).toEqual({ rows: rows.map(({ row: _row, ...rest }) => rest), total: 4 });
    expect((await read({ search: '42' }, oldPath)).found?.total).toBe(1);
  });

  it('that cannot be read: the reason stands in the answer', async () => {
    expect(await read({}, sessions.path('nothing.parquet'))).toMatchObject({
      request_id: 'r',
      error: { kind: 'definition', code: 'no_such_file' },
    });
  });
});
