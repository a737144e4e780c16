/**
 * What an operation may ask of a connection, whatever the system behind it. One file a kind, registered in registry.ts.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ConnectionType, ConnectionDefinition } from '../../protocol/files/connections.ts';
import type { BucketSums, HashPlan } from '../validation/strategies/rowHasher.ts';
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
  /** Reads the rows once and hashes them on the way, keeping none. Left out: the system has no way to do so. */
  digest?(request: DigestRequest, options: QueryOptions): Promise<Digest>;
  /** The same worked out by the system itself, in its own hash: compares with sums of the same system only. */
  bucketSums?: BucketSumsOf;
  close(): Promise<void>;
}

export interface ReadColumn {
  readonly column: ColumnInfo;
  /** With text_of: an ExactType of validation/canonical.ts. Must hold every value of the column's type. */
  readonly duckdb_type: string;
  readonly text_of?: CanonicalKind['kind'];
}

export interface StageRequest {
  readonly relation: Relation;
  /** Source column and the DuckDB type it gets in the workspace. */
  readonly columns: readonly (ReadColumn & { readonly as: string })[];
  /** SQL of the system over the columns of `s`: only rows that fulfil it. */
  readonly condition?: string;
  /** Only rows whose key falls into these buckets; whoever has `digest` understands it. */
  readonly only?: RowFilter;
  readonly workspace: DuckDBConnection;
  /** Quoted name of the table to create in the workspace. */
  readonly into: string;
  readonly onRows?: (rows: number) => void;
}

export interface DigestRequest {
  readonly relation: Relation;
  /** The key first; as many as the plan has forms. */
  readonly columns: readonly ReadColumn[];
  readonly plan: HashPlan;
  readonly onRows?: (rows: number) => void;
}

export interface Digest {
  readonly sums: BucketSums;
  readonly rows: number;
  /** Bytes of the values as they came over the connection; undefined where there is none. */
  readonly bytes?: number;
  readonly sql: string;
}

export interface RowFilter {
  /** The columns of the key. */
  readonly columns: readonly ReadColumn[];
  /** Forms and buckets of the key. */
  readonly plan: HashPlan;
  /** 1 for each bucket to keep. */
  readonly keep: Uint8Array;
}

export interface BucketSumsRequest {
  readonly relation: Relation;
  /** The key first. */
  readonly columns: readonly ReadColumn[];
  readonly plan: Pick<HashPlan, 'keys' | 'bucketing' | 'seed'>;
}

export interface BucketSumsOf {
  sums(request: BucketSumsRequest, options: QueryOptions): Promise<Digest>;
  /** The condition, for StageRequest, that a row of the relation is in one of these buckets. */
  condition(request: BucketSumsRequest, buckets: readonly number[]): Promise<string>;
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
