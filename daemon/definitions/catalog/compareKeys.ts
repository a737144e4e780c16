import type { CatalogForeignKey, CatalogIndex, CatalogTable } from '../../protocol/catalog.ts';
import {
  added,
  breaking,
  changed,
  harmless,
  nameKey,
  removed,
  renamed,
  type CompareContext,
  type Place,
  type Relation,
} from './compareContext.ts';
import { pairBy } from './pairing.ts';

export interface KeyNames {
  /** What a column of the table before is called after. */
  readonly columnAfter: (name: string) => string;
  /** What a table before (schema and name) is called after; columns of other tables keep their names. */
  readonly tableAfter: (schema: string, table: string) => string;
}

const sameColumns = (name: string): string => name;
const text = (columns: readonly string[]): string => `(${columns.join(', ')})`;

/** Keys and constraints are the same if they say the same: their names are often made by the system. */
export function compareKeys(
  context: CompareContext,
  place: Place,
  before: CatalogTable,
  after: CatalogTable,
  names: KeyNames,
): void {
  const key = (columns: readonly string[], of: (name: string) => string): string =>
    text(columns.map((name) => nameKey(context, of(name))));
  const { columnAfter } = names;

  const primary = { ...place, object: 'primary_key', name: before.primary_key?.name ?? null } as const;
  const [old, now] = [before.primary_key?.columns ?? null, after.primary_key?.columns ?? null];
  if (old === null && now !== null)
    added(context, primary, text(now), breaking('writers of duplicates or NULLs fail'));
  else if (old !== null && now === null)
    removed(
      context,
      primary,
      text(old),
      breaking('rows are no longer told apart: readers may meet duplicates'),
    );
  else if (old !== null && now !== null && key(old, columnAfter) !== key(now, sameColumns))
    changed(context, primary, 'columns', [text(old), text(now)], breaking('rows are told apart otherwise'));

  const unique = pairBy(
    before.unique_keys,
    after.unique_keys,
    // Unique is unique in whatever order the columns are named.
    ({ columns }) => key(columns.map(columnAfter).sort(), sameColumns),
    ({ columns }) => key([...columns].sort(), sameColumns),
  );
  for (const { name, columns } of unique.removed)
    removed(
      context,
      { ...place, object: 'unique_key', name },
      text(columns),
      breaking('readers may meet duplicates'),
    );
  for (const { name, columns } of unique.added)
    added(
      context,
      { ...place, object: 'unique_key', name },
      text(columns),
      breaking('writers of duplicates fail'),
    );
  compareForeignKeys(context, place, before, after, names);
  if (!context.across) compareChecks(context, place, before, after);
}

function foreignKeyText({ columns, references, on_update, on_delete }: CatalogForeignKey): string {
  const actions = [
    on_update === 'NO ACTION' ? '' : ` on update ${on_update.toLowerCase()}`,
    on_delete === 'NO ACTION' ? '' : ` on delete ${on_delete.toLowerCase()}`,
  ].join('');
  return `${text(columns)} references ${references.schema}.${references.table} ${text(references.columns)}${actions}`;
}

function compareForeignKeys(
  context: CompareContext,
  place: Place,
  before: CatalogTable,
  after: CatalogTable,
  { columnAfter, tableAfter }: KeyNames,
): void {
  const key = (foreign: CatalogForeignKey, isBefore: boolean): string => {
    const { schema, table, columns } = foreign.references;
    const own = foreign.columns.map((name) => (isBefore ? columnAfter(name) : name));
    const target = isBefore ? tableAfter(schema, table) : tableKey(schema, table);
    // Actions do not go into the key: the same reference that acts otherwise has changed.
    return [...own, '', ...columns, '', target].map((name) => nameKey(context, name)).join('\u0000');
  };
  const pairs = pairBy(
    before.foreign_keys,
    after.foreign_keys,
    (foreign) => key(foreign, true),
    (foreign) => key(foreign, false),
  );
  for (const foreign of pairs.removed) {
    const at = { ...place, object: 'foreign_key', name: foreign.name } as const;
    removed(context, at, foreignKeyText(foreign), breaking('readers may meet rows that refer to nothing'));
  }
  for (const foreign of pairs.added) {
    const at = { ...place, object: 'foreign_key', name: foreign.name } as const;
    added(context, at, foreignKeyText(foreign), breaking('writers of rows that refer to nothing fail'));
  }
  for (const [old, now] of pairs.both) {
    const at = { ...place, object: 'foreign_key', name: old.name } as const;
    const verdict = breaking('a change or removal of the row referred to does something else');
    changed(context, at, 'on update', [old.on_update, now.on_update], verdict);
    changed(context, at, 'on delete', [old.on_delete, now.on_delete], verdict);
    if (context.across) continue;
    const late = [old.deferrable ?? 'no', now.deferrable ?? 'no'] as const;
    const isEarlier = now.deferrable === undefined || old.deferrable === 'deferred';
    const when = isEarlier
      ? breaking('a transaction that was in order only at its end fails before it')
      : harmless('it is checked later than before');
    changed(context, at, 'deferrable', late, when);
  }
}

/** One text for a table, which renames are looked up by. */
export function tableKey(schema: string, table: string): string {
  return JSON.stringify([schema, table]);
}

function compareChecks(
  context: CompareContext,
  place: Place,
  before: CatalogTable,
  after: CatalogTable,
): void {
  const pairs = pairBy(before.checks, after.checks, ({ expression }) => expression.replace(/\s+/g, ' '));
  // A check of the same name with another condition has changed; the others came and went.
  const named = pairBy(pairs.removed, pairs.added, ({ name, expression }) => name ?? `\u0000${expression}`);
  for (const [old, now] of named.both) {
    const at = { ...place, object: 'check', name: old.name } as const;
    changed(
      context,
      at,
      'expression',
      [old.expression, now.expression],
      breaking('rows that were allowed may not be any more'),
    );
  }
  for (const { name, expression } of named.removed)
    removed(
      context,
      { ...place, object: 'check', name },
      expression,
      breaking('readers may meet values that were not allowed'),
    );
  for (const { name, expression } of named.added)
    added(context, { ...place, object: 'check', name }, expression, breaking('writers of other values fail'));
}

function indexText({ columns, include, unique, method, predicate }: CatalogIndex): string {
  const items = columns.map(
    ({ column, expression, descending }) =>
      `${column ?? `(${expression ?? ''})`}${descending ? ' desc' : ''}`,
  );
  return [
    unique ? 'unique' : '',
    method,
    text(items),
    include.length === 0 ? '' : `include ${text(include)}`,
    predicate === null ? '' : `where ${predicate}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const speedOnly = harmless('only how fast rows are found');
const uniqueGone = breaking('readers may meet duplicates');
const uniqueNew = breaking('writers of duplicates fail');

/** Indexes beside those that stand behind a key, which are told as keys. Across systems not compared: each needs its own. */
export function compareIndexes(
  context: CompareContext,
  place: Place,
  before: Relation,
  after: Relation,
): void {
  if (context.across) return;
  const pairs = pairBy(ownIndexes(before), ownIndexes(after), ({ name }) => name);
  for (const [old, now] of pairs.both) {
    const verdict = old.unique === now.unique ? speedOnly : old.unique ? uniqueGone : uniqueNew;
    const isUniqueChanged = old.unique && now.unique;
    changed(
      context,
      { ...place, object: 'index', name: old.name },
      'definition',
      [indexText(old), indexText(now)],
      isUniqueChanged ? breaking('other rows are duplicates now') : verdict,
    );
  }
  const moved = pairBy(pairs.removed, pairs.added, indexText);
  for (const [old, now] of moved.both)
    renamed(context, { ...place, object: 'index', name: old.name }, [old.name, now.name], speedOnly);
  for (const index of moved.removed)
    removed(
      context,
      { ...place, object: 'index', name: index.name },
      indexText(index),
      index.unique ? uniqueGone : speedOnly,
    );
  for (const index of moved.added)
    added(
      context,
      { ...place, object: 'index', name: index.name },
      indexText(index),
      index.unique ? uniqueNew : speedOnly,
    );
}

function ownIndexes(relation: Relation): CatalogIndex[] {
  const keys = 'unique_keys' in relation ? relation.unique_keys : [];
  const keyColumns = new Set(keys.map(({ columns }) => text(columns)));
  return relation.indexes.filter(
    ({ primary, unique, predicate, columns }) =>
      !primary &&
      !(unique && predicate === null && keyColumns.has(text(columns.map(({ column }) => column ?? '')))),
  );
}
