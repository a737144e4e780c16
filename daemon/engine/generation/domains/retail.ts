/**
 * Retail: a star schema of a chain of stores, with customers whose history is kept (SCD2). Every value of a fact is computed from
 * its row number, its parents' values again from their keys, so no join is needed and rows come in order.
 */
import {
  column,
  nullable,
  references,
  sqlList,
  type DomainSpec,
  type Scale,
  type Step,
  type TableSpec,
} from '../spec.ts';
import { productAdjectives, productMaterials } from '../vocabulary/names.ts';
import {
  businessMonths,
  seasonalWeekdays,
  seasonalWeeks,
  splits,
  yearDays,
  type Calendar,
} from './calendar.ts';
import { checkDigitMacros, peopleLists, pick } from './people.ts';
import {
  versions,
  productSteps,
  customerChanges,
  promotionSteps,
  storeTax,
  dayAt,
  dimDate,
  dimCustomer,
  categories,
  productEnds,
  dimProduct,
  dimStore,
  dimPromotion,
} from './retailDimensions.ts';
import { inventoryTable } from './retailInventory.ts';

const reference = `date '{=reference_date}'`;

/** Ten lines make four orders. */
const orders = splits([
  [1, 2, 3, 4],
  [4, 3, 2, 1],
  [2, 2, 3, 3],
  [1, 1, 3, 5],
  [3, 1, 4, 2],
  [2, 5, 1, 2],
  [5, 1, 2, 2],
  [1, 4, 1, 4],
]);
/** One of twenty lines comes back at most. */
const maxReturns = (sales: number) => Math.max(1, Math.floor(sales / 20));

function scale(rowCount: number, calendar: Calendar, given: Scale): Scale {
  const root = Math.floor(Math.sqrt(rowCount));
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  const versionRows = given.customer_versions ?? Math.ceil(rowCount / 80) * versions.rows;
  const blocks = Math.floor(versionRows / versions.rows);
  const products = given.products ?? clamp(root * 5, 40, 20_000);
  const stores = given.stores ?? clamp(Math.floor(root / 5), 4, 500);
  const cells = Math.max(1, Math.floor(rowCount / 2));
  const inventoryDays = Math.min(31, cells);
  const inventoryStores = clamp(Math.floor(cells / inventoryDays / 20), 1, Math.min(stores, 20));
  return {
    sales: rowCount,
    returns: given.returns ?? maxReturns(rowCount),
    customers: blocks * versions.groups,
    customer_versions: versionRows,
    block_versions: blocks * versions.rows,
    products,
    stores,
    promotions: businessMonths(calendar),
    dates: yearDays(calendar),
    inventory_days: inventoryDays,
    inventory_stores: inventoryStores,
    inventory_products: clamp(Math.floor(cells / inventoryDays / inventoryStores), 1, products),
  };
}

/** From the line's number `i` to all its values; also what fact_returns recomputes of the line it returns. */
const salesSteps: readonly Step[] = [
  { block: `(i - 1) // ${orders.rows}`, place: `3 * ((i - 1) % ${orders.rows})` },
  { pattern: `1 + gen_below({#order_block@block}, ${orders.size_bits.length})` },
  {
    order_id: `block * ${orders.groups} + ((${sqlList(orders.group_bits)}[pattern] >> place) & 7) + 1`,
    line_no: `(${sqlList(orders.place_bits)}[pattern] >> place) & 7`,
    drawn_product: `1 + gen_skew({fact_sales.product}, {=products})`,
    drawn_quantity: `gen_below({fact_sales.quantity}, 36)`,
  },
  {
    day: `least(${pick('gen_weeks', '{order.day@order_id}')} + getvariable('gen_weekdays')[1 + gen_bits({order.day@order_id}, 16, 6)], ({=days} - 1))`,
    customer_id: `1 + gen_skew({order.customer@order_id}, {=customers})`,
    store_key: `1 + gen_skew({order.store@order_id}, {=stores})`,
    quantity: `1 + drawn_quantity * drawn_quantity // 216`,
    ...productEnds('drawn_product'),
  },
  {
    // A product outside its time gives way to its neighbour, which is always sold.
    product_key: `drawn_product - coalesce(day < product_late, day >= product_until, false)::integer`,
    sale_date: dayAt('day'),
    customer_block: `(customer_id - 1) // ${versions.groups}`,
    customer_place: `4 * ((customer_id - 1) % ${versions.groups})`,
    ...customerChanges,
  },
  { sale_year: 'year(sale_date)', sale_month: 'month(sale_date)' },
  { month_key: `(sale_year - {=first_year}) * 12 + sale_month - {=months_before}` },
  ...productSteps('product_key'),
  {
    customer_pattern: `1 + gen_below({#customer_block@customer_block}, ${versions.size_bits.length})`,
    unit_cents: `product_list * (92 + 4 * (sale_year - {=first_year})) // 100`,
  },
  ...promotionSteps('month_key'),
  {
    is_promoted: `gen_bits({fact_sales.quantity}, 0, 10) < 410 and day between promotion_start and promotion_end`,
    customer_versions: `(${sqlList(versions.size_bits)}[customer_pattern] >> customer_place) & 15`,
    versions_before: `(${sqlList(versions.before_bits)}[customer_pattern] >> customer_place) & 15`,
    line_cents: 'quantity * unit_cents',
  },
  {
    customer_key: `customer_block * ${versions.rows} + versions_before + 1
      + (customer_versions >= 2 and day >= change_2)::integer + (customer_versions >= 3 and day >= change_3)::integer`,
    discount_cents: `case when is_promoted then gen_basis_points(line_cents, promotion_percent * 100) else 0 end`,
  },
  { net_cents: 'line_cents - discount_cents' },
];

const factSales: TableSpec = {
  name: 'fact_sales',
  description: 'Lines of sales; row_count rows.',
  rows: (s) => s.sales ?? 0,
  steps: [...salesSteps, { tax_cents: `gen_basis_points(net_cents, ${storeTax('store_key')})` }],
  columns: [
    column('sales_key', 'BIGINT', 'i'),
    column('order_id', 'BIGINT'),
    column('line_no', 'INTEGER'),
    column('date_key', 'INTEGER', 'sale_year * 10000 + sale_month * 100 + day(sale_date)'),
    column(
      'sold_at',
      'TIMESTAMP',
      `make_timestamp({=first_micros} + day * 86400000000 + 28800000000 + {order.time@order_id} * 12)`,
    ),
    column('customer_key', 'BIGINT'),
    column('product_key', 'INTEGER'),
    column('store_key', 'INTEGER'),
    nullable('promotion_key', 'INTEGER', 'case when is_promoted then month_key end'),
    column(
      'payment_method',
      'VARCHAR',
      `['card', 'card', 'card', 'card', 'cash', 'cash', 'mobile', 'voucher'][1 + gen_bits({order.day@order_id}, 0, 3)]`,
    ),
    column('quantity', 'INTEGER'),
    column('unit_price', 'DECIMAL(10,2)', 'gen_money(unit_cents)'),
    column('discount_amount', 'DECIMAL(10,2)', 'gen_money(discount_cents)'),
    column('net_amount', 'DECIMAL(12,2)', 'gen_money(net_cents)'),
    column('tax_amount', 'DECIMAL(12,2)', 'gen_money(tax_cents)'),
    column('gross_amount', 'DECIMAL(12,2)', 'gen_money(net_cents + tax_cents)'),
    column('cost_amount', 'DECIMAL(12,2)', 'gen_money(quantity * product_cost)'),
  ],
  primary_key: ['sales_key'],
  foreign_keys: [
    references('date_key', 'dim_date'),
    references('customer_key', 'dim_customer'),
    references('product_key', 'dim_product'),
    references('store_key', 'dim_store'),
    references('promotion_key', 'dim_promotion'),
  ],
};

const factReturns: TableSpec = {
  name: 'fact_returns',
  description: 'Returned lines: about five percent of the sales, after the sale, never more than was sold.',
  rows: (s) => s.returns ?? 0,
  steps: [
    { return_key: 'i' },
    // The later steps are those of the returned line, so `i` becomes its number.
    { sales_key: `(i - 1) * 20 + 1 + gen_below({line}, least(20, {=sales}))` },
    { i: 'sales_key' },
    ...salesSteps,
    {
      return_date: `least(sale_date + (1 + gen_below({fact_returns.days@return_key}, 45))::integer, ${reference})`,
      return_quantity: `1 + gen_below({fact_returns.quantity@return_key}, quantity)`,
    },
  ],
  columns: [
    column('return_key', 'BIGINT'),
    column('sales_key', 'BIGINT'),
    column('return_date_key', 'INTEGER', 'gen_date_key(return_date)'),
    column('product_key', 'INTEGER'),
    column('store_key', 'INTEGER'),
    column('return_quantity', 'INTEGER'),
    column(
      'refund_amount',
      'DECIMAL(12,2)',
      'gen_money((2 * net_cents * return_quantity + quantity) // (2 * quantity))',
    ),
    column(
      'reason',
      'VARCHAR',
      `gen_pick(['damaged', 'wrong item', 'changed mind', 'changed mind', 'defective', 'too late'], {fact_returns.reason@return_key})`,
    ),
  ],
  primary_key: ['return_key'],
  foreign_keys: [
    references('sales_key', 'fact_sales'),
    references('return_date_key', 'dim_date', 'date_key'),
    references('product_key', 'dim_product'),
    references('store_key', 'dim_store'),
  ],
};

export const retail: DomainSpec = {
  fact_table: 'fact_sales',
  scale,
  sizes: {
    dim_customer: { scale: 'customer_versions', min: () => versions.rows },
    dim_product: { scale: 'products', max: () => 9_999_999 },
    dim_store: { scale: 'stores', max: () => 99_999 },
    fact_returns: { scale: 'returns', max: ({ sales = 0 }) => maxReturns(sales) },
  },
  tables: [dimDate, dimCustomer, dimProduct, dimStore, dimPromotion, factSales, factReturns, inventoryTable],
  lists: (calendar, locale) => ({
    ...peopleLists(locale),
    gen_weeks: sqlList(seasonalWeeks(calendar)),
    gen_weekdays: sqlList(seasonalWeekdays(calendar)),
    gen_product_adjectives: sqlList(productAdjectives),
    gen_product_materials: sqlList(productMaterials),
    gen_product_nouns: sqlList(categories.flatMap(([, nouns]) => nouns)),
    gen_product_categories: sqlList(categories.map(([name]) => name)),
  }),
  macros: checkDigitMacros,
};
