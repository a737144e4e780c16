import type { Dialect, Relation, Value } from './connection.ts';

/** "name", with quotes inside doubled: DuckDB, SQLite and PostgreSQL alike. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal, with quotes inside doubled. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * `schema.table` in its parts: a name may be quoted ("Odd.name"."t") or bare; bare parts are split at dots and taken as
 * written. A bare name with a dot in it must be quoted.
 */
export function splitTableName(table: string): string[] {
  const parts = [...table.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"'),
  );
  return parts.length > 0 ? parts : [table];
}

function quoteLiteral(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new Error(`${value} has no literal`);
  }
  return quoteText(value);
}

/**
 * A relation as one SELECT. Text of users stands on lines of its own, so that a comment at its end hides nothing of ours.
 */
export function selectOf(relation: Relation, dialect: Pick<Dialect, 'quoteTable'>): string {
  const query = relation.query?.trim().replace(/[;\s]+$/, '');
  if (query === undefined) {
    const select = `select * from ${dialect.quoteTable(relation.table ?? '')}`;
    return relation.where === undefined ? select : `${select} where (\n${relation.where}\n)`;
  }
  return relation.where === undefined
    ? query
    : `select * from (\n${query}\n) as q where (\n${relation.where}\n)`;
}

/** The dialect of standard quoting, with its own way to name a table where needed. */
export function ansiDialect(
  quoteTable: (table: string) => string = (table) => splitTableName(table).map(quoteIdentifier).join('.'),
): Dialect {
  return {
    quoteIdentifier,
    quoteTable,
    quoteLiteral,
    from: (relation, alias) => {
      if (relation.table !== undefined && relation.where === undefined)
        return `${quoteTable(relation.table)} as ${quoteIdentifier(alias)}`;
      return `(\n${selectOf(relation, { quoteTable })}\n) as ${quoteIdentifier(alias)}`;
    },
  };
}

const readingWords = new Set(['select', 'with', 'values', 'table', 'show', 'explain']);

/** True if SQL begins, behind blanks, comments and opening brackets, with a word of a reading statement. */
export function isReading(sql: string): boolean {
  const bare = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '');
  return readingWords.has(/^[a-z]+/i.exec(bare)?.[0].toLowerCase() ?? '');
}
