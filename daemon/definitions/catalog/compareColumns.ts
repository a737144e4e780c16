import type { CatalogColumn } from '../../protocol/catalog.ts';
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
  type Verdict,
} from './compareContext.ts';
import { columnLikelihood, columnRenameAt, guessRenames, pairBy } from './pairing.ts';
import { isWidening, kindOfType } from './typeChange.ts';

type ColumnPlace = Place & { readonly object: 'column'; readonly name: string };

/**
 * Columns of two relations that are the same one. Returns what each column of the first is called in the second (keys are compared
 * by that); columns that are gone keep their name.
 */
export function compareColumns(
  context: CompareContext,
  place: Place,
  before: Relation,
  after: Relation,
  isLoose: boolean,
): (name: string) => string {
  const pairs = pairBy(before.columns, after.columns, ({ name }) => nameKey(context, name));
  const guesses = guessRenames(pairs.removed, pairs.added, columnLikelihood, columnRenameAt) ?? [];
  const at = (name: string): ColumnPlace => ({ ...place, object: 'column', name });
  for (const { before: old, after: now, confidence } of guesses) {
    const verdict = breaking('the old name is gone; a guess from type, place and name');
    renamed(context, at(old.name), [old.name, now.name], { ...verdict, confidence });
  }
  const guessed = new Set(guesses.flatMap((guess) => [guess.before, guess.after]));
  for (const column of pairs.removed) {
    if (guessed.has(column)) continue;
    removed(context, at(column.name), describe(column), breaking('whoever names it fails'));
  }
  for (const column of pairs.added) {
    if (!guessed.has(column)) added(context, at(column.name), describe(column), verdictOfAdded(column));
  }
  const both = [...pairs.both, ...guesses.map((guess) => [guess.before, guess.after] as const)];
  context.compared.columns += both.length;
  for (const [old, now] of both) compareColumn(context, at(old.name), old, now, isLoose);
  if (guesses.length === 0) compareOrder(context, place, pairs.both);
  const names = new Map(both.map(([old, now]) => [old.name, now.name]));
  return (name) => names.get(name) ?? name;
}

/** `decimal(10,2) not null default 0` */
export function describe(column: CatalogColumn): string {
  return [
    column.native_type,
    column.nullable === false ? 'not null' : undefined,
    column.default === null ? undefined : `default ${column.default}`,
    column.identity === null ? undefined : `identity ${column.identity}`,
    generatedText(column) ?? undefined,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

function generatedText({ generated }: CatalogColumn): string | null {
  return generated && `generated as (${generated.expression})${generated.stored ? ' stored' : ''}`;
}

function verdictOfAdded(column: CatalogColumn): Verdict {
  const isFilled = column.default !== null || column.identity !== null || column.generated !== null;
  if (column.nullable === false && !isFilled)
    return breaking('inserts that do not know it fail: it is NOT NULL without a default');
  return harmless('readers and writers need not know it');
}

function compareColumn(
  context: CompareContext,
  place: ColumnPlace,
  before: CatalogColumn,
  after: CatalogColumn,
  isLoose: boolean,
): void {
  compareType(context, place, before, after, isLoose);
  // null: the system does not say, so there is nothing to compare.
  if (before.nullable !== null && after.nullable !== null) {
    const word = ({ nullable }: CatalogColumn): string => (nullable === true ? 'nullable' : 'not null');
    const reason = after.nullable ? 'readers may meet NULLs' : 'writers that leave it NULL fail';
    changed(context, place, 'nullable', [word(before), word(after)], breaking(reason));
  }
  if (context.across) return;
  changed(context, place, 'default', [before.default, after.default], verdictOfDefault(after));
  changed(
    context,
    place,
    'identity',
    [before.identity, after.identity],
    breaking('inserts that give a value, or rely on one being made, may fail'),
  );
  changed(
    context,
    place,
    'generated',
    [generatedText(before), generatedText(after)],
    breaking('values are made otherwise, and a generated column cannot be written'),
  );
  changed(
    context,
    place,
    'collation',
    [before.collation, after.collation],
    breaking('texts compare and sort otherwise'),
  );
  changed(context, place, 'comment', [before.comment, after.comment], harmless('a comment only'));
}

function verdictOfDefault(after: CatalogColumn): Verdict {
  if (after.default === null && after.nullable === false && after.identity === null)
    return breaking('inserts that relied on the default fail: the column is NOT NULL');
  return harmless('only new rows get another value');
}

function compareType(
  context: CompareContext,
  place: ColumnPlace,
  before: CatalogColumn,
  after: CatalogColumn,
  isLoose: boolean,
): void {
  const [old, now] = [before.canonical_type, after.canonical_type];
  const shown: readonly [string, string] =
    context.across || before.native_type === after.native_type
      ? [old, now]
      : [before.native_type, after.native_type];
  if (isLoose && isSameKind(old, now)) return;
  if (old === now) {
    const same = harmless('values are the same; the name of the type is another');
    if (!context.across) changed(context, place, 'type', shown, same);
    return;
  }
  const verdict = isWidening(old, now)
    ? harmless('every value of the old type is one of the new type')
    : breaking('values may not fit, or read otherwise');
  changed(context, place, 'type', shown, verdict);
}

const numbers: ReadonlySet<string> = new Set(['integer', 'decimal', 'float']);

/** Where a side does not hold values to its types, lengths and digits are worth nothing. */
function isSameKind(before: string, after: string): boolean {
  const [a, b] = [kindOfType(before), kindOfType(after)];
  return a === b || (numbers.has(a) && numbers.has(b));
}

function compareOrder(
  context: CompareContext,
  place: Place,
  both: readonly (readonly [CatalogColumn, CatalogColumn])[],
): void {
  const names = (side: 0 | 1): string =>
    [...both]
      .sort((a, b) => a[side].position - b[side].position)
      .map(([column]) => column.name)
      .join(', ');
  const verdict = breaking('an INSERT, COPY or reader that goes by position takes one column for another');
  const at = { ...place, object: 'table', name: null } as const;
  changed(context, at, 'column order', [names(0), names(1)], verdict);
}
