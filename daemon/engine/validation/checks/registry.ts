import type { CheckKind } from '../../../protocol/files/checks.ts';
import { acceptedValues } from './acceptedValues.ts';
import type { Check } from './check.ts';
import { columnStats } from './columnStats.ts';
import { customSql } from './customSql.ts';
import { foreignKey } from './foreignKey.ts';
import { nullCount } from './nullCount.ts';
import { range } from './range.ts';
import { rowCount } from './rowCount.ts';
import { rowHash } from './rowHash.ts';
import { rule } from './rule.ts';
import { schemaColumns } from './schemaColumns.ts';
import { schemaNullability } from './schemaNullability.ts';
import { schemaTypes } from './schemaTypes.ts';
import { uniqueKey } from './uniqueKey.ts';

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
};
