import * as z from 'zod';
import { column, common, tolerance } from './common.ts';

export const distributionChecks = {
  distribution_shift: z
    .strictObject({
      ...common,
      column,
      measure: z
        .enum(['psi', 'ks', 'cramers_v'])
        .default('psi')
        .describe(
          'psi: population stability index; ks: greatest distance of the two cumulative distributions; cramers_v: effect size of the chi-square test.',
        ),
      max: z
        .number()
        .positive()
        .optional()
        .describe(
          'Greatest value allowed; left out: psi 0.1, ks 0.05, cramers_v 0.1. Effect sizes, which do not grow with the number of rows.',
        ),
      bins: z
        .number()
        .int()
        .min(2)
        .max(100)
        .default(10)
        .describe(
          'Bins of equal width between the smallest and largest value of both sides; other columns than numbers have a bin a value.',
        ),
    })
    .describe(
      'Values are distributed alike on both sides. Each system counts its own rows, one scan a side.',
    ),
  top_values: z
    .strictObject({
      ...common,
      column,
      n: z.number().int().min(1).max(1000).default(20).describe('So many most frequent values of each side.'),
      tolerance: tolerance.optional(),
    })
    .describe('The most frequent values of both sides occur equally often on both.'),
  quantiles: z
    .strictObject({
      ...common,
      column,
      at: z
        .array(z.number().min(0).max(1))
        .min(1)
        .default([0, 0.25, 0.5, 0.75, 1])
        .describe('Quantiles, 0 to 1.'),
      tolerance: tolerance.optional(),
    })
    .describe(
      'Quantiles of a column are the same on both sides: each is a value that occurs, none is interpolated.',
    ),
  outliers_match: z
    .strictObject({
      ...common,
      column,
      method: z
        .enum(['z', 'iqr'])
        .default('z')
        .describe(
          'z: more than threshold standard deviations from the mean; iqr: more than threshold interquartile ranges outside the quartiles.',
        ),
      threshold: z.number().positive().optional().describe('Left out: 3 for z, 1.5 for iqr.'),
    })
    .describe(
      'Both sides have the same outliers, measured by the limits of the source. Outliers on both sides are no finding.',
    ),
} as const;
