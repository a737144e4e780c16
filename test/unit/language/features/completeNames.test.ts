import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompletionItem, MarkupContent, TextEdit } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import { completeNames } from '../../../../daemon/server/language/features/completeNames.ts';
import { table, Workspace, type WorkspaceOptions } from './workspace.ts';

const files = {
  'ombudsman.yaml': `name: shop
connections:
  old: { type: postgres, host: db.example, port: 5433, database: shop, user: me, password: "\${env:OLD_PW}" }
  "new one": { type: duckdb, path: data/new.duckdb }
  exports: { type: files, path: out }
`,
  'pipelines/c.pipeline.yaml': `pipeline_id: dim_customer
source: { connection: old, table: customer }
target: { connection: "new one", query: select 1 }
checks: [row_count, row_hash]
`,
  'pipelines/o.pipeline.yaml': 'pipeline_id: "orders: all"\nsource: {',
};
const catalogs = {
  old: [
    table('customer', ['id', 'cust_nm', 'region id'], 'public'),
    table('region', ['region_id', 'label'], 'geo'),
    table('odd.name', ['x'], 'public'),
  ],
  'new one': [table('dim_customer', ['customer_id', 'customer_name', 'loaded_at'], 'main')],
  exports: [table('customers.csv', ['a', 'b'])],
};
const none = undefined as never;

interface Completed {
  readonly labels: string[];
  readonly items: readonly CompletionItem[];
  readonly isExclusive: boolean;
  /** The file with the item of this label put in. */
  readonly accept: (label: string) => string;
}

async function complete(
  name: string,
  marked: string,
  options: WorkspaceOptions = {},
  more = {},
): Promise<Completed> {
  const workspace = new Workspace({ ...files, ...more, [name]: marked }, { catalogs, ...options });
  const part = await completeNames(workspace.context, workspace.here, none);
  const items = part?.items ?? [];
  const sorted = [...items].sort((a, b) => (a.sortText! < b.sortText! ? -1 : 1));
  return {
    labels: sorted.map(({ label }) => label),
    items,
    isExclusive: part?.isExclusive === true,
    accept: (label) => {
      const edit = items.find((item) => item.label === label)?.textEdit as TextEdit;
      return TextDocument.applyEdits(workspace.file(name).text, [edit]);
    },
  };
}

const pipelineIds = ['dim_customer', 'orders: all'];

describe('pipeline ids', () => {
  it.each([
    'pipelines:\n  - pipeline_id: |\n',
    'pipelines:\n  - pipeline_id: |',
    'pipelines:\n  - pipeline_id: dim|\n    timeout: 5m\n',
    'pipelines:\n  - pipeline_id: "dim|"\n',
    'pipelines: [{ pipeline_id: | }]',
    'pipelines: [{ pipeline_id: dim|',
    'pipelines:\n  - { pipeline_id: dim|\njob_name: x\n',
    'operations:\n  - type: pipeline\n    pipeline_id: |\n',
    'job_name: x\nprojects:\n  - project: .\n    pipeline_ids: [|]\n',
    'projects:\n  - { project: shop, pipeline_ids: [|',
    'projects:\n  - project: .\n    pipeline_ids:\n      - |\n',
    'projects:\n  - project: .\n    pipeline_ids:\n      |\n',
  ])('are offered in %j', async (marked) => {
    const { labels, isExclusive } = await complete('a.batch.yaml', marked);
    expect(labels).toEqual(pipelineIds);
    expect(isExclusive).toBe(true);
  });

  it.each([
    '{"pipelines": [{"pipeline_id": |}]}',
    '{"pipelines": [{"pipeline_id": "dim|"}]}',
    '{"pipelines": [{"pipeline_id": "dim|',
    '{"projects": [{"project": ".", "pipeline_ids": ["|"]}]}',
    '{"projects": [{"project": ".", "pipeline_ids": [|',
  ])('are offered in JSON: %s', async (marked) => {
    expect((await complete('a.batch.json', marked)).labels).toEqual(pipelineIds);
  });

  it('say source, target and checks', async () => {
    const { items } = await complete('a.batch.yaml', 'pipelines: [{ pipeline_id: | }]');
    expect(items[0]).toMatchObject({
      detail: 'old.customer → new one (query)',
      documentation: { kind: 'markdown', value: 'Checks: row_count, row_hash' },
    });
  });

  it.each([
    ['pipelines:\n  - pipeline_id: |', 'pipelines:\n  - pipeline_id: "orders: all"'],
    ['pipelines:\n  - pipeline_id: dim|_x # c', 'pipelines:\n  - pipeline_id: "orders: all" # c'],
    ['pipelines:\n  - pipeline_id: "di|m"', 'pipelines:\n  - pipeline_id: "orders: all"'],
    ["pipelines:\n  - pipeline_id: '|'", "pipelines:\n  - pipeline_id: 'orders: all'"],
    ['pipelines: [{ pipeline_id: | }]', 'pipelines: [{ pipeline_id: "orders: all" }]'],
    [
      'pipelines:\n  - pipeline_id: "dim|\n    timeout: 5m\n',
      'pipelines:\n  - pipeline_id: "orders: all"\n    timeout: 5m\n',
    ],
  ])('are written so that they are read back: %j', async (marked, expected) => {
    expect((await complete('a.batch.yaml', marked)).accept('orders: all')).toBe(expected);
  });

  it.each([
    ['{"pipelines": [{"pipeline_id": |}]}', '{"pipelines": [{"pipeline_id": "dim_customer"}]}'],
    ['{"pipelines": [{"pipeline_id": "d|"}]}', '{"pipelines": [{"pipeline_id": "dim_customer"}]}'],
    ['{"pipelines": [{"pipeline_id": d|}]}', '{"pipelines": [{"pipeline_id": "dim_customer"}]}'],
  ])('are in quotes in JSON: %s', async (marked, expected) => {
    expect((await complete('a.batch.json', marked)).accept('dim_customer')).toBe(expected);
  });

  it('come with a dash where the list is still empty', async () => {
    const marked = 'projects:\n  - project: .\n    pipeline_ids:\n      |\n';
    const { accept } = await complete('a.batch.yaml', marked);
    expect(accept('orders: all')).toBe(
      'projects:\n  - project: .\n    pipeline_ids:\n      - "orders: all"\n',
    );
  });

  it('that are listed already come last, and not again in pipeline_ids', async () => {
    const batch = 'pipelines:\n  - pipeline_id: dim_customer\n  - pipeline_id: |\n';
    expect((await complete('a.batch.yaml', batch)).labels).toEqual(['orders: all', 'dim_customer']);
    const list = 'projects: [{ project: ., pipeline_ids: [dim_customer, |] }]';
    expect((await complete('a.batch.yaml', list)).labels).toEqual(['orders: all']);
    const within = 'projects: [{ project: ., pipeline_ids: [dim|_customer] }]';
    expect((await complete('a.batch.yaml', within)).labels).toEqual(pipelineIds);
  });

  it('are those of the project that is named beside them', async () => {
    const more = {
      'other/ombudsman.yaml': 'name: other\nconnections: {}\n',
      'other/pipelines/x.pipeline.yaml': 'pipeline_id: x\n',
    };
    const batch = (project: string) => `projects: [{ project: ${project}, pipeline_ids: [|] }]`;
    expect((await complete('a.batch.yaml', batch('other'), {}, more)).labels).toEqual(['x']);
    expect((await complete('a.batch.yaml', batch('nowhere'), {}, more)).labels).toEqual([]);
  });

  it('of a new pipeline is the name of its file', async () => {
    const { labels, isExclusive } = await complete('pipelines/fact_sales.pipeline.yaml', 'pipeline_id: |\n');
    expect(labels).toEqual(['fact_sales']);
    expect(isExclusive).toBe(true);
  });

  it.each([
    'pipelines:\n  - pipeline_id: x # |\n',
    'job_name: |\n',
    '# |\n',
    'pipelines:\n  - pipeline_id|: x\n',
  ])('are not offered in %j', async (marked) => {
    expect((await complete('a.batch.yaml', marked)).labels).toEqual([]);
  });
});

describe('connections', () => {
  it.each([
    'pipeline_id: x\nsource: { connection: ol|\n',
    'pipeline_id: x\nsource: { connection: |, table: a }\n',
    'pipeline_id: x\nsource:\n  connection: |\n  table: a\n',
    'source: { connection: old }\ntarget: { connection: "|" }\n',
  ])('are offered in the pipeline %j', async (marked) => {
    expect((await complete('pipelines/n.pipeline.yaml', marked)).labels).toEqual([
      'old',
      'new one',
      'exports',
    ]);
  });

  it.each([
    'items: [{ schema_type: Retail, connection: | }]',
    'sources:\n  - connection: |\n',
    'operations: [{ type: metadata_extraction, connection: | }]',
    'pipelines: [{ pipeline_id: x, pipeline: { source: { connection: | } } }]',
  ])('are offered in the batch %j', async (marked) => {
    expect((await complete('a.batch.yaml', marked)).labels).toEqual(['old', 'new one', 'exports']);
  });

  it('without a host are on this machine', async () => {
    const more = {
      'ombudsman.yaml':
        'name: shop\nconnections:\n  here: { type: postgres, database: x }\n  file: { type: sqlite, path: a }\n  begun:\n',
    };
    const { items } = await complete('a.batch.yaml', 'sources: [{ connection: | }]', {}, more);
    expect(items.map(({ detail }) => detail)).toEqual(['postgres · localhost/x', 'sqlite · a', undefined]);
  });

  it('say type and place, never user or password', async () => {
    const { items } = await complete('a.batch.yaml', 'sources: [{ connection: | }]');
    expect(items.map(({ detail }) => detail)).toEqual([
      'postgres · db.example:5433/shop',
      'duckdb · data/new.duckdb',
      'files · out',
    ]);
    expect(JSON.stringify(items)).not.toMatch(/OLD_PW|\bme\b/);
  });
});

describe('tables and columns', () => {
  const pipeline = (rest: string) =>
    `pipeline_id: n\nsource: { connection: old, table: customer }\ntarget: { connection: new one, table: dim_customer }\n${rest}`;
  const completed = (rest: string) => complete('pipelines/n.pipeline.yaml', pipeline(rest));

  it('tables carry their schema where names without one are looked for elsewhere', async () => {
    const { labels, items } = await complete(
      'pipelines/n.pipeline.yaml',
      'source: { connection: old, table: | }',
    );
    expect(labels).toEqual(['customer', 'geo.region', '"odd.name"']);
    expect(items[1]).toMatchObject({ detail: 'old · 2 columns' });
  });

  it('of a folder are file names', async () => {
    const { labels, accept } = await complete(
      'pipelines/n.pipeline.yaml',
      'source:\n  connection: exports\n  table: |\n',
    );
    expect(labels).toEqual(['customers.csv']);
    expect(accept('customers.csv')).toBe('source:\n  connection: exports\n  table: customers.csv\n');
  });

  it('follow the schema of the connection', async () => {
    const more = { 'ombudsman.yaml': files['ombudsman.yaml'].replace('user: me', 'schema: geo') };
    const { labels } = await complete(
      'pipelines/n.pipeline.yaml',
      'source: { connection: old, table: | }',
      {},
      more,
    );
    expect(labels).toEqual(['public.customer', 'region', 'public."odd.name"']);
  });

  it('list their columns, of wide ones the first forty', async () => {
    const wide = table(
      'wide',
      Array.from({ length: 42 }, (_, index) => `c${index}`),
      'public',
    );
    const { items } = await complete('pipelines/n.pipeline.yaml', 'source: { connection: old, table: | }', {
      catalogs: { old: [table('narrow', ['x', 'y'], 'public'), wide] },
    });
    const [narrow, long] = items.map(({ documentation }) => (documentation as MarkupContent).value);
    expect(narrow).toBe('- `x` text\n- `y` text');
    expect(long?.split('\n').slice(39)).toEqual(['- `c39` text', '- and 2 more']);
  });

  it('are nothing without a catalog or a connection', async () => {
    expect((await complete('pipelines/n.pipeline.yaml', 'source: { table: | }')).labels).toEqual([]);
    const marked = 'source: { connection: old, table: | }';
    expect((await complete('pipelines/n.pipeline.yaml', marked, { catalogs: {} })).labels).toEqual([]);
  });

  it.each(['keys: [|]', 'keys:\n  - |', 'keys:\n  |', 'keys: [|'])(
    'columns of the source are keys: %j',
    async (rest) => {
      const { labels, items } = await completed(rest);
      expect(labels).toEqual(['id', 'cust_nm', 'region id']);
      expect(items[0]).toMatchObject({ detail: 'text · old.customer' });
    },
  );

  it('a column is listed once', async () => {
    expect((await completed('keys: [id, |]')).labels).toEqual(['cust_nm', 'region id']);
    expect((await completed('keys: [i|d]')).labels).toEqual(['id', 'cust_nm', 'region id']);
  });

  it.each([
    ['column_map: { | }', ['id', 'cust_nm', 'region id']],
    ['column_map: { cust_nm: x, | }', ['id', 'region id']],
    ['column_map:\n  |\n', ['id', 'cust_nm', 'region id']],
    ['column_map:\n  cust|\n', ['id', 'cust_nm', 'region id']],
    ['column_map:\n  id: customer_id\n  cu|\n', ['cust_nm', 'region id']],
    ['column_map: { cust_nm: | }', ['customer_id', 'customer_name', 'loaded_at']],
    ['column_map:\n  cust_nm: |\n', ['customer_id', 'customer_name', 'loaded_at']],
    ['exclude: [|]', ['id', 'cust_nm', 'region id', 'customer_id', 'customer_name', 'loaded_at']],
    ['checks:\n  - column_stats: { columns: [id, |] }', ['cust_nm', 'region id']],
    ['checks:\n  - column_stats:\n      columns:\n        - |\n', ['id', 'cust_nm', 'region id']],
    ['checks: [{ range: { column: | } }]', ['id', 'cust_nm', 'region id']],
    ['checks:\n  - accepted_values: { column: |', ['id', 'cust_nm', 'region id']],
    ['checks:\n  - row_hash: { exclude: [|] }', ['id', 'cust_nm', 'region id']],
    ['checks:\n  - custom_sql: { keys: [|] }', ['id', 'cust_nm', 'region id']],
    ['checks:\n  - foreign_key: { columns: [|] }', ['id', 'cust_nm', 'region id']],
    [
      'checks:\n  - foreign_key: { references: { table: | } }',
      ['customer', 'geo.region', '"odd.name"', 'dim_customer'],
    ],
    ['checks:\n  - foreign_key: { references: { table: geo.region, columns: [|] } }', ['region_id', 'label']],
    ['checks:\n  - foreign_key: { references: { table: GEO.Region, columns: [|', ['region_id', 'label']],
  ])('%j', async (rest, expected) => {
    expect((await completed(rest)).labels).toEqual(expected);
  });

  it('a key of column_map comes with its colon, once', async () => {
    expect((await completed('column_map:\n  cu|\n')).accept('cust_nm')).toBe(
      pipeline('column_map:\n  cust_nm: \n'),
    );
    expect((await completed('column_map:\n  cu|: x\n')).accept('region id')).toBe(
      pipeline('column_map:\n  region id: x\n'),
    );
  });

  it('columns of the target are taken where those of the source are not known', async () => {
    const marked =
      'source: { connection: old, query: select 1 }\ntarget: { connection: new one, table: dim_customer }\nkeys: [|]';
    expect((await complete('pipelines/n.pipeline.yaml', marked)).labels).toEqual([
      'customer_id',
      'customer_name',
      'loaded_at',
    ]);
  });

  it('the name of a file counts without its extension', async () => {
    const marked = 'source: { connection: exports, table: customers }\nkeys: [|]';
    expect((await complete('pipelines/n.pipeline.yaml', marked)).labels).toEqual(['a', 'b']);
  });

  it.each([
    ['sources: [{ connection: old, tables: [|] }]', ['customer', 'geo.region', '"odd.name"']],
    ['sources: [{ connection: old, schemas: [public, |] }]', ['geo']],
    ['operations: [{ type: metadata_extraction, connection: old, schemas: [|] }]', ['public', 'geo']],
    ['items: [{ schema_type: Retail, connection: old, tables: [|] }]', []],
    [
      'pipelines: [{ pipeline_id: x, pipeline: { source: { connection: old, table: customer }, keys: [|] } }]',
      ['id', 'cust_nm', 'region id'],
    ],
  ])('in a batch: %s', async (marked, expected) => {
    expect((await complete('a.batch.yaml', marked)).labels).toEqual(expected);
  });
});

describe('checks', () => {
  const at = (marked: string, options?: WorkspaceOptions) =>
    complete('pipelines/n.pipeline.yaml', `pipeline_id: n\nkeys: [id]\n${marked}`, options);

  it('are offered bare if they need no parameters, and all of them with parameters', async () => {
    const { labels } = await at('checks:\n  - |\n');
    expect(labels).toContain('row_count');
    expect(labels).toContain('schema');
    expect(labels).not.toContain('rule');
    expect(labels).not.toContain('range');
    expect(labels).toContain('rule: …');
    expect(labels).toContain('row_count: …');
  });

  it.each([
    ['checks:\n  - |\n', 'checks:\n  - rule: { name: "${1:what holds}", sql: "${2:amount >= 0}" }\n'],
    ['checks:\n  - ru|\n', 'checks:\n  - rule: { name: "${1:what holds}", sql: "${2:amount >= 0}" }\n'],
    [
      'checks: [row_count, |]',
      'checks: [row_count, { rule: { name: "${1:what holds}", sql: "${2:amount >= 0}" } }]',
    ],
    ['checks:\n  |\n', 'checks:\n  - rule: { name: "${1:what holds}", sql: "${2:amount >= 0}" }\n'],
    ['checks:\n  ro|\n', 'checks:\n  - rule: { name: "${1:what holds}", sql: "${2:amount >= 0}" }\n'],
  ])('fit where they are put: %j', async (marked, expected) => {
    const { accept, items } = await at(marked);
    expect(accept('rule: …')).toBe(`pipeline_id: n\nkeys: [id]\n${expected}`);
    expect(items.find(({ label }) => label === 'rule: …')?.insertTextFormat).toBe(2);
  });

  it('come without placeholders to a client that has no snippets', async () => {
    const { accept, items } = await at('checks:\n  - |\n', { client: { hasSnippets: false } });
    expect(accept('foreign_key: …')).toBe(
      'pipeline_id: n\nkeys: [id]\nchecks:\n  - foreign_key: { columns: [column], references: { table: table, columns: [column] } }\n',
    );
    expect(items.find(({ label }) => label === 'rule: …')?.insertTextFormat).toBe(1);
  });

  it('with usual parameters are right as they are offered', async () => {
    const { items, accept } = await at('checks:\n  - |\n', { client: { hasSnippets: false } });
    for (const { label } of items) {
      const workspace = new Workspace({
        ...files,
        'pipelines/n.pipeline.yaml': `source: { connection: old, table: a }\ntarget: { connection: old, table: b }\n${accept(label)}`,
      });
      expect(await workspace.context.problems('/w/pipelines/n.pipeline.yaml'), label).toEqual([]);
    }
  });

  it('in JSON have quotes', async () => {
    const marked = '{"pipelines": [{"pipeline_id": "x", "pipeline": {"checks": [|]}}]}';
    const { accept } = await complete('a.batch.json', marked, { client: { hasSnippets: false } });
    expect(accept('range: …')).toBe(
      '{"pipelines": [{"pipeline_id": "x", "pipeline": {"checks": [{ "range": { "column": "column", "min": 0 } }]}}]}',
    );
    expect(accept('row_hash')).toContain('"checks": ["row_hash"]');
  });

  it('are names alone between quotes and as a key', async () => {
    expect((await at("checks: ['|']")).labels).not.toContain('rule: …');
    const { labels, accept } = await at('checks:\n  - ro|w: { columns: [id] }\n');
    expect(labels).toContain('row_hash');
    expect(labels).not.toContain('schema');
    expect(accept('row_hash')).toContain('  - row_hash: { columns: [id] }\n');
  });
});

describe('other names', () => {
  it('operations of the batch go into depends_on, but the entry itself', async () => {
    const batch = `operations:
  - { type: pipeline, pipeline_id: dim_customer }
  - { type: data_generation, schema_type: Retail, connection: old }
  - { name: third, type: command, program: /bin/ls, depends_on: [dim_customer, |] }
  - { type: command, program: /bin/ls }
`;
    expect((await complete('a.batch.yaml', batch)).labels).toEqual(['Retail -> old', 'ls']);
  });

  it('projects are offered as the folders a batch file writes', async () => {
    const more = {
      'a/ombudsman.yaml': 'name: a\nconnections: {}\n',
      'a/x.batch.yaml': 'projects: [{ project: | }]',
    };
    const workspace = new Workspace({ ...files, ...more });
    const part = await completeNames(workspace.context, workspace.here, none);
    expect(part?.items.map(({ label, detail }) => [label, detail])).toEqual([
      ['..', 'shop · 2 pipelines'],
      ['.', 'a · 0 pipelines'],
      ['shop', '/w · 2 pipelines'],
      ['a', '/w/a · 0 pipelines'],
    ]);
  });

  it('schema types', async () => {
    expect((await complete('a.batch.yaml', 'items:\n  - schema_type: |\n')).labels).toEqual([
      'Retail',
      'Finance',
      'Healthcare',
    ]);
  });
});

describe('references', () => {
  const head =
    'parameters:\n  rows: { type: integer, default: 5, description: How many. }\n  day: { enum: [mon, tue] }\n';

  it.each([
    ['items:\n  - row_count: ${|\n', 'items:\n  - row_count: "${param:rows}"\n'],
    ['items:\n  - row_count: ${param:|\n', 'items:\n  - row_count: "${param:rows}"\n'],
    ['items:\n  - row_count: "${param:r|}"\n', 'items:\n  - row_count: "${param:rows}"\n'],
    ["items:\n  - row_count: '${pa|'\n", "items:\n  - row_count: '${param:rows}'\n"],
    ['items: [{ row_count: ${| }]', 'items: [{ row_count: "${param:rows}" }]'],
    ['items: [{ row_count: "${|" }]', 'items: [{ row_count: "${param:rows}" }]'],
    ['items: [{ row_count: "${par|am:x}" }]', 'items: [{ row_count: "${param:rows}" }]'],
    ['tags: [a-${param:|}]', 'tags: ["a-${param:rows}"]'],
    ['job_name: rows of ${|\n', 'job_name: rows of ${param:rows}\n'],
  ])('to parameters: %j', async (marked, expected) => {
    const { labels, accept, isExclusive } = await complete('a.batch.yaml', head + marked);
    expect(labels).toEqual(['${param:rows}', '${param:day}']);
    expect(accept('${param:rows}')).toBe(head + expected);
    expect(isExclusive).toBe(true);
  });

  it('say type, default and choices', async () => {
    const { items } = await complete('a.batch.yaml', `${head}tags: ["\${|"]`);
    expect(items.map(({ detail }) => detail)).toEqual([
      'integer · default 5',
      'string · needs a value · one of "mon", "tue"',
    ]);
    expect(items[0]?.documentation).toEqual({ kind: 'markdown', value: 'How many.' });
  });

  it('stand behind other names where nothing is written yet', async () => {
    const { labels, accept } = await complete('a.batch.yaml', `${head}items:\n  - schema_type: |\n`);
    expect(labels).toEqual(['Retail', 'Finance', 'Healthcare', '${param:rows}', '${param:day}']);
    expect(accept('${param:day}')).toBe(`${head}items:\n  - schema_type: "\${param:day}"\n`);
    const alone = await complete('a.batch.yaml', `${head}items:\n  - row_count: |\n`);
    expect(alone.labels).toEqual(['${param:rows}', '${param:day}']);
    expect(alone.isExclusive).toBe(false);
  });

  it.each([
    'parameters:\n  a: 1\n  b: "${|"\n',
    'parameters: { a: 1 }\n# ${|\n',
    'tags: ["${env:|"]\n',
    'tags: ["$|"]\n',
    'tags: []\na${|: 1\n',
  ])('are not offered in %j', async (marked) => {
    expect((await complete('a.batch.yaml', marked)).labels).toEqual([]);
  });

  const command = 'operations: [{ type: command, program: sh, env: { TOKEN: "${secret:API_TOKEN}" } }]';

  it('to the secrets of the project in its connections', async () => {
    const marked = files['ombudsman.yaml'].replace('"${env:OLD_PW}"', '"${|"');
    const added = `${marked}  third: { type: postgres, database: x, password: "\${secret:THIRD}" }\n`;
    const { labels, accept } = await complete('ombudsman.yaml', added, {}, { 'a.batch.yaml': command });
    expect(labels).toEqual(['${secret:API_TOKEN}', '${secret:THIRD}']);
    expect(accept('${secret:THIRD}')).toContain('user: me, password: "${secret:THIRD}" }');
  });

  it('to secrets in the texts of a command only', async () => {
    const batch = (key: string) => `operations: [{ type: command, ${key}: "\${|" }]`;
    expect((await complete('a.batch.yaml', batch('program'))).labels).toEqual(['${env:OLD_PW}']);
    expect((await complete('a.batch.yaml', batch('name'))).labels).toEqual([]);
  });

  it.each(['token', 'private_key', 'private_key_passphrase'])(
    '%s is offered them as a password is',
    async (key) => {
      const marked = `${files['ombudsman.yaml']}  sf:\n    type: snowflake\n    ${key}: |\n`;
      expect((await complete('ombudsman.yaml', marked)).labels).toEqual([
        '${env:OLD_PW}',
        '${secret:SF_PASSWORD}',
      ]);
    },
  );

  it('a password is offered known references and a new secret', async () => {
    const marked = `${files['ombudsman.yaml']}  my-db:\n    type: postgres\n    password: |\n`;
    const { labels, accept } = await complete('ombudsman.yaml', marked);
    expect(labels).toEqual(['${env:OLD_PW}', '${secret:MY_DB_PASSWORD}']);
    expect(accept('${secret:MY_DB_PASSWORD}')).toContain('    password: "${secret:MY_DB_PASSWORD}"\n');
  });
});
