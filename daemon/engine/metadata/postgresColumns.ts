import type { CatalogColumn, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { fromPostgresType, type CanonicalType } from '../validation/types.ts';
import { isView, typeFields } from './model.ts';
import { collationsSql, columnCommentsSql, columnsSql, typesSql } from './postgresSql.ts';
import { flag, nullableText, text, type CatalogSession, type Row } from './session.ts';

/** A relation whose columns are being read. */
export interface RelationDraft {
  readonly relation: CatalogTable | CatalogView;
  /** Column names by attnum, which constraints and indexes speak in. */
  readonly names: Map<number, string>;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
}

/** A type with its modifier, worked out once for all columns that have it. */
interface KnownType {
  readonly kind: CanonicalType['kind'];
  readonly fields: Pick<CatalogColumn, 'native_type' | keyof ReturnType<typeof typeFields>>;
  readonly isNotNull: boolean;
  readonly collation: string;
}

interface Words {
  readonly types: ReadonlyMap<string, KnownType>;
  readonly collations: ReadonlyMap<string, string>;
  /** By relation, then by attnum. */
  readonly comments: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** Reads the columns of the relations, which are given by oid, and puts them there in order. */
export async function addColumns(
  session: CatalogSession,
  relations: ReadonlyMap<string, RelationDraft>,
  oids: readonly string[],
): Promise<void> {
  const types = await session.query(typesSql, oids);
  const collations = await session.query(collationsSql, oids);
  const comments = await session.query(columnCommentsSql, oids);
  const words: Words = {
    types: new Map(types.map((row) => [text(row, 'key'), knownType(row)])),
    collations: new Map(collations.map((row) => [text(row, 'oid'), text(row, 'name')])),
    comments: byRelation(
      comments,
      (rows) => new Map(rows.map((row) => [Number(row.number), text(row, 'comment')])),
    ),
  };
  const columns = byRelation(await session.query(columnsSql, oids), (rows) =>
    rows.sort((a, b) => Number(a.number) - Number(b.number)),
  );
  for (const [oid, rows] of columns) {
    const draft = relations.get(oid);
    if (draft === undefined) continue;
    for (const row of rows) addColumn(draft, row, words, words.comments.get(oid));
  }
}

function byRelation<T>(rows: readonly Row[], finish: (rows: Row[]) => T): Map<string, T> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const oid = text(row, 'relation');
    const group = groups.get(oid);
    if (group === undefined) groups.set(oid, [row]);
    else group.push(row);
  }
  return new Map([...groups].map(([oid, group]) => [oid, finish(group)]));
}

function knownType(row: Row): KnownType {
  const native = text(row, 'native_type');
  const type = fromPostgresType(text(row, 'name'), Number(row.modifier), text(row, 'kind'), native);
  return {
    kind: type.kind,
    fields: { native_type: native, ...typeFields(type) },
    isNotNull: flag(row, 'not_null'),
    collation: text(row, 'collation'),
  };
}

const identities: Readonly<Record<string, CatalogColumn['identity']>> = { a: 'always', d: 'by_default' };

function addColumn(
  { relation, names, columnKinds }: RelationDraft,
  row: Row,
  words: Words,
  comments: ReadonlyMap<number, string> | undefined,
): void {
  const name = text(row, 'name');
  const number = Number(row.number);
  const type = words.types.get(text(row, 'type'));
  // Types and columns are read in one snapshot, so each column's type is among the types.
  if (type === undefined) throw new Error(`the type of ${relation.name}.${name} was not read`);
  names.set(number, name);
  columnKinds.set(name, type.kind);
  const generated = text(row, 'generated');
  const expression = nullableText(row, 'expression');
  const collation = text(row, 'collation');
  relation.columns.push({
    name,
    // Not attnum: dropped columns leave holes in it, and the reader asks for the third column of what is there.
    position: relation.columns.length + 1,
    ...type.fields,
    nullable: isView(relation) ? null : !(type.isNotNull || flag(row, 'not_null')),
    default: generated === '' ? expression : null,
    identity: identities[text(row, 'identity')] ?? null,
    generated: generated === '' ? null : { expression: expression ?? '', stored: generated === 's' },
    collation: collation === type.collation ? null : (words.collations.get(collation) ?? null),
    comment: comments?.get(number) ?? null,
  });
}
