import { quoteIdentifier } from '../../connections/ansiDialect.ts';
import type { ColumnSpec, ColumnType } from '../spec.ts';
import type { TargetTable } from './target.ts';

type KeylessTable = Pick<TargetTable, 'columns' | 'primary_key' | 'foreign_keys'>;

const names = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');

/** CREATE TABLE with columns, NOT NULL and keys; `relation` is quoted already. `typeName` spells a type for the system. */
export function createTable(
  table: KeylessTable,
  relation: string,
  typeName: (type: ColumnType, column: ColumnSpec) => string = (type) => type,
): string {
  const columns = table.columns.map(
    (column) =>
      `${quoteIdentifier(column.name)} ${typeName(column.type, column)}${column.nullable ? '' : ' not null'}`,
  );
  const primary = table.primary_key.length === 0 ? [] : [`primary key (${names(table.primary_key)})`];
  const foreign = table.foreign_keys.map(
    ({ columns: own, references: { table: other, columns: referenced } }) =>
      `foreign key (${names(own)}) references ${quoteIdentifier(other)} (${names(referenced)})`,
  );
  return `create table ${relation} (\n  ${[...columns, ...primary, ...foreign].join(',\n  ')}\n)`;
}
