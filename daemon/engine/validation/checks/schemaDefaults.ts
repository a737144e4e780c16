import type { CatalogColumn, CatalogTable } from '../../../protocol/catalog.ts';
import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { bothCatalogs } from './tableCatalog.ts';

/** Defaults, identity and generated expressions are the same, apart from how each system writes them out. */
export const schemaDefaults: Check<'schema_defaults'> = {
  kind: 'schema_defaults',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    const found = await bothCatalogs(context);
    if ('status' in found) return found;
    const rows = pairs.map((pair) => {
      const source = columnOf(found.source, pair.source.name);
      const target = columnOf(found.target, pair.target.name);
      return { column: pair.source.name, source, target };
    });
    const different = rows.filter(({ source, target }) => meaning(source) !== meaning(target));
    return {
      status: different.length > 0 ? 'failed' : 'passed',
      expected: Object.fromEntries(rows.map(({ column, source }) => [column, written(source)])),
      actual: Object.fromEntries(rows.map(({ column, target }) => [column, written(target)])),
      ...(different.length > 0 && {
        reason: different
          .map(
            ({ column, source, target }) =>
              `${column} has ${written(source) ?? 'no default'} in the source and ${written(target) ?? 'no default'} in the target`,
          )
          .join('; '),
      }),
    };
  },
};

function columnOf(table: CatalogTable, name: string): CatalogColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

function written(column: CatalogColumn | undefined): string | null {
  if (column === undefined) return null;
  if (column.identity !== null) return `identity (${column.identity})`;
  return column.generated === null ? column.default : `generated as ${column.generated.expression}`;
}

/** What a default says, without what only its spelling says. */
function meaning(column: CatalogColumn | undefined): string {
  if (column === undefined) return '';
  // A sequence behind the column is what other systems call identity or auto increment.
  if (column.identity !== null || /^nextval\(/i.test(column.default ?? '')) return 'identity';
  if (column.generated !== null) return `generated ${plain(column.generated.expression)}`;
  return plain(column.default ?? 'null');
}

const now =
  /^(now\(\)|current_timestamp(\(\d*\))?|get_current_timestamp\(\)|localtimestamp(\(\d*\))?|sysdate(time)?\(\))$/;

function plain(expression: string): string {
  let text = expression.trim().replaceAll(/\s+/g, ' ');
  for (;;) {
    const before = text;
    text = text
      .replace(/::[a-z_ ]+(\(\d+(, ?\d+)?\))?(\[\])?$/i, '')
      .replace(/^cast\((.*) as [a-z_ ]+(\(\d+(, ?\d+)?\))?\)$/i, '$1')
      .trim();
    if (/^\([^()]*\)$/.test(text)) text = text.slice(1, -1).trim();
    if (text === before) break;
  }
  const number = /^'?(-?\d+(\.\d+)?)'?$/.exec(text)?.[1];
  if (number !== undefined) return String(Number(number));
  // The text of a literal keeps its case; everything else is SQL.
  const parts = text.split(/('(?:[^']|'')*')/);
  const folded = parts.map((part, index) => (index % 2 === 1 ? part : part.toLowerCase())).join('');
  if (now.test(folded)) return 'now';
  if (folded === "'t'" || folded === "'1'") return '1';
  return folded === 'true' ? '1' : folded === 'false' ? '0' : folded;
}
