import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domains } from '../../../daemon/engine/generation/domains/registry.ts';
import { schemaTypes } from '../../../daemon/protocol/files/generation.ts';
import { isLoinc } from './checkDigits.ts';
import { invariants } from './invariants.ts';
import { generated, tableChecksum, type Generated } from './generated.ts';

/** SHA-256 of the values of each table for seed 42 and 500 rows. A change here breaks the promise that a seed gives the same bytes. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/generation/checksums.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, string>>;

const orphans = (data: Generated) =>
  data.domain.tables.flatMap((table) =>
    table.foreign_keys.map(({ columns, references }) => {
      const own = columns.map((name) => `"${name}"`).join(', ');
      const other = references.columns.map((name) => `"${name}"`).join(', ');
      return {
        name: `${table.name} (${own})`,
        sql: `select count(*) from (select ${own} from "${table.name}" where ${columns[0]} is not null
          except select ${other} from "${references.table}")`,
      };
    }),
  );

describe.each(schemaTypes)('%s', (schemaType) => {
  test('has at least six tables, each with a key, and a fact table', () => {
    const { tables, fact_table: fact } = domains[schemaType];
    expect(tables.length).toBeGreaterThanOrEqual(6);
    expect(tables.every((table) => table.primary_key.length > 0)).toBe(true);
    expect(tables.map(({ name }) => name)).toContain(fact);
  });

  test.each([1, 2, 7, 39, 40, 41, 12_345])(
    'row_count %i is exact, keys are unique and references hold',
    async (rowCount) => {
      const data = await generated(schemaType, rowCount);
      try {
        expect(await data.value(`select count(*) from "${data.domain.fact_table}"`)).toBe(String(rowCount));
        for (const table of data.domain.tables) {
          const key = table.primary_key.map((name) => `"${name}"`).join(', ');
          const [counts] = await data.texts(
            `select count(*), (select count(*) from (select distinct ${key} from "${table.name}")) from "${table.name}"`,
          );
          expect({ table: table.name, rows: counts }).toEqual({
            table: table.name,
            rows: [String(data.rows.get(table.name)), String(data.rows.get(table.name))],
          });
          for (const column of table.columns.filter((each) => !each.nullable))
            expect([
              column.name,
              await data.value(`select count(*) from "${table.name}" where "${column.name}" is null`),
            ]).toEqual([column.name, '0']);
        }
        for (const { name, sql } of orphans(data)) expect([name, await data.value(sql)]).toEqual([name, '0']);
      } finally {
        data.close();
      }
    },
  );

  test('seed 42 gives the rows it has always given', async () => {
    const data = await generated(schemaType, 500);
    try {
      const found: Record<string, string> = {};
      for (const { name } of data.domain.tables) found[name] = await tableChecksum(data, name);
      expect(found).toEqual(golden[schemaType]);
    } finally {
      data.close();
    }
  });

  test('another seed gives other rows', async () => {
    const { fact_table: fact } = domains[schemaType];
    const one = await generated(schemaType, 500, { tables: [fact] });
    const other = await generated(schemaType, 500, { tables: [fact], seed: 43 });
    try {
      expect(await tableChecksum(one, fact)).not.toBe(await tableChecksum(other, fact));
    } finally {
      one.close();
      other.close();
    }
  });

  test('row i does not depend on the number of rows, where no parent is drawn from', async () => {
    const { fact_table: fact } = domains[schemaType];
    const columns = {
      Retail: 'sales_key, order_id, line_no, sold_at, quantity, payment_method',
      Finance: 'transaction_id, account_id, booked_at, amount, balance_after',
      Healthcare: 'observation_id, encounter_id, patient_id, loinc, value, observed_at',
    }[schemaType];
    const few = await generated(schemaType, 500, { tables: [fact] });
    const many = await generated(schemaType, 5000, { tables: [fact], threads: 1 });
    try {
      const sql = `select ${columns} from "${fact}" limit 500`;
      expect(await many.texts(sql)).toEqual(await few.texts(sql));
    } finally {
      few.close();
      many.close();
    }
  });
});

describe('Retail', () => {
  let data: Generated;
  beforeAll(async () => {
    data = await generated('Retail', 60_000);
  });
  afterAll(() => data.close());

  const violations = invariants.Retail;
  test.each(Object.entries(violations))('%s', async (_, sql) => {
    expect(await data.value(sql)).toBe('0');
  });

  test('three to nine percent come back, the first fifth of the products make 60 to 85 percent of the lines', async () => {
    const share = Number(
      await data.value('select (select count(*) from fact_returns) / count(*) from fact_sales'),
    );
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.09);
    const top = Number(
      await data.value(`select sum(n) filter (r <= 0.2 * (select count(*) from dim_product)) / sum(n)
        from (select count(*) as n, row_number() over (order by count(*) desc) as r from fact_sales group by product_key)`),
    );
    expect(top).toBeGreaterThan(0.6);
    expect(top).toBeLessThan(0.85);
  });

  test('Saturdays beat Mondays, and November and December beat the other months', async () => {
    const days = await data.texts('select isodow(sold_at), count(*) from fact_sales group by 1 order by 1');
    expect(Number(days[5]?.[1])).toBeGreaterThan(1.5 * Number(days[0]?.[1]));
    const months = (
      await data.texts('select month(sold_at), count(*) from fact_sales group by 1 order by 1')
    ).map(([, n]) => Number(n));
    expect(Math.min(...months.slice(10))).toBeGreaterThan(Math.max(...months.slice(0, 10)));
  });

  test('mutating one cell breaks exactly the rule it belongs to', async () => {
    const rule = violations['net = round(quantity * unit_price - discount, 2)'] ?? '';
    await data.duckdb.run(
      'update fact_sales set net_amount = net_amount + 0.01, gross_amount = gross_amount + 0.01 where sales_key = 777',
    );
    expect(await data.value(rule)).toBe('1');
    expect(await data.value(violations['gross = net + tax'] ?? '')).toBe('0');
    await data.duckdb.run(
      'update fact_sales set net_amount = net_amount - 0.01, gross_amount = gross_amount - 0.01 where sales_key = 777',
    );
    expect(await data.value(rule)).toBe('0');
  });
});

describe('Finance', () => {
  let data: Generated;
  beforeAll(async () => {
    data = await generated('Finance', 30_000);
  });
  afterAll(() => data.close());

  test.each(Object.entries(invariants.Finance))('%s', async (_, sql) => {
    expect(await data.value(sql)).toBe('0');
  });
});

describe('Healthcare', () => {
  let data: Generated;
  beforeAll(async () => {
    data = await generated('Healthcare', 30_000);
  });
  afterAll(() => data.close());

  test.each(Object.entries(invariants.Healthcare))('%s', async (_, sql) => {
    expect(await data.value(sql)).toBe('0');
  });

  test('LOINC codes carry their check digit', async () => {
    const loinc = (await data.texts('select distinct loinc from observation')).map(([code]) => String(code));
    expect(loinc.length).toBeGreaterThan(10);
    expect(loinc.filter((code) => !isLoinc(code))).toEqual([]);
  });
});
