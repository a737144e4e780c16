/**
 * Healthcare: patients with their coverage, encounters and what was measured, prescribed and billed there. Shaped after the files of
 * Synthea, reduced to what validation needs; no patient, number or provider is real.
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
import { splits, type Calendar } from './calendar.ts';
import { claimBlocks, claimTables } from './healthcareClaims.ts';
import * as codes from './healthcareCodes.ts';
import { checkDigitMacros, peopleLists } from './people.ts';
import {
  plansPerPayer,
  lastDayOfDying,
  nth,
  patientSteps,
  organizationOf,
  payer,
  plan,
  organization,
  provider,
  patient,
  coverage,
} from './healthcarePeople.ts';

const first = `date '{=first_date}'`;
const firstMicros = '{=first_micros}';
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
const maxDiagnoses = (encounters: number) => encounters + Math.floor(encounters / 2);
const maxMedications = (encounters: number) => Math.floor((encounters * 2) / 3);

function scale(rowCount: number, _calendar: Calendar, given: Scale): Scale {
  const root = Math.floor(Math.sqrt(rowCount));
  const blocks = Math.ceil(rowCount / blockObservations);
  const encounters = given.encounters ?? blocks * blockEncounters;
  const seen = Math.ceil(encounters / patients.rows) * patients.groups;
  const people = given.patients ?? seen;
  return {
    observations: rowCount,
    encounters,
    measured_encounters: blocks * blockEncounters,
    patients: people,
    seen_patients: seen,
    coverages: people * 2,
    payers: codes.payers.length,
    plans: codes.payers.length * plansPerPayer,
    organizations: given.organizations ?? Math.min(2000, Math.max(3, Math.floor(root / 10))),
    providers: given.providers ?? Math.min(20_000, Math.max(5, Math.floor(root / 2))),
    diagnoses: given.diagnoses ?? maxDiagnoses(encounters),
    medications: given.medications ?? maxMedications(encounters),
    claims: encounters,
    claim_lines: (encounters / claimBlocks.groups) * claimBlocks.rows,
    claim_transactions: encounters * 3,
  };
}

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
    day: `gen_below({#encounter@encounter_id}, case when is_dying then ${lastDayOfDying} - 10 else {=days} - 10 end)`,
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
    unknownIn(200, '{no_reason}', [
      'reason',
      'VARCHAR',
      `gen_pick(['', 'check-up', 'pain', 'follow-up', 'Ménière attack', 'fever'], {reason})`,
    ]),
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
  sizes: {
    organization: { scale: 'organizations' },
    provider: { scale: 'providers', max: () => 999_999 },
    patient: { scale: 'patients', min: ({ seen_patients = 1 }) => seen_patients },
    encounter: {
      scale: 'encounters',
      min: ({ measured_encounters = 1 }) => measured_encounters,
      step: claimBlocks.groups,
    },
    diagnosis: { scale: 'diagnoses', max: ({ encounters = 1 }) => maxDiagnoses(encounters) },
    medication: { scale: 'medications', max: ({ encounters = 1 }) => maxMedications(encounters) },
  },
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
  lists: (_, locale) => peopleLists(locale),
  macros: checkDigitMacros,
};
