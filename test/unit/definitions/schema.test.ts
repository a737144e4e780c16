import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parseSchema } from '../../../daemon/definitions/schema/parseSchema.ts';

const good = `schema_name: shop
dictionaries: { colours: [red, green] }
tables:
  customer:
    rows: 100
    columns:
      id: { sequence: 1 }
      name: { dictionary: last_name, null_rate: 0.1 }
  sale:
    rows: 500
    columns:
      id: { sequence: 1 }
      customer: { reference: customer.id }
      buyer: { reference: { column: customer.name, same_row_as: customer } }
      amount: { number: { min: 1, max: 20, decimals: 2 } }
      tax: { expression: "round(amount * 0.2, 2)", type: "decimal(12,2)" }
      code: { pattern: "[A-Z]{3}" }
`;

const told = (text: string): string[] =>
  parseSchema(parseDocument('x.schema.yaml', text)).diagnostics.map(
    ({ line, column, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` — ${hint}`}`,
  );

describe('schema files', () => {
  it('a right one has no diagnostics', () => {
    expect(told(good)).toEqual([]);
    expect(parseSchema(parseDocument('x.schema.yaml', good)).schema?.tables['sale']?.rows).toBe(500);
  });

  it.each([
    ['rows: 100', 'rows: many', '5:11 tables.customer.rows must be a number, not text "many"'],
    ['rows: 100', 'row: 100', '5:5 unknown key "row" in tables.customer — did you mean rows?'],
    ['customer.id }', 'custmer.id }', '13:30 there is no table custmer — did you mean customer?'],
    ['customer.id }', 'customer.idd }', '13:30 customer has no column idd — did you mean id?'],
    ['customer.id }', 'customer }', '13:30 a reference names a table and a column — write table.column'],
    [
      'same_row_as: customer',
      'same_row_as: amount',
      '14:65 amount is no reference to customer that chooses a row — write customer',
    ],
    [
      'dictionary: last_name',
      'dictionary: lastname',
      '8:27 there is no dictionary lastname — did you mean last_name?',
    ],
    ['min: 1,', 'min: 30,', '15:41 max is less than min'],
    ['amount * 0.2', 'amout * 0.2', '16:33 expression: there is no column amout — did you mean amount?'],
    ['amount * 0.2, 2)', 'amount * 0.2, 2', '16:48 expression: ) is missing here'],
    ['amount * 0.2', "amount * 'a'", '16:40 expression: * wants a number, not a text'],
    ['round(amount', 'rund(amount', '16:27 expression: there is no function rund — did you mean round?'],
    [
      ', type: "decimal(12,2)"',
      '',
      '16:7 the type of tax cannot be told from its expression — add type: decimal(12,2), bigint or another',
    ],
    [
      '"decimal(12,2)"',
      'date',
      '16:58 tax is date, but its values are of the kind number — change type, or leave it out',
    ],
    [
      '"decimal(12,2)"',
      'money',
      '16:58 tables.sale.columns.tax.type: expected boolean, smallint, integer, bigint, decimal(12,2), text, date or timestamp',
    ],
    ['[A-Z]{3}"', '[A-Z"', '17:25 pattern: [ has no ]'],
    [
      '[A-Z]{3}" }',
      '[A-C]" , unique: true }',
      '17:34 code cannot be unique: 500 rows and only 3 values — allow more values, or fewer rows',
    ],
    [
      'id: { sequence: 1 }\n      name',
      'id: { number: { max: 9 } }\n      name',
      '4:3 values of the key of customer (id) would come twice — use sequence, or unique: true, for one of its columns; or make it of references only',
    ],
    [
      'id: { sequence: 1 }\n      name',
      'id: { sequence: 1, null_rate: 0.5 }\n      name',
      '7:26 id is of the key of customer and cannot lack a value — remove null_rate',
    ],
    [
      '{ dictionary: last_name, null_rate: 0.1 }',
      '{ null_rate: 0.1 }',
      /^8:7 name does not say where its values come from — add one of sequence, reference/,
    ],
    [
      'dictionary: last_name,',
      'dictionary: last_name, constant: x,',
      '8:38 name has both dictionary and constant — keep one of them',
    ],
    ['tables:\n', 'fact_table: sales\ntables:\n', '3:13 there is no table sales — did you mean sale?'],
    ['  sale:', '  _faults:', '9:3 _faults is a name that generation needs for itself — choose another name'],
    [
      '      code:',
      '      AMOUNT:',
      '17:7 AMOUNT differs from another column in nothing but case — choose another name',
    ],
  ])('%j -> %j', (before, after, expected) => {
    expect(good).toContain(before);
    const diagnostics = told(good.replace(before, after));
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatch(
      typeof expected === 'string'
        ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)
        : expected,
    );
  });

  it('circles of tables and of columns are named', () => {
    const circle = good
      .replace('name: { dictionary: last_name, null_rate: 0.1 }', 'last: { reference: sale.id }')
      .replace('customer.name', 'customer.last');
    expect(told(circle)).toEqual([
      '4:3 tables refer to each other in a circle: customer, sale — replace one of the references by a number of the same range',
    ]);
    const columns = good.replace(
      'amount: { number: { min: 1, max: 20, decimals: 2 } }',
      'amount: { expression: tax * 2, type: bigint }',
    );
    expect(told(columns).map((each) => each.slice(0, 60))).toEqual([
      expect.stringContaining('columns are computed of each other: amount, tax') as string,
      expect.stringContaining('columns are computed of each other: tax, amount') as string,
    ]);
  });

  it('a key of references has no more values than their tables have rows', () => {
    const text = `${good}  tag:\n    rows: 60000\n    key: [customer, sale]\n    columns:\n      customer: { reference: customer.id }\n      sale: { reference: sale.id }\n`;
    expect(told(text)).toEqual([
      '19:11 tag cannot have 60000 rows: its key has only 50000 values — write rows: 50000, or more rows for customer, sale',
    ]);
    expect(told(text.replace('60000', '50000'))).toEqual([]);
  });

  it('is never made to throw by what stands in an expression or a pattern', () => {
    const pieces = [
      "'",
      '"',
      '(',
      ')',
      '{x}',
      '1e9',
      'a',
      '||',
      '--',
      ';',
      'not',
      'is',
      'null',
      '[',
      '\\',
      '$$',
      'é',
      '/*',
      ',',
    ];
    for (const a of pieces)
      for (const b of pieces)
        for (const c of pieces) {
          const value = JSON.stringify(`${a} ${b}${c}`);
          told(good.replace('"round(amount * 0.2, 2)"', value));
          told(good.replace('"[A-Z]{3}"', value));
        }
  });
});
