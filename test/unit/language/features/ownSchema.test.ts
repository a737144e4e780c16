import { describe, expect, it } from 'vitest';
import { CancellationToken } from 'vscode-languageserver/node';
import { Checker } from '../../../../daemon/server/language/workspace/checker.ts';
import { completeNames } from '../../../../daemon/server/language/features/completeNames.ts';
import { documentSymbols } from '../../../../daemon/server/language/features/documentSymbols.ts';
import { hoverKeys } from '../../../../daemon/server/language/features/hoverKeys.ts';
import { kindByName } from '../../../../daemon/server/language/files.ts';
import { Workspace } from './workspace.ts';

const schema = `schema_name: shop
dictionaries: { colours: [red] }
fact_table: sale
tables:
  customer:
    rows: 10
    columns:
      id: { sequence: 1 }
      name: { dictionary: last_name }
  sale:
    rows: 10
    columns:
      id: { sequence: 1 }
      customer: { reference: customer.id }
      buyer: { reference: { column: customer.name, same_row_as: customer } }
      colour: { dictionary: colours }
`;

const labels = async (before: string, after: string): Promise<string[]> => {
  expect(schema).toContain(before);
  const workspace = new Workspace({ 'shop.schema.yaml': schema.replace(before, after) });
  const part = await completeNames(workspace.context, workspace.here, CancellationToken.None);
  return (part?.items ?? []).map(({ label }) => label);
};

describe('schema files in the language server', () => {
  it('are known by their name', () => {
    expect(['a/shop.schema.yaml', 'shop.schema.yml', 'schema.yaml', 'x.schema.json'].map(kindByName)).toEqual(
      ['schema', 'schema', null, null],
    );
  });

  it.each([
    ['fact_table: sale', 'fact_table: |', ['customer', 'sale']],
    ['reference: customer.id', 'reference: |', ['customer.id', 'sale.id', 'customer.name']],
    ['column: customer.name', 'column: |', ['customer.id', 'customer.name']],
    ['dictionary: colours', 'dictionary: |', ['colours', 'first_name', 'postal_code']],
  ])('%s is completed', async (before, after, expected) => {
    expect(await labels(before, after)).toEqual(expect.arrayContaining(expected));
  });

  it('same_row_as is completed with the references that choose a row, and no other column', async () => {
    expect(await labels('same_row_as: customer', 'same_row_as: |')).toEqual(['customer']);
  });

  it('a batch completes the names of schema files, and connections of a pair', async () => {
    const sources = (batch: string) => ({
      'ombudsman.yaml':
        'name: p\nconnections: { db: { type: duckdb, path: d }, old: { type: duckdb, path: o } }\n',
      'schemas/shop.schema.yaml': schema,
      'x.batch.yaml': batch,
    });
    const found = async (batch: string) => {
      const workspace = new Workspace(sources(batch));
      return (await completeNames(workspace.context, workspace.here, CancellationToken.None))?.items.map(
        ({ label }) => label,
      );
    };
    expect(await found('items: [{ schema_file: | }]')).toEqual(
      expect.arrayContaining(['schemas/shop.schema.yaml']),
    );
    expect(await found('items: [{ pair: true, target_connection: | }]')).toEqual(
      expect.arrayContaining(['db', 'old']),
    );
  });

  it('keys say what they are for, and the outline has tables and columns', async () => {
    const workspace = new Workspace({ 'shop.schema.yaml': schema.replace('same_row_as', 'same|_row_as') });
    const hover = await hoverKeys(workspace.context, workspace.here);
    expect(hover?.markdown).toContain('the value comes from the row that one has chosen');
    const symbols = await documentSymbols(workspace.context, workspace.here);
    expect(JSON.stringify(symbols)).toContain('"name":"customer"');
    expect(symbols?.map(({ name }) => name)).toEqual(['schema_name', 'dictionaries', 'fact_table', 'tables']);
  });

  it('diagnostics of an open file are those of a run, and a batch is checked again when its schema file changes', async () => {
    const batch = 'items: [{ schema_file: schemas/shop.schema.yaml, row_count: 5 }]\n';
    const workspace = (text: string) =>
      new Workspace({
        'ombudsman.yaml': 'name: p\nconnections: {}\n',
        'schemas/shop.schema.yaml': text,
        'x.batch.yaml': batch,
      });
    const [good, bad] = [
      workspace(schema),
      workspace(schema.replace('dictionary: colours', 'dictionary: colour')),
    ];
    let now: Workspace | undefined = good;
    const checker = new Checker({
      projectAt: () => Promise.reject(new Error('no other project')),
      knownProjects: async () => [],
      readDocument: async (path) => now?.file(path.replace('/w/', '')).document ?? null,
    });
    const snapshot = await good.context.snapshot();
    const problems = async (name: string, of: Workspace) =>
      (await checker.problems(await of.context.snapshot(), `/w/${name}`)).map(
        ({ line, message }) => `${line} ${message}`,
      );
    expect(await problems('schemas/shop.schema.yaml', good)).toEqual([]);
    expect(await problems('schemas/shop.schema.yaml', bad)).toEqual(['16 there is no dictionary colour']);
    const operations = async () => {
      const [found] = [...snapshot.batches.values()];
      return (await checker.checkBatch(snapshot, found!)).operations;
    };
    expect(await operations()).toBe(1);
    now = bad;
    expect(await operations()).toBeNull();
    now = undefined;
    expect(await problems('x.batch.yaml', good)).toEqual([
      '1 there is no schema file schemas/shop.schema.yaml',
    ]);
  });
});
