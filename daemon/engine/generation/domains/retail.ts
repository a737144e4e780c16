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
  businessDays,
  firstDate,
  monthOffsets,
  referenceDate,
  seasonalWeekdays,
  seasonalWeeks,
  splits,
} from './calendar.ts';
import { addressColumns, checkDigitMacros, peopleLists, pick } from './people.ts';
import { inventoryTable } from './retailInventory.ts';

const first = `date '${firstDate}'`;
const reference = `date '${referenceDate}'`;

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
/** Seven versions make four customers. */
const versions = splits([
  [1, 1, 2, 3],
  [1, 2, 1, 3],
  [2, 1, 1, 3],
  [3, 1, 1, 2],
  [1, 3, 1, 2],
  [1, 1, 3, 2],
]);

function scale(rowCount: number): Scale {
  const root = Math.floor(Math.sqrt(rowCount));
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  const blocks = Math.ceil(rowCount / 80);
  const products = clamp(root * 5, 40, 20_000);
  const stores = clamp(Math.floor(root / 5), 4, 500);
  const cells = Math.max(1, Math.floor(rowCount / 2));
  const inventoryDays = Math.min(31, cells);
  const inventoryStores = clamp(Math.floor(cells / inventoryDays / 20), 1, Math.min(stores, 20));
  return {
    sales: rowCount,
    returns: Math.max(1, Math.floor(rowCount / 20)),
    customers: blocks * versions.groups,
    customer_versions: blocks * versions.rows,
    products,
    stores,
    promotions: 36,
    dates: 1461,
    inventory_days: inventoryDays,
    inventory_stores: inventoryStores,
    inventory_products: clamp(Math.floor(cells / inventoryDays / inventoryStores), 1, products),
  };
}

/** Cents of a product, by its key: cost, then a margin of 25 to 152 percent. Every eighth product is dear. */
const productSteps = (key: string): readonly Step[] => [
  {
    product_cost: `case when ${key} % 8 = 3 then 4000 + gen_below({#product@${key}}, 36000)
      else 90 + gen_below({#product@${key}}, 3900) end`,
  },
  { product_list: `product_cost + product_cost * (25 + gen_bits({#product@${key}}, 0, 7)) // 100` },
];

/** Days after the first date when the second and third version of a customer begin. */
const customerChanges = {
  change_2: `30 + gen_below({#customer_change@customer_id}, 500)`,
  change_3: `560 + gen_bits({#customer_change@customer_id}, 0, 9)`,
};

/** Promotion of a month (its key counts months from the first): first and last day as offsets, percent off. */
const promotionSteps = (key: string): readonly Step[] => [
  {
    promotion_start: `${sqlList(monthOffsets())}[${key}] + gen_below({#promotion@${key}}, 9)`,
    promotion_percent: `5 + 5 * gen_bits({#promotion@${key}}, 0, 3)`,
  },
  { promotion_end: `promotion_start + 7 + gen_bits({#promotion@${key}}, 3, 3)` },
];

const storeTax = (key: string) => `(25 * gen_below({#store_tax@${key}}, 40))`;
const dayAt = (offset: string) => `${first} + (${offset})::integer`;

const dimDate: TableSpec = {
  name: 'dim_date',
  description: 'One row for each day of 2022 to 2025.',
  rows: (s) => s.dates ?? 0,
  steps: [
    { full_date: `${first} + (i - 1)::integer` },
    {
      holiday_name: `case strftime(full_date, '%m-%d') when '01-01' then 'New Year''s Day' when '06-19' then 'Juneteenth'
        when '07-04' then 'Independence Day' when '11-11' then 'Veterans Day' when '12-25' then 'Christmas Day'
        else case when month(full_date) = 11 and isodow(full_date) = 4 and day(full_date) between 22 and 28 then 'Thanksgiving Day'
          when month(full_date) = 9 and isodow(full_date) = 1 and day(full_date) <= 7 then 'Labor Day' end end`,
    },
  ],
  columns: [
    column('date_key', 'INTEGER', 'gen_date_key(full_date)'),
    column('full_date', 'DATE'),
    column('year', 'SMALLINT', 'year(full_date)'),
    column('quarter', 'SMALLINT', 'quarter(full_date)'),
    column('month', 'SMALLINT', 'month(full_date)'),
    column('month_name', 'VARCHAR', `strftime(full_date, '%B')`),
    column('day_of_month', 'SMALLINT', 'day(full_date)'),
    column('day_of_week', 'SMALLINT', 'isodow(full_date)'),
    column('day_name', 'VARCHAR', `strftime(full_date, '%A')`),
    column('iso_year', 'SMALLINT', 'isoyear(full_date)'),
    column('iso_week', 'SMALLINT', 'week(full_date)'),
    column('fiscal_year', 'SMALLINT', 'year(full_date) + (month(full_date) >= 7)::integer'),
    column('is_weekend', 'BOOLEAN', 'isodow(full_date) >= 6'),
    column('holiday_flag', 'VARCHAR', `case when holiday_name is null then 'N' else 'Y' end`),
    nullable('holiday_name', 'VARCHAR'),
  ],
  primary_key: ['date_key'],
  foreign_keys: [],
};

const dimCustomer: TableSpec = {
  name: 'dim_customer',
  description: 'Customers with their history: one row a version (SCD2), the last one current.',
  rows: (s) => s.customer_versions ?? 0,
  steps: [
    { block: `(i - 1) // ${versions.rows}`, place: `(i - 1) % ${versions.rows}` },
    { pattern: `1 + gen_below({#customer_block@block}, ${versions.size_bits.length})` },
    {
      member: `(${sqlList(versions.group_bits)}[pattern] >> (3 * place)) & 7`,
      version: `(${sqlList(versions.place_bits)}[pattern] >> (3 * place)) & 7`,
    },
    {
      customer_id: `block * ${versions.groups} + member + 1`,
      version_count: `(${sqlList(versions.size_bits)}[pattern] >> (4 * member)) & 15`,
    },
    {
      is_female: '{dim_customer.sex@customer_id} < 2147483648',
      last_name: pick('gen_last_names', '{dim_customer.last_name@customer_id}'),
      signup: `date '2015-01-01' + gen_below({dim_customer.signup@customer_id}, 2500)::integer`,
      ...customerChanges,
      // An address is a version's own: moving is what makes a new version.
      address_key: 'customer_id * 4 + version',
      phone_number: `200 + gen_below({dim_customer.phone_area@customer_id}, 780)`,
    },
    {
      begin_2: dayAt('change_2'),
      begin_3: dayAt('change_3'),
      first_name: `case when is_female then ${pick('gen_female_names', '{dim_customer.first_name@customer_id}')}
        else ${pick('gen_male_names', '{dim_customer.first_name@customer_id}')} end`,
    },
    { version_from: 'case version when 1 then signup when 2 then begin_2 else begin_3 end' },
  ],
  columns: [
    column('customer_key', 'BIGINT', 'i'),
    column('customer_id', 'VARCHAR', `'C' || lpad(customer_id::varchar, 10, '0')`),
    column('first_name', 'VARCHAR'),
    column('last_name', 'VARCHAR'),
    nullable(
      'email',
      'VARCHAR',
      `case when not gen_chance({dim_customer.no_email@customer_id}, 30) then
        regexp_replace(lower(strip_accents(first_name || '.' || last_name)), '[^a-z.]', '', 'g') || customer_id::varchar || '@example.com' end`,
    ),
    nullable(
      'phone',
      'VARCHAR',
      `case when not gen_chance({dim_customer.no_phone@customer_id}, 80) then phone_number::varchar || '-555-' ||
        lpad((100 + gen_below({dim_customer.phone_line@customer_id}, 100))::varchar, 4, '0') end`,
    ),
    nullable(
      'birth_date',
      'DATE',
      `case when not gen_chance({dim_customer.no_birth@customer_id}, 50) then date '1940-01-01' + gen_below({dim_customer.birth@customer_id}, 24000)::integer end`,
    ),
    ...addressColumns('dim_customer_address', 'address_key'),
    column(
      'segment',
      'VARCHAR',
      `gen_pick(['Consumer', 'Consumer', 'Small Office', 'Corporate'], {dim_customer.segment@customer_id})`,
    ),
    column(
      'loyalty_tier',
      'VARCHAR',
      `gen_pick(['None', 'None', 'Bronze', 'Silver', 'Gold'], {dim_customer.tier@address_key})`,
    ),
    nullable(
      'notes',
      'VARCHAR',
      `case when gen_chance({dim_customer.notes@customer_id}, 150) then
      gen_pick(['', 'prefers e-mail', 'café account – invoice monthly', 'do not call before 10', 'naïve "quoted" note, with comma'], {dim_customer.note@customer_id}) end`,
    ),
    column('valid_from', 'DATE', 'version_from'),
    nullable(
      'valid_to',
      'DATE',
      'case when version = version_count then null when version = 1 then begin_2 else begin_3 end',
    ),
    column('is_current', 'BOOLEAN', 'version = version_count'),
    column(
      'updated_at',
      'TIMESTAMP',
      `version_from::timestamp
      + to_microseconds({dim_customer.updated@address_key} * 19)`,
    ),
  ],
  primary_key: ['customer_key'],
  foreign_keys: [],
};

const categories: readonly (readonly [string, readonly string[]])[] = [
  ['Kitchen', ['Bowl', 'Knife', 'Pan', 'Kettle', 'Plate']],
  ['Garden', ['Chair', 'Lamp', 'Hose', 'Bench', 'Shovel']],
  ['Sports', ['Ball', 'Bike', 'Glove', 'Mat', 'Helmet']],
  ['Clothing', ['Shirt', 'Shoes', 'Hat', 'Pants', 'Jacket']],
  ['Electronics', ['Mouse', 'Keyboard', 'Speaker', 'Charger', 'Headset']],
  ['Home', ['Table', 'Towel', 'Pillow', 'Mirror', 'Clock']],
  ['Toys', ['Puzzle', 'Robot', 'Car', 'Doll', 'Kite']],
  ['Grocery', ['Coffee', 'Tea', 'Pasta', 'Honey', 'Rice']],
];

/** Six of eight products are sold all the time; of the others one class begins later (7) and one ends earlier (5). */
const productEnds = (key: string) => ({
  product_late: `case when ${key} % 8 = 7 then 60 + gen_bits({#product@${key}}, 7, 9) end`,
  product_until: `case when ${key} % 8 = 5 then 180 + gen_bits({#product@${key}}, 7, 9) end`,
});

const dimProduct: TableSpec = {
  name: 'dim_product',
  description: 'Products with a GTIN-13, cost, list price and the time they are sold in.',
  rows: (s) => s.products ?? 0,
  steps: [
    ...productSteps('i'),
    {
      ...productEnds('i'),
      kind: `gen_below({kind}, ${categories.length * 5})`,
      // GS1 prefix 200-299 is for use inside a company, so no real article has this number.
      gtin_body: `200000000000 + gen_below({gtin}, 1000) * 10000000 + i`,
    },
  ],
  columns: [
    column('product_key', 'INTEGER', 'i'),
    column('sku', 'VARCHAR', `'SKU-' || lpad(i::varchar, 6, '0')`),
    column('gtin13', 'VARCHAR', `gtin_body::varchar || gen_gtin_check(gtin_body)::varchar`),
    column(
      'product_name',
      'VARCHAR',
      `${pick('gen_product_adjectives', '{adjective}')} || ' ' || ${pick('gen_product_materials', '{material}')} || ' ' || getvariable('gen_product_nouns')[1 + kind]`,
    ),
    column('brand', 'VARCHAR', `${pick('gen_company_words', '{brand}')}`),
    column('category', 'VARCHAR', `getvariable('gen_product_categories')[1 + kind // 5]`),
    column('subcategory', 'VARCHAR', `getvariable('gen_product_nouns')[1 + kind]`),
    column('unit_cost', 'DECIMAL(10,2)', 'gen_money(product_cost)'),
    column('list_price', 'DECIMAL(10,2)', 'gen_money(product_list)'),
    nullable(
      'weight_kg',
      'DECIMAL(8,3)',
      `case when not gen_chance({no_weight}, 60) then (1 + gen_below({weight}, 24999))::integer * 0.001::decimal(4,3) end`,
    ),
    column(
      'valid_from',
      'DATE',
      `coalesce(${dayAt('product_late')}, date '2016-01-01' + gen_below({from}, 2100)::integer)`,
    ),
    nullable('valid_to', 'DATE', dayAt('product_until')),
  ],
  primary_key: ['product_key'],
  foreign_keys: [],
};

const dimStore: TableSpec = {
  name: 'dim_store',
  description: 'Stores with address and sales tax.',
  rows: (s) => s.stores ?? 0,
  steps: [],
  columns: [
    column('store_key', 'INTEGER', 'i'),
    column('store_id', 'VARCHAR', `'S' || lpad(i::varchar, 5, '0')`),
    column(
      'store_name',
      'VARCHAR',
      `${pick('gen_cities', '{dim_store.place@i}')} || ' ' || gen_pick(['Center', 'Mall', 'Plaza', 'Market', 'Outlet'], {name})`,
    ),
    column('store_type', 'VARCHAR', `gen_pick(['Supermarket', 'Express', 'Hypermarket', 'Outlet'], {type})`),
    ...addressColumns('dim_store', 'i'),
    column('open_date', 'DATE', `date '1995-01-01' + gen_below({open}, 9800)::integer`),
    column('square_meters', 'INTEGER', '120 + gen_below({size}, 7800)'),
    column('tax_rate', 'DECIMAL(6,4)', `${storeTax('i')}::integer * 0.0001::decimal(5,4)`),
  ],
  primary_key: ['store_key'],
  foreign_keys: [],
};

const dimPromotion: TableSpec = {
  name: 'dim_promotion',
  description: 'One promotion a month.',
  rows: (s) => s.promotions ?? 0,
  steps: promotionSteps('i'),
  columns: [
    column('promotion_key', 'INTEGER', 'i'),
    column(
      'promotion_name',
      'VARCHAR',
      `strftime(${dayAt('promotion_start')}, '%B %Y') || ' ' || gen_pick(['Deals', 'Sale', 'Special', 'Savings'], {name})`,
    ),
    column('promotion_type', 'VARCHAR', `gen_pick(['Discount', 'Bundle', 'Coupon', 'Clearance'], {type})`),
    column('discount_percent', 'INTEGER', 'promotion_percent'),
    column('start_date', 'DATE', dayAt('promotion_start')),
    column('end_date', 'DATE', dayAt('promotion_end')),
  ],
  primary_key: ['promotion_key'],
  foreign_keys: [],
};

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
    day: `least(${pick('gen_weeks', '{order.day@order_id}')} + getvariable('gen_weekdays')[1 + gen_bits({order.day@order_id}, 16, 6)], ${businessDays - 1})`,
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
  { month_key: `(sale_year - 2022) * 12 + sale_month` },
  ...productSteps('product_key'),
  {
    customer_pattern: `1 + gen_below({#customer_block@customer_block}, ${versions.size_bits.length})`,
    unit_cents: `product_list * (92 + 4 * (sale_year - 2022)) // 100`,
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
      `make_timestamp(${Date.parse(firstDate) * 1000} + day * 86400000000 + 28800000000 + {order.time@order_id} * 12)`,
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
  tables: [dimDate, dimCustomer, dimProduct, dimStore, dimPromotion, factSales, factReturns, inventoryTable],
  lists: {
    ...peopleLists,
    gen_weeks: sqlList(seasonalWeeks()),
    gen_weekdays: sqlList(seasonalWeekdays()),
    gen_product_adjectives: sqlList(productAdjectives),
    gen_product_materials: sqlList(productMaterials),
    gen_product_nouns: sqlList(categories.flatMap(([, nouns]) => nouns)),
    gen_product_categories: sqlList(categories.map(([name]) => name)),
  },
  macros: checkDigitMacros,
};
