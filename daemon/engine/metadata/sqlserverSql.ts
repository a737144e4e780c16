import { quoteNational } from '../connections/tsqlDialect.ts';

export type SchemaSql = (schemas: readonly string[]) => string;

const inSchemas = (schemas: readonly string[]): string =>
  `s.name in (${schemas.map(quoteNational).join(', ')})`;

/** Objects of people: tables and views, each with its schema. */
const relations = `sys.objects o join sys.schemas s on s.schema_id = o.schema_id and o.is_ms_shipped = 0 and o.type in ('U', 'V')`;
const described = (owner: string, minor: string): string =>
  `left join sys.extended_properties ep on ep.class = 1 and ep.major_id = ${owner} and ep.minor_id = ${minor} and ep.name = N'MS_Description'`;
const comment = 'convert(nvarchar(4000), ep.value) as "comment"';

/** Those above 16383 belong to the fixed roles. */
export const schemasSql = `
select s.name as "name" from sys.schemas s where s.schema_id < 16384 and s.name not in (N'sys', N'INFORMATION_SCHEMA', N'guest')`.trim();

export const relationsSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "name", rtrim(o.type) as "type", ${comment}, m.definition as "definition",
  r.row_count as "rows", b.bytes as "bytes", r.partitions as "partitions",
  convert(nvarchar(128), databasepropertyex(db_name(), N'Collation')) as "collation"
from ${relations}
left join sys.sql_modules m on m.object_id = o.object_id
left join (select p.object_id, sum(p.rows) as row_count, max(p.partition_number) as partitions
  from sys.partitions p where p.index_id in (0, 1) group by p.object_id) r on r.object_id = o.object_id
left join (select p.object_id, sum(a.total_pages) * 8192 as bytes
  from sys.partitions p join sys.allocation_units a on a.container_id = case when a.type = 2 then p.partition_id else p.hobt_id end
  group by p.object_id) b on b.object_id = o.object_id
${described('o.object_id', '0')}
where ${inSchemas(schemas)}`.trim();

/** Of an alias type the type it stands for; those of .NET have none. */
export const columnsSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", c.name as "name", c.column_id as "position", coalesce(bt.name, t.name) as "type",
  c.max_length as "length", c.precision as "precision", c.scale as "scale", c.is_nullable as "nullable", c.is_identity as "identity",
  dc.definition as "default", cc.definition as "expression", cc.is_persisted as "stored", c.collation_name as "collation", ${comment}
from ${relations}
join sys.columns c on c.object_id = o.object_id
join sys.types t on t.user_type_id = c.user_type_id
left join sys.types bt on bt.user_type_id = c.system_type_id
left join sys.default_constraints dc on dc.object_id = c.default_object_id
left join sys.computed_columns cc on cc.object_id = c.object_id and cc.column_id = c.column_id
${described('o.object_id', 'c.column_id')}
where ${inSchemas(schemas)}`.trim();

export const indexesSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", i.name as "name", i.is_unique as "unique", i.is_primary_key as "primary",
  i.is_unique_constraint as "constraint", i.type_desc as "method", i.filter_definition as "predicate", ic.key_ordinal as "position",
  ic.index_column_id as "place", ic.is_included_column as "included", ic.is_descending_key as "descending", ic.partition_ordinal as "partition",
  c.name as "column"
from ${relations}
join sys.indexes i on i.object_id = o.object_id and i.type > 0 and i.is_hypothetical = 0
join sys.index_columns ic on ic.object_id = i.object_id and ic.index_id = i.index_id
join sys.columns c on c.object_id = ic.object_id and c.column_id = ic.column_id
where ${inSchemas(schemas)}`.trim();

export const foreignKeysSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", fk.name as "name", fc.constraint_column_id as "position", c.name as "column",
  os.name as "other_schema", oo.name as "other_table", oc.name as "other_column",
  fk.update_referential_action_desc as "on_update", fk.delete_referential_action_desc as "on_delete"
from ${relations}
join sys.foreign_keys fk on fk.parent_object_id = o.object_id
join sys.foreign_key_columns fc on fc.constraint_object_id = fk.object_id
join sys.columns c on c.object_id = fc.parent_object_id and c.column_id = fc.parent_column_id
join sys.objects oo on oo.object_id = fc.referenced_object_id
join sys.schemas os on os.schema_id = oo.schema_id
join sys.columns oc on oc.object_id = fc.referenced_object_id and oc.column_id = fc.referenced_column_id
where ${inSchemas(schemas)}`.trim();

export const checksSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", ck.name as "name", ck.definition as "expression"
from ${relations}
join sys.check_constraints ck on ck.parent_object_id = o.object_id
where ${inSchemas(schemas)}`.trim();

export const triggersSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", tr.name as "name", tr.is_instead_of_trigger as "instead", tr.is_disabled as "disabled",
  te.type_desc as "event", m.definition as "definition"
from ${relations}
join sys.triggers tr on tr.parent_class = 1 and tr.parent_id = o.object_id
join sys.trigger_events te on te.object_id = tr.object_id
left join sys.sql_modules m on m.object_id = tr.object_id
where ${inSchemas(schemas)}`.trim();

/** The numbers are of the type of the sequence, each as text. */
export const sequencesSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", q.name as "name", t.name as "type", convert(nvarchar(41), q.start_value) as "start",
  convert(nvarchar(41), q.increment) as "increment", convert(nvarchar(41), q.minimum_value) as "min",
  convert(nvarchar(41), q.maximum_value) as "max", q.is_cycling as "cycle"
from sys.sequences q join sys.schemas s on s.schema_id = q.schema_id join sys.types t on t.user_type_id = q.user_type_id
where ${inSchemas(schemas)}`.trim();

/** One row a parameter; that without a name and number 0 is what a function returns. */
export const routinesSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.object_id as "id", o.name as "name", rtrim(o.type) as "kind", p.parameter_id as "position", p.name as "parameter",
  t.name as "type", p.max_length as "length", p.precision as "precision", p.scale as "scale", p.is_output as "output"
from sys.objects o join sys.schemas s on s.schema_id = o.schema_id
left join sys.parameters p on p.object_id = o.object_id
left join sys.types t on t.user_type_id = p.user_type_id
where o.is_ms_shipped = 0 and o.type in ('FN', 'IF', 'TF', 'FS', 'FT', 'AF', 'P', 'PC') and ${inSchemas(schemas)}`.trim();

/** Of a table, and of its whole schema, which hold for the table too. State W: with grant option. */
export const grantsSql: SchemaSql = (schemas) =>
  `
select s.name as "schema", o.name as "relation", g.name as "grantee", p.permission_name as "privilege", rtrim(p.state) as "state"
from ${relations}
join sys.database_permissions p on p.class = 1 and p.major_id = o.object_id and p.minor_id = 0 and p.state in ('G', 'W')
join sys.database_principals g on g.principal_id = p.grantee_principal_id
where ${inSchemas(schemas)}
union all
select s.name, null, g.name, p.permission_name, rtrim(p.state)
from sys.schemas s
join sys.database_permissions p on p.class = 3 and p.major_id = s.schema_id and p.state in ('G', 'W')
join sys.database_principals g on g.principal_id = p.grantee_principal_id
where ${inSchemas(schemas)}`.trim();
