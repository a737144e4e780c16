import { describe, expect, it } from 'vitest';
import { classifyCell, type ValueFamily } from '../../../daemon/engine/validation/classify.ts';
import { kindDetail } from '../../../daemon/engine/validation/kindDetail.ts';
import { KindTally } from '../../../daemon/engine/validation/rowDiff/kindTally.ts';
import { columnLine } from '../../../daemon/protocol/differenceText.ts';

const cases: [ValueFamily, string | null, string | null, string, string | undefined][] = [
  ['decimal', '12.345', '12.35', 'rounding', 'to 2 digits'],
  ['decimal', '12.34', '12.00', 'rounding', 'to 0 digits'],
  ['decimal', '1.10', '1.11', 'rounding', 'to 2 digits'],
  ['decimal', '12.349', '12.34', 'precision', 'to 2 digits'],
  ['integer', '9007199254740993', '9007199254740992', 'precision', 'to 53 bits'],
  // No trip through 53 bits ends there: such a one would end at 9223372036854775808.
  ['integer', '9223372036854775807', '9223372036854775806', 'precision', undefined],
  ['float', '0.1', '0.10000000149011612', 'precision', 'to 32 bits'],
  ['float', '0.1', '0.10000000000000002', 'precision', undefined],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 11:00:00', 'time_zone_shift', '+1 h'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 04:30:00', 'time_zone_shift', '-5 h 30 min'],
  ['timestamp', '2024-03-31 02:30:00', '2024-03-31 03:30:00', 'dst_hour', '+1 h'],
  ['timestamp', '2024-05-01 10:00:00.123456', '2024-05-01 10:00:00.123', 'precision', 'to milliseconds'],
  ['timestamp', '2024-05-01 10:00:00.5', '2024-05-01 10:00:00', 'precision', 'to seconds'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 10:00:00.000001', 'precision', undefined],
  ['timestamp', '2024-05-01 10:07:03', '2024-05-01 00:00:00', 'truncation', 'to midnight'],
  ['time', '10:00:00', '11:00:00', 'time_zone_shift', '+1 h'],
  ['text', 'Amsterdam', 'Amste', 'truncation', 'to 5 characters'],
  ['text', 'a ', 'a', 'trailing_blank', 'lost'],
  ['text', 'a', ' a', 'leading_blank', 'added'],
  ['text', 'Ann', 'ANN', 'case', '(upper case)'],
  ['text', 'Y', 'true', 'boolean_encoding', "'Y' as 'true'"],
  ['text', null, '', 'null_vs_empty', "(NULL became '')"],
  ['text', 'x', null, 'null_vs_value', '(a value became NULL)'],
  ['decimal', '1', '-1', 'sign', undefined],
  ['text', 'x', 'y', 'other', undefined],
];

describe('kindDetail', () => {
  it.each(cases)('%s %j and %j: %s %s', (family, source, target, kind, detail) => {
    const cell = { family, source, target };
    expect(classifyCell(cell)).toBe(kind);
    expect(kindDetail(classifyCell(cell), cell)).toBe(detail);
  });
});

describe('the summary by column and kind', () => {
  it('reads as people say it, most rows first', () => {
    const tally = new KindTally();
    for (let row = 0; row < 1204; row += 1) tally.add('created_at', 'time_zone_shift', '+1 h');
    // One in ten of the values rounded to two digits needs only one.
    for (let row = 0; row < 50; row += 1)
      tally.add('amount', 'rounding', `to ${row % 10 === 0 ? 1 : 2} digits`);
    tally.add('name', 'other', undefined);
    expect(tally.byColumn().map(columnLine)).toEqual([
      'created_at: 1,204 rows, +1 h',
      'amount: 50 rows, rounding to 2 digits',
      'name: 1 row, other',
    ]);
  });

  it('says every measure when a column has several, and forgets none of the rows', () => {
    const tally = new KindTally();
    for (const detail of ['+1 h', '+1 h', '+2 h', undefined]) tally.add('at', 'time_zone_shift', detail);
    expect(tally.byColumn()).toEqual([
      { column: 'at', kind: 'time_zone_shift', rows: 4, detail: '+1 h (2), +2 h (1)' },
    ]);
    for (let row = 0; row < 1000; row += 1) tally.add('many', 'truncation', `to ${row} characters`);
    const [many] = tally.byColumn();
    expect(many).toMatchObject({ column: 'many', rows: 1000 });
    expect(many?.detail).toMatch(/…$/);
  });
});
