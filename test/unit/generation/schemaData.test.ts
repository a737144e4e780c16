import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, test } from 'vitest';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parseSchema } from '../../../daemon/definitions/schema/parseSchema.ts';
import { compileRequest, type GenerationRequest } from '../../../daemon/engine/generation/request.ts';

interface Data {
  readonly texts: (sql: string) => Promise<(string | null)[][]>;
  readonly value: (sql: string) => Promise<string | null>;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function generate(text: string, request: Partial<GenerationRequest> = {}, threads = 2): Promise<Data> {
  const { schema, diagnostics } = parseSchema(parseDocument('shop.schema.yaml', text));
  expect(diagnostics).toEqual([]);
  if (schema === null) throw new Error('no schema');
  const compiled = compileRequest({ seed: 42, schema_definition: schema, ...request });
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const duckdb = await instance.connect();
  closers.push(() => {
    duckdb.disconnectSync();
    instance.closeSync();
  });
  for (const statement of compiled.setup) await duckdb.run(statement);
  for (const { table, select } of compiled.tables)
    await duckdb.run(`create table "${table.name}" as ${select()}`);
  const texts = async (sql: string) => {
    const rows = (await duckdb.runAndReadAll(sql)).getRowsJson();
    return rows.map((row) => row.map((value) => (value === null ? null : String(value as string))));
  };
  return { texts, value: async (sql) => (await texts(sql))[0]?.[0] ?? null };
}

const shop = `
schema_name: shop
dictionaries: { colours: [red, green, "{curly} 'quoted'"] }
fact_table: order line
tables:
  customer:
    rows: 300
    columns:
      id: { sequence: { start: 1000, step: 5 } }
      first: { dictionary: first_name }
      last: { dictionary: last_name }
      full: { expression: "first || ' ' || last" }
      mail: { dictionary: email, null_rate: 0.25 }
      code: { pattern: "K-[A-Z]{2}\\\\d{3}", unique: true }
      joined: { date: { from: 2020-02-01, to: 2020-02-29 } }
      city: { dictionary: city }
      zip: { dictionary: postal_code }
      referrer: { reference: customer.id }
  product:
    rows: 40
    columns:
      sku: { pattern: "[A-F0-9]{8}", unique: true }
      price: { number: { min: 0.5, max: 99.99, decimals: 2, distribution: skewed } }
      colour: { dictionary: colours }
      size: { values: { S: 1, M: 2, L: 1 } }
      active: { boolean: 0.9 }
  order line:
    key: [line]
    rows: 1000
    columns:
      line: { sequence: 1 }
      customer: { reference: { column: customer.id, distribution: skewed }, null_rate: 0.1 }
      customer name: { reference: { column: customer.full, same_row_as: customer } }
      sku: { reference: product.sku }
      price: { reference: { column: product.price, same_row_as: sku } }
      quantity: { number: { min: 1, max: 9, distribution: normal }, type: smallint }
      amount: { expression: "round(price * quantity * if(quantity >= 5, 0.9, 1), 2)", type: "decimal(12,2)" }
      at: { timestamp: { from: 2024-01-01, to: "2024-07-01 12:00:00", precision: milliseconds } }
      due: { expression: "add_days(at, 30)" }
  tag:
    key: [customer, sku]
    rows: 500
    columns:
      customer: { reference: customer.id }
      sku: { reference: product.sku }
      note: { constant: "x{y}z" }
`;

describe('values', () => {
  test('every kind of column gives what it says', async () => {
    const data = await generate(shop);
    expect(await data.value('select count(*) from "order line"')).toBe('1000');
    const zero = {
      'sequence in steps': `select count(*) from (select id, row_number() over () as i from customer) where id <> 1000 + (i - 1) * 5`,
      'pattern and unique': `select count(*) - count(distinct code) filter (regexp_full_match(code, 'K-[A-Z]{2}\\d{3}')) from customer`,
      'unique hexadecimal': `select count(*) - count(distinct sku) filter (regexp_full_match(sku, '[A-F0-9]{8}')) from product`,
      'dates of the range': `select count(*) from customer where joined not between date '2020-02-01' and date '2020-02-29'`,
      'parts of a name belong together': `select count(*) from customer where "full" <> "first" || ' ' || "last"`,
      'the address of mail is of the name': `select count(*) from customer where mail not like lower(left(strip_accents("first"), 2)) || '%@example.com'`,
      'a referrer comes before': `select count(*) from customer where referrer >= id`,
      'prices of the range': `select count(*) from product where price not between 0.5 and 99.99`,
      'words of the list': `select count(*) from product where colour not in ('red', 'green', '{curly} ''quoted''')`,
      'references hold': `select count(*) from "order line" l left join customer c on c.id = l.customer where l.customer is not null and c.id is null`,
      'what is looked up is of the row referred to': `select count(*) from "order line" l left join customer c on c.id = l.customer where l."customer name" is distinct from c."full"`,
      'a price is that of the product': `select count(*) from "order line" l join product p using (sku) where l.price <> p.price`,
      'the expression is computed': `select count(*) from "order line" where amount <> round(price * quantity * case when quantity >= 5 then 0.9 else 1 end, 2)`,
      'moments of the range, in whole milliseconds': `select count(*) from "order line" where "at" < '2024-01-01' or "at" >= '2024-07-01 12:00:00' or microsecond("at") % 1000 <> 0`,
      'days later': `select count(*) from "order line" where due <> "at"::date + 30`,
      'combinations of a key come once': `select count(*) - count(distinct (customer, sku)) from tag`,
      'references of a key hold': `select count(*) from tag where customer not in (select id from customer) or sku not in (select sku from product)`,
      'braces are letters': `select count(*) from tag where note <> 'x{y}z'`,
    };
    for (const [what, sql] of Object.entries(zero))
      expect([what, await data.value(sql)]).toEqual([what, '0']);
    expect(await data.texts('select size, count(*) > 5 from product group by 1 order by 1')).toEqual([
      ['L', 'true'],
      ['M', 'true'],
      ['S', 'true'],
    ]);
    const between = async (sql: string, low: number, high: number) => {
      const found = Number(await data.value(sql));
      expect([sql, found >= low && found <= high, found]).toEqual([sql, true, found]);
    };
    await between('select avg((mail is null)::integer) from customer', 0.17, 0.33);
    await between('select avg((customer is null)::integer) from "order line"', 0.07, 0.13);
    await between('select avg(quantity) from "order line"', 4.6, 5.4);
    await between('select avg((quantity between 4 and 6)::integer) from "order line"', 0.6, 0.9);
    await between('select avg((price < 13)::integer) from product', 0.3, 0.7);
    await between(
      'select avg((customer <= 1300)::integer) from "order line" where customer is not null',
      0.7,
      0.9,
    );
  });

  test('row i does not depend on the number of rows, threads, or other columns', async () => {
    const sql = 'select id, code, "first", mail, joined, referrer from customer limit 300';
    const one = await (await generate(shop)).texts(sql);
    expect(await (await generate(shop, { tables: { customer: 900 } }, 1)).texts(sql)).toEqual(one);
    const wider = shop.replace('      joined:', '      colour: { dictionary: colours }\n      joined:');
    expect(await (await generate(wider)).texts(sql)).toEqual(one);
    expect(await (await generate(shop, { seed: 43 })).texts(sql)).not.toEqual(one);
  });

  test('row_count, tables and scale say how many rows', async () => {
    const count = async (request: Partial<GenerationRequest>) => {
      const data = await generate(shop, request);
      return Promise.all(
        ['customer', 'product', 'order line'].map((name) => data.value(`select count(*) from "${name}"`)),
      );
    };
    expect(await count({ row_count: 77 })).toEqual(['300', '40', '77']);
    expect(await count({ tables: { product: 55 } })).toEqual(['300', '55', '1000']);
    expect(await count({ scale: 0.5, row_count: 200, tables: { customer: 100 } })).toEqual([
      '50',
      '20',
      '100',
    ]);
    expect(() =>
      compileRequest({
        seed: 1,
        schema_definition: parseSchema(parseDocument('s', shop)).schema ?? undefined,
        tables: { produkt: 1 },
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'no_such_table',
        hint: expect.stringMatching(/^Nearest: product/) as string,
      }) as Error,
    );
  });

  test('seed 42 gives the rows it has always given', async () => {
    const data = await generate(shop);
    expect(await data.texts('select * from customer limit 2')).toMatchInlineSnapshot(`
      [
        [
          "1000",
          "Bianka",
          "Kuphal",
          "Bianka Kuphal",
          null,
          "K-VC653",
          "2020-02-06",
          "Indianapolis",
          "46204",
          null,
        ],
        [
          "1005",
          "Juvenal",
          "Fay",
          "Juvenal Fay",
          "juvenal.fay2@example.com",
          "K-HE164",
          "2020-02-18",
          "Albany",
          "12207",
          "1000",
        ],
      ]
    `);
    expect(await data.texts('select * from "order line" limit 2')).toMatchInlineSnapshot(`
      [
        [
          "1",
          "1140",
          "Santiago O'Brien",
          "569EF149",
          "4.42",
          "2",
          "8.84",
          "2024-02-23 21:08:10.58",
          "2024-03-24",
        ],
        [
          "2",
          "1245",
          "Eliezer Douglas",
          "A813D788",
          "48.78",
          "4",
          "195.12",
          "2024-03-26 11:13:27.409",
          "2024-04-25",
        ],
      ]
    `);
    expect(await data.texts('select * from tag limit 2')).toMatchInlineSnapshot(`
      [
        [
          "2315",
          "F998CEC7",
          "x{y}z",
        ],
        [
          "2050",
          "A0F9B638",
          "x{y}z",
        ],
      ]
    `);
  });
});
