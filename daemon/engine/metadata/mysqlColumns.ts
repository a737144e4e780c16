import type { CatalogColumn, CatalogTable, CatalogView } from '../../protocol/catalog.ts';
import { quoteText } from '../connections/ansiDialect.ts';
import { fromMysqlType } from '../validation/mysqlTypes.ts';
import type { CanonicalType } from '../validation/types.ts';
import { isView, typeFields } from './model.ts';
import { nullableText, text, type Row } from './session.ts';

/** A relation while its parts arrive. */
export interface MysqlDraft {
  readonly schema: string;
  readonly relation: CatalogTable | CatalogView;
  readonly collation: string | null;
  readonly columnKinds: Map<string, CanonicalType['kind']>;
  /** Columns that a check of their own makes JSON: in MariaDB, JSON is a LONGTEXT that must be valid JSON. */
  readonly jsonColumns: Set<string>;
}

/** Runs one of the statements of mysqlSql.ts over the schemas that are read. */
export type ReadRows = (sql: (schemas: readonly string[], isMariadb: boolean) => string) => Promise<Row[]>;

/** Key of a relation in maps; no name has a NUL. */
export const relationKey = (schema: string, relation: string): string => `${schema}\u0000${relation}`;

/** The column that `json_valid("column")` checks, else undefined: the server writes names in the quotes of our session. */
export function jsonColumnOf(expression: string): string | undefined {
  const quoted = /^json_valid\("((?:[^"]|"")*)"\)$/i.exec(expression.trim())?.[1];
  return quoted?.replaceAll('""', '"');
}

/** Adds a row of columnsSql to its relation. */
export function addColumn(draft: MysqlDraft, row: Row, isMariadb: boolean): void {
  const { relation, columnKinds, jsonColumns } = draft;
  const name = text(row, 'name');
  const native = jsonColumns.has(name) ? 'json' : text(row, 'type');
  const type = fromMysqlType(native);
  const extra = nullableText(row, 'extra') ?? '';
  const expression = nullableText(row, 'expression') ?? '';
  const collation = nullableText(row, 'collation');
  columnKinds.set(name, type.kind);
  relation.columns.push({
    name,
    position: Number(row.position),
    native_type: native,
    ...typeFields(type),
    nullable: isView(relation) ? null : text(row, 'nullable') === 'YES',
    default: expression === '' ? defaultOf(row, type, extra, isMariadb) : null,
    identity: /\bauto_increment\b/i.test(extra) ? 'auto_increment' : null,
    generated: expression === '' ? null : { expression, stored: /\b(stored|persistent)\b/i.test(extra) },
    collation: collation === draft.collation || isView(relation) || type.kind === 'json' ? null : collation,
    comment: nullableText(row, 'comment') || null,
  } satisfies CatalogColumn);
}

/**
 * The default as SQL. MariaDB writes it so, NULL as a word; MySQL writes literals bare and marks expressions. What
 * `on update` sets belongs to it.
 */
function defaultOf(row: Row, type: CanonicalType, extra: string, isMariadb: boolean): string | null {
  const written = nullableText(row, 'default');
  const onUpdate = /\bon update .+$/i.exec(extra)?.[0] ?? null;
  if (written === null || (isMariadb && written === 'NULL')) return onUpdate;
  const isBare =
    isMariadb || /DEFAULT_GENERATED/i.test(extra) || type.kind === 'integer' || type.kind === 'decimal';
  const value = isBare || type.kind === 'float' ? written : quoteText(written);
  return onUpdate === null ? value : `${value} ${onUpdate}`;
}
