import { snowflakeText } from '../connections/snowflakeDialect.ts';

export type SchemaSql = (schemas: readonly string[]) => string;

const inSchemas = (column: string, schemas: readonly string[]): string =>
  `${column} in (${schemas.map(snowflakeText).join(', ')})`;

export const schemasSql = `
select schema_name as "name", comment as "comment" from information_schema.schemata where schema_name <> 'INFORMATION_SCHEMA'`.trim();

export const relationsSql: SchemaSql = (schemas) =>
  `
select t.table_schema as "schema", t.table_name as "name", t.table_type as "type", t.comment as "comment", t.row_count as "rows",
  t.bytes as "bytes", t.clustering_key as "clustering", v.view_definition as "definition"
from information_schema.tables t
left join information_schema.views v on v.table_schema = t.table_schema and v.table_name = t.table_name
where ${inSchemas('t.table_schema', schemas)}`.trim();

export const columnsSql: SchemaSql = (schemas) =>
  `
select table_schema as "schema", table_name as "relation", column_name as "name", ordinal_position as "position", data_type as "type",
  character_maximum_length as "length", numeric_precision as "precision", numeric_scale as "scale", datetime_precision as "fraction",
  is_nullable as "nullable", column_default as "default", is_identity as "identity", collation_name as "collation", comment as "comment"
from information_schema.columns where ${inSchemas('table_schema', schemas)}`.trim();

/** information_schema names constraints and not their columns; these tell both, for all tables of the database at once. */
export const primaryKeysSql = 'show primary keys in database';
export const uniqueKeysSql = 'show unique keys in database';
export const foreignKeysSql = 'show imported keys in database';

export const sequencesSql: SchemaSql = (schemas) =>
  `
select sequence_schema as "schema", sequence_name as "name", data_type as "type", start_value as "start", "INCREMENT" as "increment",
  minimum_value as "min", maximum_value as "max", cycle_option as "cycle", comment as "comment"
from information_schema.sequences where ${inSchemas('sequence_schema', schemas)}`.trim();

export const routinesSql: SchemaSql = (schemas) =>
  `
select function_schema as "schema", function_name as "name", 'function' as "kind", argument_signature as "arguments", data_type as "returns",
  function_language as "language", comment as "comment"
from information_schema.functions where ${inSchemas('function_schema', schemas)}
union all
select procedure_schema, procedure_name, 'procedure', argument_signature, null, procedure_language, comment
from information_schema.procedures where ${inSchemas('procedure_schema', schemas)}`.trim();

export const grantsSql: SchemaSql = (schemas) =>
  `
select table_schema as "schema", table_name as "relation", grantee as "grantee", privilege_type as "privilege", is_grantable as "grantable"
from information_schema.table_privileges where ${inSchemas('table_schema', schemas)}`.trim();
