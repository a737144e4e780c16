/**
 * PostgreSQL 12 and later. Every statement is one for all tables: what differs between them is joined, never asked again.
 * pg_catalog is named everywhere, so that no object of a user's search path can stand in its way.
 */

const userSchemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const commentOf = (catalog: string, object: string, part = '0'): string =>
  `left join pg_catalog.pg_description d on d.objoid = ${object} and d.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objsubid = ${part}`;

export const schemasSql = `
select n.nspname as name, d.description as comment
from pg_catalog.pg_namespace n
${commentOf('pg_namespace', 'n.oid')}
where ${userSchemas}
order by n.nspname`.trim();

/**
 * Rows and pages are those the last VACUUM or ANALYZE noted (-1: none has run; before version 14 that is told as 0 rows in 0
 * pages). pg_total_relation_size would know the size of now, but it opens every table, index and TOAST table: over a thousand tables that
 * takes longer than everything else here together.
 */
export const relationsSql = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind,
  c.relispartition as is_partition, d.description as comment,
  case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as definition,
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
  case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as bound,
  i.inhparent::text as parent, h.parents, s.srvname as foreign_server,
  case when c.reltuples = 0 and c.relpages = 0 and pg_catalog.current_setting('server_version_num')::int < 140000
    then -1 else c.reltuples end::float8 as tuples,
  case when c.relkind in ('r', 'm') then
    (c.relpages + coalesce(b.relpages, 0) + coalesce(x.pages, 0)) * pg_catalog.current_setting('block_size')::bigint end as bytes,
  pg_catalog.has_schema_privilege(n.oid, 'usage') as schema_usable,
  pg_catalog.has_any_column_privilege(c.oid, 'select') as selectable,
  c.relrowsecurity and pg_catalog.row_security_active(c.oid) as row_security
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition
left join (
  select h.inhrelid, pg_catalog.json_agg(h.inhparent::text order by h.inhseqno)::text as parents
  from pg_catalog.pg_inherits h group by h.inhrelid) h on h.inhrelid = c.oid and not c.relispartition
left join pg_catalog.pg_foreign_table f on f.ftrelid = c.oid
left join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
left join pg_catalog.pg_class b on b.oid = c.reltoastrelid
left join (
  select x.indrelid, sum(k.relpages) as pages
  from pg_catalog.pg_index x join pg_catalog.pg_class k on k.oid = x.indexrelid group by x.indrelid) x on x.indrelid = c.oid
${commentOf('pg_class', 'c.oid')}
where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${userSchemas}
order by n.nspname, c.relname`.trim();

/**
 * The types in use, each once with its modifier: twenty thousand columns have a dozen. Domains are told by the type they end
 * at, with the modifier nearest to the column.
 */
export const typesSql = `
with recursive domain(oid, base, modifier, not_null) as (
  select t.oid, t.typbasetype, t.typtypmod, t.typnotnull from pg_catalog.pg_type t where t.typtype = 'd'
  union all
  select o.oid, b.typbasetype, case when o.modifier >= 0 then o.modifier else b.typtypmod end, o.not_null or b.typnotnull
  from domain o join pg_catalog.pg_type b on b.oid = o.base and b.typtype = 'd'
), used as (
  select distinct a.atttypid as oid, a.atttypmod as modifier from pg_catalog.pg_attribute a
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
)
select u.oid || ' ' || u.modifier as key, pg_catalog.format_type(u.oid, u.modifier) as native_type,
  b.typname as name, b.typtype::text as kind, coalesce(o.modifier, u.modifier) as modifier,
  coalesce(o.not_null, false) as not_null, t.typcollation::text as collation
from used u
join pg_catalog.pg_type t on t.oid = u.oid
left join domain o on o.oid = t.oid and not exists (
  select from pg_catalog.pg_type deeper where deeper.oid = o.base and deeper.typtype = 'd')
join pg_catalog.pg_type b on b.oid = coalesce(o.base, t.oid)`.trim();

/** Narrow and not ordered: twenty thousand rows sorted with their texts would spill to the server's disk. The reader sorts. */
export const columnsSql = `
select a.attrelid::text as relation, a.attnum as number, a.attname as name, a.atttypid || ' ' || a.atttypmod as type,
  a.attnotnull as not_null, a.attidentity::text as identity, a.attgenerated::text as generated,
  pg_catalog.pg_get_expr(e.adbin, e.adrelid) as expression, a.attcollation::text as collation
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped`.trim();

export const columnCommentsSql = `
select d.objoid::text as relation, d.objsubid as number, d.description as comment
from pg_catalog.pg_description d
where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid > 0 and d.objoid = any($1::oid[])`.trim();

/** Names of the collations that some column has otherwise than its type. */
export const collationsSql = `
select l.oid::text as oid, l.collname as name
from pg_catalog.pg_collation l
where l.oid in (
  select a.attcollation from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped and a.attcollation <> t.typcollation)`.trim();

export const constraintsSql = `
select k.conrelid::text as relation, k.conname as name, k.contype::text as type,
  case when k.contype <> 'c' then pg_catalog.array_to_json(k.conkey)::text end as columns,
  case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end as expression,
  case when k.contype = 'x' then pg_catalog.pg_get_constraintdef(k.oid) end as definition,
  m.nspname as referenced_schema, c.relname as referenced_table,
  case when k.contype = 'f' then (
    select pg_catalog.json_agg(a.attname order by u.position)
    from pg_catalog.unnest(k.confkey) with ordinality as u(number, position)
    join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number)::text end as referenced_columns,
  k.confupdtype::text as on_update, k.confdeltype::text as on_delete,
  case when k.condeferrable then case when k.condeferred then 'deferred' else 'immediate' end end as deferrable
from pg_catalog.pg_constraint k
left join pg_catalog.pg_class c on c.oid = k.confrelid and k.contype = 'f'
left join pg_catalog.pg_namespace m on m.oid = c.relnamespace
where k.conrelid = any($1::oid[]) and k.contype in ('p', 'u', 'f', 'c', 'x')`.trim();

export const indexesSql = `
select x.indrelid::text as relation, c.relname as name, m.amname as method,
  x.indisunique as unique, x.indisprimary as primary, x.indnkeyatts as keys,
  x.indkey::text as columns, x.indoption::text as options,
  pg_catalog.pg_get_expr(x.indpred, x.indrelid) as predicate,
  case when x.indexprs is not null then (
    select pg_catalog.json_agg(pg_catalog.pg_get_indexdef(x.indexrelid, p, true) order by p)
    from pg_catalog.generate_series(1, x.indnkeyatts) as p)::text end as expressions
from pg_catalog.pg_index x
join pg_catalog.pg_class c on c.oid = x.indexrelid
join pg_catalog.pg_am m on m.oid = c.relam
where x.indrelid = any($1::oid[]) and x.indislive`.trim();

/** Sequences by the columns that own them: `serial` and identity columns draw from theirs. */
export const sequencesSql = `
select n.nspname as schema, c.relname as name, pg_catalog.format_type(s.seqtypid, null) as data_type,
  s.seqstart::text as start, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcycle as cycle,
  o.relname as owner_table, a.attname as owner_column, d.description as comment
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_depend k on k.objid = c.oid and k.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
  and k.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and k.refobjsubid > 0 and k.deptype in ('a', 'i')
left join pg_catalog.pg_class o on o.oid = k.refobjid
left join pg_catalog.pg_attribute a on a.attrelid = k.refobjid and a.attnum = k.refobjsubid
${commentOf('pg_class', 'c.oid')}
where ${userSchemas}`.trim();

/** Functions that came with an extension are the extension's, not this database's. */
export const routinesSql = `
select n.nspname as schema, p.proname as name, p.prokind::text as kind, l.lanname as language, d.description as comment,
  pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments, pg_catalog.pg_get_function_result(p.oid) as returns
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
${commentOf('pg_proc', 'p.oid')}
where ${userSchemas} and not exists (
  select from pg_catalog.pg_depend e
  where e.objid = p.oid and e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.deptype = 'e')`.trim();

/** pg_trigger.tgtype: bit 0 row level, 1 before, 2 insert, 3 delete, 4 update, 5 truncate, 6 instead of. */
export const triggersSql = `
select t.tgrelid::text as relation, t.tgname as name, t.tgtype as type, t.tgenabled::text as enabled,
  pg_catalog.pg_get_triggerdef(t.oid) as definition
from pg_catalog.pg_trigger t
where t.tgrelid = any($1::oid[]) and not t.tgisinternal`.trim();

/** Without an access list of its own a table has the one its owner has by default. */
export const grantsSql = `
select c.oid::text as relation, coalesce(r.rolname, 'PUBLIC') as grantee, x.privilege_type as privilege, x.is_grantable as grantable
from pg_catalog.pg_class c
cross join lateral pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) x
left join pg_catalog.pg_roles r on r.oid = x.grantee
where c.oid = any($1::oid[])`.trim();
