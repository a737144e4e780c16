import { open, type FileHandle } from 'node:fs/promises';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import type { CanonicalType } from '../types.ts';
import type { ColumnSql } from '../comparison.ts';
import type { DiffColumn, DiffRequest } from './compareRows.ts';
import { differsSql } from '../comparison.ts';
import { keyCondition, repairLiteral, type RepairDialect } from './repairLiteral.ts';

/** A staged column as it stands in the target; `sourceText` and `targetText` give its whole value, without any reduction. */
export interface RepairColumn {
  readonly as: string;
  readonly target_name: string;
  readonly type: CanonicalType;
  readonly sourceText: ColumnSql;
  readonly targetText: ColumnSql;
  /** How row_hash compared it; undefined: it was left out of the comparison and is only written into new rows. */
  readonly compared?: DiffColumn;
}

export interface RepairRequest extends RepairDialect {
  readonly diff: DiffRequest;
  /** Quoted name of the target's table. */
  readonly table: string;
  readonly keys: readonly RepairColumn[];
  readonly values: readonly RepairColumn[];
  /** Rows to write statements for, at most. */
  readonly limit: number;
  /** Lines for the head of the file. */
  readonly head: readonly string[];
  readonly signal: AbortSignal;
}

const pageRows = 2_000;
const fixedColumns = 3;

type Row = readonly (string | number | boolean | null)[];

/**
 * Writes SQL that would make the target's table hold what the source does: DELETE of extra rows, UPDATE of differing cells,
 * INSERT of missing rows. Rows that one statement cannot mend (a repeated key, a value the system does not have) are told in
 * comments. Needs keys, and the table `<prefix>_diff` of compareRows.
 */
export async function writeRepairSql(request: RepairRequest, path: string): Promise<void> {
  await queryDuckdb(request.diff.workspace, repairTableSql(request));
  const file = await open(path, 'w');
  try {
    const notes = ['Written for a person to read and run; nothing has executed it.', ...request.head];
    // BEGIN alone opens a block in T-SQL.
    const begin = request.system === 'sqlserver' ? 'begin transaction' : 'begin';
    await file.write(`${notes.map(comment).join('\n')}\n${begin};\n`);
    for (const className of ['extra', 'value', 'missing', 'duplicate']) {
      await writeClass(request, className, file);
    }
    await file.write('commit;\n');
  } finally {
    await file.close();
  }
}

function repairTableSql({ diff, keys, values, limit }: RepairRequest): string {
  const columns = [
    ...keys.map((key, index) => {
      const source = key.sourceText(`s.${key.as}`);
      // The target's own text finds its row; a row that is not there gets the source's.
      return `if(d.t_rid is null, ${source}, ${key.targetText(`t.${key.as}`)}) as k${index}`;
    }),
    ...values.flatMap((value, index) => {
      const compared = value.compared;
      const differs =
        compared === undefined
          ? 'false'
          : `d.class = 'value' and ${differsSql(compared.comparison, `s.${value.as}`, `t.${value.as}`)}`;
      return [`${differs} as f${index}`, `${value.sourceText(`s.${value.as}`)} as v${index}`];
    }),
  ];
  return `create table ${diff.prefix}_repair as
    select d.class, d.s_count, d.t_count, ${columns.join(', ')}
    from (select * from ${diff.prefix}_diff order by coalesce(s_rid, t_rid), class limit ${limit}) as d
    left join ${diff.source} as s on (s.rowid = d.s_rid)
    left join ${diff.target} as t on (t.rowid = d.t_rid)
    order by coalesce(d.s_rid, d.t_rid), d.class`;
}

async function writeClass(request: RepairRequest, className: string, file: FileHandle): Promise<void> {
  const { workspace, prefix } = request.diff;
  let after = -1;
  const seen = new Set<string>();
  for (;;) {
    request.signal.throwIfAborted();
    const { rows } = await queryDuckdb(
      workspace,
      `select rowid, * from ${prefix}_repair where class = '${className}' and rowid > ${after} order by rowid limit ${pageRows}`,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last[0]);
    const lines = rows.flatMap((row) => {
      const statement = statementOf(request, className, row.slice(1));
      // The rows of a repeated key are told, or deleted, in one statement.
      if (row[2] === null) return [statement];
      const isNew = !seen.has(statement) || className === 'missing';
      seen.add(statement);
      return isNew ? [statement] : [];
    });
    if (lines.length > 0) await file.write(`${lines.join('\n')}\n`);
  }
}

function statementOf(request: RepairRequest, className: string, row: Row): string {
  const isRepeated = row[1] !== null;
  if (className === 'duplicate' || (className === 'value' && isRepeated))
    return repeatedComment(request, row);
  const made =
    className === 'missing'
      ? insertOf(request, row)
      : className === 'extra'
        ? deleteOf(request, row)
        : updateOf(request, row);
  return (
    made ?? comment(`by hand, the target's system has no literal for a value: key ${keyText(request, row)}`)
  );
}

const textAt = (row: Row, index: number): string | null => {
  const value = row[index];
  return value === null || value === undefined ? null : String(value);
};
const keyAt = (row: Row, index: number): string | null => textAt(row, fixedColumns + index);
const valueAt = (request: RepairRequest, row: Row, index: number): string | null =>
  textAt(row, fixedColumns + request.keys.length + index * 2 + 1);

function keyText({ keys }: RepairRequest, row: Row): string {
  return JSON.stringify(Object.fromEntries(keys.map((key, index) => [key.target_name, keyAt(row, index)])));
}

function repeatedComment(request: RepairRequest, row: Row): string {
  return comment(
    `by hand: key ${keyText(request, row)} occurs ${String(row[1])} times in the source and ${String(row[2])} in the target`,
  );
}

/** Undefined when some part of it has no literal. */
function whole(parts: readonly (string | undefined)[]): string[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known : undefined;
}

function whereOf(request: RepairRequest, row: Row): string | undefined {
  const parts = request.keys.map((key, index) =>
    keyCondition(request, key.type, key.target_name, keyAt(row, index)),
  );
  return whole(parts)?.join(' and ');
}

function deleteOf(request: RepairRequest, row: Row): string | undefined {
  const where = whereOf(request, row);
  return where === undefined ? undefined : `delete from ${request.table} where ${where};`;
}

function updateOf(request: RepairRequest, row: Row): string | undefined {
  const where = whereOf(request, row);
  const sets = whole(
    request.values.flatMap((column, index) => {
      if (row[fixedColumns + request.keys.length + index * 2] !== true) return [];
      const literal = repairLiteral(request, column.type, valueAt(request, row, index));
      const name = request.dialect.quoteIdentifier(column.target_name);
      return [literal === undefined ? undefined : `${name} = ${literal}`];
    }),
  );
  if (where === undefined || sets === undefined) return undefined;
  return `update ${request.table} set ${sets.join(', ')} where ${where};`;
}

function insertOf(request: RepairRequest, row: Row): string | undefined {
  const columns = [...request.keys, ...request.values];
  const literals = whole([
    ...request.keys.map((key, index) => repairLiteral(request, key.type, keyAt(row, index))),
    ...request.values.map((column, index) =>
      repairLiteral(request, column.type, valueAt(request, row, index)),
    ),
  ]);
  if (literals === undefined) return undefined;
  const names = columns.map(({ target_name: name }) => request.dialect.quoteIdentifier(name));
  return `insert into ${request.table} (${names.join(', ')}) values (${literals.join(', ')});`;
}

/** Data of users on one comment line, whatever line ends they hold. */
function comment(text: string): string {
  return `-- ${text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ')}`;
}
