/**
 * Planted faults: a stage of its own, with its own seed, after clean generation. Every fault hits another row, really changes the
 * stored value, and is written down in the answer key `_faults`.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { faultKinds, type FaultsDefinition } from '../../protocol/files/generation.ts';
import { quoteIdentifier, quoteText } from '../connections/ansiDialect.ts';
import { workspaceTable } from '../connections/duckdbInstance.ts';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import { nearNames } from '../connections/duckdbLease.ts';
import { EngineError } from '../errors.ts';
import type { CompiledTable } from './compile.ts';
import {
  faultStream,
  pickByCount,
  pickInColumn,
  pickInTable,
  pickKind,
  type FaultPicker,
} from './faultPicks.ts';
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
  /** What errors call it: a domain, or a schema file by its name. */
  readonly schema_type: string;
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
  const context = { duckdb, seed: faults.seed ?? request.seed, chosen };
  for (const compiled of chosen) await duckdb.run(cleanTableSql(compiled, context.seed));
  await duckdb.run(
    `create table gen_picked (table_name varchar, gen_row bigint, kind varchar, column_name varchar, original varchar, corrupted varchar, other_column varchar)`,
  );
  const letters = await foreignLetters(chosen, duckdb);
  const total = await pickAll(faults, { ...context, letters, name: request.schema_type });
  const tables: TargetTable[] = [];
  for (const compiled of chosen) tables.push(await faultyTable(compiled, duckdb));
  tables.push(await answerKey(chosen, duckdb));
  return { tables, summary: { total, by_kind: await countByKind(duckdb) } };
}

interface PickingContext extends StageContext {
  readonly letters: readonly string[];
  readonly name: string;
}

/** What is asked for most closely comes first: single columns, then rates of kinds, then the rest. */
async function pickAll(faults: FaultsDefinition, context: PickingContext): Promise<number> {
  let total = await pickColumns(faults, context);
  const eligible = eligibleTables(context.chosen, faults.tables, context.name);
  const pickersOf = (kinds: readonly string[]) =>
    eligible.map((compiled) => picker(compiled, kinds, context.letters, context));
  for (const [kind, rate] of Object.entries(faults.rates ?? {}))
    for (const each of pickersOf([kind])) {
      const wanted = Math.round(each.rows * rate);
      // A table that does not know the kind has none of its rows to give.
      if (wanted === 0 || (each.row_kinds.length === 0 && each.values.length === 0)) continue;
      total += assertAll(await pickKind(each, kind, wanted, context), wanted, [kind], each.table);
    }
  const pickers = pickersOf(faults.kinds ?? faultKinds);
  if (faults.count !== undefined)
    return total + assertAll(await pickByCount(pickers, faults.count, context), faults.count, faults.kinds);
  for (const each of faults.rate === undefined ? [] : pickers) {
    const wanted = Math.round(each.rows * (faults.rate ?? 0));
    total += assertAll(await pickInTable(each, wanted, context), wanted, faults.kinds, each.table);
  }
  return total;
}

async function pickColumns(faults: FaultsDefinition, context: PickingContext): Promise<number> {
  let total = 0;
  for (const [name, wish] of Object.entries(faults.columns ?? {})) {
    const [table = '', column = ''] = name.split('.');
    const [compiled] = eligibleTables(context.chosen, [table], context.name);
    if (compiled === undefined) continue;
    const known = compiled.table.columns.map((each) => each.name);
    if (!known.includes(column))
      throw new EngineError('definition', 'no_such_column', `faults: ${table} has no column ${column}`, {
        hint: `Nearest: ${nearNames(column, known).join(', ')}`,
      });
    const kinds = wish.kinds ?? faultKinds.filter((kind) => !rowFaultKinds.some((each) => each === kind));
    const own = picker(compiled, kinds, context.letters, context);
    const wanted = wish.count ?? Math.round(own.rows * (wish.rate ?? 0));
    total += assertAll(await pickInColumn(own, column, wanted, context), wanted, wish.kinds, name);
  }
  return total;
}

function assertAll(
  planted: number,
  wanted: number,
  kinds: readonly string[] | undefined,
  place?: string,
): number {
  if (planted < wanted) throw tooMany(planted, wanted, kinds, place);
  return planted;
}

function eligibleTables(
  chosen: readonly CompiledTable[],
  names: readonly string[] | undefined,
  schemaType: string,
): readonly CompiledTable[] {
  if (names === undefined) return chosen;
  const byName = new Map(chosen.map((compiled) => [compiled.table.name, compiled]));
  return [...new Set(names)].map((name) => {
    const compiled = byName.get(name);
    if (compiled === undefined) throw unknownTable(name, [...byName.keys()], schemaType);
    return compiled;
  });
}

function tooMany(
  planted: number,
  total: number,
  kinds: readonly string[] | undefined,
  table?: string,
): EngineError {
  const which = kinds === undefined ? '' : ` of the kinds ${kinds.join(', ')}`;
  return new EngineError(
    'definition',
    'too_many_faults',
    `faults: ${total} are wanted${which}, but ${table ?? 'the tables'} can take only ${planted}`,
    { hint: 'Lower count or rate, raise row_count, or allow more kinds or tables.' },
  );
}

const cleanName = (table: string) => quoteIdentifier(`gen_clean_${table}`);
const faultyName = (table: string) => quoteIdentifier(`gen_faulty_${table}`);

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
      `case when f.column_name = ${quoteText(each)} then f.corrupted::${type} when f.other_column = ${quoteText(each)} then f.original::${type}
        else c.${quoteIdentifier(each)} end as ${quoteIdentifier(each)}`,
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
  const from = workspaceTable(duckdb, table);
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
    const fields = (key: string, values = 'f.column_name, f.kind, f.original, f.corrupted') =>
      `${index} as table_no, f.gen_row, f.table_name, ${key} as key, ${values}`;
    // The other half of two values that changed places: what one lost, the other has got.
    const usual = `select ${fields(own)} from gen_picked f join ${clean} c using (gen_row) where ${ofKind(false)}
      union all select ${fields(own, 'f.other_column, f.kind, f.corrupted, f.original')}
      from gen_picked f join ${clean} c using (gen_row) where ${ofKind(false)} and f.other_column is not null`;
    if (added === null) return usual;
    const extra = `select ${fields(members((name) => (name === added.column ? 'c.gen_key' : `c.${quoteIdentifier(name)}`)))}
      from gen_picked f join (select *, ${added.sql} as gen_key from ${clean} where gen_row in ${picked(table.name, 'extra')}) c
      using (gen_row) where ${ofKind(true)}`;
    return `${usual} union all ${extra}`;
  });
  await duckdb.run(
    `create table gen_answers as select dense_rank() over (order by table_no, gen_row) as fault_id, table_name, key, column_name, kind, original,
       case when kind = 'extra' then json_merge_patch(corrupted, key)::varchar else corrupted end as corrupted
     from (${parts.join(' union all ')}) order by fault_id, column_name`,
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
