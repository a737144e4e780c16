import { globMatcher, isGlob, namesRelation } from '../../definitions/catalog/patterns.ts';
import { didYouMean, listed, nearest } from '../../definitions/suggest.ts';
import { EngineError } from '../errors.ts';

/** What a metadata operation asks for: exact names or globs (`fact_*`, `public.dim_?`); left out: everything. */
export interface CatalogFilter {
  readonly schemas?: readonly string[];
  readonly tables?: readonly string[];
  /** Tables and views left out, also those that `tables` names; one that matches nothing is no mistake. */
  readonly exclude?: readonly string[];
  /** Also who may do what with them. */
  readonly grants?: boolean;
}

interface Named {
  readonly schema: string;
  readonly name: string;
  /** Another name it is known by: of a file the name without its extension. */
  readonly alias?: string;
}

/** Names that `pattern` means: the exact one if there is one, else all that match it (letter case does not count). */
function matches<T>(pattern: string, items: readonly T[], namesOf: (item: T) => readonly string[]): T[] {
  const exact = items.filter((item) => namesOf(item).includes(pattern));
  if (exact.length > 0) return exact;
  const isMatch = globMatcher(pattern);
  return items.filter((item) => namesOf(item).some(isMatch));
}

export interface Selection<T> {
  readonly schemas: string[];
  readonly relations: T[];
}

/**
 * Schemas and relations the filter asks for. A name or glob that matches nothing is a mistake in the batch file: EngineError
 * of kind `definition`, with the nearest names.
 */
export function select<T extends Named>(
  filter: CatalogFilter,
  schemas: readonly string[],
  relations: readonly T[],
  connection: string,
): Selection<T> {
  const chosenSchemas =
    filter.schemas === undefined
      ? [...schemas]
      : pick(
          filter.schemas,
          schemas,
          (name) => [name],
          (wanted) => missing('no_such_schema', connection, 'schema', wanted, schemas),
        );
  const { exclude = [] } = filter;
  const inSchemas = relations.filter((relation) => chosenSchemas.includes(relation.schema));
  const isKept = (relation: T): boolean => exclude.length === 0 || !namesRelation(exclude, relation);
  if (filter.tables === undefined) {
    const kept = inSchemas.filter(isKept);
    // A schema of which everything is left out is left out itself; one that was empty stays.
    const isGone = (schema: string): boolean =>
      inSchemas.some((each) => each.schema === schema) && !kept.some((each) => each.schema === schema);
    return { schemas: chosenSchemas.filter((schema) => !isGone(schema)), relations: kept };
  }
  const chosen = pick(
    filter.tables,
    inSchemas,
    ({ schema, name, alias }) => [name, `${schema}.${name}`, ...(alias === undefined ? [] : [alias])],
    (wanted) => {
      const names = inSchemas.map(({ name }) => name);
      const qualified = inSchemas.map(({ schema, name }) => `${schema}.${name}`);
      const known = nearest(wanted, names).length > 0 || !wanted.includes('.') ? names : qualified;
      return missing('no_such_table', connection, 'table or view', wanted, known);
    },
  ).filter(isKept);
  const used = new Set(chosen.map((relation) => relation.schema));
  return { schemas: chosenSchemas.filter((schema) => used.has(schema)), relations: chosen };
}

function pick<T>(
  patterns: readonly string[],
  items: readonly T[],
  namesOf: (item: T) => readonly string[],
  notFound: (pattern: string) => EngineError,
): T[] {
  const chosen = new Set<T>();
  for (const pattern of patterns) {
    const found = matches(pattern, items, namesOf);
    if (found.length === 0) throw notFound(pattern);
    for (const item of found) chosen.add(item);
  }
  return items.filter((item) => chosen.has(item));
}

function missing(
  code: string,
  connection: string,
  what: string,
  wanted: string,
  known: readonly string[],
): EngineError {
  const said = isGlob(wanted) ? `no ${what} that matches '${wanted}'` : `no ${what} '${wanted}'`;
  const names = [...new Set(known)];
  const hint =
    names.length === 0
      ? 'there are none'
      : (didYouMean(nearest(wanted, names)) ?? `known are ${listed(names)}`);
  return new EngineError('definition', code, `connection '${connection}' has ${said}`, { hint });
}
