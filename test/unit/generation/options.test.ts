import { describe, expect, test } from 'vitest';
import { compileDomain } from '../../../daemon/engine/generation/compile.ts';
import { domains } from '../../../daemon/engine/generation/domains/registry.ts';
import { schemaTypes, locales, type SchemaType } from '../../../daemon/protocol/files/generation.ts';
import type { CompileOptions } from '../../../daemon/engine/generation/compile.ts';
import { generated, tableChecksum, type Generated } from './generated.ts';
import { invariants } from './invariants.ts';

async function withData<T>(
  schemaType: SchemaType,
  rowCount: number,
  compile: CompileOptions,
  look: (data: Generated) => Promise<T>,
): Promise<T> {
  const data = await generated(schemaType, rowCount, { compile });
  try {
    return await look(data);
  } finally {
    data.close();
  }
}

/** What breaks a rule of the domain, and references to nothing. */
async function broken(data: Generated, schemaType: SchemaType): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, sql] of Object.entries(invariants[schemaType]))
    if ((await data.value(sql)) !== '0') found.push(rule);
  for (const table of data.domain.tables)
    for (const { columns, references } of table.foreign_keys) {
      const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
      const lost = await data.value(
        `select count(*) from (select ${list(columns)} from "${table.name}" where "${columns[0] ?? ''}" is not null
         except select ${list(references.columns)} from "${references.table}")`,
      );
      if (lost !== '0') found.push(`${table.name} -> ${references.table}`);
    }
  return found;
}

const sizes: Readonly<Record<SchemaType, Record<string, number>>> = {
  Retail: { dim_customer: 103, dim_product: 333, dim_store: 9, fact_returns: 77 },
  Finance: { branch: 5, merchant: 77, customer: 50, account: 203, card: 61, loan: 19, journal_line: 450 },
  Healthcare: { organization: 7, provider: 31, patient: 400, encounter: 700, diagnosis: 800, medication: 99 },
};

describe.each(schemaTypes)('%s', (schemaType) => {
  test('rows of other tables are exact, and every rule holds', async () => {
    const rows = sizes[schemaType];
    expect(Object.keys(rows).sort()).toEqual(Object.keys(domains[schemaType].sizes).sort());
    await withData(schemaType, 2000, { rows }, async (data) => {
      for (const [table, count] of Object.entries(rows))
        expect([table, await data.value(`select count(*) from "${table}"`)]).toEqual([table, String(count)]);
      expect(await data.value(`select count(*) from "${data.domain.fact_table}"`)).toBe('2000');
      expect(await broken(data, schemaType)).toEqual([]);
      for (const table of data.domain.tables) {
        const key = table.primary_key.join(', ');
        const repeated = `select count(*) - count(distinct (${key})) from "${table.name}"`;
        expect([table.name, await data.value(repeated)]).toEqual([table.name, '0']);
      }
    });
  });

  test.each([
    ['a short one', { from: '1999-03-15', to: '1999-06-12' }],
    ['five years', { from: '2018-07-01', to: '2023-06-30' }],
  ])('another range of dates, %s: business lies in it, and every rule holds', async (_, range) => {
    await withData(schemaType, 3000, { date_range: range }, async (data) => {
      const day = {
        Retail: 'select min(sold_at)::date, max(sold_at)::date from fact_sales',
        Finance: 'select min(booked_at)::date, max(booked_at)::date from transaction',
        Healthcare: 'select min(started_at)::date, max(stopped_at)::date from encounter',
      }[schemaType];
      const [[first = '', last = ''] = []] = (await data.texts(day)) as string[][];
      expect(first >= range.from && first <= last && last <= range.to).toBe(true);
      // The whole of it is used, not its beginning.
      const days = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 86_400_000;
      expect(days(first, last)).toBeGreaterThan(0.7 * days(range.from, range.to));
      expect(await broken(data, schemaType)).toEqual([]);
    });
  });

  test('skew and locale break no rule; another locale changes names and places alone', async () => {
    const { fact_table: fact } = domains[schemaType];
    await withData(schemaType, 2000, { locale: 'de_DE' }, async (german) => {
      await withData(schemaType, 2000, {}, async (usual) => {
        if (schemaType !== 'Finance')
          expect(await tableChecksum(german, fact)).toBe(await tableChecksum(usual, fact));
      });
      expect(await broken(german, schemaType)).toEqual([]);
    });
    await withData(schemaType, 2000, { skew: 0.95 }, async (data) => {
      expect(await broken(data, schemaType)).toEqual([]);
    });
  });
});

test('a table whose rows follow from others, one that cannot have so many, and one that is not there are errors with the way out', () => {
  const compile = (rows: Record<string, number>) => () => compileDomain(domains.Retail, 2000, 42, { rows });
  expect(compile({ fact_inventory_daily: 5 })).toThrow(
    expect.objectContaining({ code: 'rows_follow', kind: 'definition' }) as Error,
  );
  expect(compile({ fact_returns: 101 })).toThrow(
    expect.objectContaining({
      code: 'rows_not_possible',
      hint: expect.stringContaining('1 to 100') as string,
    }) as Error,
  );
  expect(compile({ dim_custommer: 5 })).toThrow(
    expect.objectContaining({
      code: 'no_such_table',
      hint: expect.stringContaining('dim_customer') as string,
    }) as Error,
  );
  expect(() => compileDomain(domains.Finance, 2000, 42, { rows: { journal_line: 10 } })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('a multiple of 9') as string }) as Error,
  );
});

describe('missing values', () => {
  const share = (data: Generated, column: string) =>
    data.value(`select avg((${column} is null)::integer) from dim_customer`).then(Number);

  test('a rate for all: none, half, all; columns that say something by their absence keep it', async () => {
    const usual = await withData('Retail', 9000, {}, (data) => share(data, 'valid_to'));
    for (const [rate, low, high] of [
      [0, 0, 0],
      [0.5, 0.44, 0.56],
      [1, 1, 1],
    ] as const)
      await withData('Retail', 9000, { null_rate: rate }, async (data) => {
        for (const column of ['email', 'phone', 'birth_date', 'notes']) {
          const found = await share(data, column);
          expect([column, rate, found >= low && found <= high]).toEqual([column, rate, true]);
        }
        expect(await share(data, 'valid_to')).toBe(usual);
        expect(await share(data, 'last_name')).toBe(0);
      });
  });

  test('a rate for one column leaves the others as they are; who lacks a value lacks it at every higher rate', async () => {
    const ids = 'select customer_key from dim_customer where email is null order by 1';
    const [few, fewPhone] = await withData('Retail', 9000, { null_rate: { email: 0.1 } }, async (data) => [
      await data.texts(ids),
      await share(data, 'phone'),
    ]);
    const more = await withData('Retail', 9000, { null_rate: { 'dim_customer.email': 0.3 } }, (data) =>
      data.texts(ids),
    );
    const all = new Set(more.flat());
    expect(few.length).toBeGreaterThan(0);
    expect(few.flat().every((id) => all.has(id))).toBe(true);
    expect(all.size).toBeGreaterThan(few.length);
    expect(fewPhone).toBe(await withData('Retail', 9000, {}, (data) => share(data, 'phone')));
  });

  test('a column that may not lack a value is an error that names those that may', () => {
    expect(() => compileDomain(domains.Retail, 100, 42, { null_rate: { valid_to: 0.1 } })).toThrow(
      expect.objectContaining({
        code: 'no_null_rate',
        hint: expect.stringContaining('dim_customer.email') as string,
      }) as Error,
    );
  });
});

test.each([
  [0.2, 0.15, 0.27],
  [0.5, 0.44, 0.56],
  [0.95, 0.9, 0.99],
])('skew %d: that share of the lines is of the first fifth of the products', async (skew, low, high) => {
  await withData('Retail', 40_000, { skew }, async (data) => {
    const products = Number(data.rows.get('dim_product'));
    const share = Number(
      await data.value(`select avg((product_key <= ${Math.floor(products / 5)})::integer) from fact_sales`),
    );
    expect(share).toBeGreaterThan(low);
    expect(share).toBeLessThan(high);
    expect(
      await data.value(`select count(*) from fact_sales where product_key not between 1 and ${products}`),
    ).toBe('0');
  });
});

test.each(locales)(
  '%s: city, state and postal code belong together, and names are of the locale',
  async (locale) => {
    await withData('Retail', 9000, { locale }, async (data) => {
      const wrong = `select count(*) from (select city, state from dim_customer group by all having count(distinct postal_code) > 1)`;
      expect(await data.value(wrong)).toBe('0');
      const form = {
        en_US: '^\\d{5}$',
        en_GB: '^[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}$',
        de_DE: '^\\d{5}$',
        fr_FR: '^\\d{5}$',
        es_ES: '^\\d{5}$',
        pl_PL: '^\\d\\d-\\d{3}$',
      }[locale];
      expect(
        await data.value(
          `select count(*) from dim_customer where not regexp_matches(postal_code, '${form}')`,
        ),
      ).toBe('0');
      const city = {
        en_US: 'Chicago',
        en_GB: 'Leeds',
        de_DE: 'Köln',
        fr_FR: 'Nîmes',
        es_ES: 'Sevilla',
        pl_PL: 'Łódź',
      }[locale];
      expect(
        Number(await data.value(`select count(*) from dim_customer where city = '${city}'`)),
      ).toBeGreaterThan(0);
    });
  },
);
