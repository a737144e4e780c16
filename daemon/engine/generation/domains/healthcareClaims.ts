import { column, references, sqlList, type Step, type TableSpec } from '../spec.ts';
import { splits } from './calendar.ts';
import { services } from './healthcareCodes.ts';

/** Ten lines make four claims. */
export const claimBlocks = splits([
  [1, 2, 3, 4],
  [2, 2, 3, 3],
  [4, 1, 2, 3],
  [3, 3, 1, 3],
]);
/** No pattern has a longer claim: a header adds up exactly these. */
const lineNumbers = [1, 2, 3, 4];

/** Cents of line `no` of a claim under names that end in `no`; nothing is paid for a claim that is not paid. */
function lineSteps(no: number | string): readonly Step[] {
  const key = `line_key_${no}`;
  return [
    { [key]: `claim_id * 8 + ${no === '' ? 'line_no' : no}` },
    { [`billed_${no}`]: `2500 + gen_below({#claim_line@${key}}, 60000)` },
    { [`allowed_${no}`]: `billed_${no} * (60 + gen_bits({#claim_line@${key}}, 0, 5)) // 100` },
    { [`paid_${no}`]: `case when status = 'paid' then allowed_${no} * coverage_percent // 100 else 0 end` },
  ];
}

function claimSteps(encounterSteps: readonly Step[], plansPerPayer: number): readonly Step[] {
  return [
    { encounter_id: 'claim_id' },
    ...encounterSteps,
    {
      status: `['paid', 'paid', 'paid', 'paid', 'paid', 'denied', 'pending', 'paid'][1 + gen_bits({#claim@claim_id}, 0, 3)]`,
      plan_id: '1 + gen_below({#coverage@coverage_id}, {=plans})',
      line_block: `(claim_id - 1) // ${claimBlocks.groups}`,
      line_place: `4 * ((claim_id - 1) % ${claimBlocks.groups})`,
    },
    {
      payer_id: `1 + (plan_id - 1) // ${plansPerPayer}`,
      coverage_percent: `[70, 80, 90][1 + (plan_id - 1) % ${plansPerPayer}]`,
      line_pattern: `1 + gen_below({#line_block@line_block}, ${claimBlocks.size_bits.length})`,
    },
    { line_count: `(${sqlList(claimBlocks.size_bits)}[line_pattern] >> line_place) & 15` },
  ];
}

/** The sum over the lines a claim has. */
const total = (name: string) =>
  lineNumbers.map((no) => `case when line_count >= ${no} then ${name}_${no} else 0 end`).join(' + ');

/** claim, claim_line and claim_transaction: header = sum of lines, paid <= allowed <= billed, transactions add up to the balance. */
export function claimTables(encounterSteps: readonly Step[], plansPerPayer: number): readonly TableSpec[] {
  const header = claimSteps(encounterSteps, plansPerPayer);
  const totals: readonly Step[] = [
    ...header,
    ...lineNumbers.flatMap(lineSteps),
    { billed: total('billed'), allowed: total('allowed'), paid: total('paid') },
  ];
  return [claimTable(totals), claimLineTable(header), claimTransactionTable(totals)];
}

function claimTable(totals: readonly Step[]): TableSpec {
  return {
    name: 'claim',
    description: 'One claim an encounter, at most four lines.',
    rows: (s) => s.claims ?? 0,
    steps: [{ claim_id: 'i' }, ...totals],
    columns: [
      column('claim_id', 'BIGINT'),
      column('encounter_id', 'BIGINT'),
      column('patient_id', 'BIGINT'),
      column('payer_id', 'INTEGER'),
      column(
        'claim_type',
        'VARCHAR',
        `case when encounter_class = 'inpatient' then 'institutional' else 'professional' end`,
      ),
      column('status', 'VARCHAR'),
      column(
        'submitted_on',
        'DATE',
        `make_timestamp(stop_micros)::date + (1 + gen_below({submitted}, 14))::integer`,
      ),
      column('billed_amount', 'DECIMAL(12,2)', 'gen_money(billed)'),
      column('allowed_amount', 'DECIMAL(12,2)', 'gen_money(allowed)'),
      column('paid_amount', 'DECIMAL(12,2)', 'gen_money(paid)'),
      column('patient_amount', 'DECIMAL(12,2)', 'gen_money(allowed - paid)'),
    ],
    primary_key: ['claim_id'],
    foreign_keys: [
      references('encounter_id', 'encounter'),
      references('patient_id', 'patient'),
      references('payer_id', 'payer'),
    ],
  };
}

function claimLineTable(header: readonly Step[]): TableSpec {
  const { rows, groups, group_bits: groupBits, place_bits: placeBits } = claimBlocks;
  return {
    name: 'claim_line',
    description: 'Lines of claims.',
    rows: (s) => s.claim_lines ?? 0,
    steps: [
      { own_block: `(i - 1) // ${rows}`, own_place: `3 * ((i - 1) % ${rows})` },
      { own_pattern: `1 + gen_below({#line_block@own_block}, ${groupBits.length})` },
      {
        claim_id: `own_block * ${groups} + 1 + ((${sqlList(groupBits)}[own_pattern] >> own_place) & 7)`,
        line_no: `(${sqlList(placeBits)}[own_pattern] >> own_place) & 7`,
      },
      ...header,
      ...lineSteps(''),
      { service: `1 + gen_below({service}, ${services.length})` },
    ],
    columns: [
      column('claim_line_id', 'BIGINT', 'i'),
      column('claim_id', 'BIGINT'),
      column('line_no', 'INTEGER'),
      column('hcpcs', 'VARCHAR', `${sqlList(services.map(([code]) => code))}[service]`),
      column('description', 'VARCHAR', `${sqlList(services.map(([, name]) => name))}[service]`),
      column('units', 'INTEGER', '1 + gen_below({units}, 3)'),
      column('billed_amount', 'DECIMAL(12,2)', 'gen_money(billed_)'),
      column('allowed_amount', 'DECIMAL(12,2)', 'gen_money(allowed_)'),
      column('paid_amount', 'DECIMAL(12,2)', 'gen_money(paid_)'),
    ],
    primary_key: ['claim_line_id'],
    foreign_keys: [references('claim_id', 'claim')],
  };
}

function claimTransactionTable(totals: readonly Step[]): TableSpec {
  return {
    name: 'claim_transaction',
    description: 'Charge, adjustment and payment of each claim; their sum is what the patient owes.',
    rows: (s) => s.claim_transactions ?? 0,
    steps: [{ claim_id: '(i - 1) // 3 + 1', kind: '1 + (i - 1) % 3' }, ...totals],
    columns: [
      column('claim_transaction_id', 'BIGINT', 'i'),
      column('claim_id', 'BIGINT'),
      column('transaction_type', 'VARCHAR', `['CHARGE', 'ADJUSTMENT', 'PAYMENT'][kind]`),
      column('amount', 'DECIMAL(12,2)', 'gen_money([billed, allowed - billed, -paid][kind])'),
      column('posted_at', 'TIMESTAMP', `make_timestamp(stop_micros + kind * 86400000000 + {posted})`),
    ],
    primary_key: ['claim_transaction_id'],
    foreign_keys: [references('claim_id', 'claim')],
  };
}
