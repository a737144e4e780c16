import type { CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { flag, nullableText, text, type Row } from './session.ts';

/** The kind of a pg_class row. A partition that is partitioned itself is a partitioned table with a parent. */
export function kindOf(row: Row): CatalogTable['kind'] | CatalogView['kind'] {
  switch (text(row, 'kind')) {
    case 'v':
      return 'view';
    case 'm':
      return 'materialized_view';
    case 'p':
      return 'partitioned_table';
    case 'f':
      return 'foreign_table';
    default:
      return flag(row, 'is_partition') ? 'partition' : 'table';
  }
}

/**
 * Rows as the last ANALYZE or VACUUM noted them; null where neither ever ran. A partitioned table is the sum of its partitions.
 */
export function estimateRows(rows: readonly Row[]): (oid: string) => number | null {
  const byOid = new Map(rows.map((row) => [text(row, 'oid'), row]));
  const children = new Map<string, string[]>();
  for (const row of rows) {
    const parent = nullableText(row, 'parent');
    if (parent === null) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [text(row, 'oid')]);
    else siblings.push(text(row, 'oid'));
  }
  const estimate = (oid: string): number | null => {
    const row = byOid.get(oid);
    if (row === undefined) return null;
    if (text(row, 'kind') !== 'p') return estimateOne(row);
    const parts = (children.get(oid) ?? []).map(estimate);
    return parts.includes(null) ? null : parts.reduce<number>((total, part) => total + (part ?? 0), 0);
  };
  return estimate;
}

function estimateOne(row: Row): number | null {
  const tuples = Number(row.tuples);
  return tuples < 0 ? null : Math.round(tuples);
}
