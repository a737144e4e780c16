import { quoteText } from '../connections/ansiDialect.ts';

/** Databases of the server itself, which are nobody's schema. */
const systemSchemas = "('information_schema', 'performance_schema', 'mysql', 'sys')";

const inSchemas = (column: string, schemas: readonly string[]): string =>
  `${column} in (${schemas.map(quoteText).join(', ')})`;

export const schemasSql = `
select schema_name as "name", database() as "own" from information_schema.schemata
where schema_name not in ${systemSchemas}`.trim();

type SchemaSql = (schemas: readonly string[], isMariadb: boolean) => string;

/** MariaDB's sequences are tables of a kind of their own. */
export const relationsSql: SchemaSql = (schemas) =>
  `
select t.table_schema as "schema", t.table_name as "name", t.table_type as "type", t.table_comment as "comment",
  t.table_rows as "rows", t.data_length + t.index_length as "bytes", t.table_collation as "collation", v.view_definition as "definition"
from information_schema.tables t
left join information_schema.views v on v.table_schema = t.table_schema and v.table_name = t.table_name
where ${inSchemas('t.table_schema', schemas)} and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW', 'SEQUENCE')`.trim();

export const columnsSql: SchemaSql = (schemas) =>
  `
select table_schema as "schema", table_name as "relation", column_name as "name", ordinal_position as "position",
  column_type as "type", is_nullable as "nullable", column_default as "default", extra as "extra",
  generation_expression as "expression", collation_name as "collation", column_comment as "comment"
from information_schema.columns where ${inSchemas('table_schema', schemas)}`.trim();

/** MySQL tells the expressions of functional indexes; MariaDB has none. */
export const indexesSql: SchemaSql = (schemas, isMariadb) =>
  `
select table_schema as "schema", table_name as "relation", index_name as "name", non_unique as "non_unique", seq_in_index as "position",
  column_name as "column", collation as "order", sub_part as "prefix", index_type as "method", ${isMariadb ? 'null' : 'expression'} as "expression"
from information_schema.statistics where ${inSchemas('table_schema', schemas)}`.trim();

export const foreignKeysSql: SchemaSql = (schemas) =>
  `
select k.table_schema as "schema", k.table_name as "relation", k.constraint_name as "name", k.column_name as "column",
  k.ordinal_position as "position", k.referenced_table_schema as "other_schema", k.referenced_table_name as "other_table",
  k.referenced_column_name as "other_column", r.update_rule as "on_update", r.delete_rule as "on_delete"
from information_schema.key_column_usage k
join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
  and r.constraint_name = k.constraint_name and r.table_name = k.table_name
where ${inSchemas('k.table_schema', schemas)} and ${inSchemas('r.constraint_schema', schemas)} and k.referenced_table_name is not null`.trim();

/** Of MySQL the table stands in table_constraints only; there, a check belongs to no column. */
export const checksSql: SchemaSql = (schemas, isMariadb) =>
  isMariadb
    ? `
select constraint_schema as "schema", table_name as "relation", constraint_name as "name", check_clause as "expression"
from information_schema.check_constraints where ${inSchemas('constraint_schema', schemas)}`.trim()
    : `
select t.table_schema as "schema", t.table_name as "relation", t.constraint_name as "name", c.check_clause as "expression"
from information_schema.table_constraints t
join information_schema.check_constraints c on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name
where ${inSchemas('t.table_schema', schemas)} and t.constraint_type = 'CHECK'`.trim();

export const partitionsSql: SchemaSql = (schemas) =>
  `
select distinct table_schema as "schema", table_name as "relation", partition_method as "method", partition_expression as "expression"
from information_schema.partitions where ${inSchemas('table_schema', schemas)} and partition_name is not null`.trim();

export const triggersSql: SchemaSql = (schemas) =>
  `
select event_object_schema as "schema", event_object_table as "relation", trigger_name as "name", action_timing as "timing",
  event_manipulation as "event", action_statement as "definition"
from information_schema.triggers where ${inSchemas('event_object_schema', schemas)}`.trim();

export const routinesSql: SchemaSql = (schemas) =>
  `
select routine_schema as "schema", specific_name as "specific", routine_name as "name", routine_type as "kind", dtd_identifier as "returns",
  routine_body as "language", routine_comment as "comment"
from information_schema.routines where ${inSchemas('routine_schema', schemas)} and routine_type in ('FUNCTION', 'PROCEDURE')`.trim();

/** Position 0 is what a function returns. */
export const parametersSql: SchemaSql = (schemas) =>
  `
select specific_schema as "schema", specific_name as "specific", routine_type as "kind", ordinal_position as "position",
  parameter_mode as "mode", parameter_name as "name", dtd_identifier as "type"
from information_schema.parameters where ${inSchemas('specific_schema', schemas)} and ordinal_position > 0`.trim();

/** Grants of a table, and of its whole schema, which hold for the table too. */
export const grantsSql: SchemaSql = (schemas) =>
  `
select table_schema as "schema", table_name as "relation", grantee as "grantee", privilege_type as "privilege", is_grantable as "grantable"
from information_schema.table_privileges where ${inSchemas('table_schema', schemas)}
union
select table_schema, null, grantee, privilege_type, is_grantable
from information_schema.schema_privileges where ${inSchemas('table_schema', schemas)}`.trim();
