import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckKind } from '../../daemon/protocol/files/checks.ts';
import type { DifferenceKind } from '../../daemon/protocol/results.ts';
import {
  checkNamed,
  readParquet,
  ValidationBench,
  type TestSystem,
  type TestTable,
  type TestType,
  type TestValue,
} from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

const columns: { name: string; type: TestType }[] = [
  { name: 'id', type: 'bigint' },
  { name: 'region', type: 'bigint' },
  { name: 'big', type: 'bigint' },
  { name: 'amount', type: 'decimal' },
  { name: 'fee', type: 'decimal' },
  { name: 'wide', type: 'wide' },
  { name: 'ratio', type: 'double' },
  { name: 'active', type: 'boolean' },
  { name: 'name', type: 'text' },
  { name: 'note', type: 'text' },
  { name: 'born', type: 'date' },
  { name: 'created', type: 'timestamp' },
  { name: 'seen', type: 'timestamptz' },
  { name: 'doc', type: 'json' },
  { name: 'raw', type: 'binary' },
  { name: 'token', type: 'uuid' },
];
type Row = TestValue[];

/** Rows that trip careless comparisons: separators, blanks, '' beside NULL, 'null' as a word, Unicode, extremes, all NULL. */
const nasty: Row[] = [
  row(1, { name: 'a|b', note: 'c' }),
  row(2, { name: 'a', note: 'b|c' }),
  row(3, { name: '', note: null }),
  row(4, { name: null, note: '' }),
  row(5, { name: '<null>', note: 'NULL' }),
  row(6, { name: ' leading', note: 'trailing  ' }),
  row(7, { name: 'caf\u00e9', note: 'cafe\u0301' }),
  row(8, { name: '日本語 🎉', note: 'quo\'te "double" tab\tnew\nline \\N \\. , ;' }),
  row(9, { big: '9223372036854775807', amount: '-0.01', ratio: '0.1' }),
  row(10, { big: '-9223372036854775808', amount: '9999999999.99', ratio: '-1.7976931348623157e308' }),
  row(11, { big: '9007199254740993', amount: '0', ratio: '5e-324' }),
  row(12, {
    born: '0001-01-01',
    created: '1969-12-31 23:59:59.999999',
    seen: '2024-03-31 00:59:59.999999+00',
  }),
  row(13, { born: '9999-12-31', created: '9999-12-31 23:59:59.999999', seen: '2024-10-27 01:30:00+00' }),
  ['14', ...columns.slice(1).map(() => null)],
  row(15, { created: '2024-03-31 02:30:00', seen: '2024-03-31 02:30:00+00' }),
  row(16, {}),
  row(17, {}),
  row(18, {}),
  row(19, { name: 'A long description of a thing', note: 'Straße 12' }),
  row(20, { name: 'Müller', note: 'x' }),
];

function row(id: number, changes: Readonly<Record<string, TestValue>>): Row {
  const base: Record<string, TestValue> = {
    id: String(id),
    region: String(id % 3),
    big: String(1000 + id),
    amount: `${100 + id}.25`,
    fee: `${200 + id}.75`,
    wide: `12345678901234567890123${id % 10}.0123456789`,
    ratio: `${id}.125`,
    active: id % 2 === 0 ? 'true' : 'false',
    name: `name ${id}`,
    note: `note ${id}`,
    born: `1990-01-${String((id % 28) + 1).padStart(2, '0')}`,
    created: `2024-05-01 10:00:${String(id).padStart(2, '0')}.123456`,
    seen: `2024-05-01 12:00:${String(id).padStart(2, '0')}.654321+00`,
    doc: `{"n": ${id}, "list": [1, 2.5, null], "text": "é"}`,
    raw: `00ff${String(id).padStart(2, '0')}`,
    token: `123e4567-e89b-12d3-a456-4266141740${String(id).padStart(2, '0')}`,
    ...changes,
  };
  return columns.map(({ name }) => base[name] ?? null);
}

interface Expectation {
  readonly class: 'value' | 'missing' | 'extra' | 'duplicate';
  readonly id: string;
  readonly column?: string;
  readonly kind?: DifferenceKind;
}

interface Fault {
  readonly name: string;
  /** Changes the target's rows in place. */
  readonly plant: (rows: Row[]) => void;
  readonly expected: readonly Expectation[];
  /** Checks beside row_hash that must turn red; all others must stay green. */
  readonly alsoRed?: readonly CheckKind[];
  /** Systems that cannot hold the value. */
  readonly not?: readonly TestSystem[];
}

const at = (name: string): number => columns.findIndex((column) => column.name === name);
const rowOf = (rows: Row[], id: number): Row => rows.find((each) => each[0] === String(id))!;
const set =
  (id: number, column: string, value: TestValue) =>
  (rows: Row[]): void => {
    rowOf(rows, id)[at(column)] = value;
  };
const one = (id: number, column: string, kind: DifferenceKind): Expectation[] => [
  { class: 'value', id: String(id), column, kind },
];
const cell = (
  name: string,
  id: number,
  column: string,
  value: TestValue,
  kind: DifferenceKind,
  alsoRed: readonly CheckKind[] = [],
  not: readonly TestSystem[] = [],
): Fault => ({ name, plant: set(id, column, value), expected: one(id, column, kind), alsoRed, not });

const faults: Fault[] = [
  cell('0.01', 16, 'amount', '116.26', 'rounding', ['column_stats']),
  cell('1e-9 of a double', 16, 'ratio', '16.125000001', 'precision'),
  cell('one microsecond', 16, 'created', '2024-05-01 10:00:16.123457', 'precision'),
  cell('one microsecond of an instant', 16, 'seen', '2024-05-01 12:00:16.654322+00', 'precision'),
  cell('one second', 16, 'created', '2024-05-01 10:00:17.123456', 'other'),
  cell('time zone shift', 16, 'created', '2024-05-01 12:00:16.123456', 'time_zone_shift'),
  cell('daylight saving hour', 15, 'created', '2024-03-31 03:30:00', 'dst_hour'),
  cell('NULL to empty', 3, 'note', '', 'null_vs_empty', ['null_count', 'column_stats']),
  cell('empty to NULL', 4, 'note', null, 'null_vs_empty', ['null_count', 'column_stats']),
  cell('NULL to 0', 14, 'region', '0', 'null_vs_value', ['null_count', 'column_stats']),
  cell('NULL to false', 14, 'active', 'false', 'null_vs_value', ['null_count', 'column_stats']),
  cell('NULL to <null>', 4, 'name', '<null>', 'null_vs_value', ['null_count', 'column_stats']),
  cell('trailing blank', 16, 'name', 'name 16 ', 'trailing_blank', ['column_stats']),
  cell('leading blank', 16, 'name', ' name 16', 'leading_blank', ['column_stats']),
  cell('case', 16, 'name', 'Name 16', 'case'),
  cell('composed and decomposed', 7, 'name', 'cafe\u0301', 'unicode_form', ['column_stats']),
  cell('mojibake', 20, 'name', 'MÃ¼ller', 'mojibake', ['column_stats']),
  cell('truncated text', 19, 'name', 'A long description', 'truncation', ['column_stats']),
  {
    name: 'a|b + c against a + b|c',
    plant: (rows) => {
      set(1, 'name', 'a')(rows);
      set(1, 'note', 'b|c')(rows);
    },
    expected: [...one(1, 'name', 'truncation'), ...one(1, 'note', 'other')],
    alsoRed: ['column_stats'],
  },
  {
    name: 'columns of equal sums swapped',
    plant: (rows) => {
      // Both columns get the values of the other in two rows that balance each other.
      rowOf(rows, 16)[at('amount')] = '216.75';
      rowOf(rows, 16)[at('fee')] = '116.25';
    },
    expected: [...one(16, 'amount', 'swapped_columns'), ...one(16, 'fee', 'swapped_columns')],
    alsoRed: ['column_stats'],
  },
  {
    name: 'values of two rows swapped',
    plant: (rows) => {
      set(16, 'born', '1990-01-18')(rows);
      set(17, 'born', '1990-01-17')(rows);
    },
    expected: [...one(16, 'born', 'other'), ...one(17, 'born', 'other')],
  },
  {
    name: 'missing row',
    plant: (rows) => rows.splice(15, 1),
    expected: [{ class: 'missing', id: '16' }],
    alsoRed: ['row_count', 'column_stats'],
  },
  {
    name: 'extra row',
    plant: (rows) => rows.push(row(21, { note: null })),
    expected: [{ class: 'extra', id: '21' }],
    alsoRed: ['row_count', 'null_count', 'column_stats'],
  },
  {
    name: 'duplicate on one side',
    plant: (rows) => rows.push([...rowOf(rows, 16)]),
    expected: [{ class: 'duplicate', id: '16' }],
    alsoRed: ['row_count', 'unique_key', 'column_stats'],
  },
  cell('bigint beyond 2^53', 11, 'big', '9007199254740992', 'precision', ['column_stats']),
  cell(
    'decimal of 30 digits',
    16,
    'wide',
    '123456789012345678901236.0123456788',
    'precision',
    ['column_stats'],
    ['sqlite'],
  ),
  cell('sign', 16, 'amount', '-116.25', 'sign', ['column_stats']),
  cell('one bit of binary', 16, 'raw', '00ff17', 'other'),
  cell('one value inside JSON', 16, 'doc', '{"n": 16, "list": [1, 2.50, 0], "text": "é"}', 'other', [
    'column_stats',
  ]),
];

const pairs: [TestSystem, TestSystem][] = [
  ['duckdb', 'duckdb'],
  ['postgres', 'duckdb'],
  ['sqlite', 'postgres'],
  ['postgres', 'mysql'],
  ['mysql', 'duckdb'],
  ['mysql', 'mysql'],
  ['sqlite', 'mysql'],
];
const checks: CheckKind[] = ['row_count', 'null_count', 'unique_key', 'column_stats', 'row_hash'];

/** A table without the columns that one of the systems cannot hold. */
function tableFor(systems: readonly TestSystem[], rows: readonly Row[]): TestTable {
  const dropped = systems.includes('sqlite') ? ['wide'] : [];
  const kept = columns.filter(({ name }) => !dropped.includes(name));
  return { columns: kept, rows: rows.map((each) => kept.map(({ name }) => each[at(name)] ?? null)) };
}

const copyOf = (rows: readonly Row[]): Row[] => rows.map((each) => [...each]);

describe.each(pairs)('%s against %s', (sourceSystem, targetSystem) => {
  const systems = [sourceSystem, targetSystem];
  let source: Awaited<ReturnType<ValidationBench['table']>>;
  beforeAll(async () => {
    source = await bench.table(sourceSystem, tableFor(systems, nasty));
  });

  it('finds no difference between equal nasty tables, whatever their order', async () => {
    const target = await bench.table(targetSystem, tableFor(systems, copyOf(nasty).reverse()));
    const { result, error } = await bench.run(source, target, { checks });
    expect(result.checks.map(({ check, status, reason }) => ({ check, status, reason }))).toEqual(
      checks.map((check) => ({ check, status: 'passed', reason: undefined })),
    );
    expect(error).toBeUndefined();
    expect(result.evidence.source).toMatchObject({ rows_scanned: nasty.length, connection: source.name });
    expect(result.evidence.target).toMatchObject({ rows_scanned: nasty.length });
    expect(result.evidence.source!.sql.length).toBeGreaterThan(1);
    expect(checkNamed(result, 'row_hash').differences).toMatchObject({
      missing: 0,
      extra: 0,
      artifact_id: null,
    });
  });

  const possible = faults.filter((fault) => !(fault.not ?? []).some((system) => systems.includes(system)));
  it.each(possible)('finds: $name', async ({ plant, expected, alsoRed = [] }) => {
    const rows = copyOf(nasty);
    plant(rows);
    const target = await bench.table(targetSystem, tableFor(systems, rows));
    const { result, error, files } = await bench.run(source, target, { checks });
    const red = result.checks.filter(({ status }) => status !== 'passed').map(({ check }) => check);
    const found = checkNamed(result, 'row_hash');
    expect(found.status, found.reason).toBe('failed');
    const artifact = await readParquet(files.get(String(found.differences?.artifact_id))!);
    expect(
      artifact.map((each) => ({
        class: each['class'],
        key: JSON.parse(String(each['key'])) as unknown,
        column: each['column'],
        kind: each['kind'],
      })),
    ).toEqual(
      expected.map((each) => ({
        class: each.class,
        key: { id: each.id },
        column: each.column ?? null,
        kind: each.kind ?? null,
      })),
    );
    for (const each of artifact.filter(({ class: name }) => name === 'value')) {
      expect(each['source_value']).not.toBe(each['target_value']);
    }
    expect(new Set(red)).toEqual(new Set<CheckKind>(['row_hash', ...alsoRed]));
    expect(error?.kind).toBe('checks_failed');
    expect(error?.message).toContain('row_hash');
  });
});
