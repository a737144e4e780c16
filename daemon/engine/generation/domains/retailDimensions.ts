/** The dimensions of Retail, and the steps by which the facts compute their values again from the keys. */
import { column, nullable, sqlList, unknownIn, usuallyUnknown, type Step, type TableSpec } from '../spec.ts';
import { splits } from './calendar.ts';
import { addressColumns, pick } from './people.ts';

const first = `date '{=first_date}'`;
/** Seven versions make four customers. */
export const versions = splits([
  [1, 1, 2, 3],
  [1, 2, 1, 3],
  [2, 1, 1, 3],
  [3, 1, 1, 2],
  [1, 3, 1, 2],
  [1, 1, 3, 2],
]);

/** Cents of a product, by its key: cost, then a margin of 25 to 152 percent. Every eighth product is dear. */
export const productSteps = (key: string): readonly Step[] => [
  {
    product_cost: `case when ${key} % 8 = 3 then 4000 + gen_below({#product@${key}}, 36000)
      else 90 + gen_below({#product@${key}}, 3900) end`,
  },
  { product_list: `product_cost + product_cost * (25 + gen_bits({#product@${key}}, 0, 7)) // 100` },
];

/** Days after the first date when the second and third version of a customer begin. */
export const customerChanges = {
  change_2: `{~30} + gen_below({#customer_change@customer_id}, {~500})`,
  change_3: `{~560} + (gen_bits({#customer_change@customer_id}, 0, 9) * {~512} >> 9)`,
};

/** Promotion of a month (its key counts months from the first): first and last day as offsets, percent off. */
export const promotionSteps = (key: string): readonly Step[] => [
  {
    promotion_start: `{=month_offsets}[${key}] + gen_below({#promotion@${key}}, 9)`,
    promotion_percent: `5 + 5 * gen_bits({#promotion@${key}}, 0, 3)`,
  },
  { promotion_end: `promotion_start + 7 + gen_bits({#promotion@${key}}, 3, 3)` },
];

export const storeTax = (key: string) => `(25 * gen_below({#store_tax@${key}}, 40))`;
export const dayAt = (offset: string) => `${first} + (${offset})::integer`;

export const dimDate: TableSpec = {
  name: 'dim_date',
  description: 'One row for each day of the years of business, and of the year in which it ends.',
  rows: (s) => s.dates ?? 0,
  steps: [
    { full_date: `date '{=year_begin}' + (i - 1)::integer` },
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

export const dimCustomer: TableSpec = {
  name: 'dim_customer',
  description: 'Customers with their history: one row a version (SCD2), the last one current.',
  rows: (s) => s.customer_versions ?? 0,
  steps: [
    { block: `(i - 1) // ${versions.rows}`, place: `(i - 1) % ${versions.rows}` },
    { pattern: `1 + gen_below({#customer_block@block}, ${versions.size_bits.length})` },
    {
      member: `(${sqlList(versions.group_bits)}[pattern] >> (3 * place)) & 7`,
      // Rows that fill no block are customers of one version, who buy nothing.
      is_rest: 'i > {=block_versions}',
    },
    {
      version: `case when is_rest then 1 else (${sqlList(versions.place_bits)}[pattern] >> (3 * place)) & 7 end`,
      customer_id: `case when is_rest then {=customers} + i - {=block_versions} else block * ${versions.groups} + member + 1 end`,
      version_count: `case when is_rest then 1 else (${sqlList(versions.size_bits)}[pattern] >> (4 * member)) & 15 end`,
    },
    {
      is_female: '{dim_customer.sex@customer_id} < 2147483648',
      last_name: pick('gen_last_names', '{dim_customer.last_name@customer_id}'),
      signup: `${first} - 2557 + gen_below({dim_customer.signup@customer_id}, 2500)::integer`,
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
    unknownIn(30, '{dim_customer.no_email@customer_id}', [
      'email',
      'VARCHAR',
      `regexp_replace(lower(strip_accents(first_name || '.' || last_name)), '[^a-z.]', '', 'g') || customer_id::varchar || '@example.com'`,
    ]),
    unknownIn(80, '{dim_customer.no_phone@customer_id}', [
      'phone',
      'VARCHAR',
      `phone_number::varchar || '-555-' || lpad((100 + gen_below({dim_customer.phone_line@customer_id}, 100))::varchar, 4, '0')`,
    ]),
    unknownIn(50, '{dim_customer.no_birth@customer_id}', [
      'birth_date',
      'DATE',
      `${first} - 29951 + gen_below({dim_customer.birth@customer_id}, 24000)::integer`,
    ]),
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
    usuallyUnknown(150, '{dim_customer.notes@customer_id}', [
      'notes',
      'VARCHAR',
      `gen_pick(['', 'prefers e-mail', 'café account – invoice monthly', 'do not call before 10', 'naïve "quoted" note, with comma'], {dim_customer.note@customer_id})`,
    ]),
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

export const categories: readonly (readonly [string, readonly string[]])[] = [
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
export const productEnds = (key: string) => ({
  product_late: `case when ${key} % 8 = 7 then {~60} + (gen_bits({#product@${key}}, 7, 9) * {~512} >> 9) end`,
  product_until: `case when ${key} % 8 = 5 then {~180} + (gen_bits({#product@${key}}, 7, 9) * {~512} >> 9) end`,
});

export const dimProduct: TableSpec = {
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
    unknownIn(60, '{no_weight}', [
      'weight_kg',
      'DECIMAL(8,3)',
      `(1 + gen_below({weight}, 24999))::integer * 0.001::decimal(4,3)`,
    ]),
    column(
      'valid_from',
      'DATE',
      `coalesce(${dayAt('product_late')}, ${first} - 2192 + gen_below({from}, 2100)::integer)`,
    ),
    nullable('valid_to', 'DATE', dayAt('product_until')),
  ],
  primary_key: ['product_key'],
  foreign_keys: [],
};

export const dimStore: TableSpec = {
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
    column('open_date', 'DATE', `${first} - 9862 + gen_below({open}, 9800)::integer`),
    column('square_meters', 'INTEGER', '120 + gen_below({size}, 7800)'),
    column('tax_rate', 'DECIMAL(6,4)', `${storeTax('i')}::integer * 0.0001::decimal(5,4)`),
  ],
  primary_key: ['store_key'],
  foreign_keys: [],
};

export const dimPromotion: TableSpec = {
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
