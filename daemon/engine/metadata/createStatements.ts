import type { CatalogTrigger } from '../../protocol/catalog.ts';
import { isWord, splitAtCommas, tokens, type Token, type TokenOptions } from './sqlTokens.ts';

/** What a CREATE TABLE says and the system's catalog functions do not. */
export interface TableText {
  readonly columns: Map<string, ColumnText>;
  readonly checks: { readonly name: string | null; readonly expression: string }[];
  /** Names that the author gave to keys, with their columns. */
  readonly named: {
    readonly kind: 'primary' | 'unique' | 'foreign';
    readonly name: string;
    readonly columns: string[];
  }[];
}

export interface ColumnText {
  readonly collation: string | null;
  readonly generated: { readonly expression: string; readonly stored: boolean } | null;
  readonly isAutoincrement: boolean;
}

export interface IndexText {
  /** The text of each item without its order. */
  readonly items: string[];
  readonly predicate: string | null;
  readonly method: string | null;
}

/** Reads a CREATE TABLE that its database has accepted. A form it does not know leaves the extras empty, nothing else. */
export function readCreateTable(sql: string, options: TokenOptions): TableText {
  const table: TableText = { columns: new Map(), checks: [], named: [] };
  const body = tokens(sql, options).find((token) => token.kind === 'group');
  if (body === undefined) return table;
  for (const item of splitAtCommas(tokens(body.text, options))) {
    if (isWord(item[0], 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')) {
      readConstraints(table, item, null, options);
    } else if (item[0] !== undefined) {
      table.columns.set(item[0].value, readColumn(item));
      readConstraints(table, item.slice(1), item[0].value, options);
    }
  }
  return table;
}

function readColumn(item: readonly Token[]): ColumnText {
  const collate = item.findIndex((token) => isWord(token, 'COLLATE'));
  const as = item.findIndex((token, index) => isWord(token, 'AS') && item[index + 1]?.kind === 'group');
  const expression = as < 0 ? undefined : item[as + 1]?.text.trim();
  return {
    collation: collate < 0 ? null : (item[collate + 1]?.value ?? null),
    generated: expression === undefined ? null : { expression, stored: isWord(item[as + 2], 'STORED') },
    isAutoincrement: item.some((token) => isWord(token, 'AUTOINCREMENT')),
  };
}

/** Constraints of the table (`column` null, their columns in parentheses) or of one column. */
function readConstraints(
  table: TableText,
  item: readonly Token[],
  column: string | null,
  options: TokenOptions,
): void {
  let name: string | null = null;
  for (const [index, token] of item.entries()) {
    const next = item[index + 1];
    if (isWord(token, 'CONSTRAINT')) {
      name = next?.value ?? null;
    } else if (isWord(token, 'CHECK') && next?.kind === 'group') {
      table.checks.push({ name, expression: next.text.trim() });
      name = null;
    } else {
      const kind = keyKind(token, column);
      if (kind === undefined) continue;
      const group = item.slice(index).find((other) => other.kind === 'group');
      const columns = column === null ? namesIn(group, options) : [column];
      if (name !== null) table.named.push({ kind, name, columns });
      name = null;
    }
  }
}

function keyKind(token: Token, column: string | null): 'primary' | 'unique' | 'foreign' | undefined {
  if (isWord(token, 'PRIMARY')) return 'primary';
  if (isWord(token, 'UNIQUE')) return 'unique';
  return isWord(token, column === null ? 'FOREIGN' : 'REFERENCES') ? 'foreign' : undefined;
}

function namesIn(group: Token | undefined, options: TokenOptions): string[] {
  if (group === undefined) return [];
  return splitAtCommas(tokens(group.text, options)).flatMap(([first]) => first?.value ?? []);
}

/** Reads a CREATE INDEX that its database has accepted. */
export function readCreateIndex(sql: string, options: TokenOptions): IndexText {
  const all = tokens(sql, options);
  const using = all.findIndex((token) => isWord(token, 'USING'));
  const group = all.find((token) => token.kind === 'group');
  const where = all.find((token) => isWord(token, 'WHERE'));
  const items =
    group === undefined
      ? []
      : splitAtCommas(tokens(group.text, options)).map((item) => {
          const kept = item.filter((token) => !isWord(token, 'ASC', 'DESC'));
          const [first, last] = [kept[0], kept.at(-1)];
          return first && last ? group.text.slice(first.start, last.end) : '';
        });
  return {
    items,
    predicate: where === undefined ? null : sql.slice(where.end).replace(/;\s*$/, '').trim(),
    method: using < 0 ? null : (all[using + 1]?.value.toLowerCase() ?? null),
  };
}

export type TriggerText = Pick<CatalogTrigger, 'timing' | 'events'>;

/** Reads a CREATE TRIGGER that SQLite has accepted: without a word for it a trigger runs before. */
export function readCreateTrigger(sql: string, options: TokenOptions): TriggerText {
  const all = tokens(sql, options);
  const start = all.findIndex((token) => isWord(token, 'TRIGGER')) + 1;
  // The name may be a word such as AFTER, and may have its schema in front.
  const name = isWord(all[start], 'IF') ? start + 3 : start;
  const at = all[name + 1]?.text === '.' ? name + 3 : name + 1;
  const rest = all.slice(at);
  const event = rest.find((token) => isWord(token, 'INSERT', 'UPDATE', 'DELETE'));
  return {
    timing: isWord(rest[0], 'AFTER') ? 'after' : isWord(rest[0], 'INSTEAD') ? 'instead_of' : 'before',
    events: [event?.text.toLowerCase() ?? 'insert'],
  };
}
