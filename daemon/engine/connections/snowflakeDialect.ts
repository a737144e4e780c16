import { ansiDialect, quoteIdentifier, selectOf } from './ansiDialect.ts';
import type { Dialect } from './connection.ts';

/** A table's name in its parts: "quoted" as it is written, bare in capitals, as Snowflake takes it. */
export function snowflakeTableParts(table: string): string[] {
  const parts = [...table.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? '').trim().toUpperCase() : match[1].replaceAll('""', '"'),
  );
  return parts.length > 0 ? parts : [table];
}

const quoteTable = (table: string): string => snowflakeTableParts(table).map(quoteIdentifier).join('.');

/** `suffixOf`: what stands behind a table that is read, to tie it to a moment. */
export function snowflakeDialect(suffixOf: (table: string) => string = () => ''): Dialect {
  const read = (table: string): string => `${quoteTable(table)}${suffixOf(table)}`;
  return {
    ...ansiDialect(quoteTable),
    // Backslashes are letters only where they are doubled.
    quoteLiteral: (value) => {
      if (typeof value === 'string') return snowflakeText(value);
      return ansiDialect(quoteTable).quoteLiteral(value);
    },
    from: (relation, alias) => {
      // Aliases of ours are bare, here as where they are used.
      if (relation.table !== undefined && relation.where === undefined)
        return `${read(relation.table)} as ${alias}`;
      return `(\n${selectOf(relation, { quoteTable: read })}\n) as ${alias}`;
    },
  };
}

/** A literal of text: quotes and backslashes doubled. */
export function snowflakeText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
