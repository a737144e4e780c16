import type { TextDocumentEdit } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import { prepareRename, rename } from '../../../../daemon/server/language/features/rename.ts';
import { Workspace, type WorkspaceOptions } from './workspace.ts';

const files = {
  'ombudsman.yaml': `name: shop
connections:
  old: { type: sqlite, path: a.sqlite }
  'new': { type: duckdb, path: old }
`,
  'pipelines/c.pipeline.yaml': 'pipeline_id: dim_customer\nsource: { connection: old, table: old }\n',
  'pipelines/o.pipeline.yaml': 'pipeline_id: "orders"\nsource: { connection: new, table: orders }\n',
};
const none = undefined as never;

async function renamed(sources: Record<string, string>, newName: string, options?: WorkspaceOptions) {
  const workspace = new Workspace({ ...files, ...sources }, options);
  return workspace.apply(await rename(workspace.context, { ...workspace.here, newName }, none));
}

async function refusal(sources: Record<string, string>, newName: string | null = null): Promise<string> {
  const workspace = new Workspace({ ...files, ...sources });
  const answer =
    newName === null
      ? prepareRename(workspace.context, workspace.here, none)
      : rename(workspace.context, { ...workspace.here, newName }, none);
  return Promise.resolve(answer).then(
    (given) => `not refused: ${JSON.stringify(given)}`,
    (error: Error) => error.message,
  );
}

describe('rename of a pipeline id', () => {
  const sources = {
    'a.batch.yaml': `# orders
pipelines:
  - pipeline_id: ord|ers # orders
  - pipeline_id: 'orders'
  - { pipeline_id: dim_customer, depends_on: [orders, "orders #2"] }
`,
    'b.batch.json':
      '{"job_name": "orders", "projects": [{"project": ".", "pipeline_ids": ["orders", "dim_customer"]}]}',
    'other/ombudsman.yaml': 'name: other\nconnections: {}\n',
    'other/pipelines/x.pipeline.yaml': 'pipeline_id: orders\n',
    'other/c.batch.yml':
      'projects:\n  - { project: shop, pipeline_ids: [orders] }\n  - { project: other, pipeline_ids: [orders] }\n',
  };

  it('changes its file and every batch file of the workspace that means it, and nothing else', async () => {
    expect(await renamed(sources, 'fact_orders')).toEqual({
      'pipelines/o.pipeline.yaml': 'pipeline_id: "fact_orders"\nsource: { connection: new, table: orders }\n',
      'a.batch.yaml': `# orders
pipelines:
  - pipeline_id: fact_orders # orders
  - pipeline_id: 'fact_orders'
  - { pipeline_id: dim_customer, depends_on: [fact_orders, "fact_orders #2"] }
`,
      'b.batch.json':
        '{"job_name": "orders", "projects": [{"project": ".", "pipeline_ids": ["fact_orders", "dim_customer"]}]}',
      'other/c.batch.yml':
        'projects:\n  - { project: shop, pipeline_ids: [fact_orders] }\n  - { project: other, pipeline_ids: [orders] }\n',
    });
  });

  it('ties the edits to the versions they were made for', async () => {
    const workspace = new Workspace({ ...files, ...sources });
    const edit = await rename(workspace.context, { ...workspace.here, newName: 'x' }, none);
    const changes = edit?.documentChanges as TextDocumentEdit[];
    expect(changes.map(({ textDocument }) => textDocument.version)).toEqual([7, 7, 7, 7]);
    expect(edit?.changes).toBeUndefined();
  });

  it('gives plain changes to a client without versions', async () => {
    const workspace = new Workspace({ ...files, ...sources }, { client: { hasVersionedEdits: false } });
    const edit = await rename(workspace.context, { ...workspace.here, newName: 'x' }, none);
    expect(Object.keys(edit?.changes ?? {})).toHaveLength(4);
    expect(edit?.documentChanges).toBeUndefined();
  });

  it.each([
    ['a: b', `"a: b"`, `'a: b'`],
    ["it's", "it's", "'it''s'"],
    ['#1', '"#1"', "'#1'"],
    ['a, b', '"a, b"', "'a, b'"],
    ['true', '"true"', "'true'"],
    ['2024', '"2024"', "'2024'"],
    ['yes', 'yes', "'yes'"],
  ])('writes %s in quotes where it needs them', async (newName, plain, quoted) => {
    const batch = `pipelines:\n  - pipeline_id: dim_cust|omer\n  - pipeline_id: 'dim_customer'\n`;
    const changed = await renamed({ 'a.batch.yaml': batch }, newName);
    expect(changed['a.batch.yaml']).toBe(
      `pipelines:\n  - pipeline_id: ${plain}\n  - pipeline_id: ${quoted}\n`,
    );
  });

  it('writes names out that stand there by an alias or with escapes', async () => {
    const batch = `tags: [&id orders]
pipelines:
  - pipeline_id: *id
  - pipeline_id: "\\u006frders"
  - pipeline_id: or|ders
`;
    expect((await renamed({ 'a.batch.yaml': batch }, 'x'))['a.batch.yaml']).toBe(`tags: [&id orders]
pipelines:
  - pipeline_id: x
  - pipeline_id: "x"
  - pipeline_id: x
`);
  });

  it('keeps dependencies right when the new name meets the name of another operation', async () => {
    const batch = `operations:
  - { type: command, name: x, program: sh }
  - { type: pipeline, pipeline_id: ord|ers }
  - { type: command, program: sh, depends_on: [orders, x] }
`;
    expect((await renamed({ 'a.batch.yaml': batch }, 'x'))['a.batch.yaml']).toBe(`operations:
  - { type: command, name: x, program: sh }
  - { type: pipeline, pipeline_id: x }
  - { type: command, program: sh, depends_on: ["x #2", x] }
`);
  });

  it('leaves the dependencies of a batch on its own pipelines alone when another project is renamed', async () => {
    const changed = await renamed(
      {
        'other/ombudsman.yaml': 'name: other\nconnections: {}\n',
        'other/pipelines/x.pipeline.yaml': 'pipeline_id: orders\n',
        'a.batch.yaml': `operations:
  - { type: project_validation, project: other, pipeline_ids: [ord|ers] }
  - { type: pipeline, pipeline_id: orders }
  - { type: command, program: sh, depends_on: [orders] }
`,
      },
      'x',
    );
    expect(Object.keys(changed).sort()).toEqual(['a.batch.yaml', 'other/pipelines/x.pipeline.yaml']);
    expect(changed['a.batch.yaml']).toContain('depends_on: [orders]');
    expect(changed['a.batch.yaml']).toContain('type: pipeline, pipeline_id: orders');
  });

  it('reaches both projects that share a file', async () => {
    const shared = {
      'a/ombudsman.yaml': 'name: a\nconnections: {}\npipelines: [../shared/*.pipeline.yaml]\n',
      'b/ombudsman.yaml': 'name: b\nconnections: {}\npipelines: [../shared/*.pipeline.yaml]\n',
    };
    const batches = {
      'a/x.batch.yaml': 'pipelines: [{ pipeline_id: sh|ared }]',
      'b/x.batch.yaml': 'pipelines: [{ pipeline_id: shared }]',
    };
    const changed = await renamed(
      { ...shared, ...batches, 'shared/s.pipeline.yaml': 'pipeline_id: shared\n' },
      'x',
    );
    expect(Object.keys(changed).sort()).toEqual([
      'a/x.batch.yaml',
      'b/x.batch.yaml',
      'shared/s.pipeline.yaml',
    ]);
  });

  it('offers the name alone', async () => {
    const workspace = new Workspace({ ...files, 'a.batch.yaml': `pipelines: [{ pipeline_id: "ord|ers" }]` });
    expect(await prepareRename(workspace.context, workspace.here, none)).toEqual({
      range: { start: { line: 0, character: 28 }, end: { line: 0, character: 34 } },
      placeholder: 'orders',
    });
  });

  it('is refused for a name that exists or cannot be one', async () => {
    const at = { 'a.batch.yaml': 'pipelines: [{ pipeline_id: or|ders }]' };
    expect(await refusal(at, 'dim_customer')).toBe('There is already a pipeline "dim_customer".');
    expect(await refusal(at, 'a/b')).toBe(
      '"a/b" cannot be the name of a pipeline: expected a name without slashes or control characters.',
    );
    expect(await refusal(at, '')).toMatch(/^"" cannot be the name of a pipeline/);
    expect(await refusal(at, '${param:x}')).toMatch(/stands for a value/);
  });

  it('is refused while a file that holds it has a mistake of syntax, and only then', async () => {
    const at = { 'a.batch.yaml': 'pipelines: [{ pipeline_id: or|ders }]' };
    const broken = 'pipelines:\n  - pipeline_id: [orders\ntags: x\n';
    expect(await refusal({ ...at, 'b.batch.yaml': broken })).toMatch(
      /^\/w\/b\.batch\.yaml holds "orders" and has a mistake/,
    );
    const workspace = new Workspace({ ...files, ...at, 'b.batch.yaml': broken.replace('orders', 'else') });
    expect(await prepareRename(workspace.context, workspace.here, none)).toMatchObject({
      placeholder: 'orders',
    });
  });

  it('is refused where two files have the id, none has it, or the file does not say it', async () => {
    const batch = (id: string) => ({ 'a.batch.yaml': `pipelines: [{ pipeline_id: ${id} }]` });
    const second = { 'pipelines/z.pipeline.yaml': 'pipeline_id: orders\n' };
    expect(await refusal({ ...batch('or|ders'), ...second })).toBe(
      '"orders" is the name of two pipelines (/w/pipelines/o.pipeline.yaml, line 1 and /w/pipelines/z.pipeline.yaml, line 1). Change one of them by hand first.',
    );
    expect(await refusal(batch('unkn|own'))).toBe('There is no pipeline "unknown" in this workspace.');
    expect(await refusal({ ...batch('z|'), 'pipelines/z.pipeline.yaml': 'tags: [x]\n' })).toBe(
      'Pipeline "z" is known by the name of its file. Add pipeline_id: to it, then rename that.',
    );
  });

  it('changes nothing if the name stays', async () => {
    expect(await renamed({ 'a.batch.yaml': 'pipelines: [{ pipeline_id: or|ders }]' }, 'orders')).toEqual({});
  });
});

describe('rename of other names', () => {
  it('changes a connection in its project', async () => {
    const changed = await renamed(
      {
        'ombudsman.yaml': files['ombudsman.yaml'].replace('old:', 'o|ld:'),
        'a.batch.yaml': `operations:
  - { type: data_generation, schema_type: Retail, row_count: 5, connection: old }
  - { type: metadata_extraction, connection: old, depends_on: ["Retail -> old"] }
  - { type: command, program: x, depends_on: [old] }
`,
        'other/ombudsman.yaml': 'name: other\nconnections: { old: { type: duckdb, path: x } }\n',
        'other/a.batch.yaml': 'sources: [{ connection: old }]',
      },
      'legacy',
    );
    expect(changed).toEqual({
      'ombudsman.yaml': files['ombudsman.yaml'].replace('old:', 'legacy:'),
      'pipelines/c.pipeline.yaml': 'pipeline_id: dim_customer\nsource: { connection: legacy, table: old }\n',
      'a.batch.yaml': `operations:
  - { type: data_generation, schema_type: Retail, row_count: 5, connection: legacy }
  - { type: metadata_extraction, connection: legacy, depends_on: ["Retail -> legacy"] }
  - { type: command, program: x, depends_on: [legacy] }
`,
    });
  });

  it('keeps the quotes of a key', async () => {
    const changed = await renamed(
      { 'ombudsman.yaml': files['ombudsman.yaml'].replace("'new'", "'n|ew'") },
      "it's",
    );
    expect(changed['ombudsman.yaml']).toContain(`  'it''s': { type: duckdb`);
    expect(changed['pipelines/o.pipeline.yaml']).toContain("connection: it's,");
  });

  it('refuses a connection name that exists', async () => {
    const at = { 'pipelines/c.pipeline.yaml': files['pipelines/c.pipeline.yaml'].replace('old', '|old') };
    expect(await refusal(at, 'new')).toBe('There is already a connection "new".');
  });

  it('changes a parameter and every ${param:NAME} of the file', async () => {
    const batch = `parameters: { row|s: 5, rows2: 6 }
operations:
  - { type: command, program: "\${param:rows}", args: ["\${param:rows}-\${param:rows2}-\${param:rows}", rows] }
`;
    const other = { 'b.batch.yaml': 'parameters: { rows: 5 }\ntags: ["${param:rows}"]\n' };
    const changed = await renamed({ 'a.batch.yaml': batch, ...other }, 'count');
    expect(changed).toEqual({
      'a.batch.yaml': `parameters: { count: 5, rows2: 6 }
operations:
  - { type: command, program: "\${param:count}", args: ["\${param:count}-\${param:rows2}-\${param:count}", rows] }
`,
    });
    expect(await refusal({ 'a.batch.yaml': batch }, 'rows2')).toBe('There is already a parameter "rows2".');
    expect(await refusal({ 'a.batch.yaml': batch }, 'a b')).toMatch(
      /cannot be the name of a parameter: expected letters/,
    );
  });

  it('of a parameter is not stopped by a mistake in another file', async () => {
    const batch = 'parameters: { ro|ws: 5 }\ntags: ["${param:rows}"]\n';
    const other = { 'b.batch.yaml': 'tags: [rows\nx: y' };
    expect(Object.keys(await renamed({ 'a.batch.yaml': batch, ...other }, 'count'))).toEqual([
      'a.batch.yaml',
    ]);
    expect(await refusal({ 'a.batch.yaml': `${batch}pipelines: [` })).toMatch(/has a mistake of syntax/);
  });

  it('changes the name of an operation and what depends on it', async () => {
    const batch = `operations:
  - { name: fir|st, type: command, program: a }
  - { name: second, type: command, program: first, depends_on: [first] }
  - { type: pipeline, pipeline_id: orders, depends_on: ['first', second] }
`;
    expect(await renamed({ 'a.batch.yaml': batch }, 'step "1"')).toEqual({
      'a.batch.yaml': `operations:
  - { name: step "1", type: command, program: a }
  - { name: second, type: command, program: first, depends_on: [step "1"] }
  - { type: pipeline, pipeline_id: orders, depends_on: ['step "1"', second] }
`,
    });
    expect(await refusal({ 'a.batch.yaml': batch }, 'orders')).toBe(
      'There is already an operation "orders".',
    );
  });

  it('gives an operation its own automatic name back when it becomes free', async () => {
    const batch = `operations:
  - { name: ord|ers, type: command, program: a }
  - { type: pipeline, pipeline_id: orders }
  - { type: command, program: b, depends_on: [orders, "orders #2"] }
`;
    expect((await renamed({ 'a.batch.yaml': batch }, 'first'))['a.batch.yaml']).toContain(
      'depends_on: [first, "orders"]',
    );
  });

  it('refuses operations without a name of their own, and projects', async () => {
    const batch = (entry: string) => ({ 'a.batch.yaml': `operations:\n  - ${entry}\n` });
    expect(await refusal(batch('{ type: command, program: b|ash }'))).toBe(
      'Operation "bash" is named by what it does. Add name: to it, then rename that.',
    );
    expect(await refusal(batch('{ type: project_validation, project: sh|op }'))).toMatch(
      /^Jobs and results of a project/,
    );
  });

  it.each(['row_co|unt: 5', 'row_count: 5 # orders|', 'schema: or|ders'])('refuses %s', async (marked) => {
    const message = await refusal({ 'a.batch.yaml': `items:\n  - schema_type: Retail\n    ${marked}\n` });
    expect(message).toBe(
      'Pipeline ids, connections, parameters and names of operations can be renamed. There is none at this place.',
    );
  });
});
