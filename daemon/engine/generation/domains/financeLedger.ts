/** The books of the bank: general ledger, journals that balance, loans with their schedule. */
import { column, nullable, references, sqlList, usuallyUnknown, type Step, type TableSpec } from '../spec.ts';
import { splits } from './calendar.ts';

const first = `date '{=first_date}'`;
const firstMicros = '{=first_micros}';
const dayMicros = 86_400_000_000;

/** Nine lines make three journals. */
export const journals = splits([
  [2, 2, 5],
  [2, 3, 4],
  [3, 2, 4],
  [4, 3, 2],
  [2, 5, 2],
  [3, 3, 3],
]);
export const scheduleRows = 12;

/** Chart of accounts: number, name, type, number of the account above (0: none). */
export const chart: readonly (readonly [number, string, string, number])[] = [
  [1000, 'Assets', 'asset', 0],
  [1100, 'Cash', 'asset', 1000],
  [1200, 'Loans to customers', 'asset', 1000],
  [1300, 'Receivables', 'asset', 1000],
  [1400, 'Premises and equipment', 'asset', 1000],
  [2000, 'Liabilities', 'liability', 0],
  [2100, 'Deposits of customers', 'liability', 2000],
  [2200, 'Payables', 'liability', 2000],
  [3000, 'Equity', 'equity', 0],
  [3100, 'Retained earnings', 'equity', 3000],
  [4000, 'Income', 'income', 0],
  [4100, 'Interest income', 'income', 4000],
  [4200, 'Fees and commissions', 'income', 4000],
  [5000, 'Expenses', 'expense', 0],
  [5100, 'Interest expense', 'expense', 5000],
  [5200, 'Salaries', 'expense', 5000],
  [5300, 'Rent and IT', 'expense', 5000],
];
/** Only accounts without accounts below them are posted to. */
const postable = chart
  .filter(([number]) => !chart.some(([, , , above]) => above === number))
  .map(([number]) => number);

/** Debits and credits of a journal: lines but the last are drawn, the last one balances. */
const lineShare = (place: string) =>
  `(journal_total * (100 + gen_bits({#journal_share@${place}}, 4, 5))) // 1000`;
const journalSteps: readonly Step[] = [
  {
    journal_total:
      '1000 + gen_below({#journal@journal_id}, 9000) * gen_below({#journal@journal_id}, 9000) // 40',
    journal_day: `gen_bits({#journal@journal_id}, 0, 20) % {=days}`,
  },
];

export const journalLine: TableSpec = {
  name: 'journal_line',
  description: 'Lines of journals: the first is a debit of the total, the others credits that add up to it.',
  rows: (s) => s.journal_lines ?? 0,
  steps: [
    { block: `(i - 1) // ${journals.rows}`, place: `(i - 1) % ${journals.rows}` },
    { pattern: `1 + gen_below({#journal_block@block}, ${journals.size_bits.length})` },
    {
      member: `(${sqlList(journals.group_bits)}[pattern] >> (3 * place)) & 7`,
      line_no: `(${sqlList(journals.place_bits)}[pattern] >> (3 * place)) & 7`,
    },
    {
      journal_id: `block * ${journals.groups} + member + 1`,
      lines: `(${sqlList(journals.size_bits)}[pattern] >> (4 * member)) & 15`,
    },
    ...journalSteps,
    Object.fromEntries([2, 3, 4, 5].map((line) => [`share_key_${line}`, `journal_id * 8 + ${line}`])),
    Object.fromEntries([2, 3, 4, 5].map((line) => [`share_${line}`, lineShare(`share_key_${line}`)])),
    {
      credit: `case when line_no = 1 then 0 when line_no < lines then [0, share_2, share_3, share_4, share_5][line_no]
        else journal_total - case when lines > 2 then share_2 else 0 end - case when lines > 3 then share_3 else 0 end
          - case when lines > 4 then share_4 else 0 end end`,
    },
  ],
  columns: [
    column('journal_line_id', 'BIGINT', 'i'),
    column('journal_id', 'BIGINT'),
    column('line_no', 'INTEGER'),
    column('gl_account_no', 'INTEGER', `gen_pick(${sqlList(postable)}, {gl_account})`),
    column('debit', 'DECIMAL(14,2)', 'gen_money(case when line_no = 1 then journal_total else 0 end)'),
    column('credit', 'DECIMAL(14,2)', 'gen_money(credit)'),
    usuallyUnknown(300, '{has_memo}', [
      'memo',
      'VARCHAR',
      `gen_pick(['', 'accrual', 'Überweisung – Miete', 'correction', 'month-end'], {memo})`,
    ]),
  ],
  primary_key: ['journal_line_id'],
  foreign_keys: [references('journal_id', 'journal'), references('gl_account_no', 'gl_account')],
};

export const journal: TableSpec = {
  name: 'journal',
  description: 'Headers of journals; total is the sum of the debits and of the credits.',
  rows: (s) => s.journals ?? 0,
  steps: [{ journal_id: 'i' }, ...journalSteps],
  columns: [
    column('journal_id', 'BIGINT'),
    column('posting_date', 'DATE', `${first} + journal_day::integer`),
    column(
      'posted_at',
      'TIMESTAMP',
      `make_timestamp(${firstMicros} + journal_day * ${dayMicros} + 25200000000 + {posted} * 9)`,
    ),
    column('source', 'VARCHAR', `gen_pick(['payments', 'payroll', 'manual', 'loans'], {source})`),
    column(
      'description',
      'VARCHAR',
      `gen_pick(['Daily settlement', 'Interest', 'Fees', 'Payroll run', 'Rent'], {text}) || ' ' || i::varchar`,
    ),
    column('total', 'DECIMAL(14,2)', 'gen_money(journal_total)'),
  ],
  primary_key: ['journal_id'],
  foreign_keys: [],
};

/** Twelve equal principals; the last takes what rounding left. */
const loanSteps: readonly Step[] = [
  {
    principal: '50000 * (10 + gen_below({#loan@loan_id}, 400))',
    rate_points: '250 + 25 * gen_bits({#loan@loan_id}, 0, 5)',
    start_day: '(gen_bits({#loan@loan_id}, 5, 9) * {~512} >> 9)',
  },
  { part: `principal // ${scheduleRows}` },
];

export const loan: TableSpec = {
  name: 'loan',
  description: 'Loans repaid in twelve months.',
  rows: (s) => s.loans ?? 0,
  steps: [{ loan_id: 'i' }, ...loanSteps],
  columns: [
    column('loan_id', 'BIGINT'),
    column('account_id', 'BIGINT', '1 + gen_below({account}, {=accounts})'),
    column('principal', 'DECIMAL(12,2)', 'gen_money(principal)'),
    column('annual_rate', 'DECIMAL(6,4)', 'rate_points::integer * 0.0001::decimal(5,4)'),
    column('start_date', 'DATE', `${first} + start_day::integer`),
    column('payments', 'INTEGER', String(scheduleRows)),
  ],
  primary_key: ['loan_id'],
  foreign_keys: [references('account_id', 'account')],
};

export const loanPayment: TableSpec = {
  name: 'loan_payment',
  description: 'Schedule of each loan: principals add up to the loan, interest on what is still owed.',
  rows: (s) => s.loan_payments ?? 0,
  steps: [
    { loan_id: `(i - 1) // ${scheduleRows} + 1`, payment_no: `(i - 1) % ${scheduleRows} + 1` },
    ...loanSteps,
    {
      owed: `principal - part * (payment_no - 1)`,
      paid: `case when payment_no = ${scheduleRows} then principal - part * ${scheduleRows - 1} else part end`,
    },
    { interest: '(owed * rate_points + 60000) // 120000' },
  ],
  columns: [
    column('loan_payment_id', 'BIGINT', 'i'),
    column('loan_id', 'BIGINT'),
    column('payment_no', 'INTEGER'),
    column('due_date', 'DATE', `(${first} + start_day::integer + to_months(payment_no::integer))::date`),
    column('principal_part', 'DECIMAL(12,2)', 'gen_money(paid)'),
    column('interest_part', 'DECIMAL(12,2)', 'gen_money(interest)'),
    column('remaining', 'DECIMAL(12,2)', 'gen_money(owed - paid)'),
  ],
  primary_key: ['loan_payment_id'],
  foreign_keys: [references('loan_id', 'loan')],
};

export const glAccount: TableSpec = {
  name: 'gl_account',
  description: 'Chart of accounts, a tree.',
  rows: (s) => s.gl_accounts ?? 0,
  steps: [],
  columns: [
    column('gl_account_no', 'INTEGER', `${sqlList(chart.map(([number]) => number))}[i]`),
    column('account_name', 'VARCHAR', `${sqlList(chart.map(([, name]) => name))}[i]`),
    column('account_type', 'VARCHAR', `${sqlList(chart.map(([, , type]) => type))}[i]`),
    nullable('parent_no', 'INTEGER', `nullif(${sqlList(chart.map(([, , , above]) => above))}[i], 0)`),
  ],
  primary_key: ['gl_account_no'],
  foreign_keys: [references('parent_no', 'gl_account', 'gl_account_no')],
};
