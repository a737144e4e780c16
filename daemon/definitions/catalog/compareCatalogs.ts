import { agreed, plural } from '../../protocol/countText.ts';
import type { Catalog, CatalogSchema } from '../../protocol/catalog.ts';
import {
  catalogDifferenceVersion,
  type CatalogChange,
  type CatalogDifference,
} from '../../protocol/catalogDifference.ts';
import { compareColumns } from './compareColumns.ts';
import {
  added,
  breaking,
  harmless,
  nameKey,
  removed,
  renamed,
  type CompareContext,
  type Relation,
} from './compareContext.ts';
import { compareIndexes, compareKeys, tableKey } from './compareKeys.ts';
import { compareOwn, compareSchemaObjects } from './compareOthers.ts';
import { pairSchemas } from './compareSchemas.ts';
import { guessRenames, pairBy, relationLikelihood, relationRenameAt } from './pairing.ts';
import { isInScope } from './patterns.ts';

export interface LabelledCatalog {
  readonly label: string;
  readonly catalog: Catalog;
}

export interface CompareOptions {
  /** Schema of the first: schema of the second. */
  readonly schemaMap?: Readonly<Record<string, string>>;
  /** Table of the first: table of the second, of those that are called otherwise there. */
  readonly tableMap?: Readonly<Record<string, string>>;
}

interface RelationPair {
  readonly schema: string;
  readonly before: Relation;
  readonly after: Relation;
}

const relationsOf = ({ tables, views }: CatalogSchema): Relation[] => [...tables, ...views];
const isView = (relation: Relation): boolean => 'definition' in relation;

/**
 * What differs in the structure of two catalogs; rows, sizes and profiles are not structure. Catalogs of two systems are compared
 * by names without letter case and by canonical types. A schema in the map that does not exist is an Error.
 */
export function compareCatalogs(
  before: LabelledCatalog,
  after: LabelledCatalog,
  options: CompareOptions = {},
): CatalogDifference {
  const across = before.catalog.system !== after.catalog.system;
  const context: CompareContext = {
    across,
    changes: [],
    notCompared: across ? [...wordedByEach] : [],
    compared: { tables: 0, views: 0, columns: 0 },
  };
  const schemas = pairSchemas(context, before.catalog, after.catalog, options.schemaMap ?? {});
  const pairs = schemas.flatMap(([old, now]) => pairRelations(context, [before, after], old, now, options));
  const tableNames = new Map(
    schemas.flatMap(([old, now]) =>
      relationsOf(old).map(({ name }): [string, string] => [
        tableKey(old.name, name),
        tableKey(now.name, name),
      ]),
    ),
  );
  for (const { schema, before: old, after: now } of pairs) {
    const [, pairedSchema] = schemas.find(([{ name }]) => name === schema) ?? [];
    tableNames.set(tableKey(schema, old.name), tableKey(pairedSchema?.name ?? schema, now.name));
  }
  const tableAfter = (schema: string, table: string): string => {
    const known = tableNames.get(tableKey(schema, table));
    if (known !== undefined) return known;
    // A table that was not extracted is called the same, in the schema that is paired with its own.
    const [, pairedSchema] = schemas.find(([{ name }]) => name === schema) ?? [];
    return tableKey(pairedSchema?.name ?? schema, table);
  };
  for (const pair of pairs) comparePair(context, before.catalog, after.catalog, pair, tableAfter);
  for (const [old, now] of schemas) compareSchemaObjects(context, old, now);
  return difference(context, before, after);
}

const wordedByEach: CatalogDifference['not_compared'] = [
  {
    what: 'defaults, identities, generated columns, collations, comments, checks, indexes, view definitions, triggers, sequences, routines, grants',
    reason: 'the two systems word them each in its own way',
  },
];

function pairRelations(
  context: CompareContext,
  [before, after]: readonly [LabelledCatalog, LabelledCatalog],
  old: CatalogSchema,
  now: CatalogSchema,
  { tableMap = {} }: CompareOptions,
): RelationPair[] {
  const mapped = (name: string): string => tableMap[`${old.name}.${name}`] ?? tableMap[name] ?? name;
  const found = pairBy(
    relationsOf(old),
    relationsOf(now),
    ({ name }) => nameKey(context, mapped(name)),
    ({ name }) => nameKey(context, name),
  );
  const gone = found.removed.filter((each) => isMissed(context, after, now.name, mapped(each.name)));
  const come = found.added.filter((each) => isMissed(context, before, old.name, each.name));
  const guesses = guessRenames(
    gone,
    come,
    (a, b) => (isView(a) === isView(b) ? relationLikelihood(a, b) : 0),
    relationRenameAt,
  );
  if (guesses === null) {
    const reason = `${plural(gone.length, 'table')} ${agreed(gone.length, 'are gone')} and ${come.length} ${agreed(come.length, 'are new')}: too many to guess which of them were renamed`;
    context.notCompared.push({ what: `renames in ${old.name}`, reason });
  }
  const guessed = new Set((guesses ?? []).flatMap((guess) => [guess.before, guess.after]));
  const at = (relation: Relation) =>
    ({
      schema: old.name,
      relation: relation.name,
      object: isView(relation) ? 'view' : 'table',
      name: null,
    }) as const;
  for (const guess of guesses ?? []) {
    const names = [guess.before.name, guess.after.name] as const;
    const verdict = breaking('the old name is gone; a guess from the columns they have in common');
    renamed(context, at(guess.before), names, { ...verdict, confidence: guess.confidence });
  }
  for (const each of gone)
    if (!guessed.has(each)) removed(context, at(each), shape(each), breaking('whoever names it fails'));
  for (const each of come)
    if (!guessed.has(each)) {
      const place = { ...at(each), schema: now.name };
      added(context, place, shape(each), harmless('nobody knows it yet'));
    }
  return [
    ...found.both.map(([a, b]) => ({ schema: old.name, before: a, after: b })),
    ...(guesses ?? []).map((guess) => ({ schema: old.name, before: guess.before, after: guess.after })),
  ];
}

const shape = ({ kind, columns }: Relation): string =>
  `${kind.replaceAll('_', ' ')} of ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;

/** True if the other catalog would list the table if it were there. Where it was not asked for, or not read, nothing is known. */
function isMissed(context: CompareContext, other: LabelledCatalog, schema: string, name: string): boolean {
  const { scope, unreadable } = other.catalog;
  if (!isInScope(scope, schema, name)) {
    const what = `${schema}.${name}`;
    context.notCompared.push({ what, reason: `${other.label} was extracted without it` });
    return false;
  }
  const unread = unreadable.find(({ object }) => object === name || object === `${schema}.${name}`);
  if (unread === undefined) return true;
  const reason = `${other.label} could not read it: ${unread.reason}`;
  context.notCompared.push({ what: `${schema}.${name}`, reason });
  return false;
}

function comparePair(
  context: CompareContext,
  before: Catalog,
  after: Catalog,
  { schema, before: old, after: now }: RelationPair,
  tableAfter: (schema: string, table: string) => string,
): void {
  const place = { schema, relation: old.name };
  context.compared[isView(old) ? 'views' : 'tables'] += 1;
  compareOwn(context, place, old, now);
  const isLoose = context.across && (isLooselyTyped(before, old) || isLooselyTyped(after, now));
  const columnAfter = compareColumns(context, place, old, now, isLoose);
  if ('primary_key' in old && 'primary_key' in now && hasKeys(context, old, now))
    compareKeys(context, place, old, now, { columnAfter, tableAfter });
  compareIndexes(context, place, old, now);
}

/** SQLite and text files do not hold values to their types. */
function isLooselyTyped(catalog: Catalog, relation: Relation): boolean {
  if (catalog.system === 'SQLite') return true;
  return relation.kind === 'file' && !relation.name.toLowerCase().endsWith('.parquet');
}

/** Files have no keys to compare with. */
function hasKeys(context: CompareContext, before: Relation, after: Relation): boolean {
  return !context.across || (before.kind !== 'file' && after.kind !== 'file');
}

function difference(
  { across, changes, notCompared, compared }: CompareContext,
  before: LabelledCatalog,
  after: LabelledCatalog,
): CatalogDifference {
  const side = ({ label, catalog }: LabelledCatalog) => {
    const { connection, system, version, extracted_at } = catalog;
    return { label, connection, system, version, extracted_at };
  };
  const count = (of: (change: CatalogChange) => boolean): number => changes.filter(of).length;
  return {
    difference_version: catalogDifferenceVersion,
    before: side(before),
    after: side(after),
    across_systems: across,
    summary: {
      changes: changes.length,
      breaking: count((change) => change.breaking),
      added: count(({ change }) => change === 'added'),
      removed: count(({ change }) => change === 'removed'),
      changed: count(({ change }) => change === 'changed'),
      renamed: count(({ change }) => change === 'renamed'),
    },
    changes,
    compared,
    not_compared: notCompared,
  };
}
