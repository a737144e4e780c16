/**
 * What an operation may ask of a connection, whatever the system behind it. One file a kind, registered in registry.ts.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ConnectionType, ConnectionDefinition } from '../../protocol/files/connections.ts';
import type { CanonicalKind, CanonicalType } from '../validation/types.ts';

/** A value as it left the system. Results hold text, booleans and null only: every number is text, so that none is rounded. */
export type Value = string | number | boolean | null;

export interface ResultSet {
  readonly columns: string[];
  readonly rows: Value[][];
}

export interface ColumnInfo {
  readonly name: string;
  readonly native_type: string;
  readonly type: CanonicalType;
  /** null: the system does not say (a file, a query). */
  readonly nullable: boolean | null;
}

/** A table (schema optional) or a query, as a pipeline names it. */
export interface Relation {
  readonly table?: string;
  readonly query?: string;
  readonly where?: string;
}

/** How one system writes identifiers, literals and functions. Pure: SQL text in, SQL text out. */
export interface Dialect {
  quoteIdentifier(name: string): string;
  /** `schema.table`, `"Odd name"."t"`, a file glob … as a FROM item. */
  quoteTable(table: string): string;
  /** A literal for the few places where a parameter cannot stand. */
  quoteLiteral(value: Value): string;
  /**
   * An expression of text as something that is equal, ordered and grouped byte by byte, where the collation of a column would
   * otherwise find 'A' and 'a ' equal. Left out: the system compares text exactly by itself.
   */
  exactText?(expr: string): string;
  /** A literal to compare with exactText. Left out: any literal of text will do. */
  exactLiteral?(text: string): string;
  /** At most so many rows of a SELECT. Left out: by LIMIT at its end. */
  limited?(select: string, rows: number): string;
  /** The relation as a FROM item with its filter applied: `(select * from t where …) as alias`. */
  from(relation: Relation, alias: string): string;
}

export interface SystemInfo {
  readonly system: string;
  readonly version: string;
}

export interface QueryOptions {
  readonly signal: AbortSignal;
  readonly params?: readonly Value[];
}

/** An open session for one operation: read-only where the system has it, UTC, ended on the server when the signal aborts. */
export interface Connection {
  readonly name: string;
  readonly type: ConnectionType;
  readonly dialect: Dialect;
  system(): Promise<SystemInfo>;
  /** How reads are tied to one moment, for the evidence; undefined where the system cannot. */
  readonly snapshot: string | undefined;
  /** For small results (aggregates, catalogs). */
  query(sql: string, options: QueryOptions): Promise<ResultSet>;
  /** Columns of a table or query, in order, without reading rows. */
  describe(relation: Relation, options: QueryOptions): Promise<ColumnInfo[]>;
  /**
   * Copies the result of a SELECT into a table of the workspace (all work on the rows happens there, in native code).
   * The rows arrive as text in the canonical form of validation/canonical.ts unless the source is DuckDB itself. Returns the rows copied.
   */
  stage(request: StageRequest, options: QueryOptions): Promise<number>;
  close(): Promise<void>;
}

export interface StageRequest {
  readonly relation: Relation;
  /** Source column and the DuckDB type it gets in the workspace. */
  readonly columns: readonly {
    readonly column: ColumnInfo;
    readonly as: string;
    /** With text_of: an ExactType of validation/canonical.ts. Must hold every value of the column's type. */
    readonly duckdb_type: string;
    readonly text_of?: CanonicalKind['kind'];
  }[];
  readonly workspace: DuckDBConnection;
  /** Quoted name of the table to create in the workspace. */
  readonly into: string;
  readonly onRows?: (rows: number) => void;
}

export interface ConnectionKind {
  readonly type: ConnectionType;
  open(name: string, definition: ConnectionDefinition, context: OpenContext): Promise<Connection>;
}

export interface OpenContext {
  readonly signal: AbortSignal;
  readonly scratchDir: string;
  readonly readOnly: boolean;
}
