/**
 * The one type system that all systems are read into. Two columns are compared exactly only through this.
 */
export type CanonicalType =
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64 | 128; readonly unsigned?: boolean }
  /** precision null: unbounded (PostgreSQL numeric without arguments). */
  | { readonly kind: 'decimal'; readonly precision: number | null; readonly scale: number | null }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'boolean' }
  /** length null: unlimited. `padded`: CHAR(n), whose trailing blanks mean nothing. */
  | { readonly kind: 'text'; readonly length: number | null; readonly padded?: boolean }
  | { readonly kind: 'date' }
  /** precision: digits of the second's fraction. `zoned`: an instant, told in UTC. */
  | { readonly kind: 'timestamp'; readonly precision: number; readonly zoned: boolean }
  | { readonly kind: 'time'; readonly precision: number }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'json' }
  /** Read as text; comparing it exactly with another kind is an error, never a pass. */
  | { readonly kind: 'other'; readonly name: string };
