import { quoteIdentifier as ansiQuote, selectOf, splitTableName } from './ansiDialect.ts';
import type { Dialect, Value } from './connection.ts';

/** [name], with closing brackets inside doubled. */
export function quoteBracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** A literal of UTF-16 text, with quotes inside doubled. */
export function quoteNational(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

/** A table's name in its parts, each bare, "quoted" or [bracketed]. */
export function tsqlTableParts(table: string): string[] {
  return splitTableName(
    table.replace(/\[((?:[^\]]|\]\])*)\]/g, (_, name: string) => ansiQuote(name.replaceAll(']]', ']'))),
  );
}

function quoteLiteral(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new Error(`${value} has no literal`);
  }
  return quoteNational(value);
}

const quoteTable = (table: string): string => tsqlTableParts(table).map(quoteBracketed).join('.');

/** Compares code by code; SQL Server finds 'a' and 'a ' equal in every collation, so each text gets an end that is no blank. */
const exactly = (text: string): string =>
  `((convert(nvarchar(max), ${text}) + nchar(1)) collate Latin1_General_100_BIN2)`;

/** T-SQL with QUOTED_IDENTIFIER on, as our sessions have it: [name] and "name" are identifiers. */
export const tsqlDialect: Dialect = {
  quoteIdentifier: quoteBracketed,
  quoteTable,
  quoteLiteral,
  exactText: exactly,
  exactLiteral: (text) => exactly(quoteNational(text)),
  // Ours begin with the word; a DISTINCT would have to stand before TOP.
  limited: (select, rows) => select.replace(/^select\b/i, `select top (${rows})`),
  from: (relation, alias) => {
    if (relation.table !== undefined && relation.where === undefined)
      return `${quoteTable(relation.table)} as ${quoteBracketed(alias)}`;
    return `(\n${selectOf(relation, { quoteTable })}\n) as ${quoteBracketed(alias)}`;
  },
};
