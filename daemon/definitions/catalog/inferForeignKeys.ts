import type { CatalogColumn, CatalogTable } from '../../protocol/catalog.ts';

/** A reference that no constraint says and names and types suggest. */
export interface InferredForeignKey {
  readonly table: string;
  readonly column: string;
  readonly references: { readonly table: string; readonly column: string };
  /** Why it is thought so. */
  readonly reason: string;
}

/** `dim_customer`, `customers`, `tbl_customer` -> `customer`: what a column that refers to the table would be named after. */
function stems(table: string): string[] {
  const plain = table
    .toLowerCase()
    .replace(/\.(csv|parquet|json|ndjson|jsonl)$/, '')
    .replace(/^.*\//, '')
    .replace(/^(dim|fact|tbl|stg|ref|lkp)_/, '');
  const singular = plain
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  return [...new Set([plain, singular])];
}

const kindOf = ({ canonical_type }: CatalogColumn): string => canonical_type.replace(/\(.*$/, '');

/**
 * Guesses within one schema: a column named after another table and its key (`customer_id` of customer.id or customer.customer_id) with
 * the same kind of type, in no foreign key and not the key of its own table alone. A name that fits two tables is no guess.
 */
export function inferForeignKeys(tables: readonly CatalogTable[]): InferredForeignKey[] {
  const targets = tables.flatMap((table) => {
    const [key, ...more] = table.primary_key?.columns ?? [];
    const column = table.columns.find(({ name }) => name === key);
    return column === undefined || more.length > 0 ? [] : [{ table, column }];
  });
  const byName = new Map<string, typeof targets>();
  for (const target of targets) {
    const key = target.column.name.toLowerCase();
    const names = stems(target.table.name).flatMap((stem) => [`${stem}_${key}`, `${stem}${key}`]);
    // customer.customer_id: the key itself bears the name of the table.
    if (stems(target.table.name).some((stem) => key.startsWith(stem))) names.push(key);
    for (const name of new Set(names)) byName.set(name, [...(byName.get(name) ?? []), target]);
  }
  return tables.flatMap((table) =>
    table.columns.flatMap((column): InferredForeignKey[] => {
      const isKnown = table.foreign_keys.some(({ columns }) => columns.includes(column.name));
      const isOwnKey =
        table.primary_key?.columns.length === 1 && table.primary_key.columns[0] === column.name;
      if (isKnown || isOwnKey) return [];
      const found = (byName.get(column.name.toLowerCase()) ?? []).filter(
        (target) => target.table !== table && kindOf(target.column) === kindOf(column),
      );
      const [only] = found;
      if (only === undefined || found.length > 1) return [];
      const references = { table: only.table.name, column: only.column.name };
      const reason = `named after ${only.table.name} and of the type of its key`;
      return [{ table: table.name, column: column.name, references, reason }];
    }),
  );
}
