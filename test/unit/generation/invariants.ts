/** Rules that hold in every generated domain: each query counts the rows that break one. */
import type { SchemaType } from '../../../daemon/protocol/files/generation.ts';

export type Rules = Readonly<Record<string, string>>;

const retail: Rules = {
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

const finance: Rules = {
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
};

const healthcare: Rules = {
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
};

export const invariants: Readonly<Record<SchemaType, Rules>> = {
  Retail: retail,
  Finance: finance,
  Healthcare: healthcare,
};
