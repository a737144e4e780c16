import type { DuckDBAppender } from '@duckdb/node-api';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import type { Differences, DifferenceSample } from '../../../protocol/results.ts';
import { formulaPattern, plainNumberPattern } from '../../../protocol/spreadsheet.ts';
import { quoteText } from '../../connections/ansiDialect.ts';
import { differsSql } from '../comparison.ts';
import { classifyRow, type DifferingCell } from '../classify.ts';
import { kindDetail } from '../kindDetail.ts';
import type { DiffColumn, DiffRequest, RowDiff } from './compareRows.ts';
import { KindTally } from './kindTally.ts';
import { SampleKeeper } from './sampleKeeper.ts';

export interface ReportOptions {
  /** Rows of the artifact at most. */
  readonly maxDiffs: number;
  readonly maxSamples: number;
  /** Absolute path of the Parquet file to write. */
  readonly path: string;
  readonly signal: AbortSignal;
}

export interface RowReport {
  readonly by_column: Differences['by_column'];
  readonly samples: DifferenceSample[];
  /** Rows written to the artifact, which are the cells that by_column counts and the rows without counterpart. */
  readonly written: number;
  readonly truncated: boolean;
}

/** Rows fetched and classified at a time: the memory of a page is bounded whatever the number of differences. */
const pageRows = 5_000;

/**
 * Names every difference that compareRows found, up to `maxDiffs`, and writes them as Parquet: class, key, column, source_value,
 * target_value, kind, and of rows that one side lacks the other columns (row).
 */
export async function reportRows(
  request: DiffRequest,
  diff: RowDiff,
  options: ReportOptions,
): Promise<RowReport> {
  await queryDuckdb(request.workspace, pageTableSql(request, options.maxDiffs));
  const table = `${request.prefix}_cells`;
  await queryDuckdb(
    request.workspace,
    `create table ${table} (class varchar, key varchar, "column" varchar, source_value varchar, target_value varchar, kind varchar, "row" varchar)`,
  );
  const writer = new CellWriter(request, table, options);
  await writer.writeAll();
  await writer.settleHours();
  await queryDuckdb(
    request.workspace,
    `copy (select * from ${table}) to ${quoteText(options.path)} (format parquet)`,
  );
  const total = diff.missing + diff.extra + diff.duplicate + diff.cells;
  return {
    by_column: writer.byColumn(),
    samples: writer.samples(),
    written: writer.written,
    truncated: total > writer.written,
  };
}

/**
 * The rows of the report that reportRows made, as CSV: NULL is an empty field, the empty text is `""`, and text that a spreadsheet
 * would run as a formula gets a leading apostrophe.
 */
export async function writeCsv({ workspace, prefix }: DiffRequest, path: string): Promise<void> {
  const guarded = `if(regexp_matches(columns(*), ${quoteText(formulaPattern)})
    and not regexp_matches(columns(*), ${quoteText(plainNumberPattern)}), '''' || columns(*), columns(*))`;
  const options = `format csv, header, delimiter ',', quote '"', escape '"'`;
  const select = `select ${guarded} from ${prefix}_cells`;
  await queryDuckdb(workspace, `copy (${select}) to ${quoteText(path)} (${options})`);
}

/** The values of the differing rows as text, in the order the rows were read: everything a page needs in one table. */
function pageTableSql(request: DiffRequest, limit: number): string {
  const isKeyless = request.keys.length === 0;
  const identity = isKeyless ? request.values : request.keys;
  const columns = identity.map((column, index) => {
    const source = column.comparison.sourceText(`s.${column.as}`);
    const target = column.comparison.targetText(`t.${column.as}`);
    return `if(d.s_rid is not null, ${source}, ${target}) as k${index}`;
  });
  const values = isKeyless ? [] : request.values;
  for (const [index, column] of values.entries()) {
    const source = `s.${column.as}`;
    const target = `t.${column.as}`;
    columns.push(`d.class = 'value' and ${differsSql(column.comparison, source, target)} as f${index}`);
    columns.push(`${column.comparison.sourceText(source)} as s${index}`);
    columns.push(`${column.comparison.targetText(target)} as t${index}`);
  }
  return `create table ${request.prefix}_page as
    select d.class, d.copies, d.s_count, d.t_count, ${columns.join(', ')}
    from (select * from ${request.prefix}_diff order by coalesce(s_rid, t_rid), class limit ${limit}) as d
    left join ${request.source} as s on (s.rowid = d.s_rid)
    left join ${request.target} as t on (t.rowid = d.t_rid)
    order by coalesce(d.s_rid, d.t_rid), d.class`;
}

type PageRow = readonly (string | number | boolean | null)[];

/** A row of the artifact, and in what measure its cell differs. */
interface Cell {
  readonly found: DifferenceSample;
  readonly detail?: string;
}

/** Columns of the page table before the identity. */
const fixedColumns = 4;

class CellWriter {
  written = 0;
  readonly #request: DiffRequest;
  readonly #table: string;
  readonly #options: ReportOptions;
  readonly #samples: SampleKeeper;
  readonly #tally = new KindTally();
  readonly #identity: readonly DiffColumn[];
  readonly #values: readonly DiffColumn[];

  constructor(request: DiffRequest, table: string, options: ReportOptions) {
    this.#request = request;
    this.#table = table;
    this.#options = options;
    this.#samples = new SampleKeeper(options.maxSamples);
    this.#identity = request.keys.length > 0 ? request.keys : request.values;
    this.#values = request.keys.length > 0 ? request.values : [];
  }

  async writeAll(): Promise<void> {
    const { workspace, prefix } = this.#request;
    for (let from = 0; this.written < this.#options.maxDiffs; from += pageRows) {
      this.#options.signal.throwIfAborted();
      const sql = `select * from ${prefix}_page where rowid >= ${from} and rowid < ${from + pageRows}`;
      const { rows } = await queryDuckdb(workspace, sql);
      if (rows.length === 0) return;
      await this.#append(rows.flatMap((row) => this.#cellsOf(row)));
    }
  }

  async #append(cells: readonly Cell[]): Promise<void> {
    const appender = await this.#openAppender();
    try {
      for (const { found, detail } of cells.slice(0, this.#options.maxDiffs - this.written)) {
        const key = JSON.stringify(found.key);
        const { row, ...sample } = found;
        const rest = row === undefined ? null : JSON.stringify(row);
        for (const text of [
          found.class,
          key,
          found.column,
          found.source_value,
          found.target_value,
          found.kind,
          rest,
        ]) {
          if (text === null) appender.appendNull();
          else appender.appendVarchar(text);
        }
        appender.endRow();
        // A sample stands in the job's document: what differs, not whole rows.
        this.#samples.offer(sample);
        if (found.column !== null && found.kind !== null) this.#tally.add(found.column, found.kind, detail);
        this.written += 1;
      }
    } finally {
      appender.closeSync();
    }
  }

  /** An appender looks for its table in `main` only unless it is told where it is. */
  async #openAppender(): Promise<DuckDBAppender> {
    const { workspace } = this.#request;
    const { rows } = await queryDuckdb(workspace, 'select current_schema(), current_database()');
    const [schema, database] = rows[0] ?? [];
    return workspace.createAppender(this.#table, String(schema), String(database));
  }

  #cellsOf(row: PageRow): Cell[] {
    const [className, copies, sourceCount, targetCount] = row;
    const key = Object.fromEntries(
      this.#identity.map((column, index) => [column.name, textOf(row[fixedColumns + index])]),
    );
    const bare = { key, column: null, source_value: null, target_value: null, kind: null };
    if (className === 'missing' || className === 'extra') {
      const cell = { ...bare, class: className, ...this.#restOf(row, className) } as const;
      return this.#repeat(cell, Number(copies));
    }
    if (className === 'duplicate') {
      // How often the row is there on either side: what a person needs to know of a duplicate.
      const counts = { source_value: textOf(sourceCount), target_value: textOf(targetCount) };
      return this.#repeat({ ...bare, ...counts, class: 'duplicate' }, Number(copies));
    }
    return this.#valueCells(row, key);
  }

  /** The columns beside the key, of the side that has the row; rows without a key are all key. */
  #restOf(row: PageRow, className: 'missing' | 'extra'): Pick<DifferenceSample, 'row'> {
    if (this.#values.length === 0) return {};
    const side = className === 'missing' ? 1 : 2;
    const values = this.#values.map(({ name }, index) => [
      name,
      textOf(row[fixedColumns + this.#identity.length + index * 3 + side]),
    ]);
    return { row: Object.fromEntries(values) as Record<string, string | null> };
  }

  #repeat(found: DifferenceSample, copies: number): Cell[] {
    const length = Math.min(copies, this.#options.maxDiffs - this.written);
    return Array.from({ length }, () => ({ found }));
  }

  #valueCells(row: PageRow, key: DifferenceSample['key']): Cell[] {
    const differing: { readonly name: string; readonly cell: DifferingCell }[] = [];
    for (const [index, column] of this.#values.entries()) {
      const at = fixedColumns + this.#identity.length + index * 3;
      if (row[at] !== true) continue;
      const cell = {
        family: column.comparison.family,
        source: textOf(row[at + 1]),
        target: textOf(row[at + 2]),
      };
      differing.push({ name: column.name, cell });
    }
    const kinds = classifyRow(differing.map(({ cell }) => cell));
    return differing.map(({ name, cell }, index) => {
      const kind = kinds[index] ?? 'other';
      return {
        found: {
          class: 'value' as const,
          key,
          column: name,
          source_value: cell.source,
          target_value: cell.target,
          kind,
        },
        detail: kindDetail(kind, cell),
      };
    });
  }

  /**
   * One hour off on the night of a clock change is a daylight saving mistake only if the rest of the column is right; in a
   * column with shifted zones elsewhere it is one more of those.
   */
  async settleHours(): Promise<void> {
    for (const column of this.#tally.columns) {
      const isBoth = (['dst_hour', 'time_zone_shift'] as const).every(
        (kind) => this.#tally.rows(column, kind) > 0,
      );
      if (!isBoth) continue;
      this.#tally.merge(column, 'dst_hour', 'time_zone_shift');
      this.#samples.rename(column, 'dst_hour', 'time_zone_shift');
      const name = column.replaceAll("'", "''");
      const where = `"column" = '${name}' and kind = 'dst_hour'`;
      await queryDuckdb(
        this.#request.workspace,
        `update ${this.#table} set kind = 'time_zone_shift' where ${where}`,
      );
    }
  }

  byColumn(): Differences['by_column'] {
    return this.#tally.byColumn();
  }

  samples(): DifferenceSample[] {
    return this.#samples.samples();
  }
}

function textOf(value: PageRow[number] | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}
