/**
 * Finance: a bank with branches, customers, accounts, cards and their transactions, loans with schedules, and a general ledger whose
 * journals balance. Balances are drawn first and amounts are what lies between two of them, so the running sum needs no sum.
 */
import {
  column,
  nullable,
  references,
  sqlList,
  unknownIn,
  type DomainSpec,
  type Scale,
  type Step,
  type TableSpec,
} from '../spec.ts';
import type { Calendar } from './calendar.ts';
import {
  chart,
  glAccount,
  journal,
  journalLine,
  journals,
  loan,
  loanPayment,
  scheduleRows,
} from './financeLedger.ts';
import { addressColumns, checkDigitMacros, peopleLists, pick } from './people.ts';

const first = `date '{=first_date}'`;
const firstMicros = '{=first_micros}';
const dayMicros = 86_400_000_000;

/** 100 transactions belong to five accounts: one busy, one nearly idle. */
const accountSizes = [46, 26, 16, 9, 3];
const blockRows = accountSizes.reduce((sum, size) => sum + size, 0);
const accountStarts = accountSizes.map((_, index) =>
  accountSizes.slice(0, index).reduce((sum, size) => sum + size, 0),
);
/** Each month of an account is a cycle of ten transactions: income, then nine expenses. */
const cycle = 10;

const currencies: readonly (readonly [string, string, number])[] = [
  ['USD', 'US dollar', 2],
  ['EUR', 'Euro', 2],
  ['GBP', 'Pound sterling', 2],
  ['CHF', 'Swiss franc', 2],
  ['CAD', 'Canadian dollar', 2],
  ['JPY', 'Yen', 0],
  ['SEK', 'Swedish krona', 2],
  ['PLN', 'Złoty', 2],
];

const merchants: readonly (readonly [string, string])[] = [
  ['5411', 'Groceries'],
  ['5812', 'Restaurant'],
  ['5541', 'Service station'],
  ['5912', 'Pharmacy'],
  ['5732', 'Electronics'],
  ['5651', 'Clothing'],
  ['4111', 'Transport'],
  ['7011', 'Hotel'],
  ['5942', 'Books'],
  ['4814', 'Telecommunication'],
];

/** Three cards for five accounts at most. */
const maxCards = (accounts: number) => Math.max(1, Math.floor((accounts * 3) / 5));

function scale(rowCount: number, _calendar: Calendar, given: Scale): Scale {
  const root = Math.floor(Math.sqrt(rowCount));
  const blocks = Math.ceil(rowCount / blockRows);
  const accounts = given.accounts ?? blocks * accountSizes.length;
  const journalLines =
    given.journal_lines ?? Math.max(journals.rows, Math.floor(rowCount / 4 / journals.rows) * journals.rows);
  const loans = given.loans ?? Math.max(1, Math.floor(accounts / 8));
  return {
    transactions: rowCount,
    accounts,
    busy_accounts: blocks * accountSizes.length,
    customers: given.customers ?? Math.max(1, Math.ceil((accounts * 4) / 5)),
    cards: given.cards ?? maxCards(accounts),
    branches: given.branches ?? Math.min(400, Math.max(3, Math.floor(root / 8))),
    merchants: given.merchants ?? Math.min(20_000, Math.max(10, root * 2)),
    currencies: currencies.length,
    gl_accounts: chart.length,
    journal_lines: journalLines,
    journals: (journalLines / journals.rows) * journals.groups,
    loans,
    loan_payments: loans * scheduleRows,
  };
}

/** Currency and dates of an account, from its number; every transaction computes them again. */
const accountSteps: readonly Step[] = [
  {
    // Offsets in days: opened in the first fifth of the time; one account of 16 closes, after its last transaction.
    opened: `gen_below({#account@account_id}, {~200})`,
    is_closed: `gen_bits({#account@account_id}, 0, 4) = 0`,
    currency_no: `1 + (gen_bits({#account@account_id}, 4, 4) >= 9)::integer`,
  },
];

/** Cents on an account after its transaction number `seq` (from 0, before the first one: the opening level). */
function balance(seq: string): string {
  // A stair that falls by a ninth of the income each step, each step shaken by less than half of its height: always falling.
  return `account_base + (account_income * (${cycle} - (${seq}) % ${cycle})) // ${cycle}`;
}

const account: TableSpec = {
  name: 'account',
  description: 'Accounts with a valid IBAN (euro) or a valid routing number (US dollar).',
  rows: (s) => s.accounts ?? 0,
  steps: [
    { account_id: 'i' },
    ...accountSteps,
    {
      customer_id: `case when i <= {=customers} then i else 1 + gen_below({customer}, {=customers}) end`,
      // Number of 18 digits: bank code of 8, account of 10.
      bban: `(10000000 + gen_below({bank}, 89999999)) * 10000000000 + 1000000000 + i`,
      aba_body: `1000000 + gen_below({aba}, 11000000)`,
    },
  ],
  columns: [
    column('account_id', 'BIGINT'),
    column('customer_id', 'BIGINT'),
    column('branch_id', 'INTEGER', '1 + gen_below({branch}, {=branches})'),
    column('currency_code', 'VARCHAR', `${sqlList(['USD', 'EUR'])}[currency_no]`),
    column('product', 'VARCHAR', `gen_pick(['Checking', 'Checking', 'Savings', 'Premium'], {product})`),
    nullable(
      'iban',
      'VARCHAR',
      `case when currency_no = 2 then 'DE' || lpad((98 - ((bban % 97) * (1000000 % 97) + 131400) % 97)::varchar, 2, '0') || bban::varchar end`,
    ),
    nullable(
      'routing_number',
      'VARCHAR',
      `case when currency_no = 1 then lpad(aba_body::varchar, 8, '0') || gen_aba_check(aba_body)::varchar end`,
    ),
    nullable('account_number', 'VARCHAR', `case when currency_no = 1 then (100000000000 + i)::varchar end`),
    column('status', 'VARCHAR', `case when is_closed then 'closed' else 'open' end`),
    column('open_date', 'DATE', `${first} + opened::integer`),
    nullable(
      'close_date',
      'DATE',
      `case when is_closed then ${first} + ({=days} - 15 + gen_bits({#account@account_id}, 8, 3))::integer end`,
    ),
    column('overdraft_limit', 'DECIMAL(12,2)', 'gen_money(50000 * gen_below({limit}, 11))'),
  ],
  primary_key: ['account_id'],
  foreign_keys: [
    references('customer_id', 'customer'),
    references('branch_id', 'branch'),
    references('currency_code', 'currency'),
  ],
};

const transaction: TableSpec = {
  name: 'transaction',
  description:
    'Transactions of accounts in the order of each account; row_count rows. balance_after is the running sum.',
  rows: (s) => s.transactions ?? 0,
  steps: [
    { block: `(i - 1) // ${blockRows}`, place: `(i - 1) % ${blockRows}` },
    {
      member: accountStarts
        .slice(1)
        .map((start) => `(place >= ${start})::integer`)
        .join(' + '),
    },
    {
      account_id: `block * ${accountSizes.length} + member + 1`,
      seq: `place - ${sqlList(accountStarts)}[1 + member] + 1`,
      size: `${sqlList(accountSizes)}[1 + member]`,
    },
    ...accountSteps,
    {
      account_income: '120000 + gen_below({account.income@account_id}, 480000)',
      account_base: 'gen_below({account.base@account_id}, 900000)',
      // The time of an account is cut into as many spans as it has transactions; each lies somewhere in its span.
      span: `({=days} - 20 - opened) * ${dayMicros} // size`,
      step_key: 'account_id * 64 + seq',
      step_before: 'account_id * 64 + seq - 1',
    },
    {
      balance_now: `${balance('seq')} + (account_income * gen_below({#step@step_key}, 900)) // 20000`,
      balance_then: `case when seq = 1 then 0 else ${balance('seq - 1')} + (account_income * gen_below({#step@step_before}, 900)) // 20000 end`,
      booked_micros: `${firstMicros} + (opened + 1) * ${dayMicros} + (seq - 1) * span + (((span >> 8) * gen_bits({time}, 8, 24)) >> 16)`,
    },
    { amount_cents: 'balance_now - balance_then', booked: 'make_timestamp(booked_micros)' },
    {
      kind: `case when seq = 1 then 'opening deposit' when amount_cents > 0 then 'salary'
        else gen_pick(['card', 'card', 'card', 'card', 'transfer', 'transfer', 'direct debit', 'cash', 'fee'], {kind}) end`,
    },
  ],
  columns: [
    column('transaction_id', 'BIGINT', 'i'),
    column('account_id', 'BIGINT'),
    column('sequence_no', 'INTEGER', 'seq'),
    column('booked_at', 'TIMESTAMP', 'booked'),
    column('value_date', 'DATE', 'booked::date + gen_bits({time}, 0, 1)::integer'),
    column('amount', 'DECIMAL(18,2)', 'gen_money(amount_cents)'),
    column('direction', 'VARCHAR', `case when amount_cents >= 0 then 'credit' else 'debit' end`),
    column('transaction_type', 'VARCHAR', 'kind'),
    column('channel', 'VARCHAR', `gen_pick(['mobile', 'mobile', 'web', 'branch', 'terminal'], {channel})`),
    nullable(
      'merchant_id',
      'INTEGER',
      `case when kind = 'card' then 1 + gen_skew({merchant}, {=merchants}) end`,
    ),
    nullable(
      'counterparty',
      'VARCHAR',
      `case when kind in ('transfer', 'direct debit') then ${pick('gen_last_names', '{counterparty}')} || ' ' || ${pick('gen_company_suffixes', '{channel}')} end`,
    ),
    column('is_disputed', 'BOOLEAN', 'gen_chance({disputed}, 4)'),
    column('balance_after', 'DECIMAL(18,2)', 'gen_money(balance_now)'),
  ],
  primary_key: ['transaction_id'],
  foreign_keys: [references('account_id', 'account'), references('merchant_id', 'merchant')],
};

const customer: TableSpec = {
  name: 'customer',
  description: 'People who hold accounts.',
  rows: (s) => s.customers ?? 0,
  steps: [],
  columns: [
    column('customer_id', 'BIGINT', 'i'),
    column(
      'first_name',
      'VARCHAR',
      `case when {sex} < 2147483648 then ${pick('gen_female_names', '{first_name}')} else ${pick('gen_male_names', '{first_name}')} end`,
    ),
    column('last_name', 'VARCHAR', pick('gen_last_names', '{last_name}')),
    column('birth_date', 'DATE', `${first} - 30681 + gen_below({birth}, 24800)::integer`),
    unknownIn(70, '{no_email}', ['email', 'VARCHAR', `'customer' || i::varchar || '@example.com'`]),
    ...addressColumns('customer', 'i'),
    column('country_code', 'VARCHAR', `getvariable('gen_country')`),
    column(
      'kyc_risk',
      'VARCHAR',
      `gen_pick(['low', 'low', 'low', 'low', 'medium', 'medium', 'high'], {risk})`,
    ),
    column('pep_flag', 'VARCHAR', `case when gen_chance({pep}, 8) then 'Y' else 'N' end`),
    column('customer_since', 'DATE', `${first} - 6209 + gen_below({since}, 6200)::integer`),
  ],
  primary_key: ['customer_id'],
  foreign_keys: [],
};

/** Test numbers only: these prefixes are given out by the card schemes for tests. */
const card: TableSpec = {
  name: 'card',
  description: 'Cards with test numbers that satisfy Luhn, and the masked form.',
  rows: (s) => s.cards ?? 0,
  steps: [
    { account_id: '1 + ((i - 1) * 5) // 3', scheme: 'gen_below({scheme}, 2)' },
    { pan_body: `[411111, 555555][1 + scheme] * 1000000000::bigint + i` },
    {
      pan: `pan_body::varchar || gen_luhn_check(pan_body)::varchar`,
      issued: `gen_below({issued}, {=days})`,
    },
  ],
  columns: [
    column('card_id', 'BIGINT', 'i'),
    column('account_id', 'BIGINT'),
    column('scheme', 'VARCHAR', `['Visa', 'Mastercard'][1 + scheme]`),
    column('pan', 'VARCHAR'),
    column('pan_masked', 'VARCHAR', `left(pan, 6) || '******' || right(pan, 4)`),
    column('issued_on', 'DATE', `${first} + issued::integer`),
    column('expires_on', 'DATE', `last_day(${first} + issued::integer + 1460)`),
    column('contactless_flag', 'VARCHAR', `case when gen_chance({contactless}, 900) then 'Y' else 'N' end`),
    column('daily_limit', 'DECIMAL(10,2)', 'gen_money(10000 * (2 + gen_below({limit}, 29)))'),
  ],
  primary_key: ['card_id'],
  foreign_keys: [references('account_id', 'account')],
};

const branch: TableSpec = {
  name: 'branch',
  description: 'Branches of the bank.',
  rows: (s) => s.branches ?? 0,
  steps: [],
  columns: [
    column('branch_id', 'INTEGER', 'i'),
    column(
      'branch_name',
      'VARCHAR',
      `${pick('gen_cities', '{branch.place@i}')} || ' ' || gen_pick(['Main', 'North', 'South', 'Harbor', 'Station'], {name})`,
    ),
    ...addressColumns('branch', 'i'),
    column('open_date', 'DATE', `${first} - 18993 + gen_below({open}, 17000)::integer`),
  ],
  primary_key: ['branch_id'],
  foreign_keys: [],
};

const merchant: TableSpec = {
  name: 'merchant',
  description: 'Shops that cards are used in, with their category code.',
  rows: (s) => s.merchants ?? 0,
  steps: [{ kind: `1 + gen_below({kind}, ${merchants.length})` }],
  columns: [
    column('merchant_id', 'INTEGER', 'i'),
    column(
      'merchant_name',
      'VARCHAR',
      `${pick('gen_last_names', '{name}')} || ' ' || ${sqlList(merchants.map(([, name]) => name))}[kind]`,
    ),
    column('mcc', 'VARCHAR', `${sqlList(merchants.map(([code]) => code))}[kind]`),
    column('category', 'VARCHAR', `${sqlList(merchants.map(([, name]) => name))}[kind]`),
    column('city', 'VARCHAR', pick('gen_cities', '{place}')),
  ],
  primary_key: ['merchant_id'],
  foreign_keys: [],
};

const currency: TableSpec = {
  name: 'currency',
  description: 'Currencies.',
  rows: (s) => s.currencies ?? 0,
  steps: [],
  columns: [
    column('currency_code', 'VARCHAR', `${sqlList(currencies.map(([code]) => code))}[i]`),
    column('currency_name', 'VARCHAR', `${sqlList(currencies.map(([, name]) => name))}[i]`),
    column('decimals', 'SMALLINT', `${sqlList(currencies.map(([, , decimals]) => decimals))}[i]`),
  ],
  primary_key: ['currency_code'],
  foreign_keys: [],
};

export const finance: DomainSpec = {
  fact_table: 'transaction',
  scale,
  sizes: {
    branch: { scale: 'branches' },
    merchant: { scale: 'merchants' },
    customer: { scale: 'customers' },
    account: { scale: 'accounts', min: ({ busy_accounts = 1 }) => busy_accounts },
    card: { scale: 'cards', max: ({ accounts = 1 }) => maxCards(accounts) },
    loan: { scale: 'loans' },
    journal_line: { scale: 'journal_lines', step: journals.rows },
  },
  tables: [
    currency,
    branch,
    merchant,
    glAccount,
    customer,
    account,
    card,
    loan,
    loanPayment,
    journal,
    journalLine,
    transaction,
  ],
  lists: (_, locale) => peopleLists(locale),
  macros: checkDigitMacros,
};
