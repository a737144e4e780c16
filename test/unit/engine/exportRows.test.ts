import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowFilter } from '../../../daemon/protocol/engine.ts';
import type { DifferenceSample } from '../../../daemon/protocol/results.ts';
import { exportRows } from '../../../daemon/engine/exportRows.ts';
import { csvCell } from '../../../daemon/server/jobs/export/csv.ts';
import { writeDifferences } from '../../support/differencesFile.ts';
import { Sessions } from '../../support/sessions.ts';

const bare = { column: null, source_value: null, target_value: null, kind: null };
const value = (id: string, source: string | null, target: string | null): DifferenceSample => ({
  class: 'value',
  key: { id, 'sh"op': '=A1' },
  column: 'name',
  source_value: source,
  target_value: target,
  kind: 'other',
});
const rows: DifferenceSample[] = [
  value('1', '10.50', '-10.51'),
  value('2', '', null),
  value('3', 'a,b', 'say "x"\r\nand y'),
  { class: 'missing', key: { id: '42', 'sh"op': null }, ...bare, row: { name: '@x', amount: '+1' } },
];

const sessions = new Sessions();
const path = sessions.path('d.parquet');
const folder = sessions.path("it's here");
const to = join(folder, 'out.csv');

beforeAll(async () => {
  mkdirSync(folder);
  await writeDifferences(sessions.context(), path, rows);
  await writeDifferences(sessions.context(), sessions.path('old.parquet'), rows.slice(0, 1), {
    hasRow: false,
  });
});
afterAll(() => sessions.close());

async function exported(filter: RowFilter, from = path, into = to) {
  const answer = await exportRows({
    type: 'export_rows',
    request_id: 'e1',
    path: from,
    filter,
    to: into,
    scratch_dir: sessions.context().scratchDir,
  });
  if (answer.type !== 'rows_exported') throw new Error('another answer');
  return answer;
}
const lines = () => readFileSync(to, 'utf8');

describe('differing rows as CSV', () => {
  it('each column of the key for itself, NULL apart from empty, what a spreadsheet would run guarded', async () => {
    expect(await exported({ class: 'value' })).toMatchObject({ rows: 3 });
    expect(lines()).toBe(
      [
        'class,key.id,"key.sh""op",column,kind,source_value,target_value',
        "value,1,'=A1,name,other,10.50,-10.51",
        `value,2,'=A1,name,other,"",`,
        `value,3,'=A1,name,other,"a,b","say ""x""\r\nand y"`,
        '',
      ].join('\n'),
    );
  });

  it('rows that one side lacks: the columns of the side that has them', async () => {
    expect(await exported({ class: 'missing' })).toMatchObject({ rows: 1 });
    expect(lines()).toBe(`class,key.id,"key.sh""op",row.name,row.amount\nmissing,42,,'@x,+1\n`);
  });

  it('all of them: both', async () => {
    expect(await exported({})).toMatchObject({ rows: 4 });
    expect(lines().split('\n')[0]).toBe(
      'class,key.id,"key.sh""op",column,kind,source_value,target_value,row.name,row.amount',
    );
    expect(lines()).toContain(`missing,42,,,,,,'@x,+1\n`);
  });

  it('under the filter alone, and none as a head alone', async () => {
    expect(await exported({ search: '10.5' })).toMatchObject({ rows: 1 });
    expect(await exported({ search: 'nowhere' })).toMatchObject({ rows: 0 });
    expect(lines().split('\n')).toHaveLength(2);
  });

  it('of a file of an earlier version', async () => {
    expect(await exported({ class: 'value' }, sessions.path('old.parquet'))).toMatchObject({ rows: 1 });
  });

  it.each(['=1', '+1', '-1', '-1-1', '@x', '\tx', '\rx', '＝1', '1e5', '+1.5E-3', '.5', '-', 'x=1', "'=1"])(
    'guards %j as every other export does',
    async (text) => {
      const file = sessions.path('one.parquet');
      await writeDifferences(sessions.context(), file, [value('1', text, null)]);
      await exported({}, file);
      expect(lines().slice(lines().indexOf('\n') + 1)).toBe(`value,1,'=A1,name,other,${csvCell(text)},\n`);
    },
  );

  it('what cannot be written is answered, and leaves what was there', async () => {
    writeFileSync(to, 'before');
    expect(await exported({}, sessions.path('nothing.parquet'))).toMatchObject({
      error: { kind: 'definition' },
    });
    expect((await exported({}, path, join(folder, 'no folder', 'x.csv'))).error?.message).toBeTruthy();
    expect(readFileSync(to, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });
});
