import type {
  CatalogForeignKey,
  CatalogRoutine,
  CatalogSchema,
  CatalogTable,
  CatalogView,
} from '../../protocol/catalog.ts';
import type { CanonicalType } from '../validation/types.ts';
import { isView, type Countable } from './model.ts';
import { nullableText, text, type CatalogSession, type Row } from './session.ts';

/** A relation while its parts arrive. */
export interface RelationDraft {
  readonly schema: string;
  readonly relation: CatalogTable | CatalogView;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
}

export type Drafts = ReadonlyMap<string, RelationDraft>;

/** Key of a relation in maps; no name has a NUL. */
export const draftKey = (schema: string, relation: string): string => `${schema}\u0000${relation}`;

/** The relation a row of a catalog query is about. */
export function draftOfRow(drafts: Drafts, row: Row): RelationDraft | undefined {
  return drafts.get(draftKey(text(row, 'schema'), text(row, 'relation')));
}

/** Rows of keys and the like come in no order of their own. */
export const byPosition = (rows: Row[]): Row[] =>
  [...rows].sort((a, b) => Number(a['position']) - Number(b['position']));

/** Adds a column of a foreign key (name, column, other_schema, other_table, other_column, on_update, on_delete). */
export function addForeignKeyColumn(draft: RelationDraft | undefined, row: Row): void {
  if (draft === undefined || isView(draft.relation)) return;
  const name = nullableText(row, 'name');
  const { foreign_keys: keys } = draft.relation;
  let key: CatalogForeignKey | undefined = keys.find((each) => each.name === name);
  if (key === undefined) {
    key = {
      name,
      columns: [],
      references: { schema: text(row, 'other_schema'), table: text(row, 'other_table'), columns: [] },
      on_update: text(row, 'on_update').replaceAll('_', ' ').toUpperCase(),
      on_delete: text(row, 'on_delete').replaceAll('_', ' ').toUpperCase(),
    };
    keys.push(key);
  }
  key.columns.push(text(row, 'column'));
  key.references.columns.push(text(row, 'other_column'));
}

/** Adds who may do what: a row without a relation holds for all of its schema. */
export function addGrants(drafts: Drafts, rows: readonly Row[], isGrantable: (row: Row) => boolean): void {
  for (const { relation } of drafts.values()) relation.grants = [];
  for (const row of rows) {
    const grant = {
      grantee: text(row, 'grantee'),
      privilege: text(row, 'privilege'),
      grantable: isGrantable(row),
    };
    const schema = text(row, 'schema');
    const name = nullableText(row, 'relation');
    const holders = name === null ? [...drafts.values()] : [drafts.get(draftKey(schema, name))];
    for (const draft of holders) if (draft?.schema === schema) draft.relation.grants?.push(grant);
  }
}

/** Tables whose rows can be counted. */
export function countablesOf(drafts: Drafts, { connection }: CatalogSession): Countable[] {
  return [...drafts.values()].flatMap(({ schema, relation, columnKinds }) => {
    if (isView(relation)) return [];
    const from = [schema, relation.name].map((name) => connection.dialect.quoteIdentifier(name)).join('.');
    return [{ schema, relation, from, columnKinds }];
  });
}

/** Schemas as assemble() takes them, with what belongs to none of their tables. */
export function schemaShells(
  names: readonly string[],
  objects: {
    readonly sequences?: ReadonlyMap<string, NonNullable<CatalogSchema['sequences']>>;
    readonly routines?: ReadonlyMap<string, CatalogRoutine[]>;
  },
): Pick<CatalogSchema, 'name' | 'comment' | 'sequences' | 'routines'>[] {
  const { sequences, routines } = objects;
  return names.map((name) => ({
    name,
    comment: null,
    ...(sequences !== undefined && { sequences: sequences.get(name) ?? [] }),
    ...(routines !== undefined && { routines: routines.get(name) ?? [] }),
  }));
}
