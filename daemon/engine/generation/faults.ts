/**
 * Planted faults: a stage of its own, with its own seed, after clean generation. Every fault hits another row, really changes the
 * stored value, and is written down in the answer key `_faults`.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { FaultsDefinition, SchemaType } from '../../protocol/files/batch.ts';
import { faultKinds } from '../../protocol/files/batch.ts';
import { quoteIdentifier, quoteText } from '../connections/ansiDialect.ts';
import { workspaceTable } from '../connections/duckdbInstance.ts';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import { EngineError } from '../errors.ts';
import type { CompiledTable } from './compile.ts';
import { faultStream, pickByCount, pickInTable, type FaultPicker } from './faultPicks.ts';
import { rowFaultKinds, valueFaults } from './faultKinds.ts';
import { streamConstants } from './mixer.ts';
import { unknownTable } from './selection.ts';
import { column, nullable, type ColumnSpec } from './spec.ts';
import type { TargetTable } from './targets/target.ts';

export const faultsTable = '_faults';

export interface PlantedFaults {
  /** The faulty tables, without keys, and the answer key. */
  readonly tables: readonly TargetTable[];
  readonly summary: { readonly total: number; readonly by_kind: Record<string, number> };
}

interface FaultsRequest {
  readonly seed: number;
  readonly schema_type: SchemaType;
}

const answerColumns: readonly ColumnSpec[] = [
  column('fault_id', 'BIGINT'),
  column('table_name', 'VARCHAR'),
  column('key', 'VARCHAR'),
  nullable('column_name', 'VARCHAR'),
  column('kind', 'VARCHAR'),
  nullable('original', 'VARCHAR'),
  nullable('corrupted', 'VARCHAR'),
];

/**
 * Makes the clean tables in the workspace, chooses rows, and makes the faulty tables. The number of faults is exactly
 * `count`, or round(rate x rows) for each table; an error of kind `definition` if the tables cannot take so many.
 */
export async function plantFaults(
  chosen: readonly CompiledTable[],
  faults: FaultsDefinition,
  request: FaultsRequest,
  duckdb: DuckDBConnection,
): Promise<PlantedFaults> {
  const eligible = eligibleTables(chosen, faults, request.schema_type);
  const context = { duckdb, seed: faults.seed ?? request.seed, chosen };
  for (const compiled of chosen) await duckdb.run(cleanTableSql(compiled, context.seed));
  await duckdb.run(
    `create table gen_picked (table_name varchar, gen_row bigint, kind varchar, column_name varchar, original varchar, corrupted varchar)`,
  );
  const letters = await foreignLetters(chosen, duckdb);
  const pickers = eligible.map((compiled) => picker(compiled, faults.kinds ?? faultKinds, letters, context));
  const total = await pickAll(pickers, faults, context);
  const tables: TargetTable[] = [];
  for (const compiled of chosen) tables.push(await faultyTable(compiled, duckdb));
  tables.push(await answerKey(chosen, duckdb));
  return { tables, summary: { total, by_kind: await countByKind(duckdb) } };
}

async function pickAll(
  pickers: readonly FaultPicker[],
  faults: FaultsDefinition,
  context: StageContext,
): Promise<number> {
  if (faults.count !== undefined) {
    const planted = await pickByCount(pickers, faults.count, context);
    if (planted < faults.count) throw tooMany(planted, faults.count, faults);
    return planted;
  }
  let total = 0;
  for (const picker of pickers) {
    const wanted = Math.round(picker.rows * (faults.rate ?? 0));
    const planted = await pickInTable(picker, wanted, context);
    if (planted < wanted) throw tooMany(planted, wanted, faults, picker.table);
    total += planted;
  }
  return total;
}

function eligibleTables(
  chosen: readonly CompiledTable[],
  faults: FaultsDefinition,
  schemaType: string,
): readonly CompiledTable[] {
  if (faults.tables === undefined) return chosen;
  const byName = new Map(chosen.map((compiled) => [compiled.table.name, compiled]));
  return [...new Set(faults.tables)].map((name) => {
    const compiled = byName.get(name);
    if (compiled === undefined) throw unknownTable(name, [...byName.keys()], schemaType);
    return compiled;
  });
}

function tooMany(planted: number, total: number, faults: FaultsDefinition, table?: string): EngineError {
  const kinds = faults.kinds === undefined ? '' : ` of the kinds ${faults.kinds.join(', ')}`;
  return new EngineError(
    'definition',
    'too_many_faults',
    `faults: ${total} are wanted${kinds}, but ${table ?? 'the tables'} can take only ${planted}`,
    { hint: 'Lower count or rate, raise row_count, or allow more kinds or tables.' },
  );
}

const cleanName = (table: string) => `gen_clean_${table}`;
const faultyName = (table: string) => `gen_faulty_${table}`;

/** The rows with their number and the draw from which all choices about them are made. */
function cleanTableSql({ table, select }: CompiledTable, seed: number): string {
  const base = `gen_base(gen_row, ${streamConstants(seed, faultStream(table.name), '').table})`;
  return `create table ${cleanName(table.name)} as select *, ${base} as gen_base
    from (select row_number() over () as gen_row, * from (${select()}))`;
}

/** All letters outside ASCII in the text of the tables, for the faults that change how a letter is written. */
async function foreignLetters(chosen: readonly CompiledTable[], duckdb: DuckDBConnection): Promise<string[]> {
  const found = new Set<string>();
  for (const { table } of chosen) {
    const texts = table.columns.filter(({ type }) => type === 'VARCHAR');
    if (texts.length === 0) continue;
    const pieces = texts.map(({ name }) => `regexp_replace(${quoteIdentifier(name)}, '[ -~]', '', 'g')`);
    const { rows } = await queryDuckdb(
      duckdb,
      `select distinct unnest([${pieces.join(', ')}]) as letters from ${cleanName(table.name)}`,
    );
    for (const [letters] of rows) for (const letter of String(letters ?? '')) found.add(letter);
  }
  return [...found].sort();
}

interface StageContext {
  readonly duckdb: DuckDBConnection;
  readonly seed: number;
  readonly chosen: readonly CompiledTable[];
}

const keyColumns = ({ table }: CompiledTable): ReadonlySet<string> =>
  new Set([...table.primary_key, ...table.foreign_keys.flatMap((key) => key.columns)]);

/** Which kinds a table can take, in which columns, and which of its rows may go missing. */
function picker(
  compiled: CompiledTable,
  kinds: readonly string[],
  letters: readonly string[],
  context: StageContext,
): FaultPicker {
  const { table } = compiled;
  const keys = keyColumns(compiled);
  const values = valueFaults(
    table.columns.filter((each) => !keys.has(each.name)),
    kinds,
    letters,
  );
  const rowKinds = rowFaultKinds.filter(
    (kind) => kinds.includes(kind) && (kind !== 'extra' || newKey(compiled) !== null),
  );
  return {
    table: table.name,
    clean: cleanName(table.name),
    rows: compiled.rows,
    row_json: rowJson(table.columns),
    row_kinds: rowKinds,
    values,
    unreferenced: unreferenced(table.name, context.chosen),
  };
}

/** A row that others refer to may not go missing: that would be another fault than the one written down. */
function unreferenced(name: string, chosen: readonly CompiledTable[]): string {
  const conditions = chosen.flatMap(({ table: child }) =>
    child.foreign_keys
      .filter((key) => key.references.table === name)
      .map((key) => {
        const own = key.columns.map((each) => quoteIdentifier(each)).join(', ');
        const other = key.references.columns.map((each) => `c.${quoteIdentifier(each)}`).join(', ');
        const present = key.columns.map((each) => `${quoteIdentifier(each)} is not null`).join(' and ');
        return `(${other}) not in (select (${own}) from ${cleanName(child.name)} where ${present})`;
      }),
  );
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}

/** Key of an added row: past all others. Only for tables with one whole number as key that is no reference. */
function newKey({ table }: CompiledTable): { readonly column: string; readonly sql: string } | null {
  const [name, ...more] = table.primary_key;
  const type = table.columns.find((each) => each.name === name)?.type;
  const isReference = table.foreign_keys.some((key) => key.columns.includes(name ?? ''));
  if (name === undefined || more.length > 0 || isReference || (type !== 'INTEGER' && type !== 'BIGINT'))
    return null;
  const quoted = quoteIdentifier(name);
  return {
    column: name,
    sql: `((select max(${quoted}) from ${cleanName(table.name)}) + row_number() over (order by gen_row))::${type}`,
  };
}

function rowJson(columns: readonly ColumnSpec[]): string {
  const members = columns.map(({ name }) => `${quoteText(name)}, c.${quoteIdentifier(name)}::varchar`);
  return `json_object(${members.join(', ')})::varchar`;
}

/** Rows of one table that carry a row fault of this kind, with their place. */
const picked = (table: string, kind: string) =>
  `(select gen_row from gen_picked where table_name = ${quoteText(table)} and kind = ${quoteText(kind)})`;

async function faultyTable(compiled: CompiledTable, duckdb: DuckDBConnection): Promise<TargetTable> {
  const { table } = compiled;
  const { name, columns } = table;
  const changed = columns.map(
    ({ name: each, type }) =>
      `case when f.column_name = ${quoteText(each)} then f.corrupted::${type} else c.${quoteIdentifier(each)} end as ${quoteIdentifier(each)}`,
  );
  const key = newKey(compiled);
  const plain = columns.map(({ name: each }) => quoteIdentifier(each));
  const added = plain.map((each, index) =>
    columns[index]?.name === key?.column ? `${key?.sql ?? ''} as ${each}` : each,
  );
  const clean = cleanName(name);
  await duckdb.run(`create table ${faultyName(name)} as select ${plain.join(', ')} from (
    select ${changed.join(', ')}, c.gen_row, 0 as gen_part from ${clean} c
      left join (select * from gen_picked where table_name = ${quoteText(name)} and column_name is not null) f using (gen_row)
      where c.gen_row not in ${picked(name, 'missing')}
    union all select ${plain.join(', ')}, gen_row, 1 from ${clean} where gen_row in ${picked(name, 'duplicate')}
    union all select ${added.join(', ')}, gen_row + ${compiled.rows}, 2 from ${clean} where gen_row in ${picked(name, 'extra')})
    order by gen_row, gen_part`);
  return stored(name, columns, faultyName(name), duckdb);
}

async function stored(
  name: string,
  columns: readonly ColumnSpec[],
  table: string,
  duckdb: DuckDBConnection,
): Promise<TargetTable> {
  const { rows } = await queryDuckdb(duckdb, `select count(*) from ${table}`);
  // Qualified: the target may have made another schema the session's own by then.
  const from = workspaceTable(duckdb, quoteIdentifier(table));
  const list = columns.map((each) => quoteIdentifier(each.name)).join(', ');
  return {
    name,
    columns,
    primary_key: [],
    foreign_keys: [],
    rows: Number(rows[0]?.[0]),
    select: () => `select ${list} from ${from}`,
    sliceable: false,
  };
}

/** `_faults`: one row a fault. The key is a JSON object of the key columns as text; an added row is named by its new key. */
async function answerKey(chosen: readonly CompiledTable[], duckdb: DuckDBConnection): Promise<TargetTable> {
  const parts = chosen.map((compiled, index) => {
    const { table } = compiled;
    const added = newKey(compiled);
    const clean = cleanName(table.name);
    const members = (own: (name: string) => string) =>
      `json_object(${table.primary_key.map((name) => `${quoteText(name)}, ${own(name)}::varchar`).join(', ')})::varchar`;
    const own = members((name) => `c.${quoteIdentifier(name)}`);
    const ofKind = (isExtra: boolean) =>
      `f.table_name = ${quoteText(table.name)} and f.kind ${isExtra ? '=' : '<>'} 'extra'`;
    const fields = (key: string) =>
      `${index} as table_no, f.gen_row, f.table_name, ${key} as key, f.column_name, f.kind, f.original, f.corrupted`;
    const usual = `select ${fields(own)} from gen_picked f join ${clean} c using (gen_row) where ${ofKind(false)}`;
    if (added === null) return usual;
    const extra = `select ${fields(members((name) => (name === added.column ? 'c.gen_key' : `c.${quoteIdentifier(name)}`)))}
      from gen_picked f join (select *, ${added.sql} as gen_key from ${clean} where gen_row in ${picked(table.name, 'extra')}) c
      using (gen_row) where ${ofKind(true)}`;
    return `${usual} union all ${extra}`;
  });
  await duckdb.run(
    `create table gen_answers as select row_number() over (order by table_no, gen_row) as fault_id, table_name, key, column_name, kind, original,
       case when kind = 'extra' then json_merge_patch(corrupted, key)::varchar else corrupted end as corrupted
     from (${parts.join(' union all ')}) order by fault_id`,
  );
  return stored(faultsTable, answerColumns, 'gen_answers', duckdb);
}

async function countByKind(duckdb: DuckDBConnection): Promise<Record<string, number>> {
  const { rows } = await queryDuckdb(
    duckdb,
    'select kind, count(*) from gen_picked group by kind order by kind',
  );
  return Object.fromEntries(rows.map(([kind, count]) => [String(kind), Number(count)]));
}
