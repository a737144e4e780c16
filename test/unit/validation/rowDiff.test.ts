import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queryDuckdb } from '../../../daemon/engine/connections/duckdbValues.ts';
import { compareTypes, exactPolicy } from '../../../daemon/engine/validation/comparison.ts';
import {
  compareRows,
  type DiffColumn,
  type DiffRequest,
} from '../../../daemon/engine/validation/rowDiff/compareRows.ts';
import { reportRows } from '../../../daemon/engine/validation/rowDiff/reportRows.ts';
import { fromDuckdbType } from '../../../daemon/engine/validation/types.ts';
import { registerFunctions } from '../../../daemon/engine/validation/workspaceFunctions.ts';

let instance: DuckDBInstance;
let workspace: DuckDBConnection;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ombudsman-rowdiff-'));
  instance = await DuckDBInstance.create(':memory:');
  workspace = await instance.connect();
  await workspace.run("set TimeZone = 'UTC'");
  registerFunctions(workspace);
});
afterAll(() => {
  workspace.disconnectSync();
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  made += 1;
});

/** Two tables from two lists of rows (SQL), the types of their columns, and what differs between them. */
async function diff(
  types: readonly string[],
  source: string,
  target: string,
  options: { keys?: number; maxDiffs?: number } = {},
) {
  const prefix = `t${made}`;
  const columns = types.map((type, index) => `c${index} ${type}`).join(', ');
  for (const [side, rows] of [
    ['source', source],
    ['target', target],
  ]) {
    await workspace.run(`create table ${prefix}_${side} (${columns})`);
    if (rows !== '') await workspace.run(`insert into ${prefix}_${side} values ${rows}`);
  }
  const all: DiffColumn[] = types.map((native, index) => {
    const type = fromDuckdbType(native);
    return {
      name: `n${index}`,
      as: `c${index}`,
      comparison: compareTypes(type, type, exactPolicy)!.comparison,
    };
  });
  const keys = options.keys ?? 1;
  const request: DiffRequest = {
    workspace,
    source: `${prefix}_source`,
    target: `${prefix}_target`,
    keys: all.slice(0, keys),
    values: all.slice(keys),
    prefix,
  };
  const counts = await compareRows(request);
  const path = join(folder, `${prefix}.parquet`);
  const report = await reportRows(request, counts, {
    maxDiffs: options.maxDiffs ?? 1000,
    maxSamples: 20,
    path,
    signal: new AbortController().signal,
  });
  const artifact = await queryDuckdb(workspace, `select * from '${path}'`);
  return { counts, report, artifact };
}

const none = { missing: 0, extra: 0, value: 0, duplicate: 0, cells: 0 };

describe('rows with keys', () => {
  it('are equal when they are, NULLs, NaN and zeros included', async () => {
    const rows = `(1, null, 'nan', ''), (null, 'x', -0.0::double, null), (3, 'a b ', 0.1, 'é')`;
    const other = `(3, 'a b ', 0.1, 'é'), (1, null, 'nan', ''), (null, 'x', 0.0, null)`;
    const { counts, report, artifact } = await diff(['BIGINT', 'VARCHAR', 'DOUBLE', 'VARCHAR'], rows, other);
    expect(counts).toMatchObject(none);
    expect(report).toMatchObject({ written: 0, truncated: false, samples: [], by_column: [] });
    expect(artifact.columns).toEqual([
      'class',
      'key',
      'column',
      'source_value',
      'target_value',
      'kind',
      'row',
    ]);
  });

  it('tell missing, extra and differing rows apart, with key, column and both values', async () => {
    const { counts, report, artifact } = await diff(
      ['BIGINT', 'VARCHAR', 'DECIMAL(12,2)'],
      `(1, 'a', 1.10), (2, 'b', 2.20), (3, 'c', 3.30), (null, 'n', 0)`,
      `(1, 'a', 1.11), (2, null, -2.20), (4, 'c', 3.30), (null, 'N', 0)`,
    );
    expect(counts).toMatchObject({ missing: 1, extra: 1, value: 3, duplicate: 0, cells: 4 });
    expect(counts.cells_by_column).toEqual([2, 2]);
    expect(new Set(artifact.rows.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        [
          ['value', '{"n0":"1"}', 'n2', '1.10', '1.11', 'rounding', null],
          ['value', '{"n0":"2"}', 'n1', 'b', null, 'null_vs_value', null],
          ['value', '{"n0":"2"}', 'n2', '2.20', '-2.20', 'sign', null],
          ['missing', '{"n0":"3"}', null, null, null, null, '{"n1":"c","n2":"3.30"}'],
          ['extra', '{"n0":"4"}', null, null, null, null, '{"n1":"c","n2":"3.30"}'],
          ['value', '{"n0":null}', 'n1', 'n', 'N', 'case', null],
        ].map((row) => JSON.stringify(row)),
      ),
    );
    expect(report.by_column).toContainEqual({ column: 'n2', kind: 'sign', rows: 1 });
    expect(report.samples).toHaveLength(6);
  });

  it('compare the rows of a repeated key as a multiset', async () => {
    const alike = await diff(
      ['INTEGER', 'VARCHAR'],
      `(1, 'a'), (1, 'b'), (2, 'c')`,
      `(1, 'b'), (2, 'c'), (1, 'a')`,
    );
    expect(alike.counts).toMatchObject({ ...none, repeated_keys: 1, repeated_alike: 1 });
    made += 1;
    const changed = await diff(
      ['INTEGER', 'VARCHAR'],
      `(1, 'a'), (1, 'b'), (1, 'b')`,
      `(1, 'b'), (1, 'A'), (1, 'b')`,
    );
    expect(changed.counts).toMatchObject({ ...none, value: 1, cells: 1 });
    expect(changed.artifact.rows).toEqual([['value', '{"n0":"1"}', 'n1', 'a', 'A', 'case', null]]);
  });

  it('report the surplus of a repeated key as duplicate, never as nothing and never twice', async () => {
    const { counts, artifact } = await diff(
      ['INTEGER', 'VARCHAR'],
      `(1, 'a'), (2, 'b'), (5, 'e'), (5, 'e')`,
      `(1, 'a'), (1, 'a'), (1, 'z'), (2, 'b'), (6, 'f'), (6, 'f')`,
    );
    expect(counts).toMatchObject({ missing: 2, extra: 2, value: 0, duplicate: 2 });
    expect(artifact.rows.filter((row) => row[0] === 'duplicate')).toEqual([
      ['duplicate', '{"n0":"1"}', null, '1', '3', null, null],
      ['duplicate', '{"n0":"1"}', null, '1', '3', null, null],
    ]);
  });

  it('count everything and write max_diffs of it', async () => {
    const rows = (value: string): string =>
      Array.from({ length: 50 }, (_, index) => `(${index}, '${value}', 1)`).join(', ');
    const { counts, report, artifact } = await diff(['INTEGER', 'VARCHAR', 'INTEGER'], rows('x'), rows('y'), {
      maxDiffs: 7,
    });
    expect(counts).toMatchObject({ value: 50, cells: 50 });
    expect(report).toMatchObject({ written: 7, truncated: true, by_column: [{ column: 'n1', rows: 7 }] });
    expect(artifact.rows).toHaveLength(7);
  });

  it('match composite keys, and call a column of shifted hours a shifted zone even on the night of a clock change', async () => {
    const { report } = await diff(
      ['INTEGER', 'VARCHAR', 'TIMESTAMP'],
      `(1, 'a|b', '2024-03-31 02:30:00'), (1, 'a', '2024-06-01 02:30:00')`,
      `(1, 'a|b', '2024-03-31 03:30:00'), (1, 'a', '2024-06-01 03:30:00')`,
      { keys: 2 },
    );
    expect(report.by_column).toEqual([{ column: 'n2', kind: 'time_zone_shift', rows: 2, detail: '+1 h' }]);
    made += 1;
    const night = await diff(
      ['INTEGER', 'TIMESTAMP'],
      `(1, '2024-03-31 02:30:00'), (2, '2024-06-01 02:30:00')`,
      `(1, '2024-03-31 03:30:00'), (2, '2024-06-01 02:30:00')`,
    );
    expect(night.report.by_column).toEqual([{ column: 'n1', kind: 'dst_hour', rows: 1, detail: '+1 h' }]);
    expect(night.report.samples[0]).toMatchObject({ kind: 'dst_hour', source_value: '2024-03-31 02:30:00' });
  });
});

describe('rows without keys', () => {
  it('are a multiset', async () => {
    const types = ['INTEGER', 'VARCHAR'];
    const equal = await diff(types, `(1, null), (1, null), (2, 'x')`, `(2, 'x'), (1, null), (1, null)`, {
      keys: 0,
    });
    expect(equal.counts).toMatchObject(none);
    made += 1;
    const { counts, artifact } = await diff(
      types,
      `(1, null), (1, null), (2, 'x'), (3, 'q'), (3, 'q')`,
      `(1, null), (2, ''), (4, 'r')`,
      { keys: 0 },
    );
    expect(counts).toMatchObject({ missing: 3, extra: 2, duplicate: 1, value: 0 });
    expect(artifact.rows).toHaveLength(6);
    expect(artifact.rows).toContainEqual(['missing', '{"n0":"2","n1":"x"}', null, null, null, null, null]);
    expect(artifact.rows).toContainEqual(['duplicate', '{"n0":"1","n1":null}', null, '2', '1', null, null]);
  });

  it('do not take shifted columns for the same text', async () => {
    const { counts } = await diff(['VARCHAR', 'VARCHAR'], `('a|b', 'c')`, `('a', 'b|c')`, { keys: 0 });
    expect(counts).toMatchObject({ missing: 1, extra: 1 });
  });
});

describe('JSON and instants', () => {
  it('compare by value', async () => {
    const { counts, artifact } = await diff(
      ['INTEGER', 'JSON', 'TIMESTAMP WITH TIME ZONE'],
      `(1, '{"a":1,"b":[1.0]}', '2024-05-01 12:00:00+02'), (2, '{"a":1}', '2024-05-01 12:00:00+02')`,
      `(1, '{"b":[1],"a":1}', '2024-05-01 10:00:00+00'), (2, '{"a":2}', '2024-05-01 12:00:00+00')`,
    );
    expect(counts).toMatchObject({ ...none, value: 1, cells: 2 });
    expect(artifact.rows).toEqual([
      ['value', '{"n0":"2"}', 'n1', '{"a":1}', '{"a":2}', 'other', null],
      [
        'value',
        '{"n0":"2"}',
        'n2',
        '2024-05-01 10:00:00+00',
        '2024-05-01 12:00:00+00',
        'time_zone_shift',
        null,
      ],
    ]);
  });
});
