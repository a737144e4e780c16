import type { CheckKind } from '../../../protocol/files/checks.ts';
import { acceptedValues } from './acceptedValues.ts';
import { additivity } from './additivity.ts';
import { balance } from './balance.ts';
import { businessKey } from './businessKey.ts';
import { charset } from './charset.ts';
import type { Check } from './check.ts';
import { checksum } from './checksum.ts';
import { columnStats } from './columnStats.ts';
import { compositeKey } from './compositeKey.ts';
import { customSql } from './customSql.ts';
import { distributionShift } from './distributionShift.ts';
import { duplicateCount } from './duplicateCount.ts';
import { emptyCount } from './emptyCount.ts';
import { factDimConformance } from './factDimConformance.ts';
import { fileLayout } from './fileLayout.ts';
import { fkAlignment } from './fkAlignment.ts';
import { foreignKey } from './foreignKey.ts';
import { freshness } from './freshness.ts';
import { grain } from './grain.ts';
import { lateArriving } from './lateArriving.ts';
import { length } from './length.ts';
import { metricAvg } from './metricAvg.ts';
import { metricRatio } from './metricRatio.ts';
import { metricSum } from './metricSum.ts';
import { nullCount } from './nullCount.ts';
import { nullPct } from './nullPct.ts';
import { outliersMatch } from './outliersMatch.ts';
import { parquetSchema } from './parquetSchema.ts';
import { periodOverPeriod } from './periodOverPeriod.ts';
import { quantiles } from './quantiles.ts';
import { range } from './range.ts';
import { reconcile } from './reconcile.ts';
import { regex } from './regex.ts';
import { rollingDrift } from './rollingDrift.ts';
import { rowCount } from './rowCount.ts';
import { rowCountBy } from './rowCountBy.ts';
import { rowHash } from './rowHash.ts';
import { rowMultiset } from './rowMultiset.ts';
import { rowSample } from './rowSample.ts';
import { rowValues } from './rowValues.ts';
import { rule } from './rule.ts';
import { scd1 } from './scd1.ts';
import { scd2 } from './scd2.ts';
import { schemaColumns } from './schemaColumns.ts';
import { schemaDefaults } from './schemaDefaults.ts';
import { schemaDrift } from './schemaDrift.ts';
import { schemaKeys } from './schemaKeys.ts';
import { schemaNullability } from './schemaNullability.ts';
import { schemaTypes } from './schemaTypes.ts';
import { surrogateKeyMap } from './surrogateKeyMap.ts';
import { timezoneShift } from './timezoneShift.ts';
import { topValues } from './topValues.ts';
import { tsContinuity } from './tsContinuity.ts';
import { tsDuplicates } from './tsDuplicates.ts';
import { unicodeForm } from './unicodeForm.ts';
import { uniqueKey } from './uniqueKey.ts';
import { whitespace } from './whitespace.ts';

/** Every kind of check, by the name files give it. The keys are those of the protocol. */
export const checks: { readonly [K in CheckKind]: Check<K> } = {
  schema_columns: schemaColumns,
  schema_types: schemaTypes,
  schema_nullability: schemaNullability,
  row_count: rowCount,
  null_count: nullCount,
  unique_key: uniqueKey,
  column_stats: columnStats,
  row_hash: rowHash,
  foreign_key: foreignKey,
  accepted_values: acceptedValues,
  range,
  rule,
  custom_sql: customSql,
  schema_defaults: schemaDefaults,
  schema_keys: schemaKeys,
  schema_drift: schemaDrift,
  row_count_by: rowCountBy,
  null_pct: nullPct,
  empty_count: emptyCount,
  duplicate_count: duplicateCount,
  composite_key: compositeKey,
  metric_sum: metricSum,
  metric_avg: metricAvg,
  metric_ratio: metricRatio,
  row_values: rowValues,
  row_sample: rowSample,
  row_multiset: rowMultiset,
  fk_alignment: fkAlignment,
  fact_dim_conformance: factDimConformance,
  business_key: businessKey,
  surrogate_key_map: surrogateKeyMap,
  scd1,
  scd2,
  grain,
  late_arriving: lateArriving,
  additivity,
  regex,
  length,
  checksum,
  distribution_shift: distributionShift,
  top_values: topValues,
  quantiles,
  outliers_match: outliersMatch,
  ts_continuity: tsContinuity,
  ts_duplicates: tsDuplicates,
  rolling_drift: rollingDrift,
  period_over_period: periodOverPeriod,
  freshness,
  timezone_shift: timezoneShift,
  balance,
  reconcile,
  charset,
  whitespace,
  unicode_form: unicodeForm,
  file_layout: fileLayout,
  parquet_schema: parquetSchema,
};
