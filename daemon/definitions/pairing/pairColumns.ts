import type { CatalogTable } from '../../protocol/catalog.ts';

const fileExtension = /\.(csv|tsv|parquet|json|ndjson|jsonl)(\.(gz|zst))?$/i;

/** The name of a table without the folders and the extension of a file. */
export function bareName(name: string): string {
  return name.replace(/^.*\//, '').replace(fileExtension, '');
}

/** A name without what systems change in names: letter case, underscores and other marks, the extension of a file. */
export function plainName(name: string): string {
  return bareName(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

const kindWords = new Set(['tbl', 't', 'dim', 'fact', 'fct', 'stg', 'src', 'raw', 'ods', 'vw', 'dwh']);

/** What is left of a table's name without the words that say its kind, and without a plural. */
export function stemName(name: string): string {
  const words = bareName(name)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const left = words.length > 1 && kindWords.has(words[0] ?? '') ? words.slice(1) : words;
  const joined = left.join('');
  if (joined.endsWith('ies')) return `${joined.slice(0, -3)}y`;
  return joined.endsWith('s') && !joined.endsWith('ss') ? joined.slice(0, -1) : joined;
}

/** Columns of two tables by name: exactly, then without case and marks; a name that could mean several pairs with none. */
export function pairColumns(source: CatalogTable, target: CatalogTable): Map<string, string> {
  const exact = new Set(target.columns.map(({ name }) => name));
  const own = new Set(source.columns.map(({ name }) => name));
  const free = namesByPlain([...exact].filter((name) => !own.has(name)));
  const claims = namesByPlain([...own].filter((name) => !exact.has(name)));
  const pairs = new Map<string, string>();
  for (const { name } of source.columns) {
    if (exact.has(name)) {
      pairs.set(name, name);
      continue;
    }
    const [match, ...others] = free.get(plainName(name)) ?? [];
    const isOnly = others.length === 0 && claims.get(plainName(name))?.length === 1;
    if (match !== undefined && isOnly) pairs.set(name, match);
  }
  return pairs;
}

function namesByPlain(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(plainName(name), [...(groups.get(plainName(name)) ?? []), name]);
  return groups;
}
