import { ownType, referenceOf } from '../../../definitions/schema/columns.ts';
import { familyOf } from '../../../definitions/schema/expressionTypes.ts';
import { parseExpression, type Found } from '../../../definitions/schema/expression.ts';
import { familyOfType } from '../../../definitions/schema/columns.ts';
import type { SchemaFile } from '../../../protocol/files/schema.ts';
import type { ColumnType } from '../spec.ts';

const namesOfFamilies: Readonly<Record<Found, string>> = {
  number: 'decimal(18,2)',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  any: 'text',
};

/** The type of a column as the file writes it: said, that of its values, or that of the column it refers to. */
function writtenType(schema: SchemaFile, table: string, column: string): string {
  const definition = schema.tables[table]?.columns[column];
  if (definition === undefined) throw new Error(`no column ${table}.${column}`);
  const own = definition.type ?? ownType(definition);
  if (own !== null) return own;
  const reference = referenceOf(definition);
  if (reference !== null) return writtenType(schema, reference.table, reference.column);
  const family = familyOf(parseExpression(definition.expression ?? 'null'), (name) =>
    familyOfType(writtenType(schema, table, name)),
  );
  return namesOfFamilies[family];
}

/** The same for DuckDB. */
export function columnTypeOf(schema: SchemaFile, table: string, column: string): ColumnType {
  const written = writtenType(schema, table, column);
  return (written === 'text' ? 'VARCHAR' : written.toUpperCase()) as ColumnType;
}
