import type { CheckKind } from './checks.ts';

/** The checks by what they look at, in the order people read them. */
export const checkFamilies: readonly { readonly title: string; readonly kinds: readonly CheckKind[] }[] = [
  {
    title: 'Structure',
    kinds: [
      'schema_columns',
      'schema_types',
      'schema_nullability',
      'schema_defaults',
      'schema_keys',
      'schema_drift',
    ],
  },
  { title: 'Volume', kinds: ['row_count', 'row_count_by'] },
  { title: 'Completeness', kinds: ['null_count', 'null_pct', 'empty_count'] },
  { title: 'Uniqueness', kinds: ['unique_key', 'duplicate_count', 'composite_key'] },
  { title: 'Aggregates', kinds: ['column_stats', 'metric_sum', 'metric_avg', 'metric_ratio'] },
  {
    title: 'Rows',
    kinds: ['row_hash', 'row_values', 'row_sample', 'row_multiset', 'custom_sql'],
  },
  { title: 'References', kinds: ['foreign_key', 'fk_alignment', 'fact_dim_conformance'] },
  { title: 'Dimensions', kinds: ['business_key', 'surrogate_key_map', 'scd1', 'scd2'] },
  { title: 'Facts', kinds: ['grain', 'late_arriving', 'additivity'] },
  { title: 'Domains', kinds: ['accepted_values', 'range', 'regex', 'length', 'checksum'] },
  {
    title: 'Distribution',
    kinds: ['distribution_shift', 'top_values', 'quantiles', 'outliers_match'],
  },
  {
    title: 'Time',
    kinds: [
      'ts_continuity',
      'ts_duplicates',
      'rolling_drift',
      'period_over_period',
      'freshness',
      'timezone_shift',
    ],
  },
  { title: 'Business', kinds: ['rule', 'balance', 'reconcile'] },
  { title: 'Text', kinds: ['charset', 'whitespace', 'unicode_form'] },
  { title: 'Files', kinds: ['file_layout', 'parquet_schema'] },
];
