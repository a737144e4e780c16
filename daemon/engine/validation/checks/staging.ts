import { agreed, plural } from '../../../protocol/countText.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnInfo, Relation, Value } from '../../connections/connection.ts';
import { quoteText } from '../../connections/ansiDialect.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import { exactType, type ExactType } from '../canonical.ts';
import type { ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy, type ColumnSql } from '../comparison.ts';
import type { SideName } from '../side.ts';
import { failIncomparable } from '../stagedRows.ts';
import { typeName } from '../types.ts';
import type { CheckContext, CheckSide } from './check.ts';

/** A column to read into the workspace: in the type it is compared in, or in the one that holds its own values. */
export interface ReadColumn {
  readonly column: ColumnInfo;
  readonly exact: ExactType;
  /** Canonical text of the staged column. */
  readonly text: ColumnSql;
}

/** One side of a pair, in the type in which both sides compare exactly; an EngineError when there is none. */
export function ofPair(pair: ColumnPair, side: SideName): ReadColumn {
  const found = compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
  const { sourceText, targetText } = found.comparison;
  return { column: pair[side], exact: found.exact, text: side === 'source' ? sourceText : targetText };
}

/** A column by itself. */
export function ofColumn(column: ColumnInfo): ReadColumn {
  const found = compareTypes(column.type, column.type, exactPolicy);
  const exact = exactType(column.type, column.type);
  if (found === undefined || exact === null) failIncomparable({ source: column, target: column });
  return { column, exact, text: found.comparison.sourceText };
}

/** Columns of one side as a table of the workspace, where one dialect and exact types serve every system. */
export class StagedTable {
  readonly workspace: DuckDBConnection;
  /** Quoted name. */
  readonly name: string;
  readonly #columns: readonly ReadColumn[];

  constructor(workspace: DuckDBConnection, name: string, columns: readonly ReadColumn[]) {
    this.workspace = workspace;
    this.name = name;
    this.#columns = columns;
  }

  /** The staged column, in a FROM that calls the table `alias`. */
  sql(read: ReadColumn, alias = 's'): string {
    const index = this.#columns.indexOf(read);
    if (index < 0) throw new Error(`${read.column.name} was not read`);
    return `${alias}.c${index}`;
  }

  text(read: ReadColumn, alias = 's'): string {
    return read.text(this.sql(read, alias));
  }

  /** A date or time as TIMESTAMP in UTC; an EngineError for any other column. */
  timestamp(read: ReadColumn): string {
    const sql = this.sql(read);
    const type = read.exact.duckdb_type;
    if (type === 'DATE' || type === 'TIMESTAMP' || type === 'TIMESTAMP_NS')
      return `cast(${sql} as timestamp)`;
    if (type === 'TIMESTAMP WITH TIME ZONE') return `(${sql} at time zone 'UTC')`;
    throw wrongType(read, 'a date or time', 'Cast it in a query of the pipeline.');
  }

  /**
   * A number in a type that adds up exactly: an integer, a DECIMAL, or DOUBLE where the column is one. Numbers that DuckDB has no type for are
   * read as text; they get the DECIMAL that holds all of them.
   */
  async number(read: ReadColumn): Promise<{ readonly sql: string; readonly isFloat: boolean }> {
    const sql = this.sql(read);
    const { duckdb_type: type, text_of: textOf } = read.exact;
    if (type === 'DOUBLE' || type === 'FLOAT') return { sql: `cast(${sql} as double)`, isFloat: true };
    if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*)$/.test(type)) return { sql, isFloat: false };
    if (textOf !== 'decimal') throw wrongType(read, 'a number', 'Name a column of numbers.');
    const digits = `ltrim(${sql}, '+-')`;
    const [row] = await this.rows(
      `select max(length(split_part(${digits}, '.', 1))), max(length(split_part(${digits}, '.', 2))),
       bool_and(regexp_full_match(${sql}, '[+-]?[0-9]*[.]?[0-9]*')) from ${this.name} as s`,
    );
    const [whole, scale] = [Number(row?.[0] ?? 1), Number(row?.[1] ?? 0)];
    if (row?.[2] === false || whole + scale > 38) {
      throw wrongType(read, 'a number of at most 38 digits', 'Cast it in a query of the pipeline.');
    }
    return { sql: `cast(${sql} as decimal(38,${scale}))`, isFloat: false };
  }

  async rows(sql: string): Promise<Value[][]> {
    return (await queryDuckdb(this.workspace, sql)).rows;
  }
}

function wrongType({ column }: ReadColumn, wanted: string, hint: string): EngineError {
  const message = `column '${column.name}' is ${typeName(column.type)}, not ${wanted}`;
  return new EngineError('definition', 'wrong_column_type', message, { hint });
}

/** An EngineError unless the column is text. */
export function assertText(column: ColumnInfo): void {
  if (column.type.kind === 'text') return;
  throw wrongType(ofColumn(column), 'text', 'Name a column of text.');
}

/** Another table of the side than the pipeline's. */
export interface StageOptions {
  readonly relation?: Relation;
  /** Tells apart several tables one check reads from one side. */
  readonly label?: string;
}

/** Reads columns of one side into the workspace: one scan, only these columns leave the system. */
export async function stageColumns(
  side: CheckSide,
  columns: readonly ReadColumn[],
  context: CheckContext,
  options: StageOptions = {},
): Promise<StagedTable> {
  const { connection, signal } = side.side;
  const relation = options.relation ?? side.side.relation;
  const workspace = await context.workspace();
  const into = `"${context.prefix}_${side.name}${options.label ?? ''}"`;
  const names = columns.map(({ column }) => side.quote(column.name)).join(', ');
  side.side.record(
    `select ${names === '' ? '1' : names} from ${connection.dialect.from(relation, 's')}`,
    side.sql,
  );
  const request = {
    relation,
    columns: columns.map(({ column, exact }, index) => ({ column, as: `c${index}`, ...exact })),
    workspace,
    into,
  };
  const staged = await connection.stage(request, { signal }).catch((error: unknown) => {
    throw toEngineError(error, `${side.name} ${connection.name}`);
  });
  if (options.relation === undefined && staged !== (await side.side.count([]))) {
    const message = `${side.name} ${connection.name}: ${plural(staged, 'row')} ${agreed(staged, 'were read')}, but count(*) says another number`;
    throw new EngineError('resource', 'rows_changed_while_read', message, {
      hint: 'Run it again while nothing writes.',
    });
  }
  return new StagedTable(workspace, into, columns);
}

/** The relation of a side with one more condition. */
export function filtered(side: CheckSide, where: string): Relation {
  const { relation } = side.side;
  const both = relation.where === undefined ? where : `(\n${relation.where}\n) and (\n${where}\n)`;
  return { ...relation, where: both };
}

/** The key of the pipeline on one side, for samples. */
export function keyColumns(side: CheckSide, context: CheckContext): { label: string; read: ReadColumn }[] {
  return context.columns.keys.map((pair) => ({ label: pair.source.name, read: ofColumn(pair[side.name]) }));
}

/** `key = "a", other = "b"` of a row as one text column, to group by and to show. */
export function groupText(table: StagedTable, columns: readonly ReadColumn[]): string {
  if (columns.length === 0) return quoteText('[]');
  return `to_json([${columns.map((read) => table.text(read)).join(', ')}])::varchar`;
}
