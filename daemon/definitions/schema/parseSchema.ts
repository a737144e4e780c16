import type { Diagnostic } from '../../protocol/errors.ts';
import { schemaFileSchema, type SchemaFile } from '../../protocol/files/schema.ts';
import { hasErrors, sortedAndCut, type SourceDocument } from '../document.ts';
import { validate } from '../validate.ts';
import { isRecord } from '../values.ts';
import { checkColumns } from './checkColumns.ts';
import { checkTables } from './checkTables.ts';

/** Parses a schema file: the schema, or null and every mistake in it, each at its place. */
export function parseSchema(document: SourceDocument): {
  schema: SchemaFile | null;
  diagnostics: Diagnostic[];
} {
  if (!document.isReadable) return { schema: null, diagnostics: [...document.diagnostics] };
  const parsed = validate(document, schemaFileSchema);
  const diagnostics = [...document.diagnostics, ...parsed.diagnostics];
  // One table with a mistake of form must not hide what is wrong with the others' content.
  const schema = parsed.data ?? goodPart(document.value);
  if (schema !== null) diagnostics.push(...checkTables(document, schema), ...checkColumns(document, schema));
  return {
    schema: hasErrors(diagnostics) ? null : parsed.data,
    diagnostics: sortedAndCut(withoutDoubles(diagnostics)),
  };
}

/** What can be looked at of a file with mistakes of form: only if all tables are right by themselves. */
function goodPart(value: unknown): SchemaFile | null {
  if (!isRecord(value) || !isRecord(value.tables)) return null;
  const { tables, dictionaries, fact_table: fact } = value;
  const parsed = schemaFileSchema.safeParse({
    schema_name: 'schema',
    tables,
    dictionaries,
    fact_table: fact,
  });
  return parsed.success ? parsed.data : null;
}

function withoutDoubles(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}
