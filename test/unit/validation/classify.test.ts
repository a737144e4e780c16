import { describe, expect, it } from 'vitest';
import { classifyCell, classifyRow, type ValueFamily } from '../../../daemon/engine/validation/classify.ts';
import type { DifferenceKind } from '../../../daemon/protocol/results.ts';

type Case = [ValueFamily, string | null, string | null, DifferenceKind];

const cases: Case[] = [
  ['text', null, '', 'null_vs_empty'],
  ['text', '', null, 'null_vs_empty'],
  ['text', null, '<null>', 'null_vs_value'],
  ['integer', null, '0', 'null_vs_value'],
  ['boolean', null, 'false', 'null_vs_value'],
  // numbers
  ['decimal', '10.50', '10.51', 'rounding'],
  ['decimal', '12.345', '12.35', 'rounding'],
  ['decimal', '12.3456', '12.35', 'rounding'],
  ['decimal', '12.349', '12.34', 'precision'],
  ['decimal', '12.99', '12', 'precision'],
  ['decimal', '-12.5', '-13', 'rounding'],
  ['decimal', '10.5', '-10.5', 'sign'],
  ['decimal', '10.5', '99.5', 'other'],
  ['decimal', '123456789012345678901234567890.12', '123456789012345678901234567890.13', 'precision'],
  ['decimal', '0.1', '0.10000000149011612', 'precision'],
  ['integer', '9007199254740993', '9007199254740992', 'precision'],
  ['integer', '9223372036854775807', '9223372036854775806', 'precision'],
  ['integer', '41', '42', 'other'],
  ['integer', '7', '-7', 'sign'],
  ['float', '0.1', '0.10000000149011612', 'precision'],
  ['float', '0.123456789', '0.12345679', 'precision'],
  ['float', '1.000000001', '1.0', 'precision'],
  ['float', '2.5', '2.500000001', 'precision'],
  ['float', '123.456', '123.46', 'rounding'],
  ['float', '123.456', '-123.456', 'sign'],
  ['float', '1.5', '2.5', 'other'],
  ['float', 'nan', '0.0', 'other'],
  ['boolean', 'true', '2', 'boolean_encoding'],
  ['boolean', 'true', '-1', 'boolean_encoding'],
  ['boolean', 'false', '2', 'other'],
  ['boolean', 'true', 'false', 'other'],
  // text
  ['text', 'abc', 'abc ', 'trailing_blank'],
  ['text', 'abc', 'abc   ', 'trailing_blank'],
  ['text', '', '  ', 'trailing_blank'],
  ['text', 'abc', ' abc', 'leading_blank'],
  ['text', 'Straße', 'STRASSE', 'case'],
  ['text', 'abc', 'ABC', 'case'],
  ['text', 'caf\u00e9', 'cafe\u0301', 'unicode_form'],
  ['text', 'Müller', 'MÃ¼ller', 'mojibake'],
  ['text', 'Müller', 'MÃƒÂ¼ller', 'mojibake'],
  ['text', 'Müller', 'M?ller', 'mojibake'],
  ['text', 'Müller', 'M\ufffdller', 'mojibake'],
  ['text', 'Müller', 'M??ller', 'mojibake'],
  ['text', '日本', '??', 'mojibake'],
  ['text', '“quoted”', 'â€œquotedâ€\u009d', 'mojibake'],
  ['text', 'MÃ¼ller', 'Müller', 'mojibake'],
  ['text', 'M?ller', 'Mxller', 'other'],
  ['text', 'a long description', 'a long des', 'truncation'],
  ['text', 'true', 'Y', 'boolean_encoding'],
  ['text', 't', 'true', 'boolean_encoding'],
  ['text', '1', 'false', 'other'],
  ['text', 'a|b', 'a', 'truncation'],
  ['text', 'c', 'b|c', 'other'],
  ['text', 'abc', '', 'other'],
  // moments
  ['timestamp', '2024-05-01 10:00:00.123456', '2024-05-01 10:00:00.123457', 'precision'],
  ['timestamp', '2024-05-01 10:00:00.123456', '2024-05-01 10:00:00.123', 'precision'],
  ['timestamp', '2024-05-01 10:00:00.7', '2024-05-01 10:00:01', 'precision'],
  ['timestamp', '2024-05-01 10:00:00.7', '2024-05-01 10:00:00', 'precision'],
  ['timestamp', '2024-05-01 10:00:00.123456789', '2024-05-01 10:00:00.123456', 'precision'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 10:00:01', 'other'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 12:00:00', 'time_zone_shift'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 15:30:00', 'time_zone_shift'],
  ['timestamp', '2024-05-01 23:30:00', '2024-05-02 05:15:00', 'time_zone_shift'],
  ['timestamp', '2024-05-01 10:00:00', '2024-05-01 11:00:00', 'time_zone_shift'],
  ['timestamp', '2024-03-31 02:30:00', '2024-03-31 03:30:00', 'dst_hour'],
  ['timestamp', '2024-11-03 01:30:00', '2024-11-03 00:30:00', 'dst_hour'],
  ['timestamp', '2024-05-01 10:17:00', '2024-05-01 00:00:00', 'truncation'],
  ['timestamp', '0044-03-15 10:00:00', '0044-03-15 12:00:00', 'time_zone_shift'],
  ['timestamp', '2024-05-01 10:00:00', 'infinity', 'other'],
  ['date', '2024-05-01', '2024-05-02', 'other'],
  ['time', '10:00:00.5', '10:00:00', 'precision'],
  ['binary', 'deadbeef', 'dead', 'truncation'],
  ['binary', 'deadbeef', 'beef', 'other'],
];

describe('classifyCell', () => {
  it.each(cases)('%s %j -> %j is %s', (family, source, target, kind) => {
    expect(classifyCell({ family, source, target })).toBe(kind);
  });
});

describe('classifyRow', () => {
  it('names two columns that changed places, and only those', () => {
    const kinds = classifyRow([
      { family: 'text', source: 'Ann', target: 'Lee' },
      { family: 'text', source: 'x', target: 'X' },
      { family: 'text', source: 'Lee', target: 'Ann' },
    ]);
    expect(kinds).toEqual(['swapped_columns', 'case', 'swapped_columns']);
  });

  it('does not take a pair of NULLs moving between columns of different kinds for a swap', () => {
    const kinds = classifyRow([
      { family: 'text', source: '1', target: '2' },
      { family: 'integer', source: '2', target: '1' },
    ]);
    expect(kinds).toEqual(['other', 'other']);
  });
});
