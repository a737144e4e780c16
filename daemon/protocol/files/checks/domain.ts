import * as z from 'zod';
import { column, common, maxViolations, ofColumns, side } from './common.ts';

export const checksumKinds = ['luhn', 'npi', 'iban', 'aba', 'isin', 'gtin', 'icd10'] as const;

const isPattern = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
};

export const domainChecks = {
  regex: z
    .strictObject({
      ...common,
      column,
      pattern: z
        .string()
        .min(1)
        .refine(isPattern, 'expected a regular expression')
        .describe(
          'Regular expression (RE2 syntax, the same on every system) that the whole value must match.',
        ),
      max_violations: maxViolations,
      side,
    })
    .describe('Values match a pattern; NULLs are not looked at.'),
  length: z
    .strictObject({
      ...common,
      column,
      min: z.number().int().nonnegative().optional().describe('Characters at least.'),
      max: z.number().int().nonnegative().optional().describe('Characters at most.'),
      max_violations: maxViolations,
      side,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both')
    .describe('Text is so many characters long; NULLs are not looked at.'),
  checksum: z
    .strictObject({
      ...common,
      column,
      algorithm: z
        .enum(checksumKinds)
        .describe(
          'luhn (cards), npi (US providers), iban, aba (US routing numbers), isin, gtin (8, 12, 13 or 14 digits), icd10 (shape of ICD-10-CM codes, which have no check digit).',
        ),
      max_violations: maxViolations,
      side,
    })
    .describe(
      'Check digits are right; NULLs are not looked at, blanks and hyphens between digits do not count.',
    ),
} as const;

const inTexts = { ...common, columns: ofColumns('all text'), max_violations: maxViolations, side };

export const textChecks = {
  charset: z
    .strictObject({
      ...inTexts,
      control: z
        .boolean()
        .default(true)
        .describe('true: control characters other than tab and line ends are a finding too.'),
    })
    .describe(
      'Text is free of mojibake (UTF-8 read as another code), replacement characters and control characters.',
    ),
  whitespace: z
    .strictObject({
      ...inTexts,
      rules: z
        .array(z.enum(['leading', 'trailing', 'repeated', 'non_breaking', 'line_breaks']))
        .min(1)
        .default(['leading', 'trailing', 'non_breaking'])
        .describe('What is a finding; repeated is two blanks in a row.'),
    })
    .describe('Text has no blanks where none belong.'),
  unicode_form: z
    .strictObject({
      ...inTexts,
      form: z.enum(['NFC', 'NFD']).default('NFC').describe('The form all text must be in.'),
    })
    .describe('Text is in one Unicode normalisation form, so that equal text is equal bytes.'),
} as const;
