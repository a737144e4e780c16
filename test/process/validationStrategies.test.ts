import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
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
  { name: 'code', type: 'text' },
  { name: 'big', type: 'bigint' },
  { name: 'amount', type: 'decimal' },
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
const at = (name: string): number => columns.findIndex((column) => column.name === name);

/** Values that trip careless comparisons of text: what systems escape, pad, trim, fold, round or write each in its own way. */
const nasty: Readonly<Record<string, TestValue>>[] = [
  { name: 'a|b', note: 'c' },
  { name: 'a', note: 'b|c' },
  { name: '', note: null },
  { name: null, note: '' },
  { name: '\\N', note: 'back\\slash \\t \\\\' },
  { name: 'tab\tnew\nline\rreturn', note: 'vertical\vbell\bform\f' },
  { name: 'quo\'te "double" , ; ~ 3:abc', note: ' both ' },
  { name: 'caf\u00e9', note: 'cafe\u0301' },
  { name: '日本語 🎉', note: 'ß ẞ SS' },
  { big: '9223372036854775807', amount: '-0.01', ratio: '0.1' },
  { big: '-9223372036854775808', amount: '9999999999.99', ratio: '-1.7976931348623157e308' },
  { big: '9007199254740993', amount: '0', ratio: '5e-324' },
  { ratio: '1e21', amount: '0.10' },
  { ratio: '-0.0', amount: '100.00' },
  { born: '0001-01-01', created: '1969-12-31 23:59:59.999999', seen: '2024-03-31 00:59:59.999999+00' },
  { born: '9999-12-31', created: '9999-12-31 23:59:59.999999', seen: '2024-10-27 01:30:00+00' },
  { created: '2024-03-31 02:30:00', seen: '2024-03-31 02:30:00.5+00' },
  Object.fromEntries(columns.slice(2).map(({ name }) => [name, null])),
];

const count = 260;

function row(id: number): Row {
  const base: Record<string, TestValue> = {
    id: String(id),
    code: `K${id % 7}-${id}`,
    big: id === 230 ? '1' : String(id * 1_000_003),
    wide: id === 240 ? '0' : `${id}.25`,
    amount: `${id}.${String(id % 100).padStart(2, '0')}`,
    ratio: `${id}.125`,
    active: id % 2 === 0 ? 'true' : 'false',
    name: `name ${id}`,
    note: `note ${id % 11}`,
    born: `1990-01-${String((id % 28) + 1).padStart(2, '0')}`,
    created: `2024-05-01 10:${String(id % 60).padStart(2, '0')}:00.12345${id % 10}`,
    seen: `2024-05-01 12:00:${String(id % 60).padStart(2, '0')}+00`,
    doc: `{"n": ${id}, "list": [1, 2.5, null], "text": "é"}`,
    raw: `00ff${String(id % 100).padStart(2, '0')}`,
    token: `123e4567-e89b-12d3-a456-4266141${String(id).padStart(5, '0')}`,
    ...(id <= nasty.length ? nasty[id - 1] : {}),
  };
  return columns.map(({ name }) => base[name] ?? null);
}

const clean: Row[] = Array.from({ length: count }, (_, index) => row(index + 1));

/** One fault of every kind, far from each other and in neighbours, and what a sum without a finaliser would miss. */
function faulty(): Row[] {
  const rows = clean.map((each) => [...each]);
  const set = (id: number, column: string, value: TestValue): void => {
    (rows[id - 1] as Row)[at(column)] = value;
  };
  set(30, 'amount', '30.31');
  set(31, 'ratio', '31.125000001');
  set(60, 'created', '2024-05-01 10:00:00.123451');
  set(70, 'seen', '2024-05-01 13:00:10+00');
  set(3, 'note', '');
  set(4, 'note', null);
  set(80, 'active', null);
  set(90, 'name', 'name 90 ');
  set(100, 'name', 'Name 100');
  set(8, 'name', 'cafe\u0301');
  set(110, 'raw', '00ff11');
  set(120, 'doc', '{"n": 120, "list": [1, 2.5, 0], "text": "é"}');
  set(12, 'big', '9007199254740992');
  // What PostgreSQL's hash of a bigint and DuckDB's of 128 bits take for the same.
  set(230, 'big', '4294967296');
  set(240, 'wide', '-0.0000000001');
  set(130, 'born', '1990-01-20');
  set(140, 'amount', '-140.40');
  // Values of two neighbours swapped, and two columns of one row.
  set(150, 'name', 'name 151');
  set(151, 'name', 'name 150');
  set(160, 'name', `note ${160 % 11}`);
  set(160, 'note', 'name 160');
  const extra = [row(count + 1), row(count + 5)];
  return [...rows.filter(([id]) => !['1', '200', '201', '260'].includes(String(id))), ...extra];
}

/** A table without the column that SQLite holds as floating point numbers. */
function table(systems: readonly TestSystem[], rows: readonly Row[]): TestTable {
  const kept = columns.filter(({ name }) => name !== 'wide' || !systems.includes('sqlite'));
  return { columns: kept, rows: rows.map((each) => kept.map(({ name }) => each[at(name)] ?? null)) };
}

/** What a check found, whole: counts, kinds, and every row of its artifact. */
async function findings(
  source: ResolvedConnection,
  target: ResolvedConnection,
  strategy: string,
  keys: readonly string[],
) {
  const run = await bench.run(source, target, { keys: [...keys], checks: [{ row_hash: { strategy } }] });
  const check = checkNamed(run.result, 'row_hash');
  const artifact = run.files.get(String(check.differences?.artifact_id));
  const rows = artifact === undefined ? [] : await readParquet(artifact);
  const { artifact_id, csv_artifact_id, repair_artifact_id, ...differences } = check.differences!;
  return {
    check,
    found: {
      status: check.status,
      reason: check.reason,
      expected: check.expected,
      actual: check.actual,
      difference: check.difference,
      differences,
      has_files: [artifact_id, csv_artifact_id, repair_artifact_id].map((id) => id != null),
      rows: rows.map((each) => JSON.stringify(each)).sort(),
    },
  };
}

const pairs: { source: TestSystem; target: TestSystem; strategy: 'stream' | 'checksum' | 'join' }[] = [
  { source: 'postgres', target: 'mysql', strategy: 'stream' },
  { source: 'postgres', target: 'duckdb', strategy: 'stream' },
  { source: 'sqlite', target: 'postgres', strategy: 'stream' },
  { source: 'mysql', target: 'sqlite', strategy: 'stream' },
  { source: 'mysql', target: 'mysql', strategy: 'stream' },
  { source: 'duckdb', target: 'sqlite', strategy: 'stream' },
  { source: 'postgres', target: 'postgres', strategy: 'stream' },
  { source: 'postgres', target: 'postgres', strategy: 'checksum' },
  { source: 'mysql', target: 'mysql', strategy: 'checksum' },
  { source: 'duckdb', target: 'duckdb', strategy: 'stream' },
  { source: 'duckdb', target: 'duckdb', strategy: 'join' },
];
const keyings = [{ keys: ['id'] }, { keys: ['code'] }, { keys: ['born', 'code'] }];

describe.each(pairs)('$strategy, $source against $target', ({ source: from, target: to, strategy }) => {
  let source: ResolvedConnection;
  let equal: ResolvedConnection;
  let target: ResolvedConnection;
  beforeAll(async () => {
    source = await bench.table(from, table([from, to], clean));
    equal = await bench.table(to, table([from, to], [...clean].reverse()));
    target = await bench.table(to, table([from, to], faulty()));
  });

  it.each(keyings)(
    'finds no difference in equal nasty data, and reads no row twice: $keys',
    async ({ keys }) => {
      const usable = keys.filter((key) => key !== 'born');
      const { check } = await findings(source, equal, strategy, usable);
      expect(check).toMatchObject({
        status: 'passed',
        expected: { rows: count },
        actual: { rows: count },
        plan: { strategy, buckets: { by: usable[0] === 'id' ? 'range' : 'hash' } },
      });
      // A few equal values are written differently by two systems; their buckets are looked at, and no others.
      expect(check.plan?.buckets?.unequal).toBeLessThanOrEqual(3);
    },
  );

  it.each(keyings)('finds what export finds, row by row: $keys', async ({ keys }) => {
    const whole = await findings(source, target, 'export', keys);
    const part = await findings(source, target, strategy, keys);
    expect(part.found).toEqual(whole.found);
    expect(part.found.rows.length).toBeGreaterThan(20);
    expect(part.check.plan).toMatchObject({ strategy });
    expect(whole.check.plan).toMatchObject({ strategy: 'export' });
  });
});
