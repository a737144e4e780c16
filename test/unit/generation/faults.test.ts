import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDuckdb, closeWorkspace, workspace } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { queryDuckdb } from '../../../daemon/engine/connections/duckdbValues.ts';
import { EngineError } from '../../../daemon/engine/errors.ts';
import { compileDomain, type CompiledTable } from '../../../daemon/engine/generation/compile.ts';
import { domains } from '../../../daemon/engine/generation/domains/registry.ts';
import { plantFaults, type PlantedFaults } from '../../../daemon/engine/generation/faults.ts';
import { allocate } from '../../../daemon/engine/generation/faultPicks.ts';
import { classifyCell, type ValueFamily } from '../../../daemon/engine/validation/classify.ts';
import {
  faultKinds,
  type FaultsDefinition,
  type SchemaType,
} from '../../../daemon/protocol/files/generation.ts';

type Row = Record<string, string | null>;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterAll(async () => {
  await closeDuckdb();
  rmSync(scratch, { recursive: true, force: true });
});

interface Planted {
  readonly planted: PlantedFaults;
  readonly clean: ReadonlyMap<string, readonly Row[]>;
  readonly faulty: ReadonlyMap<string, readonly Row[]>;
  readonly answers: readonly Row[];
  readonly tables: readonly CompiledTable[];
}

/** Clean and faulty tables as text, by name. */
async function plant(schemaType: SchemaType, rowCount: number, faults: FaultsDefinition): Promise<Planted> {
  const duckdb = await workspace({
    signal: new AbortController().signal,
    scratchDir: join(scratch, 'attempt'),
  });
  try {
    const { setup, tables } = compileDomain(domains[schemaType], rowCount, 42);
    for (const statement of setup) await duckdb.run(statement);
    const planted = await plantFaults(tables, faults, { seed: 42, schema_type: schemaType }, duckdb);
    const read = async (select: string, columns: readonly string[]): Promise<Row[]> => {
      const list = columns.map((name) => `"${name}"::varchar as "${name}"`).join(', ');
      const result = await queryDuckdb(duckdb, `select ${list} from (${select})`);
      return result.rows.map((row) =>
        Object.fromEntries(columns.map((name, index) => [name, row[index] as string | null])),
      );
    };
    const clean = new Map<string, Row[]>();
    for (const { table, select } of tables)
      clean.set(
        table.name,
        await read(
          select(),
          table.columns.map(({ name }) => name),
        ),
      );
    const faulty = new Map<string, Row[]>();
    for (const { name, columns, select } of planted.tables)
      faulty.set(
        name,
        await read(
          select(),
          columns.map((column) => column.name),
        ),
      );
    return { planted, clean, faulty, answers: faulty.get('_faults') ?? [], tables };
  } finally {
    await closeWorkspace(duckdb);
  }
}

function keyText(row: Row, key: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(key.map((name) => [name, row[name]])));
}

function family(type: string): ValueFamily {
  if (type.startsWith('DECIMAL')) return 'decimal';
  if (type === 'VARCHAR') return 'text';
  if (type === 'TIMESTAMP') return 'timestamp';
  if (type === 'DATE') return 'date';
  return type === 'BOOLEAN' ? 'boolean' : 'integer';
}

describe.each<[SchemaType, FaultsDefinition]>([
  ['Retail', { count: 150 }],
  ['Finance', { count: 150, seed: 7 }],
  ['Healthcare', { rate: 0.03 }],
])('%s with faults %j', (schemaType, faults) => {
  let data: Planted;
  beforeAll(async () => {
    data = await plant(schemaType, 1500, faults);
  });

  test('the number is exact', () => {
    const wanted =
      faults.count ?? data.tables.reduce((sum, { rows }) => sum + Math.round(rows * (faults.rate ?? 0)), 0);
    expect(data.planted.summary.total).toBe(wanted);
    expect(data.answers).toHaveLength(wanted);
    const kinds = Object.values(data.planted.summary.by_kind).reduce((sum, count) => sum + count, 0);
    expect(kinds).toBe(wanted);
  });

  test('undoing what the answer key says gives the clean tables, and nothing else was touched', () => {
    for (const { table } of data.tables) {
      const { name, primary_key: key } = table;
      const answers = data.answers.filter((answer) => answer['table_name'] === name);
      const clean = new Map((data.clean.get(name) ?? []).map((row) => [keyText(row, key), row]));
      const found = new Map<string, Row[]>();
      for (const row of data.faulty.get(name) ?? []) {
        const text = keyText(row, key);
        found.set(text, [...(found.get(text) ?? []), row]);
      }
      const expected = new Map([...clean].map(([text, row]) => [text, [row]]));
      for (const { key: text, kind, column_name: column, original, corrupted } of answers) {
        const own = String(text);
        const row = clean.get(own);
        if (kind === 'missing') {
          expect(JSON.parse(String(original))).toEqual(row);
          expected.delete(own);
        } else if (kind === 'duplicate') {
          expect(JSON.parse(String(corrupted))).toEqual(row);
          expected.set(own, [row ?? {}, row ?? {}]);
        } else if (kind === 'extra') {
          expect(row).toBeUndefined();
          expected.set(own, [JSON.parse(String(corrupted)) as Row]);
        } else {
          expect(row?.[String(column)] ?? null).toBe(original);
          expect(corrupted).not.toBe(original);
          expected.set(own, [{ ...row, [String(column)]: corrupted ?? null }]);
        }
      }
      expect(found).toEqual(expected);
    }
  });

  test('every fault hits another row and is of the kind under which the comparison reports it', () => {
    const hit = new Set(data.answers.map((answer) => `${answer['table_name']} ${answer['key']}`));
    expect(hit.size).toBe(data.answers.length);
    const types = new Map(
      data.tables.flatMap(({ table }) =>
        table.columns.map(({ name, type }) => [`${table.name}.${name}`, type] as const),
      ),
    );
    for (const answer of data.answers.filter(({ column_name: column }) => column !== null)) {
      const type = types.get(`${answer['table_name']}.${answer['column_name']}`) ?? '';
      const kind = classifyCell({
        family: family(type),
        source: answer['original'] ?? null,
        target: answer['corrupted'] ?? null,
      });
      expect({ ...answer, kind }).toEqual(answer);
    }
  });

  test('no reference is broken', () => {
    for (const { table } of data.tables)
      for (const { columns, references } of table.foreign_keys) {
        const parents = new Set(
          (data.faulty.get(references.table) ?? []).map((row) =>
            references.columns.map((name) => row[name]).join('|'),
          ),
        );
        const lost = (data.faulty.get(table.name) ?? []).filter(
          (row) => row[columns[0] ?? ''] !== null && !parents.has(columns.map((name) => row[name]).join('|')),
        );
        expect(lost).toEqual([]);
      }
  });
});

describe('choosing', () => {
  test('150 faults in Retail are of every kind', async () => {
    const { planted } = await plant('Retail', 1500, { count: 150 });
    expect(Object.keys(planted.summary.by_kind).sort()).toEqual([...faultKinds].sort());
  });

  test('the same seed plants the same faults, another seed others', async () => {
    const one = await plant('Retail', 300, { count: 20, tables: ['fact_sales'] });
    const same = await plant('Retail', 300, { count: 20, tables: ['fact_sales'] });
    const other = await plant('Retail', 300, { count: 20, tables: ['fact_sales'], seed: 1 });
    expect(same.answers).toEqual(one.answers);
    expect(other.answers).not.toEqual(one.answers);
    expect(new Set(one.answers.map((answer) => answer['table_name']))).toEqual(new Set(['fact_sales']));
  });

  test('only the kinds asked for', async () => {
    const { planted } = await plant('Finance', 500, { count: 8, kinds: ['rounding', 'missing'] });
    expect(planted.summary).toEqual({ total: 8, by_kind: { missing: 4, rounding: 4 } });
  });

  test('more faults than the tables can take is an error that says how many they can', async () => {
    const failed = plant('Retail', 40, { count: 100_000, kinds: ['sign'], tables: ['fact_returns'] });
    await expect(failed).rejects.toThrow(EngineError);
    await expect(failed).rejects.toMatchObject({ kind: 'definition', code: 'too_many_faults' });
  });

  test('an unknown table is an error that names the nearest', async () => {
    await expect(plant('Retail', 40, { count: 1, tables: ['fact_sale'] })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
      hint: expect.stringContaining('fact_sales') as string,
    });
  });

  test('largest remainders add up', () => {
    expect(allocate(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(allocate(3, [0, 5, 5])).toEqual([0, 2, 1]);
    expect(allocate(0, [1])).toEqual([0]);
  });
});
