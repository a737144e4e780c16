import type { CatalogScope } from '../../protocol/catalog.ts';

/** True of a name with `*` or `?` in it, which stands for all names of that form. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Tests names against a name or glob: `*` is any text, `?` one character; letter case does not count. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'isu');
  return (name) => expression.test(name);
}

/** True if one of the patterns means the table: by its name, by schema.table, or by another name it is known by. */
export function namesRelation(
  patterns: readonly string[],
  relation: { readonly schema: string; readonly name: string; readonly alias?: string },
): boolean {
  const { schema, name, alias } = relation;
  const names = [name, `${schema}.${name}`, ...(alias === undefined ? [] : [alias])];
  return patterns.some((pattern) => {
    const isMatch = globMatcher(pattern);
    return names.some(isMatch);
  });
}

/** True if an extraction with this scope would have listed the table, had it been there. */
export function isInScope(scope: CatalogScope | undefined, schema: string, name: string): boolean {
  if (scope === undefined) return true;
  const { schemas, tables, exclude } = scope;
  if (schemas !== undefined && !schemas.some((pattern) => globMatcher(pattern)(schema))) return false;
  const relation = { schema, name, alias: withoutExtension(name) };
  if (tables !== undefined && !namesRelation(tables, relation)) return false;
  return exclude === undefined || !namesRelation(exclude, relation);
}

/** `a/b.csv.gz` is also known as `a/b`, as in pipelines. */
export function withoutExtension(path: string): string {
  return path.replace(/\.(gz|zst)$/i, '').replace(/\.[^./\\]*$/, '');
}
