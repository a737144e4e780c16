import type { CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import type {
  CatalogChange,
  CatalogDifference,
  CatalogObjectKind,
} from '../../protocol/catalogDifference.ts';

export type Relation = CatalogTable | CatalogView;

/** Where a comparison has come to and what it found on the way. */
export interface CompareContext {
  /** Two systems: what each of them words in its own way is not compared. */
  readonly across: boolean;
  readonly changes: CatalogChange[];
  readonly notCompared: CatalogDifference['not_compared'];
  readonly compared: { tables: number; views: number; columns: number };
}

export interface Place {
  readonly schema: string;
  readonly relation: string | null;
}

export type Verdict = Pick<CatalogChange, 'breaking' | 'reason'>;
export const breaking = (reason: string): Verdict => ({ breaking: true, reason });
export const harmless = (reason: string): Verdict => ({ breaking: false, reason });

export function added(
  context: CompareContext,
  place: Place & { readonly object: CatalogObjectKind; readonly name: string | null },
  after: string,
  verdict: Verdict,
): void {
  const { object, schema, relation, name } = place;
  context.changes.push({ change: 'added', object, schema, relation, name, before: null, after, ...verdict });
}

export function removed(
  context: CompareContext,
  place: Place & { readonly object: CatalogObjectKind; readonly name: string | null },
  before: string,
  verdict: Verdict,
): void {
  const { object, schema, relation, name } = place;
  context.changes.push({
    change: 'removed',
    object,
    schema,
    relation,
    name,
    before,
    after: null,
    ...verdict,
  });
}

/** Reports a property if its text differs. */
export function changed(
  context: CompareContext,
  place: Place & { readonly object: CatalogObjectKind; readonly name: string | null },
  property: string,
  values: readonly [string | null, string | null],
  verdict: Verdict,
): void {
  const [before, after] = values;
  if (before === after) return;
  const { object, schema, relation, name } = place;
  context.changes.push({
    change: 'changed',
    object,
    schema,
    relation,
    name,
    property,
    before,
    after,
    ...verdict,
  });
}

export function renamed(
  context: CompareContext,
  place: Place & { readonly object: CatalogObjectKind; readonly name: string | null },
  names: readonly [string, string],
  verdict: Verdict & { readonly confidence?: number },
): void {
  const [before, after] = names;
  const { object, schema, relation, name } = place;
  context.changes.push({ change: 'renamed', object, schema, relation, name, before, after, ...verdict });
}

/** Names across systems are the same whatever their letter case: each system folds them its own way. */
export function nameKey(context: CompareContext, name: string): string {
  return context.across ? name.toLowerCase() : name;
}
