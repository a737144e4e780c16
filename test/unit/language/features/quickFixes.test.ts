import { parse as parseEnv } from 'dotenv';
import type { CodeActionContext, Diagnostic } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import type { Diagnostic as DefinitionsDiagnostic } from '../../../../daemon/protocol/errors.ts';
import { toLspDiagnostic } from '../../../../daemon/server/language/diagnostics.ts';
import { quickFixes } from '../../../../daemon/server/language/features/quickFixes.ts';
import { Workspace, type WorkspaceOptions } from './workspace.ts';

const files = {
  'ombudsman.yaml': `name: shop
connections:
  old: { type: sqlite, path: a.sqlite }
  new: { type: duckdb, path: b.duckdb }
`,
  'pipelines/c.pipeline.yaml':
    'pipeline_id: customers\nsource: { connection: old, table: c }\ntarget: { connection: new, table: c }\n',
};
type Sources = Record<string, string>;
const none = undefined as never;

async function actionsAt(
  sources: Sources,
  options: WorkspaceOptions = {},
  asked: Partial<CodeActionContext> = {},
) {
  const workspace = new Workspace({ ...files, ...sources }, options);
  const { uri, path, position } = workspace.cursor;
  const diagnostics = (await workspace.context.problems(path)).map(toLspDiagnostic);
  const params = {
    textDocument: { uri },
    range: { start: position, end: position },
    context: { diagnostics, ...asked },
  };
  return { workspace, actions: await quickFixes(workspace.context, params, none) };
}

async function titles(sources: Sources, options: WorkspaceOptions = {}) {
  return (await actionsAt(sources, options)).actions.map(({ title }) => title);
}

/** The files that a fix changes, as they are after it. */
async function fixed(sources: Sources, title: string, options: WorkspaceOptions = {}): Promise<Sources> {
  const { workspace, actions } = await actionsAt(sources, options);
  const action = actions.find((one) => one.title === title);
  if (action === undefined) throw new Error(`offered are ${actions.map((one) => one.title).join(' | ')}`);
  return workspace.apply(action.edit ?? null);
}

const batchWith = (marked: string) => ({ 'a.batch.yaml': marked });

describe('nearest names', () => {
  it.each([
    [
      'pipelines:\n  - pipeline_id: custo|mrs # c\n',
      'customers',
      'pipelines:\n  - pipeline_id: customers # c\n',
    ],
    ['pipelines: [{ pipeline_id: "custo|mrs" }]', 'customers', 'pipelines: [{ pipeline_id: "customers" }]'],
    ["sources: [{ connection: 'ol|dd' }]", 'old', "sources: [{ connection: 'old' }]"],
    ['pipelnes|: [{ pipeline_id: customers }]', 'pipelines', 'pipelines: [{ pipeline_id: customers }]'],
    [
      'items: [{ schema_type: Reta|l, row_count: 5 }]',
      'Retail',
      'items: [{ schema_type: Retail, row_count: 5 }]',
    ],
    [
      'parameters: { rows: 5 }\ntags: ["a ${param:rows} ${param:ro|s} b"]\npipelines: [{ pipeline_id: customers }]',
      'rows',
      'parameters: { rows: 5 }\ntags: ["a ${param:rows} ${param:rows} b"]\npipelines: [{ pipeline_id: customers }]',
    ],
    [
      'pipelines: [{ pipeline_id: customers }, { pipeline_id: customers, depends_on: [cust|mers] }]',
      'customers',
      'pipelines: [{ pipeline_id: customers }, { pipeline_id: customers, depends_on: [customers] }]',
    ],
  ])('in %j', async (marked, name, expected) => {
    expect(await fixed(batchWith(marked), `Change to "${name}"`)).toEqual({ 'a.batch.yaml': expected });
  });

  it('in JSON keep the quotes', async () => {
    const source = { 'a.batch.json': '{"pipelines": [{"pipeline_id": "custo|mrs"}]}' };
    expect(await fixed(source, 'Change to "customers"')).toEqual({
      'a.batch.json': '{"pipelines": [{"pipeline_id": "customers"}]}',
    });
  });

  it('of checks, in either form', async () => {
    const checks = (marked: string) => ({
      'pipelines/c.pipeline.yaml': `${files['pipelines/c.pipeline.yaml']}checks: ${marked}\n`,
    });
    const name = 'pipelines/c.pipeline.yaml';
    expect((await fixed(checks('[row_hsh|]'), 'Change to "row_hash"'))[name]).toContain('checks: [row_hash]');
    expect((await fixed(checks('[{ rul|: { sql: a } }]'), 'Change to "rule"'))[name]).toContain(
      'checks: [{ rule: { sql: a } }]',
    );
  });

  it('are preferred if there is one alone, and tied to the diagnostic of the client', async () => {
    const { actions } = await actionsAt(batchWith('pipelines: [{ pipeline_id: custo|mrs }]'));
    expect(actions[0]).toMatchObject({
      title: 'Change to "customers"',
      kind: 'quickfix',
      isPreferred: true,
      diagnostics: [{ code: 'unknown_pipeline' }],
    });
    const two = {
      ...batchWith('sources: [{ connection: na|w }]'),
      'ombudsman.yaml': files['ombudsman.yaml'].replace('old', 'raw'),
    };
    const several = (await actionsAt(two)).actions.filter(({ title }) => title.startsWith('Change to'));
    expect(several.map(({ title, isPreferred }) => [title, isPreferred])).toEqual([
      ['Change to "new"', undefined],
      ['Change to "raw"', undefined],
    ]);
  });

  it('are not offered beside the mistake', async () => {
    expect(await titles(batchWith('job_|name: x\npipelines: [{ pipeline_id: custmers }]'))).toEqual([]);
  });
});

describe('all nearest names at once', () => {
  const batch = `pipelines:
  - pipeline_id: cust|mers
  - pipelne_id: customers
  - pipeline_id: customers
    tiemout: 5m
`;
  const mended = batch
    .replace('cust|mers', 'customers')
    .replace('pipelne', 'pipeline')
    .replace('tiemout', 'timeout');

  it('is a quick fix where there are several', async () => {
    expect(await fixed(batchWith(batch), 'Change all 3 mistyped names to the nearest')).toEqual({
      'a.batch.yaml': mended,
    });
    const one = batchWith('pipelines: [{ pipeline_id: cust|mers }]');
    expect((await titles(one)).some((title) => title.startsWith('Change all'))).toBe(false);
  });

  it('is an action of the file for who asks for it by its kind', async () => {
    const asked = async (only: string[] | undefined) => {
      const { workspace, actions } = await actionsAt(batchWith(batch), {}, { only });
      const found = actions.filter(({ kind }) => kind === 'source.fixAll.ombudsman');
      return { workspace, found, others: actions.length - found.length };
    };
    for (const only of [['source.fixAll'], ['source.fixAll.ombudsman'], ['source']]) {
      const { workspace, found, others } = await asked(only);
      expect(found.map(({ edit }) => workspace.apply(edit!))).toEqual([{ 'a.batch.yaml': mended }]);
      expect(others).toBe(0);
    }
    expect((await asked(undefined)).found).toEqual([]);
    expect((await asked(['quickfix'])).found).toEqual([]);
    expect((await asked(['refactor'])).others).toBe(0);
  });

  it('leaves out what has several suggestions', async () => {
    const sources = {
      ...batchWith('pipelines: [{ pipeline_id: cust|mers }]\nsources: [{ connection: naw }]\n'),
      'ombudsman.yaml': files['ombudsman.yaml'].replace('old', 'raw'),
    };
    const { actions } = await actionsAt(sources, {}, { only: ['source.fixAll'] });
    expect(actions).toHaveLength(1);
    expect(JSON.stringify(actions)).not.toMatch(/"raw"|"new"/);
  });
});

const missing: DefinitionsDiagnostic[] = [
  {
    file: '/w/c.pipeline.yaml',
    line: 1,
    column: 1,
    end_line: 1,
    end_column: 12,
    severity: 'error',
    code: 'missing_key',
    message: 'this file needs "source"',
  },
];

describe('missing keys', () => {
  it.each([
    [
      'source: { connection: old, table: c }\ntarget: { connection: new, table: c }|\n',
      'pipeline_id',
      'pipeline_id: c\n',
    ],
  ])('of a pipeline: %j', async (marked, key, added) => {
    const source = { 'pipelines/c.pipeline.yaml': `|${marked.replace('|', '')}` };
    expect(await fixed(source, `Add ${key}`)).toEqual({
      'pipelines/c.pipeline.yaml': `${added}${marked.replace('|', '')}`,
    });
  });

  it('a side is guessed from the project and the id', async () => {
    const source = {
      'pipelines/c.pipeline.yaml': '|pipeline_id: dim_date_validation # id\ndescription: x # y\n',
    };
    const name = 'pipelines/c.pipeline.yaml';
    expect((await fixed(source, 'Add target'))[name]).toBe(
      'pipeline_id: dim_date_validation # id\ndescription: x # y\ntarget: { connection: new, table: dim_date }\n',
    );
    expect((await fixed(source, 'Add source'))[name]).toContain(
      'source: { connection: old, table: dim_date }\n',
    );
  });

  it.each([
    ['items: [{ |row_count: 5 }]', 'schema_type', 'items: [{ row_count: 5, schema_type: Retail }]'],
    ['items: [{|row_count: 5}]', 'schema_type', 'items: [{row_count: 5, schema_type: Retail}]'],
    ['items: [{ |row_count: 5, }]', 'schema_type', 'items: [{ row_count: 5, schema_type: Retail }]'],
    [
      'items:\n  - |row_count: 5 # five\n    seed: 1 # one\n# end\n',
      'schema_type',
      'items:\n  - row_count: 5 # five\n    seed: 1 # one\n    schema_type: Retail\n# end\n',
    ],
    ['items:\n  - |row_count: 5', 'schema_type', 'items:\n  - row_count: 5\n    schema_type: Retail'],
    [
      'items:\r\n  - |row_count: 5\r\n',
      'schema_type',
      'items:\r\n  - row_count: 5\r\n    schema_type: Retail\r\n',
    ],
    ['operations:\n  - |type: command\n', 'program', 'operations:\n  - type: command\n    program: echo\n'],
    ['projects:\n  - |name: x\n', 'project', 'projects:\n  - name: x\n    project: .\n'],
  ])('are put into their mapping: %j', async (marked, key, expected) => {
    expect(await fixed(batchWith(marked), `Add ${key}`)).toEqual({ 'a.batch.yaml': expected });
  });

  it('in JSON keep its form', async () => {
    const source = { 'a.batch.json': '{\n  "items": [\n    {\n      |"row_count": 5\n    }\n  ]\n}\n' };
    expect(await fixed(source, 'Add schema_type')).toEqual({
      'a.batch.json':
        '{\n  "items": [\n    {\n      "row_count": 5,\n      "schema_type": "Retail"\n    }\n  ]\n}\n',
    });
  });

  it.each([
    ['- |rule: { name: x }', 'sql', '- rule: { name: x, sql: c_id is not null }'],
    [
      '- |foreign_key: { columns: [c_id] }',
      'references',
      '- foreign_key: { columns: [c_id], references: { table: table_name, columns: [c_id] } }',
    ],
    ['- |range: { min: 5 }', 'column', '- range: { min: 5, column: c_id }'],
  ])('of checks: %s', async (marked, key, expected) => {
    const name = 'pipelines/c.pipeline.yaml';
    const before = `${files[name]}keys: [c_id]\nchecks:\n  `;
    expect(await fixed({ [name]: `${before}${marked}\n` }, `Add ${key}`)).toEqual({
      [name]: `${before}${expected}\n`,
    });
  });

  it('of a connection', async () => {
    const at = (marked: string) => ({ 'ombudsman.yaml': `name: shop\nconnections:\n  ${marked}\n` });
    expect(await fixed(at('|shop: { type: sqlite }'), 'Add path')).toEqual(
      at('shop: { type: sqlite, path: data/shop.sqlite }'),
    );
    expect(await fixed(at('|shop:\n    type: postgres'), 'Add database')).toEqual(
      at('shop:\n    type: postgres\n    database: shop'),
    );
  });

  it('are guessed without a project too', async () => {
    const workspace = new Workspace({ 'c.pipeline.yaml': '|pipeline_id: c\n' });
    const { uri, position } = workspace.cursor;
    const params = {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    };
    const actions = await quickFixes({ ...workspace.context, problems: async () => missing }, params, none);
    const problem = (key: string) => actions.find(({ title }) => title === `Add ${key}`)?.edit ?? null;
    expect(workspace.apply(problem('source'))).toEqual({
      'c.pipeline.yaml': 'pipeline_id: c\nsource: { connection: connection, table: c }\n',
    });
  });

  it('what is added is right', async () => {
    const { 'pipelines/c.pipeline.yaml': first } = await fixed(
      { 'pipelines/c.pipeline.yaml': '|pipeline_id: c\n' },
      'Add source',
    );
    const { 'pipelines/c.pipeline.yaml': both } = await fixed(
      { 'pipelines/c.pipeline.yaml': `|${first!}` },
      'Add target',
    );
    const workspace = new Workspace({ ...files, 'pipelines/c.pipeline.yaml': both! });
    expect(await workspace.context.problems('/w/pipelines/c.pipeline.yaml')).toEqual([]);
  });
});

describe('unknown keys', () => {
  it.each([
    [
      'job_name: x\ntag|z: [a] # gone\npipelines: [{ pipeline_id: customers }]\n',
      'tagz',
      'job_name: x\npipelines: [{ pipeline_id: customers }]\n',
    ],
    ['job_name: x\nzzz|z:\n  - a\n  - b\n# stays\ntags: [a]\n', 'zzzz', 'job_name: x\n# stays\ntags: [a]\n'],
    ['job_name: x\nzzz|z:\ntags: [a]\n', 'zzzz', 'job_name: x\ntags: [a]\n'],
    ['job_name: x\ntags: [a]\nzzz|z: 1', 'zzzz', 'job_name: x\ntags: [a]\n'],
    ['pipelines: [{ zzz|z: 1, pipeline_id: customers }]', 'zzzz', 'pipelines: [{ pipeline_id: customers }]'],
    [
      'pipelines: [{ pipeline_id: customers, zzz|z: [1, 2] }]',
      'zzzz',
      'pipelines: [{ pipeline_id: customers }]',
    ],
    [
      'pipelines:\n  - zzz|z: 1\n    pipeline_id: customers\n',
      'zzzz',
      'pipelines:\n  - pipeline_id: customers\n',
    ],
    [
      'pipelines:\n  - pipeline_id: customers\n    zzz|z: 1\n',
      'zzzz',
      'pipelines:\n  - pipeline_id: customers\n',
    ],
  ])('are removed: %j', async (marked, key, expected) => {
    expect(await fixed(batchWith(marked), `Remove ${key}`)).toEqual({ 'a.batch.yaml': expected });
  });

  it('in JSON take their comma along', async () => {
    const last = { 'a.batch.json': '{\n  "job_name": "x",\n  "zzz|z": 1\n}\n' };
    expect(await fixed(last, 'Remove zzzz')).toEqual({ 'a.batch.json': '{\n  "job_name": "x"\n}\n' });
    const first = { 'a.batch.json': '{\n  "zzz|z": 1,\n  "job_name": "x"\n}\n' };
    expect(await fixed(first, 'Remove zzzz')).toEqual({ 'a.batch.json': '{\n  "job_name": "x"\n}\n' });
  });

  it('the only key of a mapping stays', async () => {
    expect(await titles(batchWith('pipelines:\n  - zzz|z: 1\n'))).not.toContain('Remove zzzz');
  });
});

describe('what contradicts itself or says too little', () => {
  const name = 'pipelines/c.pipeline.yaml';
  const target = 'target: { connection: new, table: c }\n';

  it.each([
    [
      'source: { connection: old, table: c, que|ry: select 1 }',
      'Remove query',
      'source: { connection: old, table: c }',
    ],
    [
      'source: { connection: old, table: c, que|ry: select 1 }',
      'Remove table',
      'source: { connection: old, query: select 1 }',
    ],
    [
      'source:\n  connection: old\n  query: select 1\n  whe|re: a > 0',
      'Remove where',
      'source:\n  connection: old\n  query: select 1',
    ],
    ['sou|rce: { connection: old }', 'Add table', 'source: { connection: old, table: dim_a }'],
    [
      'source: { connection: old, table: c }\ncolumn_map: { a: b }\nkeys: ["|b"]',
      'Change to "a"',
      'source: { connection: old, table: c }\ncolumn_map: { a: b }\nkeys: ["a"]',
    ],
  ])('in a pipeline: %j', async (marked, title, expected) => {
    const text = (source: string) => `pipeline_id: dim_a_check\n${source}\n${target}`;
    expect(await fixed({ [name]: text(marked) }, title)).toEqual({ [name]: text(expected) });
  });

  it('a batch without a list gets one', async () => {
    expect(await fixed(batchWith('|job_name: x\n'), 'Add pipelines')).toEqual({
      'a.batch.yaml': 'job_name: x\npipelines: [{ pipeline_id: customers }]\n',
    });
  });
});

describe('hints that say what to write', () => {
  it.each([
    [
      'items: [{ schema_type: Retail, row_count: "10|0" }]',
      'Leave out the quotes: 100',
      'items: [{ schema_type: Retail, row_count: 100 }]',
    ],
    [
      'job_name: 20|24\npipelines: [{ pipeline_id: customers }]',
      'Put it in quotes: "2024"',
      'job_name: "2024"\npipelines: [{ pipeline_id: customers }]',
    ],
    [
      'tags: dai|ly\npipelines: [{ pipeline_id: customers }]',
      'Write a list: [daily]',
      'tags: [daily]\npipelines: [{ pipeline_id: customers }]',
    ],
    [
      'stop_on_error: ye|s\npipelines: [{ pipeline_id: customers }]',
      'Write true',
      'stop_on_error: true\npipelines: [{ pipeline_id: customers }]',
    ],
    [
      'job_name: x\npriority: 90071992547409|93\n',
      'Put it in quotes: "9007199254740993"',
      'job_name: x\npriority: "9007199254740993"\n',
    ],
  ])('%j', async (marked, title, expected) => {
    expect(await fixed(batchWith(marked), title)).toEqual({ 'a.batch.yaml': expected });
  });
});

describe('what does not exist yet', () => {
  it('a parameter is declared', async () => {
    const unknown = batchWith('job_name: "${param:d|ay}"\npipelines: [{ pipeline_id: customers }]\n');
    expect(await fixed(unknown, 'Declare parameter "day"')).toEqual({
      'a.batch.yaml':
        'parameters: { day: { type: string } }\njob_name: "${param:day}"\npipelines: [{ pipeline_id: customers }]\n',
    });
    const second = batchWith('parameters:\n  rows: 5\njob_name: "${param:d|ay}"\n');
    expect((await fixed(second, 'Declare parameter "day"'))['a.batch.yaml']).toBe(
      'parameters:\n  rows: 5\n  day: { type: string }\njob_name: "${param:day}"\n',
    );
  });

  it('a connection is added to ombudsman.yaml', async () => {
    const changed = await fixed(
      batchWith('sources: [{ connection: ware|house }]'),
      'Add connection "warehouse" to ombudsman.yaml',
    );
    expect(changed).toEqual({
      'ombudsman.yaml': `${files['ombudsman.yaml']}  warehouse: { type: duckdb, path: data/warehouse.duckdb }\n`,
    });
  });

  it('a pipeline file is created, and opened in VS Code', async () => {
    const sources = batchWith('pipelines: [{ pipeline_id: fact_sal|es_validation }]');
    const title = 'Create pipelines/fact_sales_validation.pipeline.yaml';
    const name = 'pipelines/fact_sales_validation.pipeline.yaml';
    const created = await fixed(sources, title);
    expect(created).toEqual({
      [name]: `pipeline_id: fact_sales_validation
source: { connection: old, table: fact_sales }
target: { connection: new, table: fact_sales }
checks:
  - row_count
  - row_hash
`,
    });
    const workspace = new Workspace({
      ...files,
      ...created,
      'a.batch.yaml': 'pipelines: [{ pipeline_id: fact_sales_validation }]',
    });
    expect(await workspace.context.problems('/w/a.batch.yaml')).toEqual([]);
    const action = (await actionsAt(sources)).actions.find((one) => one.title === title);
    expect(action?.command).toMatchObject({ command: 'vscode.open', arguments: [`file:///w/${name}`] });
    const elsewhere = await actionsAt(sources, { client: { isVsCode: false } });
    expect(elsewhere.actions.find((one) => one.title === title)?.command).toBeUndefined();
  });

  it.each([
    ['[checks/*.pipeline.yaml]', 'checks/x_y.pipeline.yaml'],
    ['["*.pipeline.yaml"]', 'x_y.pipeline.yaml'],
    ['[./a/b/**/*.yaml]', 'a/b/x_y.pipeline.yaml'],
    ['[a/*.yml, b/*.yaml]', 'b/x_y.pipeline.yaml'],
  ])('goes where the project looks for pipelines: %s', async (patterns, name) => {
    const sources = {
      'ombudsman.yaml': `${files['ombudsman.yaml']}pipelines: ${patterns}\n`,
      ...batchWith('pipelines: [{ pipeline_id: "x|: y" }]'),
    };
    const created = await fixed(sources, `Create ${name}`);
    expect(created[name]).toMatch(/^pipeline_id: "x: y"\n/);
  });

  it('is not created for what cannot be an id', async () => {
    const offered = await titles(batchWith('projects: [{ project: ., pipeline_ids: ["a:b|"] }]'));
    expect(offered).toContain('Create pipelines/a_b.pipeline.yaml');
    const slash = await titles(batchWith('pipelines: [{ pipeline_id: "a/|b" }]'));
    expect(slash.filter((title) => title.startsWith('Create'))).toEqual([]);
  });

  it('is not created where no project would find it, nor by a client that cannot', async () => {
    const nowhere = {
      'ombudsman.yaml': `${files['ombudsman.yaml']}pipelines: [a/one.yaml]\n`,
      ...batchWith('pipelines: [{ pipeline_id: x| }]'),
    };
    expect((await titles(nowhere)).filter((title) => title.startsWith('Create'))).toEqual([]);
    const unable = await titles(batchWith('pipelines: [{ pipeline_id: x| }]'), {
      client: { hasFileCreation: false },
    });
    expect(unable.filter((title) => title.startsWith('Create'))).toEqual([]);
  });

  it('is created in the project that is named beside it', async () => {
    const created = await fixed(
      {
        'other/ombudsman.yaml': 'name: other\nconnections: { there: { type: duckdb, path: a } }\n',
        'other/pipelines/a.pipeline.yaml':
          'pipeline_id: a\nsource: { connection: there, table: a }\ntarget: { connection: there, table: a }\n',
        ...batchWith('projects: [{ project: other, pipeline_ids: [ne|w] }]'),
      },
      'Create pipelines/new.pipeline.yaml',
    );
    expect(Object.keys(created)).toEqual(['other/pipelines/new.pipeline.yaml']);
    expect(created['other/pipelines/new.pipeline.yaml']).toContain('connection: there');
  });
});

describe('a password in the file', () => {
  const project = (password: string, rest = '') => ({
    'ombudsman.yaml': `name: shop\nconnections:\n  my-db: { type: postgres, database: x, password: ${password} }\n${rest}`,
  });
  const inStorage = 'Move the password to the secret storage as MY_DB_PASSWORD';
  const inEnvFile = 'Move the password to the .env file as MY_DB_PASSWORD';
  const moved = project('"${secret:MY_DB_PASSWORD}"')['ombudsman.yaml'];

  it('goes to the secret storage of VS Code as an argument of a command', async () => {
    const { workspace, actions } = await actionsAt(project('"geh|eim: #1"'));
    const action = actions.find(({ title }) => title === inStorage);
    expect(workspace.apply(action?.edit ?? null)).toEqual({ 'ombudsman.yaml': moved });
    expect(action).toMatchObject({
      isPreferred: true,
      command: {
        command: 'ombudsman.setSecret',
        arguments: [{ project_dir: '/w', name: 'MY_DB_PASSWORD', value: 'geheim: #1' }],
      },
    });
    expect(actions.map(({ title }) => title)).toEqual([inStorage, inEnvFile]);
  });

  it('does not in Restricted Mode, where the command is refused, nor in other editors', async () => {
    expect(await titles(project('geh|eim'), { settings: { isTrusted: false } })).toEqual([inEnvFile]);
    expect(await titles(project('geh|eim'), { client: { isVsCode: false } })).toEqual([inEnvFile]);
  });

  it('goes there too when it is a token or a private key', async () => {
    const marked =
      'name: shop\nconnections:\n  sf: { type: snowflake, account: a-b, database: D, token: ab|cdef }\n';
    const { workspace, actions } = await actionsAt({ 'ombudsman.yaml': marked });
    expect(actions.map(({ title }) => title)).toEqual([
      'Move the token to the secret storage as SF_PASSWORD',
      'Move the token to the .env file as SF_PASSWORD',
    ]);
    expect(workspace.apply(actions[0]?.edit ?? null)).toEqual({
      'ombudsman.yaml': marked.replace('ab|cdef', '"${secret:SF_PASSWORD}"'),
    });
  });

  it('goes to a new .env file', async () => {
    const { workspace, actions } = await actionsAt(project('geh|eim'));
    const edit = actions.find(({ title }) => title === inEnvFile)?.edit ?? null;
    expect(workspace.apply(edit)).toEqual({ 'ombudsman.yaml': moved, '.env': 'MY_DB_PASSWORD=geheim\n' });
    expect(edit?.documentChanges?.[0]).toEqual({
      kind: 'create',
      uri: 'file:///w/.env',
      options: { ignoreIfExists: true },
    });
  });

  it.each([
    ['A=1\n', 'A=1\nMY_DB_PASSWORD=geheim\n'],
    ['A=1', 'A=1\nMY_DB_PASSWORD=geheim\n'],
    ['', 'MY_DB_PASSWORD=geheim\n'],
  ])('goes to the end of the .env file %j', async (env, expected) => {
    expect(await fixed(project('geh|eim'), inEnvFile, { disk: { '.env': env } })).toEqual({
      'ombudsman.yaml': moved,
      '.env': expected,
    });
  });

  it.each(["it's", 'a b#c', 'dollar$HOME', '"quoted"', 'both \' and "', 'back\\slash'])(
    'is read back as it was: %s',
    async (value) => {
      const written = JSON.stringify(value);
      const changed = await fixed(project(`"|${written.slice(1)}`), inEnvFile);
      expect(parseEnv(changed['.env'] ?? '')).toEqual({ MY_DB_PASSWORD: value });
    },
  );

  it('gets a name that is free', async () => {
    const rest = '  other: { type: postgres, database: x, password: "${secret:MY_DB_PASSWORD}" }\n';
    const offered = await titles(project('geh|eim', rest), {
      disk: { '.env': '# x\nexport MY_DB_PASSWORD_2 = 5\n' },
    });
    expect(offered).toEqual([
      'Move the password to the secret storage as MY_DB_PASSWORD_3',
      'Move the password to the .env file as MY_DB_PASSWORD_3',
    ]);
  });

  it('is moved only from where it is one', async () => {
    const wrongType = { 'ombudsman.yaml': 'name: shop\nconnections:\n  db: { type: duck|, path: x }\n' };
    expect((await titles(wrongType)).filter((title) => title.startsWith('Move'))).toEqual([]);
    const reference = project('"${env:|PW}"');
    expect(await titles(reference)).toEqual([]);
  });

  it('stands in no title', async () => {
    expect((await titles(project('geh|eim'))).join()).not.toContain('geheim');
  });
});

describe('results of the last run', () => {
  const result: Diagnostic = {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 5 } },
    message: 'row_count failed',
    source: 'ombudsman last run',
    data: { job_id: 'J' },
  };

  it('lead to their job, in VS Code', async () => {
    const sources = { 'pipelines/c.pipeline.yaml': `|${files['pipelines/c.pipeline.yaml']}` };
    const shown = (await actionsAt(sources, {}, { diagnostics: [result, result] })).actions;
    expect(shown).toEqual([
      {
        title: 'Show the job of this result',
        kind: 'quickfix',
        diagnostics: [result],
        command: { title: 'Show Job', command: 'ombudsman.showJob', arguments: ['J'] },
      },
    ]);
    const elsewhere = await actionsAt(sources, { client: { isVsCode: false } }, { diagnostics: [result] });
    expect(elsewhere.actions).toEqual([]);
  });
});
