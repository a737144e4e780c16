/**
 * Small sets of public codes. ICD-10-CM is in the public domain, LOINC and RxNorm codes are named here as facts; CPT is licensed and
 * therefore absent. Check digits of LOINC codes are part of the codes.
 */

/** LOINC, name, unit, reference range in tenths of the unit. */
export const measurements: readonly (readonly [string, string, string, number, number])[] = [
  ['8480-6', 'Systolic blood pressure', 'mm[Hg]', 900, 1300],
  ['8462-4', 'Diastolic blood pressure', 'mm[Hg]', 600, 850],
  ['8867-4', 'Heart rate', '/min', 600, 1000],
  ['9279-1', 'Respiratory rate', '/min', 120, 200],
  ['8310-5', 'Body temperature', 'Cel', 361, 375],
  ['29463-7', 'Body weight', 'kg', 500, 1000],
  ['8302-2', 'Body height', 'cm', 1500, 1950],
  ['39156-5', 'Body mass index', 'kg/m2', 185, 250],
  ['2339-0', 'Glucose', 'mg/dL', 700, 990],
  ['4548-4', 'Hemoglobin A1c', '%', 40, 57],
  ['2093-3', 'Cholesterol', 'mg/dL', 1200, 2000],
  ['2160-0', 'Creatinine', 'mg/dL', 6, 13],
  ['718-7', 'Hemoglobin', 'g/dL', 120, 175],
  ['6690-2', 'Leukocytes', '10*3/uL', 45, 110],
  ['777-3', 'Platelets', '10*3/uL', 1500, 4000],
  ['2951-2', 'Sodium', 'mmol/L', 1360, 1450],
  ['2823-3', 'Potassium', 'mmol/L', 35, 51],
  ['59408-5', 'Oxygen saturation', '%', 940, 1000],
];

/** ICD-10-CM codes anyone may have. */
export const diagnoses: readonly (readonly [string, string])[] = [
  ['I10', 'Essential (primary) hypertension'],
  ['E11.9', 'Type 2 diabetes mellitus without complications'],
  ['E78.5', 'Hyperlipidemia, unspecified'],
  ['J06.9', 'Acute upper respiratory infection, unspecified'],
  ['M54.50', 'Low back pain, unspecified'],
  ['R51.9', 'Headache, unspecified'],
  ['K21.9', 'Gastro-esophageal reflux disease without esophagitis'],
  ['F41.9', 'Anxiety disorder, unspecified'],
  ['J45.909', 'Unspecified asthma, uncomplicated'],
  ['N39.0', 'Urinary tract infection, site not specified'],
  ['E66.9', 'Obesity, unspecified'],
  ['H81.01', 'Ménière’s disease, right ear'],
  ['G43.909', 'Migraine, unspecified, not intractable'],
  ['U07.1', 'COVID-19'],
  ['Z00.00', 'General adult medical examination'],
];

/** Codes of one sex, from the given age in years. */
export const femaleDiagnosis = { code: 'N95.1', name: 'Menopausal and female climacteric states', age: 45 };
export const maleDiagnosis = { code: 'N40.0', name: 'Benign prostatic hyperplasia', age: 50 };

/** RxNorm concept and name; the NDC numbers are made up. */
export const drugs: readonly (readonly [string, string])[] = [
  ['6809', 'Metformin'],
  ['29046', 'Lisinopril'],
  ['83367', 'Atorvastatin'],
  ['17767', 'Amlodipine'],
  ['5640', 'Ibuprofen'],
  ['723', 'Amoxicillin'],
  ['7646', 'Omeprazole'],
  ['10582', 'Levothyroxine'],
  ['435', 'Albuterol'],
  ['161', 'Acetaminophen'],
];

/** Taxonomy code and speciality of providers. */
export const specialities: readonly (readonly [string, string])[] = [
  ['207Q00000X', 'Family Medicine'],
  ['207R00000X', 'Internal Medicine'],
  ['208000000X', 'Pediatrics'],
  ['207P00000X', 'Emergency Medicine'],
  ['2084N0400X', 'Neurology'],
  ['207RC0000X', 'Cardiovascular Disease'],
  ['363L00000X', 'Nurse Practitioner'],
];

/** HCPCS level II codes of claim lines, public domain. */
export const services: readonly (readonly [string, string])[] = [
  ['G0438', 'Annual wellness visit, initial'],
  ['G0439', 'Annual wellness visit, subsequent'],
  ['J1885', 'Injection, ketorolac'],
  ['A4550', 'Surgical trays'],
  ['G0008', 'Administration of influenza vaccine'],
  ['Q4001', 'Casting supplies'],
  ['E0114', 'Crutches'],
  ['J0696', 'Injection, ceftriaxone'],
];

export const payers: readonly (readonly [string, string])[] = [
  ['Medicare', 'public'],
  ['Medicaid', 'public'],
  ['Blue Harbor Health', 'private'],
  ['Northwind Mutual', 'private'],
  ['Evergreen Assurance', 'private'],
  ['Self-pay Assistance', 'other'],
];
