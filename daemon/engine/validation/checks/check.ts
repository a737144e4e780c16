import type { DuckDBConnection } from '@duckdb/node-api';
import type { CheckKind, CheckParameters } from '../../../protocol/files/checks.ts';
import type { CheckResult } from '../../../protocol/results.ts';
import type { ColumnInfo, ResultSet, Value } from '../../connections/connection.ts';
import type { ResolvedColumns } from '../columns.ts';
import type { PipelineSide, SideName } from '../side.ts';
import type { StagedRows } from '../stagedRows.ts';

/** What a check found. Kind, name, severity, SQL and time are added by runCheck.ts, which also turns a warn-level failure into a warning. */
export type CheckFinding = Omit<
  CheckResult,
  'check' | 'name' | 'severity' | 'samples' | 'sql' | 'duration_ms'
> & { readonly samples?: CheckResult['samples'] };

/** One side as a check sees it: its SQL goes into the check's result as well as into the evidence. */
export class CheckSide {
  readonly side: PipelineSide;
  readonly sql: string[] = [];

  constructor(side: PipelineSide) {
    this.side = side;
  }

  get name(): SideName {
    return this.side.name;
  }

  from(alias: string): string {
    return this.side.from(alias);
  }

  quote(name: string): string {
    return this.side.quote(name);
  }

  /** A column that is equal, ordered and grouped byte by byte where it is text, whatever its collation ignores. */
  exact(alias: string, column: ColumnInfo): string {
    const name = `${alias}.${this.quote(column.name)}`;
    return column.type.kind === 'text' ? (this.side.connection.dialect.exactText?.(name) ?? name) : name;
  }

  literal(value: Value): string {
    return this.side.connection.dialect.quoteLiteral(value);
  }

  /** A literal to compare with what exact() gives of a column of text. */
  exactLiteral(text: string): string {
    const { dialect } = this.side.connection;
    return dialect.exactLiteral?.(text) ?? dialect.quoteLiteral(text);
  }

  /** At most so many rows of a SELECT. */
  limited(select: string, rows: number): string {
    return this.side.connection.dialect.limited?.(select, rows) ?? `${select} limit ${rows}`;
  }

  query(sql: string): Promise<ResultSet> {
    return this.side.query(sql, this.sql);
  }

  count(): Promise<number> {
    return this.side.count(this.sql);
  }

  /** The one row of an aggregate query. */
  async row(sql: string): Promise<Value[]> {
    return (await this.query(sql)).rows[0] ?? [];
  }
}

/** The files a check may leave behind, each under the name of its pipeline and check with this ending. */
export const checkFiles = {
  differences: {
    ending: 'differences.parquet',
    kind: 'differences',
    content_type: 'application/vnd.apache.parquet',
  },
  csv: { ending: 'differences.csv', kind: 'data', content_type: 'text/csv; charset=utf-8' },
  repair: { ending: 'repair.sql', kind: 'report', content_type: 'application/sql; charset=utf-8' },
} as const;
export type CheckFile = keyof typeof checkFiles;

export interface CheckContext {
  readonly columns: ResolvedColumns;
  readonly source_columns: readonly ColumnInfo[];
  readonly target_columns: readonly ColumnInfo[];
  readonly column_map: Readonly<Record<string, string>>;
  readonly source: CheckSide;
  readonly target: CheckSide;
  /** Every row of both sides in the workspace; read at the first call. */
  readonly rows: () => Promise<StagedRows>;
  /** Whether that call has been made. */
  readonly isStaged: () => boolean;
  /** A second session on a side, that sees what is there by now. Whoever opens it closes it. */
  readonly reopen: (name: SideName) => Promise<{ readonly side: CheckSide; close(): Promise<void> }>;
  /** Tells the rows that this check has read so far, of both sides together. */
  readonly onRows: (rows: number) => void;
  readonly workspace: () => Promise<DuckDBConnection>;
  /** Prefix for the tables this check makes in the workspace. */
  readonly prefix: string;
  /** A new artifact of this check: `write` gets its absolute path. Returns its artifact_id. */
  readonly save: (file: CheckFile, write: (path: string) => Promise<void>) => Promise<string>;
  readonly signal: AbortSignal;
}

/** One kind of check, registered in registry.ts. `run` throws an EngineError when the check cannot be done: status `error`. */
export interface Check<K extends CheckKind> {
  readonly kind: K;
  run(params: CheckParameters<K>, context: CheckContext): Promise<CheckFinding>;
}
