import { describe, expect, it } from 'vitest';
import { DOMParser } from '@xmldom/xmldom';
import { catalogHtml } from '../../../daemon/definitions/catalog/catalogHtml.ts';
import { catalogMarkdown } from '../../../daemon/definitions/catalog/catalogMarkdown.ts';
import { erDiagram } from '../../../daemon/definitions/catalog/erDiagram.ts';
import { inferForeignKeys } from '../../../daemon/definitions/catalog/inferForeignKeys.ts';
import { column, shop, table, tableIn, view } from './catalogs.ts';

const diagramOf = (catalog = shop()) => erDiagram(catalog.schemas[0]!) ?? '';
const evil = 'a"b|c`d<script>alert(1)</script>\n## %%x\\y';

describe('inferred foreign keys', () => {
  const text = { canonical_type: 'text' };
  const customer = (more = {}) =>
    table('dim_customers', [column('customer_id', 1)], {
      primary_key: { name: null, columns: ['customer_id'] },
      ...more,
    });
  const guesses = (...columns: Parameters<typeof table>[1]) =>
    inferForeignKeys([customer(), table('fact_sales', columns)]).map(({ column: name, references }) => [
      name,
      references.table,
      references.column,
    ]);

  it('are guessed from the name of the key, of the table, and the kind of type', () => {
    expect(guesses(column('customer_id', 1))).toEqual([['customer_id', 'dim_customers', 'customer_id']]);
    expect(guesses(column('CUSTOMER_ID', 1, { canonical_type: 'integer(64)' }))).toHaveLength(1);
    expect(guesses(column('customer_id', 1, text))).toEqual([]);
    expect(guesses(column('customer', 1))).toEqual([]);
    expect(guesses(column('id', 1))).toEqual([]);
  });

  it('are none where a constraint says it, or two tables fit', () => {
    expect(inferForeignKeys(shop().schemas[0]!.tables)).toEqual([]);
    const without = shop();
    tableIn(without, 'order').foreign_keys = [];
    expect(inferForeignKeys(without.schemas[0]!.tables)).toMatchObject([
      { table: 'order', column: 'customer_id', references: { table: 'customer', column: 'id' } },
    ]);
    const two = [customer(), customer({ name: 'stg_customer' }), table('sale', [column('customer_id', 1)])];
    expect(inferForeignKeys(two)).toEqual([]);
  });
});

describe('the diagram', () => {
  it('draws entities with keys, and foreign keys as solid lines', () => {
    expect(diagramOf().split('\n')).toEqual([
      'erDiagram',
      '  "customer" {',
      '    integer(32) id PK',
      '    text name',
      '    decimal(10-2) balance',
      '    text email UK',
      '  }',
      '  "order" {',
      '    integer(32) id PK',
      '    integer(32) customer_id FK',
      '    date placed_on',
      '  }',
      '  "customer" ||--o{ "order" : "customer_id"',
    ]);
  });

  it('marks what it guesses', () => {
    const catalog = shop();
    tableIn(catalog, 'order').foreign_keys = [];
    expect(diagramOf(catalog)).toContain('  "customer" ||..o{ "order" : "customer_id (inferred)"');
  });

  it('keeps to words that Mermaid reads, whatever the names are', () => {
    const catalog = shop();
    catalog.schemas[0]!.tables = [table(evil, [column(evil, 1), column('größe in cm', 2), column('1st', 3)])];
    const lines = diagramOf(catalog).split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(2, 5))
      expect(line).toMatch(/^ {4}[A-Za-z][A-Za-z0-9_()-]* [A-Za-z][A-Za-z0-9_()-]* "[^"%\\\n]+"$/);
    expect(lines[1]).toMatch(/^ {2}"[^"%\\\n]+" \{$/);
  });

  it('is left out for more tables than anybody can read', () => {
    const catalog = shop();
    catalog.schemas[0]!.tables = Array.from({ length: 61 }, (_, i) => table(`t${i}`, [column('i', 1)]));
    expect(erDiagram(catalog.schemas[0]!)).toBeUndefined();
    catalog.schemas[0]!.tables.pop();
    expect(erDiagram(catalog.schemas[0]!)).toContain('"t59"');
  });
});

const spoiled = () => {
  const catalog = shop();
  catalog.connection = evil;
  catalog.unreadable = [{ object: evil, reason: evil }];
  catalog.schemas[0]!.comment = evil;
  catalog.schemas[0]!.tables.push(
    table(evil, [column(evil, 1, { native_type: evil, default: evil, comment: evil })], {
      comment: evil,
      checks: [{ name: null, expression: evil }],
    }),
  );
  catalog.schemas[0]!.views = [view(evil, [column('i', 1)], `select '\`\`\`' -- ${evil}`)];
  return catalog;
};

describe('Markdown', () => {
  it('tells tables, columns, keys, the diagram and what was not read', () => {
    const catalog = shop();
    tableIn(catalog, 'order').foreign_keys = [];
    tableIn(catalog, 'customer').columns[0]!.profile = {
      nulls: 0,
      distinct: 3,
      min: '1',
      max: '9',
      mean: '4.5',
    };
    catalog.unreadable = [{ object: 'public.secret', reason: 'permission denied' }];
    const text = catalogMarkdown(catalog);
    expect(text).toContain('```mermaid\nerDiagram');
    expect(text).toContain('| `balance` | `numeric(10,2)` | `decimal(10,2)` | yes | `0` |');
    expect(text).toContain('- foreign key *(inferred)*: `(customer_id) references customer (id)`');
    expect(text).toContain('- check: `balance >= 0`');
    expect(text).toContain('0 NULL; 3 distinct; 1 to 9; mean 4.5');
    expect(text).toContain('- `public.secret`: permission denied');
    expect(text).toContain('- function `total(customer integer): numeric`');
  });

  it('lets no text of the database become markup', () => {
    // What stands in a fenced block is code.
    const lines = catalogMarkdown(spoiled())
      .replace(/^(`{3,}).*\n[^]*?\n\1$/gm, '')
      .split('\n');
    expect(
      lines
        .filter((line) => line.startsWith('#'))
        .every((line) => /^#{1,3} (Catalog of|Schema|Sequences|Routines|Not read|`)/.test(line)),
    ).toBe(true);
    const outside = lines.filter((line) => !line.includes('`') && !line.startsWith('    '));
    expect(outside.join('\n')).not.toContain('<script>');
    // A table of Markdown has as many cells in every row, however many bars a name has.
    const row = lines.find(
      (line) => line.startsWith('|') && line.includes('integer(32)') && line.includes('alert'),
    )!;
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
  });
});

describe('HTML', () => {
  it('is one page that loads and runs nothing, with every text escaped', () => {
    const text = catalogHtml(spoiled());
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/(src|href)="(?!#s\d+t\d+")/);
    expect(text).toContain("default-src 'none'");
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    const links = [...text.matchAll(/href="#(s\d+t\d+)"/g)].map(([, id]) => id);
    expect(links).toHaveLength(4);
    for (const id of links) expect(text).toContain(`id="${id}"`);
  });

  it('says what is inferred, and is well formed', () => {
    const catalog = shop();
    tableIn(catalog, 'order').foreign_keys = [];
    const text = catalogHtml(catalog);
    expect(text).toContain('foreign key (inferred)');
    const body = text.slice(text.indexOf('<body>'), text.indexOf('</body>') + 7);
    const parsed = new DOMParser().parseFromString(body, 'text/xml');
    const headings = Array.from(parsed.getElementsByTagName('h3')).map((each) => each.textContent);
    expect(headings).toEqual(['customer', 'order', 'rich', 'Sequences', 'Routines']);
  });
});
