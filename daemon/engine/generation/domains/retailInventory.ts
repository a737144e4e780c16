import { column, references, type TableSpec } from '../spec.ts';

const cell = 'product_key, store_key';

/**
 * The last days before the reference date, for the best-selling products of some stores. Sold and returned quantities are those
 * of the fact tables, computed again from their rows; stock never falls below zero because the first opening covers all sales.
 */
export const inventoryTable: TableSpec = {
  name: 'fact_inventory_daily',
  description: 'Daily snapshot of stock: on hand = opening + received - sold + returned.',
  rows: (s) => (s.inventory_days ?? 0) * (s.inventory_stores ?? 0) * (s.inventory_products ?? 0),
  from: `(
    with days as (select range::integer as day_no, date '{=reference_date}' - ({=inventory_days} - range)::integer as day
        from range({=inventory_days})),
      grid as (select day_no, gen_date_key(day) as date_key, p.range::integer as product_key, s.range::integer as store_key
        from days, range(1, {=inventory_products} + 1) p, range(1, {=inventory_stores} + 1) s),
      sold as (select date_key, ${cell}, sum(quantity)::integer as sold from {{fact_sales}}
        where product_key <= {=inventory_products} and store_key <= {=inventory_stores}
          and date_key >= (select min(gen_date_key(day)) from days) group by all),
      returned as (select return_date_key as date_key, ${cell}, sum(return_quantity)::integer as returned from {{fact_returns}}
        where product_key <= {=inventory_products} and store_key <= {=inventory_stores}
          and return_date_key >= (select min(gen_date_key(day)) from days) group by all)
    select grid.*, coalesce(sold, 0) as sold_qty, coalesce(returned, 0) as returned_qty,
      product_key::bigint * 1000 + store_key as cell_key
    from grid left join sold using (date_key, ${cell}) left join returned using (date_key, ${cell}))`,
  steps: [
    {
      received_qty: `case when (day_no + product_key) % 7 = 0 then gen_below({received@cell_key}, 25) else 0 end`,
      initial_qty: `20 + gen_below({initial@cell_key}, 100) + sum(sold_qty) over (partition by ${cell})`,
    },
    {
      on_hand_qty: `initial_qty + sum(received_qty - sold_qty + returned_qty) over (partition by ${cell} order by day_no)`,
    },
  ],
  order_by: 'date_key, product_key, store_key',
  columns: [
    column('date_key', 'INTEGER'),
    column('product_key', 'INTEGER'),
    column('store_key', 'INTEGER'),
    column('opening_qty', 'INTEGER', 'on_hand_qty - received_qty + sold_qty - returned_qty'),
    column('received_qty', 'INTEGER'),
    column('sold_qty', 'INTEGER'),
    column('returned_qty', 'INTEGER'),
    column('on_hand_qty', 'INTEGER'),
  ],
  primary_key: ['date_key', 'product_key', 'store_key'],
  foreign_keys: [
    references('date_key', 'dim_date'),
    references('product_key', 'dim_product'),
    references('store_key', 'dim_store'),
  ],
};
