import type { CatalogSchema, CatalogTable } from '../../protocol/catalog.ts';
import { inferForeignKeys } from './inferForeignKeys.ts';

/** Past these a diagram shows nothing any more, and viewers refuse it. */
const maxTables = 60;
const maxColumns = 30;

/** A name in quotes may hold all but quotes, backslashes, % and line breaks: those become an apostrophe. */
function quoted(name: string): string {
  return `"${name.replace(/["\\%`\u0000-\u001f]/g, "'")}"`;
}

/** A word as an attribute's type or name has to be: ASCII letters and digits, a letter first. */
function word(text: string): string {
  const safe = text.replace(/[^A-Za-z0-9_()-]+/g, '_').replace(/^[^A-Za-z]+/, '');
  return safe === '' ? 'x' : safe;
}

/** `decimal(10,2)` is `decimal(10-2)` here: a comma ends an attribute. */
function typeWord(type: string): string {
  return word(type.replace(/,/g, '-'));
}

function entity(table: CatalogTable, inferred: ReadonlySet<string>): string[] {
  const shown = table.columns.slice(0, maxColumns);
  const rest = table.columns.length - shown.length;
  const lines = shown.map(({ name, canonical_type }) => {
    const isForeign = table.foreign_keys.some(({ columns }) => columns.includes(name)) || inferred.has(name);
    const keys = [
      ...(table.primary_key?.columns.includes(name) ? ['PK'] : []),
      ...(isForeign ? ['FK'] : []),
      ...(table.unique_keys.some(({ columns }) => columns.length === 1 && columns[0] === name) ? ['UK'] : []),
    ];
    const written = word(name);
    return `    ${typeWord(canonical_type)} ${written}${keys.length > 0 ? ` ${keys.join(', ')}` : ''}${written === name ? '' : ` ${quoted(name)}`}`;
  });
  if (rest > 0) lines.push(`    more columns ${quoted(`and ${rest} more`)}`);
  return [`  ${quoted(table.name)} {`, ...lines, '  }'];
}

/**
 * An entity relationship diagram of one schema for Mermaid. Solid lines are foreign keys, dashed ones are inferred and say so.
 * Undefined: nothing to draw, or too many tables (then those that have keys to each other do not fit either).
 */
export function erDiagram({ tables }: CatalogSchema): string | undefined {
  // Partitions have the columns and keys of their table.
  const own = tables.filter((table) => table.partition_of === undefined);
  if (own.length === 0 || own.length > maxTables) return undefined;
  const names = new Set(own.map(({ name }) => name));
  const inferred = inferForeignKeys(own);
  const lines = own.flatMap((table) =>
    entity(table, new Set(inferred.filter((each) => each.table === table.name).map(({ column }) => column))),
  );
  for (const table of own) {
    for (const { columns, references } of table.foreign_keys) {
      if (!names.has(references.table)) continue;
      lines.push(
        `  ${quoted(references.table)} ||--o{ ${quoted(table.name)} : ${quoted(columns.join(', '))}`,
      );
    }
  }
  for (const { table, column, references } of inferred)
    lines.push(`  ${quoted(references.table)} ||..o{ ${quoted(table)} : ${quoted(`${column} (inferred)`)}`);
  return ['erDiagram', ...lines].join('\n');
}
