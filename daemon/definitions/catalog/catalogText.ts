/** What Markdown and HTML both say of a catalog, as plain text. */
import type {
  CatalogColumn,
  CatalogRowCount,
  CatalogSchema,
  CatalogTable,
  CatalogView,
  ColumnProfile,
} from '../../protocol/catalog.ts';
import type { InferredForeignKey } from './inferForeignKeys.ts';

type Relation = CatalogTable | CatalogView;

export function relationsOf({ tables, views }: CatalogSchema): Relation[] {
  return [...tables, ...views];
}

export function isView(relation: Relation): relation is CatalogView {
  return relation.kind === 'view' || relation.kind === 'materialized_view';
}

/** `1234`, `about 1234`; nothing if nobody knows. */
export function rowsText({ value, method }: CatalogRowCount): string {
  if (value === null) return '';
  return method === 'estimate' ? `about ${value}` : String(value);
}

/** What a column says of its values beside a default. */
export function describeDefault({ identity, generated, collation }: CatalogColumn): string {
  return [
    identity === null ? '' : `identity ${identity.replaceAll('_', ' ')}`,
    generated === null ? '' : `generated as ${generated.expression}${generated.stored ? ' stored' : ''}`,
    collation === null ? '' : `collation ${collation}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** The figures of a profile that say most. */
export function facts(profile: ColumnProfile | undefined): string[] {
  if (profile === undefined) return [];
  const { nulls, distinct, min, max, mean, top_values } = profile;
  const [top] = top_values ?? [];
  return [
    `${nulls} NULL`,
    ...(distinct === null ? [] : [`${distinct} distinct`]),
    ...(min === null || max === null ? [] : [`${min} to ${max}`]),
    ...(mean == null ? [] : [`mean ${mean}`]),
    ...(top === undefined || top.rows < 2 ? [] : [`most often ${top.value} (${top.rows})`]),
  ];
}

export interface TableNote {
  readonly what: string;
  readonly text: string;
  readonly isGuess: boolean;
}

const listOf = (columns: readonly string[]): string => `(${columns.join(', ')})`;

/** Keys, constraints, indexes and triggers of a table or view, and the references it is guessed to have, which say so. */
export function tableNotes(relation: Relation, inferred: readonly InferredForeignKey[]): TableNote[] {
  const note = (what: string, text: string, isGuess = false): TableNote => ({ what, text, isGuess });
  const indexes = relation.indexes
    .filter(({ primary }) => !primary)
    .map(({ name, columns, unique }) => {
      const items = columns.map(({ column, expression }) => column ?? expression ?? '');
      return note(unique ? 'unique index' : 'index', `${name} ${listOf(items)}`);
    });
  const triggers = (relation.triggers ?? []).map(({ name, timing, events }) =>
    note('trigger', `${name}: ${timing.replace('_', ' ')} ${events.join(' or ')}`),
  );
  if (isView(relation)) return [...indexes, ...triggers];
  const { primary_key: primary, unique_keys, foreign_keys, checks } = relation;
  return [
    ...(primary === null ? [] : [note('primary key', listOf(primary.columns))]),
    ...unique_keys.map(({ columns }) => note('unique', listOf(columns))),
    ...foreign_keys.map(({ columns, references }) =>
      note(
        'foreign key',
        `${listOf(columns)} references ${references.schema}.${references.table} ${listOf(references.columns)}`,
      ),
    ),
    ...inferred
      .filter(({ table }) => table === relation.name)
      .map(({ column, references }) =>
        note('foreign key', `(${column}) references ${references.table} (${references.column})`, true),
      ),
    ...checks.map(({ expression }) => note('check', expression)),
    ...indexes,
    ...triggers,
  ];
}
