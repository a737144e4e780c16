import type { CatalogTable, CatalogView, Unreadable } from '../../protocol/catalog.ts';
import { toEngineError } from '../errors.ts';
import { fromSqliteType, type CanonicalType } from '../validation/types.ts';
import { readCreateIndex, readCreateTable, readCreateTrigger, type TableText } from './createStatements.ts';
import { select } from './filter.ts';
import { assemble, estimated, isView, notCounted, typeFields, type CatalogReader } from './model.ts';
import { flag, list, nullableText, text, type CatalogSession, type Row } from './session.ts';

const schema = 'main';
const tokenOptions = { bracketNames: true };

/** Shadow tables of virtual ones and SQLite's own are left out: nobody made or can change them. */
const relationsSql = `
select l.name, l.type, l.wr as without_rowid, l.strict, s.sql
from pragma_table_list l join sqlite_schema s on s.name = l.name
where l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite\\_%' escape '\\'
order by l.name`.trim();

/** The names wanted, as a JSON list: one parameter, whatever their number. */
const wanted = `(select value as name from json_each(?)) m`;

const columnsSql = `
select m.name as "table", c.cid + 1 as position, c.name, c.type, c."notnull" as not_null, c.dflt_value as expression, c.pk, c.hidden
from ${wanted} join pragma_table_xinfo(m.name, 'main') c
order by m.name, c.cid`.trim();

const foreignKeysSql = `
select m.name as "table", k.id, k.seq, k."table" as referenced_table, k."from" as column, k."to" as referenced_column, k.on_update, k.on_delete,
  (select json_group_array(p.name order by p.pk) from pragma_table_xinfo(k."table", 'main') p where p.pk > 0) as referenced_key
from ${wanted} join pragma_foreign_key_list(m.name, 'main') k
order by m.name, k.id, k.seq`.trim();

const indexesSql = `
select m.name as "table", i.name, i."unique", i.origin, c.seqno, c.cid, c.name as column, c."desc" as descending, s.sql
from ${wanted} join pragma_index_list(m.name, 'main') i join pragma_index_xinfo(i.name, 'main') c
  left join sqlite_schema s on s.type = 'index' and s.name = i.name
where c.key = 1
order by m.name, i.name, c.seqno`.trim();

const triggersSql = `select name, tbl_name as "table", sql from sqlite_schema where type = 'trigger' order by tbl_name, name`;

const statisticsSql = `select tbl as name, max(cast(stat as integer)) as rows from sqlite_stat1 group by tbl`;

interface Built {
  readonly relation: CatalogTable | CatalogView;
  readonly isStrict: boolean;
  readonly hasRowid: boolean;
  readonly written: TableText;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
  /** Position in the primary key (from 1) and column. */
  readonly keyParts: { readonly position: number; readonly column: string }[];
}
type ByTable = ReadonlyMap<string, Built>;

/** SQLite by its pragma functions joined to the list of names: six statements, one more where ANALYZE has run. */
export const sqliteReader: CatalogReader = {
  async read(session, filter) {
    const drafts = (await session.query(relationsSql)).map((row) => ({
      schema,
      name: text(row, 'name'),
      row,
    }));
    const chosen = select(filter, [schema], drafts, session.connection.name);
    const all: ByTable = new Map(chosen.relations.map(({ name, row }) => [name, build(name, row)]));
    const unreadable: Unreadable[] = [];
    const read = await readAll(session, [...all.keys()], unreadable);
    for (const row of read.columns) addColumn(all, row);
    for (const one of all.values()) addPrimaryKey(one);
    for (const rows of groups(read.foreignKeys, ['table', 'id'])) addForeignKey(all, rows);
    for (const rows of groups(read.indexes, ['table', 'name'])) addIndex(all, rows);
    for (const row of await session.query(triggersSql)) addTrigger(all, row);
    await addEstimates(session, all);
    const kept = [...all.values()].filter(({ relation }) => relation.columns.length > 0);
    return {
      schemas: assemble(
        chosen.schemas.map((name) => ({ name, comment: null })),
        kept.map(({ relation }) => ({ schema, relation })),
      ),
      countables: kept
        .filter(({ relation }) => !isView(relation))
        .map(({ relation, columnKinds }) => ({
          schema,
          relation,
          columnKinds,
          from: `main.${session.connection.dialect.quoteIdentifier(relation.name)}`,
        })),
      unreadable,
    };
  },
};

interface ReadRows {
  columns: Row[];
  foreignKeys: Row[];
  indexes: Row[];
}

/**
 * All tables at once; only if that fails (a view over a dropped table, a virtual table whose module is not there) each one by
 * itself, so that the one that is broken is named and the others are read.
 */
async function readAll(
  session: CatalogSession,
  names: readonly string[],
  unreadable: Unreadable[],
): Promise<ReadRows> {
  const readNames = async (some: readonly string[]): Promise<ReadRows> => {
    const params = [JSON.stringify(some)];
    return {
      columns: await session.query(columnsSql, params),
      foreignKeys: await session.query(foreignKeysSql, params),
      indexes: await session.query(indexesSql, params),
    };
  };
  try {
    return await readNames(names);
  } catch (error) {
    if (session.signal.aborted) throw error;
  }
  const found: ReadRows = { columns: [], foreignKeys: [], indexes: [] };
  for (const name of names) {
    try {
      const rows = await readNames([name]);
      found.columns.push(...rows.columns);
      found.foreignKeys.push(...rows.foreignKeys);
      found.indexes.push(...rows.indexes);
    } catch (error) {
      if (session.signal.aborted) throw error;
      unreadable.push({ object: `${schema}.${name}`, reason: toEngineError(error).message });
    }
  }
  return found;
}

function groups(rows: readonly Row[], columns: readonly string[]): Row[][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => row[column]));
    const group = found.get(key);
    if (group === undefined) found.set(key, [row]);
    else group.push(row);
  }
  return [...found.values()];
}

function build(name: string, row: Row): Built {
  const sql = nullableText(row, 'sql') ?? '';
  const type = text(row, 'type');
  const common = { name, comment: null, columns: [], indexes: [], bytes: null, row_count: { ...notCounted } };
  const relation: CatalogTable | CatalogView =
    type === 'view'
      ? { ...common, kind: 'view', definition: sql }
      : {
          ...common,
          kind: type === 'virtual' ? 'virtual_table' : 'table',
          primary_key: null,
          unique_keys: [],
          foreign_keys: [],
          checks: [],
        };
  const written =
    type === 'table' ? readCreateTable(sql, tokenOptions) : { columns: new Map(), checks: [], named: [] };
  if (!isView(relation)) relation.checks.push(...written.checks);
  return {
    relation,
    isStrict: flag(row, 'strict'),
    hasRowid: !flag(row, 'without_rowid'),
    written,
    columnKinds: new Map(),
    keyParts: [],
  };
}

/** pragma_table_xinfo.hidden: 1 a hidden column of a virtual table, 2 generated virtual, 3 generated stored. */
function addColumn(all: ByTable, row: Row): void {
  const one = all.get(text(row, 'table'));
  const hidden = Number(row.hidden);
  if (one === undefined || hidden === 1) return;
  const name = text(row, 'name');
  const native = nullableText(row, 'type') ?? '';
  const type = fromSqliteType(native, one.isStrict);
  one.columnKinds.set(name, type.kind);
  const written = one.written.columns.get(name);
  if (Number(row.pk) > 0) one.keyParts.push({ position: Number(row.pk), column: name });
  one.relation.columns.push({
    name,
    position: Number(row.position),
    native_type: native,
    ...typeFields(type),
    nullable: isView(one.relation) ? null : !flag(row, 'not_null'),
    default: nullableText(row, 'expression'),
    identity: written?.isAutoincrement ? 'auto_increment' : null,
    generated: hidden < 2 ? null : { expression: written?.generated?.expression ?? '', stored: hidden === 3 },
    collation: written?.collation ?? null,
    comment: null,
  });
}

const nameOf = (
  one: Built,
  kind: 'primary' | 'unique' | 'foreign',
  columns: readonly string[],
): string | null =>
  one.written.named.find((key) => key.kind === kind && key.columns.join('\u0000') === columns.join('\u0000'))
    ?.name ?? null;

function addPrimaryKey(one: Built): void {
  if (isView(one.relation) || one.keyParts.length === 0) return;
  const columns = one.keyParts.sort((a, b) => a.position - b.position).map(({ column }) => column);
  one.relation.primary_key = { name: nameOf(one, 'primary', columns), columns };
  // INTEGER PRIMARY KEY is the rowid itself and never NULL; any other primary key of a rowid table may hold NULLs.
  const [only] = one.relation.columns.filter(({ name }) => columns.includes(name));
  if (one.hasRowid && columns.length === 1 && only?.native_type.toUpperCase() === 'INTEGER')
    only.nullable = false;
}

function addForeignKey(all: ByTable, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const one = all.get(text(first, 'table'));
  if (one === undefined || isView(one.relation)) return;
  const columns = rows.map((row) => text(row, 'column'));
  const table = text(first, 'referenced_table');
  // A reference without columns means the primary key of the other table, which need not be there.
  const isImplied = first.referenced_column === null;
  one.relation.foreign_keys.push({
    name: nameOf(one, 'foreign', columns),
    columns,
    references: {
      schema,
      table,
      columns: isImplied ? list(first, 'referenced_key') : rows.map((row) => text(row, 'referenced_column')),
    },
    on_update: text(first, 'on_update'),
    on_delete: text(first, 'on_delete'),
  });
}

function addIndex(all: ByTable, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const one = all.get(text(first, 'table'));
  if (one === undefined) return;
  const { items, predicate } = readCreateIndex(nullableText(first, 'sql') ?? '', tokenOptions);
  const origin = text(first, 'origin');
  const columns = rows.map((row, index) => {
    const column = nullableText(row, 'column');
    return {
      column,
      expression: column === null ? (items[index] ?? '') : null,
      descending: flag(row, 'descending'),
    };
  });
  if (origin === 'u' && !isView(one.relation)) {
    const names = columns.flatMap(({ column }) => column ?? []);
    one.relation.unique_keys.push({ name: nameOf(one, 'unique', names), columns: names });
  }
  one.relation.indexes.push({
    name: text(first, 'name'),
    columns,
    include: [],
    unique: flag(first, 'unique'),
    primary: origin === 'pk',
    method: 'btree',
    predicate,
  });
}

function addTrigger(all: ByTable, row: Row): void {
  const one = all.get(text(row, 'table'));
  const definition = text(row, 'sql');
  // SQLite's triggers run for each row and cannot be switched off.
  const same = { level: 'row', enabled: true, definition } as const;
  const trigger = { name: text(row, 'name'), ...readCreateTrigger(definition, tokenOptions), ...same };
  if (one !== undefined) (one.relation.triggers ??= []).push(trigger);
}

/** ANALYZE leaves row counts in sqlite_stat1, which exists only once it has run. */
async function addEstimates(session: CatalogSession, all: ByTable): Promise<void> {
  const found = await session.query(`select 1 as found from sqlite_schema where name = 'sqlite_stat1'`);
  if (found.length === 0) return;
  for (const row of await session.query(statisticsSql)) {
    const one = all.get(text(row, 'name'));
    if (one !== undefined) one.relation.row_count = estimated(Number(row.rows));
  }
}
