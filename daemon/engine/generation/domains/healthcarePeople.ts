/** Who takes part: payers and plans, organizations and providers, patients and their coverage. */
import {
  column,
  nullable,
  references,
  sqlList,
  unknownIn,
  usuallyUnknown,
  type Step,
  type TableSpec,
} from '../spec.ts';
import * as codes from './healthcareCodes.ts';
import { addressColumns, pick } from './people.ts';

const first = `date '{=first_date}'`;
export const plansPerPayer = 3;
/** The one who dies does so after this day; all their encounters end before. */
export const lastDayOfDying = '{~990}';

export const nth = <T>(list: readonly T[], item: (entry: T) => string | number, index: string) =>
  `${sqlList(list.map(item))}[${index}]`;

/** What encounters must respect of their patient, by patient_id. */
export const patientSteps: readonly Step[] = [
  {
    is_female: '{#patient@patient_id} >= 2147483648',
    is_dying: 'gen_bits({#patient@patient_id}, 0, 5) = 0',
    switch_day: '{~200} + (gen_bits({#patient@patient_id}, 5, 9) * {~512} >> 9)',
    birth_date: `${first} - 32142 + gen_below({patient.birth@patient_id}, 30000)::integer`,
  },
];

export const organizationOf = (provider: string) =>
  `1 + gen_below({#provider@${provider}}, {=organizations})`;

export const payer: TableSpec = {
  name: 'payer',
  description: 'Who pays.',
  rows: (s) => s.payers ?? 0,
  steps: [],
  columns: [
    column('payer_id', 'INTEGER', 'i'),
    column(
      'payer_name',
      'VARCHAR',
      nth(codes.payers, ([name]) => name, 'i'),
    ),
    column(
      'payer_type',
      'VARCHAR',
      nth(codes.payers, ([, type]) => type, 'i'),
    ),
  ],
  primary_key: ['payer_id'],
  foreign_keys: [],
};

export const plan: TableSpec = {
  name: 'plan',
  description: 'Plans of the payers.',
  rows: (s) => s.plans ?? 0,
  steps: [],
  columns: [
    column('plan_id', 'INTEGER', 'i'),
    column('payer_id', 'INTEGER', `1 + (i - 1) // ${plansPerPayer}`),
    column('plan_name', 'VARCHAR', `['Basic', 'Plus', 'Premium'][1 + (i - 1) % ${plansPerPayer}]`),
    column('coverage_percent', 'INTEGER', `[70, 80, 90][1 + (i - 1) % ${plansPerPayer}]`),
    column('deductible', 'DECIMAL(10,2)', 'gen_money(25000 * (1 + gen_below({deductible}, 8)))'),
  ],
  primary_key: ['plan_id'],
  foreign_keys: [references('payer_id', 'payer')],
};

export const organization: TableSpec = {
  name: 'organization',
  description: 'Hospitals and practices.',
  rows: (s) => s.organizations ?? 0,
  steps: [],
  columns: [
    column('organization_id', 'INTEGER', 'i'),
    column(
      'organization_name',
      'VARCHAR',
      `${pick('gen_cities', '{organization.place@i}')} || ' ' || gen_pick(['General Hospital', 'Medical Center', 'Clinic', 'Family Practice'], {name})`,
    ),
    ...addressColumns('organization', 'i'),
  ],
  primary_key: ['organization_id'],
  foreign_keys: [],
};

export const provider: TableSpec = {
  name: 'provider',
  description: 'Providers with a valid (made up) NPI.',
  rows: (s) => s.providers ?? 0,
  steps: [
    {
      kind: `1 + gen_below({kind}, ${codes.specialities.length})`,
      npi_body: `100000000 + gen_below({npi}, 40) * 1000000 + i`,
    },
  ],
  columns: [
    column('provider_id', 'INTEGER', 'i'),
    // The prefix 80840 of the standard adds a constant to the Luhn sum of the body.
    column('npi', 'VARCHAR', 'npi_body::varchar || gen_luhn_check(80840000000000 + npi_body)::varchar'),
    column(
      'provider_name',
      'VARCHAR',
      `'Dr. ' || ${pick('gen_female_names', '{first_name}')} || ' ' || ${pick('gen_last_names', '{last_name}')}`,
    ),
    column(
      'taxonomy_code',
      'VARCHAR',
      nth(codes.specialities, ([code]) => code, 'kind'),
    ),
    column(
      'speciality',
      'VARCHAR',
      nth(codes.specialities, ([, name]) => name, 'kind'),
    ),
    column('organization_id', 'INTEGER', organizationOf('i')),
  ],
  primary_key: ['provider_id'],
  foreign_keys: [references('organization_id', 'organization')],
};

export const patient: TableSpec = {
  name: 'patient',
  description: 'Patients. Their social security numbers lie in the range that is never given out.',
  rows: (s) => s.patients ?? 0,
  steps: [{ patient_id: 'i' }, ...patientSteps],
  columns: [
    column('patient_id', 'BIGINT'),
    column('mrn', 'VARCHAR', `'MRN' || lpad(i::varchar, 10, '0')`),
    column(
      'first_name',
      'VARCHAR',
      `case when is_female then ${pick('gen_female_names', '{first_name}')} else ${pick('gen_male_names', '{first_name}')} end`,
    ),
    column('last_name', 'VARCHAR', pick('gen_last_names', '{last_name}')),
    column('sex', 'VARCHAR', `case when is_female then 'F' else 'M' end`),
    column('birth_date', 'DATE'),
    nullable(
      'death_date',
      'DATE',
      `case when is_dying then ${first} + (${lastDayOfDying} + 1 + gen_below({death}, {=days} - ${lastDayOfDying} - 2))::integer end`,
    ),
    unknownIn(60, '{no_ssn}', [
      'ssn',
      'VARCHAR',
      `(900 + gen_below({ssn_1}, 100))::varchar || '-' || lpad((1 + gen_below({ssn_2}, 99))::varchar, 2, '0')
        || '-' || lpad((1 + gen_below({ssn_3}, 9999))::varchar, 4, '0')`,
    ]),
    ...addressColumns('patient', 'i'),
    column('smoker_flag', 'VARCHAR', `case when gen_chance({smoker}, 140) then 'Y' else 'N' end`),
    usuallyUnknown(250, '{has_allergy}', [
      'allergies',
      'VARCHAR',
      `gen_pick(['', 'penicillin', 'nuts; crème fraîche', 'pollen', 'latex'], {allergy})`,
    ]),
  ],
  primary_key: ['patient_id'],
  foreign_keys: [],
};

export const coverage: TableSpec = {
  name: 'coverage',
  description: 'Two coverages a patient, one after the other without gap or overlap.',
  rows: (s) => s.coverages ?? 0,
  steps: [{ patient_id: '(i + 1) // 2', is_first: 'i % 2 = 1' }, ...patientSteps],
  columns: [
    column('coverage_id', 'BIGINT', 'i'),
    column('patient_id', 'BIGINT'),
    column('plan_id', 'INTEGER', '1 + gen_below({#coverage@i}, {=plans})'),
    column('member_number', 'VARCHAR', `'M' || lpad((100000 + i)::varchar, 11, '0')`),
    column('valid_from', 'DATE', `case when is_first then ${first} else ${first} + switch_day::integer end`),
    column(
      'valid_to',
      'DATE',
      `case when is_first then ${first} + switch_day::integer - 1 else date '{=year_end}' end`,
    ),
  ],
  primary_key: ['coverage_id'],
  foreign_keys: [references('patient_id', 'patient'), references('plan_id', 'plan')],
};
