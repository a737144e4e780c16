import type { CanonicalKind } from '../validation/types.ts';
import type { HashPlan } from '../validation/strategies/rowHasher.ts';
import type { Value } from './connection.ts';

/** Messages between a SQLite session and its worker thread. One request at a time; each is answered once. */
export type SqliteRequest =
  | { readonly type: 'query'; readonly sql: string; readonly params: readonly Value[] }
  | { readonly type: 'describe'; readonly sql: string }
  | { readonly type: 'execute'; readonly sql: string }
  | {
      readonly type: 'export';
      readonly sql: string;
      readonly path: string;
      readonly columns: readonly ExportColumn[];
      /** Rows whose key, which stands behind the columns, falls into these buckets. */
      readonly only?: ExportFilter;
    }
  | {
      readonly type: 'digest';
      readonly sql: string;
      readonly columns: readonly ExportColumn[];
      readonly plan: HashPlan;
    }
  | { readonly type: 'insert'; readonly sql: string; readonly rows: readonly (readonly SqliteInput[])[] }
  | { readonly type: 'close' };

export type SqliteInput = string | number | bigint | null | Uint8Array;

/** A column to export; `row_label` says what to call a row in errors (rowid, or its number in the result). */
export interface ExportColumn {
  readonly name: string;
  readonly kind: CanonicalKind['kind'];
  readonly duckdb_type: string;
  readonly text_of?: CanonicalKind['kind'];
}

export interface ExportFilter {
  readonly columns: readonly ExportColumn[];
  readonly plan: HashPlan;
  readonly keep: Uint8Array;
}

export interface SqliteColumn {
  readonly name: string;
  readonly type: string | null;
  readonly table: string | null;
}

export interface SqliteStart {
  readonly path: string;
  readonly readOnly: boolean;
  /** One 32-bit flag shared with the session: not 0 once the signal has aborted; looked at between rows. */
  readonly cancelled: SharedArrayBuffer;
}

export type SqliteReply =
  | { readonly type: 'result'; readonly value: unknown }
  | { readonly type: 'rows'; readonly rows: number }
  | {
      readonly type: 'error';
      readonly message: string;
      readonly kind?: string;
      readonly code?: string;
      readonly hint?: string;
    };
