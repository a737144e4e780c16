/** What generation asks of the place it writes to. One file a kind of connection, registered in registry.ts. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ResolvedConnection } from '../../../protocol/engine.ts';
import type { ArtifactFile } from '../../artifacts.ts';
import type { SystemInfo } from '../../connections/connection.ts';
import type { SessionContext } from '../../connections/duckdbInstance.ts';
import type { Slice } from '../compile.ts';
import type { ColumnSpec, ForeignKeySpec } from '../spec.ts';

/** A table to be written: its shape, and the SELECT of DuckDB that gives its rows in order. */
export interface TargetTable {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  /** Empty: no key is declared in the target (tables with planted faults break theirs). */
  readonly primary_key: readonly string[];
  readonly foreign_keys: readonly ForeignKeySpec[];
  readonly rows: number;
  readonly select: (slice?: Slice) => string;
  readonly sliceable: boolean;
}

export interface TargetContext extends SessionContext {
  readonly artifactDir: string;
  /** Connection of the operation, with the macros of the generator; targets that are DuckDB's own write through it. */
  readonly duckdb: DuckDBConnection;
  /** Database schema (or sub-folder) to write to. */
  readonly schema: string | undefined;
  /** Closes `duckdb`, rolling back what is open; a target calls it before it gives up a database file. */
  closeDuckdb(): Promise<void>;
  onLog(level: 'info' | 'warn' | 'error', message: string): void;
}

/**
 * One writing, all or nothing: until `commit`, whatever was there before is whole for everyone else, and ending without it (or
 * being killed) leaves that as it was.
 */
export interface GenerationTarget {
  /** Name of the connection, for the evidence. */
  readonly connection: string;
  readonly system: SystemInfo;
  /** The statements run on the target so far. */
  readonly sql: readonly string[];
  /** Rows of a table as it is now; null: there is none. Asked before `begin`. Left out: the system can only replace. */
  existing?(table: string): Promise<number | null>;
  /** Announces all tables, parents first, before the first `load`. Appended: they are there, and get more rows. */
  begin(tables: readonly TargetTable[], isAppended?: boolean): Promise<void>;
  /** Writes the rows of one table, in the order announced. Returns the rows the system says it stored. */
  load(table: TargetTable, onRows: (rows: number) => void): Promise<number>;
  /** After the last load: keys, names; from here on `count` sees the tables as they will be. */
  finish(): Promise<void>;
  /** A FROM item for a table of this writing. */
  relation(table: string): string;
  /** The name of a column as it is there. Left out: as in the spec, in double quotes. */
  quote?(name: string): string;
  /** Runs a SELECT of one number on what was written. */
  count(sql: string): Promise<number>;
  /** Makes it visible. Returns the files that are artifacts of the job. */
  commit(): Promise<readonly ArtifactFile[]>;
  /** Undoes what was not committed, frees everything. Safe to call twice and after a failure. */
  close(): Promise<void>;
}

export type OpenTarget = (
  connection: ResolvedConnection | undefined,
  context: TargetContext,
) => Promise<GenerationTarget>;
