/**
 * Healthcare: patients with their coverage, encounters and what was measured, prescribed and billed there. Shaped after the files of
 * Synthea, reduced to what validation needs; no patient, number or provider is real.
 */
import {
  column,
  nullable,
  references,
  type DomainSpec,
  type Scale,
  type Step,
  type TableSpec,
} from '../spec.ts';
import { sqlList } from '../spec.ts';
import { businessDays, firstDate, splits } from './calendar.ts';
import { claimBlocks, claimTables } from './healthcareClaims.ts';
import * as codes from './healthcareCodes.ts';
import { addressColumns, checkDigitMacros, peopleLists, pick } from './people.ts';

const first = `date '${firstDate}'`;
const firstMicros = Date.parse(firstDate) * 1000;
const dayMicros = 86_400_000_000;

/** 40 observations make 12 encounters. */
const visits = splits([
  [2, 3, 5],
  [4, 4, 2],
  [1, 3, 6],
  [5, 2, 3],
  [3, 3, 4],
]);
const blockObservations = visits.rows * 4;
const blockEncounters = visits.groups * 4;
/** Eight encounters are of three patients. */
const patients = splits([
  [1, 2, 5],
  [2, 2, 4],
  [3, 3, 2],
  [1, 3, 4],
]);
const plansPerPayer = 3;
/** The one who dies does so after this day; all their encounters end before. */
const lastDayOfDying = 990;

function scale(rowCount: number): Scale {
  const root = Math.floor(Math.sqrt(rowCount));
  const blocks = Math.ceil(rowCount / blockObservations);
  const encounters = blocks * blockEncounters;
  const people = Math.ceil(encounters / patients.rows) * patients.groups;
  return {
    observations: rowCount,
    encounters,
    patients: people,
    coverages: people * 2,
    payers: codes.payers.length,
    plans: codes.payers.length * plansPerPayer,
    organizations: Math.min(2000, Math.max(3, Math.floor(root / 10))),
    providers: Math.min(20_000, Math.max(5, Math.floor(root / 2))),
    diagnoses: encounters + Math.floor(encounters / 2),
    medications: Math.floor((encounters * 2) / 3),
    claims: encounters,
    claim_lines: (encounters / claimBlocks.groups) * claimBlocks.rows,
    claim_transactions: encounters * 3,
  };
}

const nth = <T>(list: readonly T[], item: (entry: T) => string | number, index: string) =>
  `${sqlList(list.map(item))}[${index}]`;

/** What encounters must respect of their patient, by patient_id. */
const patientSteps: readonly Step[] = [
  {
    is_female: '{#patient@patient_id} >= 2147483648',
    is_dying: 'gen_bits({#patient@patient_id}, 0, 5) = 0',
    switch_day: '200 + gen_bits({#patient@patient_id}, 5, 9)',
    birth_date: `date '1934-01-01' + gen_below({patient.birth@patient_id}, 30000)::integer`,
  },
];

/** Start and end of an encounter, from its number `encounter_id`; every table about encounters computes them again. */
const encounterSteps: readonly Step[] = [
  {
    patient_block: `(encounter_id - 1) // ${patients.rows}`,
    patient_place: `3 * ((encounter_id - 1) % ${patients.rows})`,
  },
  {
    patient_id: `patient_block * ${patients.groups} + 1 +
      ((${sqlList(patients.group_bits)}[1 + gen_below({#patient_block@patient_block}, ${patients.group_bits.length})] >> patient_place) & 7)`,
  },
  ...patientSteps,
  {
    encounter_class: `['ambulatory', 'ambulatory', 'ambulatory', 'ambulatory', 'wellness', 'wellness', 'emergency', 'inpatient'][1 + gen_bits({#encounter@encounter_id}, 0, 3)]`,
    day: `gen_below({#encounter@encounter_id}, case when is_dying then ${lastDayOfDying} - 10 else ${businessDays} - 10 end)`,
    provider_id: '1 + gen_skew({encounter.provider@encounter_id}, {=providers})',
  },
  {
    // A stay does not reach over the day on which the coverage changes.
    stay_days: `case when encounter_class = 'inpatient' and not (day < switch_day and day + 8 >= switch_day)
      then 1 + gen_bits({#encounter@encounter_id}, 3, 3) else 0 end`,
    start_micros: `${firstMicros} + day * ${dayMicros} + 25200000000 + {encounter.time@encounter_id} * 7`,
    coverage_id: `2 * patient_id - (day < switch_day)::integer`,
  },
  { stop_micros: `start_micros + stay_days * ${dayMicros} + 600000000 + {encounter.length@encounter_id}` },
];

const organizationOf = (provider: string) => `1 + gen_below({#provider@${provider}}, {=organizations})`;

const payer: TableSpec = {
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

const plan: TableSpec = {
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

const organization: TableSpec = {
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

const provider: TableSpec = {
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

const patient: TableSpec = {
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
      `case when is_dying then ${first} + (${lastDayOfDying + 1} + gen_below({death}, ${businessDays - lastDayOfDying - 2}))::integer end`,
    ),
    nullable(
      'ssn',
      'VARCHAR',
      `case when not gen_chance({no_ssn}, 60) then (900 + gen_below({ssn_1}, 100))::varchar || '-' || lpad((1 + gen_below({ssn_2}, 99))::varchar, 2, '0')
        || '-' || lpad((1 + gen_below({ssn_3}, 9999))::varchar, 4, '0') end`,
    ),
    ...addressColumns('patient', 'i'),
    column('smoker_flag', 'VARCHAR', `case when gen_chance({smoker}, 140) then 'Y' else 'N' end`),
    nullable(
      'allergies',
      'VARCHAR',
      `case when gen_chance({has_allergy}, 250) then gen_pick(['', 'penicillin', 'nuts; crème fraîche', 'pollen', 'latex'], {allergy}) end`,
    ),
  ],
  primary_key: ['patient_id'],
  foreign_keys: [],
};

const coverage: TableSpec = {
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
      `case when is_first then ${first} + switch_day::integer - 1 else date '2025-12-31' end`,
    ),
  ],
  primary_key: ['coverage_id'],
  foreign_keys: [references('patient_id', 'patient'), references('plan_id', 'plan')],
};

const encounter: TableSpec = {
  name: 'encounter',
  description: 'Encounters: inside the life of the patient and inside one coverage.',
  rows: (s) => s.encounters ?? 0,
  steps: [{ encounter_id: 'i' }, ...encounterSteps],
  columns: [
    column('encounter_id', 'BIGINT'),
    column('patient_id', 'BIGINT'),
    column('provider_id', 'INTEGER'),
    column('organization_id', 'INTEGER', organizationOf('provider_id')),
    column('coverage_id', 'BIGINT'),
    column('encounter_class', 'VARCHAR'),
    column('started_at', 'TIMESTAMP', 'make_timestamp(start_micros)'),
    column('stopped_at', 'TIMESTAMP', 'make_timestamp(stop_micros)'),
    nullable(
      'reason',
      'VARCHAR',
      `case when not gen_chance({no_reason}, 200) then gen_pick(['', 'check-up', 'pain', 'follow-up', 'Ménière attack', 'fever'], {reason}) end`,
    ),
  ],
  primary_key: ['encounter_id'],
  foreign_keys: [
    references('patient_id', 'patient'),
    references('provider_id', 'provider'),
    references('organization_id', 'organization'),
    references('coverage_id', 'coverage'),
  ],
};

const { femaleDiagnosis: ofWomen, maleDiagnosis: ofMen } = codes;
const special = (item: 'code' | 'name', general: string) => `case
  when is_special and is_female and age >= ${ofWomen.age} then '${ofWomen[item]}'
  when is_special and not is_female and age >= ${ofMen.age} then '${ofMen[item]}'
  else ${general} end`;

const diagnosis: TableSpec = {
  name: 'diagnosis',
  description: 'One or two diagnoses an encounter (ICD-10-CM), plausible for sex and age.',
  rows: (s) => s.diagnoses ?? 0,
  steps: [
    {
      encounter_id: '2 * ((i - 1) // 3) + 1 + ((i - 1) % 3 = 2)::integer',
      rank: '1 + ((i - 1) % 3 = 1)::integer',
    },
    ...encounterSteps,
    {
      age: `date_diff('year', birth_date, ${first} + day::integer) - 1`,
      is_special: 'gen_chance({special}, 90)',
      kind: `1 + (gen_below({kind}, ${codes.diagnoses.length}) + rank) % ${codes.diagnoses.length}`,
    },
  ],
  columns: [
    column('diagnosis_id', 'BIGINT', 'i'),
    column('encounter_id', 'BIGINT'),
    column('rank', 'INTEGER'),
    column(
      'icd10cm',
      'VARCHAR',
      special(
        'code',
        nth(codes.diagnoses, ([code]) => code, 'kind'),
      ),
    ),
    column(
      'description',
      'VARCHAR',
      special(
        'name',
        nth(codes.diagnoses, ([, name]) => name, 'kind'),
      ),
    ),
    column('present_on_admission', 'VARCHAR', `case when gen_chance({poa}, 850) then 'Y' else 'N' end`),
  ],
  primary_key: ['diagnosis_id'],
  foreign_keys: [references('encounter_id', 'encounter')],
};

const observation: TableSpec = {
  name: 'observation',
  description: 'Measurements (LOINC) during encounters; row_count rows.',
  rows: (s) => s.observations ?? 0,
  steps: [
    { block: `(i - 1) // ${visits.rows}`, place: `3 * ((i - 1) % ${visits.rows})` },
    {
      encounter_id: `block * ${visits.groups} + 1 +
        ((${sqlList(visits.group_bits)}[1 + gen_below({#visit_block@block}, ${visits.group_bits.length})] >> place) & 7)`,
      kind: `1 + gen_below({kind}, ${codes.measurements.length})`,
    },
    ...encounterSteps,
    {
      low: nth(codes.measurements, ([, , , low]) => low, 'kind'),
      high: nth(codes.measurements, ([, , , , high]) => high, 'kind'),
    },
    { tenths: 'greatest(1, low - (high - low) // 4 + gen_below({value}, (high - low) * 3 // 2 + 1))' },
  ],
  columns: [
    column('observation_id', 'BIGINT', 'i'),
    column('encounter_id', 'BIGINT'),
    column('patient_id', 'BIGINT'),
    column(
      'loinc',
      'VARCHAR',
      nth(codes.measurements, ([loinc]) => loinc, 'kind'),
    ),
    column(
      'description',
      'VARCHAR',
      nth(codes.measurements, ([, name]) => name, 'kind'),
    ),
    column('value', 'DECIMAL(8,1)', 'tenths::integer * 0.1::decimal(2,1)'),
    column(
      'unit',
      'VARCHAR',
      nth(codes.measurements, ([, , unit]) => unit, 'kind'),
    ),
    column('reference_low', 'DECIMAL(8,1)', 'low::integer * 0.1::decimal(2,1)'),
    column('reference_high', 'DECIMAL(8,1)', 'high::integer * 0.1::decimal(2,1)'),
    nullable('abnormal_flag', 'VARCHAR', `case when tenths < low then 'L' when tenths > high then 'H' end`),
    column(
      'observed_at',
      'TIMESTAMP',
      'make_timestamp(start_micros + (((stop_micros - start_micros) >> 10) * gen_bits({time}, 12, 20) >> 10))',
    ),
  ],
  primary_key: ['observation_id'],
  foreign_keys: [references('encounter_id', 'encounter'), references('patient_id', 'patient')],
};

const medication: TableSpec = {
  name: 'medication',
  description: 'Prescriptions of two of three encounters.',
  rows: (s) => s.medications ?? 0,
  steps: [
    { encounter_id: '1 + ((i - 1) * 3) // 2', kind: `1 + gen_below({kind}, ${codes.drugs.length})` },
    ...encounterSteps,
  ],
  columns: [
    column('medication_id', 'BIGINT', 'i'),
    column('encounter_id', 'BIGINT'),
    column('patient_id', 'BIGINT'),
    column(
      'rxnorm',
      'VARCHAR',
      nth(codes.drugs, ([code]) => code, 'kind'),
    ),
    column(
      'ndc',
      'VARCHAR',
      `'99' || lpad((100 + kind)::varchar, 3, '0') || '-' || lpad((gen_below({product}, 9000) + 1000)::varchar, 4, '0') || '-' || lpad((1 + gen_below({package}, 30))::varchar, 2, '0')`,
    ),
    column(
      'drug_name',
      'VARCHAR',
      nth(codes.drugs, ([, name]) => name, 'kind'),
    ),
    column('dose_mg', 'DECIMAL(8,2)', `[2.50, 5.00, 12.75, 20.00, 250.00, 500.00][1 + gen_below({dose}, 6)]`),
    column('quantity', 'INTEGER', '10 * (1 + gen_below({quantity}, 9))'),
    column('start_date', 'DATE', `${first} + day::integer`),
    nullable(
      'end_date',
      'DATE',
      `case when not gen_chance({open_end}, 300) then ${first} + (day + 5 + gen_below({days}, 85))::integer end`,
    ),
  ],
  primary_key: ['medication_id'],
  foreign_keys: [references('encounter_id', 'encounter'), references('patient_id', 'patient')],
};

export const healthcare: DomainSpec = {
  fact_table: 'observation',
  scale,
  tables: [
    payer,
    plan,
    organization,
    provider,
    patient,
    coverage,
    encounter,
    diagnosis,
    medication,
    ...claimTables(encounterSteps, plansPerPayer),
    observation,
  ],
  lists: peopleLists,
  macros: checkDigitMacros,
};
