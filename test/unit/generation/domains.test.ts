import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domains } from '../../../daemon/engine/generation/domains/registry.ts';
import { schemaTypes } from '../../../daemon/protocol/files/batch.ts';
import { isLoinc } from './checkDigits.ts';
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

  const violations: Record<string, string> = {
    'net = round(quantity * unit_price - discount, 2)': `select count(*) from fact_sales where net_amount <> round(quantity * unit_price - discount_amount, 2)`,
    'gross = net + tax': `select count(*) from fact_sales where gross_amount <> net_amount + tax_amount`,
    'tax follows the rate of the store': `select count(*) from fact_sales join dim_store using (store_key) where tax_amount <> round(net_amount * tax_rate, 2)`,
    'the customer version is the one of the day': `select count(*) from fact_sales s join dim_customer c using (customer_key)
      where s.sold_at::date < valid_from or s.sold_at::date >= valid_to`,
    'the product is sold on that day': `select count(*) from fact_sales s join dim_product p using (product_key)
      where s.sold_at::date < valid_from or s.sold_at::date >= valid_to`,
    'a promotion counts only while it runs': `select count(*) from fact_sales s join dim_promotion p using (promotion_key)
      where s.sold_at::date not between start_date and end_date`,
    'the discount is that of the promotion': `select count(*) from fact_sales left join dim_promotion using (promotion_key)
      where discount_amount <> round(quantity * unit_price * coalesce(discount_percent, 0) / 100.00::decimal(5,2), 2)
        and abs(discount_amount - quantity * unit_price * coalesce(discount_percent, 0) / 100.0) > 0.0050001`,
    'date_key is the day of sold_at': `select count(*) from fact_sales where date_key <> strftime(sold_at, '%Y%m%d')::integer`,
    'an order is of one customer, store and moment': `select count(*) from (select order_id from fact_sales group by order_id
      having count(distinct (customer_key, store_key, sold_at)) > 1 or count(*) <> max(line_no))`,
    'versions of a customer follow each other, the last is current': `select count(*) from (select *, lead(valid_from) over w as next from dim_customer
      window w as (partition by customer_id order by valid_from))
      where valid_to is distinct from next or is_current <> (next is null) or valid_to <= valid_from`,
    'a return is of the line, later, and not more than sold': `select count(*) from fact_returns r join fact_sales s using (sales_key)
      where r.product_key <> s.product_key or r.store_key <> s.store_key or return_quantity > quantity or return_quantity < 1
        or return_date_key <= date_key or refund_amount > net_amount`,
    'stock is opening + received - sold + returned': `select count(*) from fact_inventory_daily where on_hand_qty <> opening_qty + received_qty - sold_qty + returned_qty or on_hand_qty < 0`,
    'stock opens as it closed': `select count(*) from (select opening_qty, lag(on_hand_qty) over (partition by product_key, store_key order by date_key) as before
      from fact_inventory_daily) where opening_qty <> before`,
    'stock counts what was sold': `select count(*) from fact_inventory_daily i left join (select date_key, product_key, store_key, sum(quantity) as sold
      from fact_sales group by all) s using (date_key, product_key, store_key) where sold_qty <> coalesce(sold, 0)`,
    'city, state and ZIP code belong together': `select count(*) from (select city, state from dim_customer group by all
      having count(distinct postal_code) > 1)`,
  };
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

  test.each(
    Object.entries({
      'balance_after is the running sum': `select count(*) from (select *, sum(amount) over (partition by account_id order by sequence_no) as total from transaction) where total <> balance_after`,
      'transactions of an account are in order of time': `select count(*) from (select booked_at, lag(booked_at) over (partition by account_id order by sequence_no) as before from transaction) where booked_at < before`,
      'debits equal credits in every journal': `select count(*) from (select sum(debit) as d, sum(credit) as c, any_value(total) as t, min(credit) as low
        from journal_line join journal using (journal_id) group by journal_id) where d <> c or d <> t or low < 0`,
      'a line is a debit or a credit': `select count(*) from journal_line where (debit > 0) = (credit > 0)`,
      'principals add up to the loan and the last leaves nothing': `select count(*) from (select sum(principal_part) as s, min(remaining) as r, any_value(principal) as p
        from loan_payment join loan using (loan_id) group by loan_id) where s <> p or r <> 0`,
      'nothing happens on an account before it opens or after it closes': `select count(*) from transaction join account using (account_id)
        where booked_at::date < open_date or greatest(booked_at::date, value_date) > close_date`,
      'debits are negative': `select count(*) from transaction where (amount < 0) <> (direction = 'debit')`,
      'every journal posts to leaves of the chart of accounts': `select count(*) from journal_line where gl_account_no in (select parent_no from gl_account where parent_no is not null)`,
      'an account has an IBAN or a routing number': `select count(*) from account where (iban is null) = (routing_number is null)`,
    }),
  )('%s', async (_, sql) => {
    expect(await data.value(sql)).toBe('0');
  });
});

describe('Healthcare', () => {
  let data: Generated;
  beforeAll(async () => {
    data = await generated('Healthcare', 30_000);
  });
  afterAll(() => data.close());

  test.each(
    Object.entries({
      'encounters lie inside the life of the patient and one coverage of theirs': `select count(*) from encounter e join patient p using (patient_id) join coverage v using (coverage_id)
        where started_at::date < birth_date or stopped_at::date > death_date or v.patient_id <> e.patient_id
          or started_at::date < valid_from or stopped_at::date > valid_to or stopped_at <= started_at`,
      'coverages of a patient do not overlap': `select count(*) from (select valid_to, lead(valid_from) over (partition by patient_id order by valid_from) as next from coverage) where next <= valid_to`,
      'the claim is the sum of its lines': `select count(*) from claim c left join (select claim_id, sum(billed_amount) as b, sum(allowed_amount) as a, sum(paid_amount) as p
        from claim_line group by 1) l using (claim_id) where b is distinct from billed_amount or a <> allowed_amount or p <> paid_amount`,
      'paid <= allowed <= billed': `select count(*) from claim_line where paid_amount > allowed_amount or allowed_amount > billed_amount`,
      'transactions add up to what the patient owes': `select count(*) from claim join (select claim_id, sum(amount) as s from claim_transaction group by 1) using (claim_id) where s <> patient_amount`,
      'only paid claims are paid': `select count(*) from claim where status <> 'paid' and paid_amount <> 0`,
      'the claim goes to the payer of the coverage': `select count(*) from claim join encounter using (encounter_id) join coverage using (coverage_id) join plan using (plan_id) where claim.payer_id <> plan.payer_id`,
      'observations lie inside their encounter': `select count(*) from observation o join encounter e using (encounter_id) where o.patient_id <> e.patient_id or observed_at not between started_at and stopped_at`,
      'the flag follows the reference range': `select count(*) from observation where abnormal_flag is distinct from case when value < reference_low then 'L' when value > reference_high then 'H' end`,
      'diagnoses are plausible for the sex': `select count(*) from diagnosis join encounter using (encounter_id) join patient using (patient_id) where (icd10cm = 'N95.1' and sex = 'M') or (icd10cm = 'N40.0' and sex = 'F')`,
      'ICD-10-CM codes have their shape': `select count(*) from diagnosis where not regexp_full_match(icd10cm, '[A-Z][0-9][0-9AB](\\.[0-9A-Z]{1,4})?')`,
      'social security numbers are never real': `select count(*) from patient where ssn is not null and not regexp_full_match(ssn, '9[0-9]{2}-[0-9]{2}-[0-9]{4}')`,
    }),
  )('%s', async (_, sql) => {
    expect(await data.value(sql)).toBe('0');
  });

  test('LOINC codes carry their check digit', async () => {
    const loinc = (await data.texts('select distinct loinc from observation')).map(([code]) => String(code));
    expect(loinc.length).toBeGreaterThan(10);
    expect(loinc.filter((code) => !isLoinc(code))).toEqual([]);
  });
});
