import type { CatalogTable } from '../../protocol/catalog.ts';

/** A table of one side with the schema it lies in. */
export interface PlacedTable {
  readonly schema: string;
  readonly table: CatalogTable;
}

export interface TablePair {
  readonly source: PlacedTable;
  readonly target: PlacedTable;
  /** Source column name to target column name, of all columns that pair. */
  readonly columns: ReadonlyMap<string, string>;
  /** How the tables found each other: by name, by what is left of it without prefixes and plurals, or by their columns. */
  readonly by: 'name' | 'stem' | 'columns';
}

export interface LonelyTable extends PlacedTable {
  /** Why it has no partner. */
  readonly reason: string;
}

export interface Pairing {
  /** Of the tables that were asked for. */
  readonly pairs: readonly TablePair[];
  /** Of all tables. */
  readonly all_pairs: readonly TablePair[];
  readonly only_source: readonly LonelyTable[];
  readonly only_target: readonly LonelyTable[];
}
