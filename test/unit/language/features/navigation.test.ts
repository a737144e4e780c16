import type { Location } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import {
  findDefinition,
  findReferences,
  highlight,
} from '../../../../daemon/server/language/features/navigation.ts';
import { Workspace } from './workspace.ts';

const project = `name: shop
connections:
  old: { type: sqlite, path: a.sqlite }
  "new": { type: duckdb, path: b.duckdb }
`;
const customers = `# 😀 about "dim_customer"
pipeline_id: "dim_customer"   # dim_customer
source: { connection: old, table: c }
target:
  connection: 'new'
  table: c
`;
const orders = `pipeline_id: orders
source: { connection: old, table: o }
target: { connection: new, table: o }
`;
const files = {
  'ombudsman.yaml': project,
  'pipelines/customers.pipeline.yaml': customers,
  'pipelines/orders.pipeline.yaml': orders,
};
type Sources = Record<string, string>;
const none = undefined as never;
const inOrders = { 'pipelines/orders.pipeline.yaml': orders.replace('orders', '«orders»') };
const inCustomers = {
  'pipelines/customers.pipeline.yaml': customers.replace('"dim_customer"  ', '"«dim_customer»"  '),
};

/** The definition of what stands at `|` is exactly what stands between `«»`. */
async function expectDefinition(sources: Sources): Promise<void> {
  const workspace = new Workspace({ ...files, ...sources });
  const found = (await findDefinition(workspace.context, workspace.here, none)) as Location[] | null;
  const places = found?.map(({ uri, range }) => workspace.show(uri, range)) ?? [];
  expect(places.sort()).toEqual(workspace.marked.sort());
}

async function expectReferences(sources: Sources, includeDeclaration = true): Promise<void> {
  const workspace = new Workspace({ ...files, ...sources });
  const params = { ...workspace.here, context: { includeDeclaration } };
  const found = await findReferences(workspace.context, params, none);
  const places = found?.map(({ uri, range }) => workspace.show(uri, range)) ?? [];
  expect(workspace.marked).not.toEqual([]);
  expect(places.sort()).toEqual(workspace.marked.sort());
}

describe('definition', () => {
  it.each(['dim_c|ustomer', '|dim_customer', 'dim_customer|', '"|dim_customer"', "'dim_customer|'"])(
    'leads from the pipeline id %s to the pipeline file, without the quotes',
    async (marked) => {
      await expectDefinition({ 'a.batch.yaml': `pipelines:\n  - pipeline_id: ${marked}\n`, ...inCustomers });
    },
  );

  it.each([
    'pipeline_|id: dim_customer',
    'pipeline_id: dim_customer  # dim_cust|omer',
    'pipeline_id: dim_customer |',
    'pipeline_id: |"dim_customer"',
    'pipeline_id: unkn|own',
  ])('leads nowhere from %s', async (marked) => {
    await expectDefinition({ 'a.batch.yaml': `pipelines:\n  - ${marked}\n` });
  });

  it('finds names after characters of two UTF-16 units, in flow style and JSON', async () => {
    const batch =
      '{"job_name": "😀😀", "operations": [{"name": "😀", "type": "pipeline", "pipeline_id": "ord|ers"}]}';
    await expectDefinition({ 'a.batch.json': batch, ...inOrders });
  });

  it('counts lines with CRLF', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    await expectDefinition({
      'a.batch.yaml': crlf('job_name: x\npipelines:\n  - pipeline_id: dim|_customer\n'),
      'pipelines/customers.pipeline.yaml': crlf(inCustomers['pipelines/customers.pipeline.yaml']),
    });
  });

  it('gives links with the range of the name to clients that can show them', async () => {
    const workspace = new Workspace(
      { ...files, 'a.batch.yaml': 'pipelines: [{ pipeline_id: "ord|ers" }]' },
      { client: { hasDefinitionLinks: true } },
    );
    const range = { start: { line: 0, character: 13 }, end: { line: 0, character: 19 } };
    expect(await findDefinition(workspace.context, workspace.here, none)).toEqual([
      {
        originSelectionRange: { start: { line: 0, character: 28 }, end: { line: 0, character: 34 } },
        targetUri: 'file:///w/pipelines/orders.pipeline.yaml',
        targetRange: range,
        targetSelectionRange: range,
      },
    ]);
  });

  it('leads from the connection of a side to ombudsman.yaml', async () => {
    await expectDefinition({
      'pipelines/customers.pipeline.yaml': customers.replace("'new'", "'n|ew'"),
      'ombudsman.yaml': project.replace('new', '«new»'),
    });
  });

  it.each([
    'items: [{ schema_type: Retail, row_count: 5, connection: o|ld }]',
    'sources: [{ connection: o|ld }]',
    'operations: [{ type: data_generation, schema_type: Retail, row_count: 5, connection: o|ld }]',
    'operations: [{ type: metadata_extraction, connection: o|ld }]',
    'pipelines: [{ pipeline_id: x, pipeline: { source: { connection: o|ld, table: a } } }]',
  ])('leads from the connection in %s to ombudsman.yaml', async (batch) => {
    await expectDefinition({ 'a.batch.yaml': batch, 'ombudsman.yaml': project.replace('old', '«old»') });
  });

  it('leads from ${param:NAME} inside a text to the parameter', async () => {
    await expectDefinition({
      'a.batch.yaml': `parameters: { «day»: { type: string }, dayly: 1 }
operations:
  - { type: command, program: sh, args: ["a \${param:dayly} b \${param:d|ay}"] }
`,
    });
  });

  it('leads from depends_on to the named operation', async () => {
    await expectDefinition({
      'a.batch.yaml': `operations:
  - { name: «first», type: command, program: x }
  - { name: second, type: command, program: x, depends_on: [fi|rst] }
`,
    });
  });

  it('leads from depends_on to the entry and to the pipeline that names it', async () => {
    await expectDefinition({
      ...inOrders,
      'a.batch.yaml': `pipelines:
  - pipeline_id: «orders»
  - { pipeline_id: dim_customer, depends_on: [or|ders] }
`,
    });
  });

  it('leads to the entry of this file first', async () => {
    const batch =
      'pipelines: [{ pipeline_id: orders }, { pipeline_id: dim_customer, depends_on: [or|ders] }]';
    const workspace = new Workspace({ ...files, 'a.batch.yaml': batch });
    const found = (await findDefinition(workspace.context, workspace.here, none)) as Location[];
    expect(found.map(({ uri }) => uri)).toEqual([
      'file:///w/a.batch.yaml',
      'file:///w/pipelines/orders.pipeline.yaml',
    ]);
  });

  it('knows which of two alike #2 is', async () => {
    await expectDefinition({
      'a.batch.yaml': `pipelines:
  - pipeline_id: orders
  - pipeline_id: «orders»
  - { pipeline_id: dim_customer, depends_on: ["orders #|2"] }
`,
    });
  });

  it.each(['other', './other', '/w/other', 'other_shop'])(
    'finds pipelines of the project %s',
    async (written) => {
      await expectDefinition({
        'other/ombudsman.yaml': 'name: other_shop\nconnections: { a: { type: duckdb, path: a } }\n',
        'other/pipelines/o.pipeline.yaml': 'pipeline_id: «orders»\n',
        'a.batch.yaml': `projects: [{ project: ${written}, pipeline_ids: [or|ders] }]`,
      });
    },
  );

  it.each(['.|', 'sh|op'])('leads from project: %s to its name', async (written) => {
    await expectDefinition({
      'ombudsman.yaml': project.replace('shop', '«shop»'),
      'a.batch.yaml': `projects: [{ project: ${written} }]`,
    });
  });

  it('leads nowhere from a project that is not in the workspace', async () => {
    await expectDefinition({ 'a.batch.yaml': 'projects: [{ project: els|ewhere }]' });
  });

  it('leads to the start of a pipeline file that does not say its id', async () => {
    await expectDefinition({
      'pipelines/unnamed.pipeline.yaml': '«»source: { connection: old, table: c }\n',
      'a.batch.yaml': 'pipelines: [{ pipeline_id: unna|med }]',
    });
  });

  it.each(['', 'parameters: { other: 5 }\n', 'parameters: []\n'])(
    'leads nowhere from a parameter that is not declared: %j',
    async (head) => {
      const entry = (marked: string) => ({
        'a.batch.yaml': `${head}pipelines: [{ pipeline_id: "${marked}" }]\n`,
      });
      await expectDefinition(entry('${param:d|ay}'));
      await expectDefinition(entry('x_${param:d|ay}'));
    },
  );

  it('works in a file with a mistake of syntax', async () => {
    const batch = 'pipelines:\n  - pipeline_id: ord|ers\n  - pipeline_id: [dim_customer\ntags: [x]\n';
    await expectDefinition({ 'a.batch.yaml': batch, ...inOrders });
  });
});

describe('references', () => {
  const everywhere: Sources = {
    'a.batch.yaml': `pipelines:
  - pipeline_id: «orders»
  - { pipeline_id: dim_customer, depends_on: [«orders»] }
  - { pipeline_id: dim_customer, name: again, depends_on: ["«orders»"] }
`,
    'nested/b.batch.yml':
      'projects: [{ project: shop, pipeline_ids: [«orders»] }, { project: other, pipeline_ids: [orders] }]',
    'c.batch.json': '{"operations": [{"type": "pipeline", "pipeline_id": "«orders»"}]}',
    'other/ombudsman.yaml': 'name: other\nconnections: { old: { type: duckdb, path: a } }\n',
    'other/pipelines/o.pipeline.yaml': 'pipeline_id: orders\nsource: { connection: old, table: a }\n',
    'other/d.batch.yaml': 'projects: [{ project: .., pipeline_ids: [«orders»] }]\n',
    ...inOrders,
  };

  it.each(['pipelines/orders.pipeline.yaml', 'a.batch.yaml', 'other/d.batch.yaml'])(
    'of a pipeline id are those of its project, asked from %s',
    async (name) => {
      await expectReferences({ ...everywhere, [name]: everywhere[name]!.replace('«orders»', '«ord|ers»') });
    },
  );

  it('leave out the definition if it is not wanted', async () => {
    await expectReferences(
      { ...everywhere, 'pipelines/orders.pipeline.yaml': orders.replace('orders', '|orders') },
      false,
    );
  });

  it('of a connection do not leave its project', async () => {
    await expectReferences({
      'other/ombudsman.yaml': 'name: other\nconnections: { old: { type: duckdb, path: a } }\n',
      'other/pipelines/o.pipeline.yaml': 'pipeline_id: orders\nsource: { connection: old, table: a }\n',
      'ombudsman.yaml': project.replace('old:', '«o|ld»:'),
      'pipelines/customers.pipeline.yaml': customers.replace('old', '«old»'),
      'pipelines/orders.pipeline.yaml': orders.replace('old', '«old»'),
    });
  });

  it('of a connection are in automatic names too', async () => {
    await expectReferences({
      'ombudsman.yaml': project.replace('new', '«new»'),
      'pipelines/customers.pipeline.yaml': customers.replace('new', '«new»'),
      'pipelines/orders.pipeline.yaml': orders.replace('new', '«new»'),
      'a.batch.yaml': `operations:
  - { type: data_generation, schema_type: Retail, row_count: 5, connection: «n|ew» }
  - { type: metadata_extraction, connection: «new», depends_on: ["Retail -> «new»"] }
  - { type: metadata_extraction, connection: old, depends_on: [«new»] }
`,
    });
  });

  it('of a parameter are all ${param:NAME} outside of parameters, once for an alias', async () => {
    await expectReferences({
      'a.batch.yaml': `parameters:
  «rows»: 5
  note: "\${param:rows}"
items:
  - &one { schema_type: Retail, row_count: "\${param:«row|s»}", tables: ['x\${param:«rows»}\${param:«rows»}'] }
  - *one
tags:
  - >
    many lines
    with \${param:«rows»}
`,
    });
  });

  it('of a pipeline are in the values of the parameter that names it', async () => {
    await expectReferences({
      ...inOrders,
      'a.batch.yaml': `parameters: { p: { default: «orders», enum: [«orders», dim_customer] }, q: «orders», r: orders }
pipelines: [{ pipeline_id: '\${param:p}' }, { pipeline_id: '\${param:q}' }, { pipeline_id: «ord|ers» }]
`,
    });
  });

  it('of an operation are the entries of depends_on', async () => {
    await expectReferences({
      'a.batch.yaml': `operations:
  - { name: " «orders» ", type: command, program: x }
  - { type: pipeline, pipeline_id: orders, depends_on: [«or|ders»] }
  - { type: pipeline, pipeline_id: dim_customer, depends_on: ["orders #2", " «orders»"] }
`,
    });
  });
});

describe('highlights', () => {
  it('are the same name in the file, the definition as written', async () => {
    const workspace = new Workspace({
      ...files,
      'a.batch.yaml':
        'parameters: { «rows»: 5 }\nitems: [{ schema_type: Retail, row_count: "${param:«ro|ws»}" }]\n',
    });
    const found = await highlight(workspace.context, workspace.here, none);
    expect(found?.map(({ range }) => workspace.show(workspace.cursor.uri, range))).toEqual(workspace.marked);
    expect(found?.map(({ kind }) => kind)).toEqual([3, 2]);
  });

  it('tell a pipeline of another project apart', async () => {
    const workspace = new Workspace({
      ...files,
      'a.batch.yaml':
        'projects: [{ project: ., pipeline_ids: [«or|ders»] }, { project: shop, pipeline_ids: [«orders»] }, { project: x, pipeline_ids: [orders] }]',
    });
    const found = await highlight(workspace.context, workspace.here, none);
    expect(found?.map(({ range }) => workspace.show(workspace.cursor.uri, range))).toEqual(workspace.marked);
  });
});
