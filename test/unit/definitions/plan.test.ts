import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planBatch, type PlanRequest } from '../../../daemon/definitions/plan.ts';
import { loadProject } from '../../../daemon/definitions/project.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';
import { batchPlanSchema, type BatchPlan } from '../../../daemon/protocol/plan.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ombudsman-plan-'));
  await write('ombudsman.yaml', projectText);
  await write('pipelines/a.pipeline.yaml', pipelineText('a', 'legacy', 'warehouse'));
  await write('pipelines/b.pipeline.yaml', pipelineText('b', 'warehouse', 'files'));
  await write('finance/ombudsman.yaml', 'name: finance\nconnections: { f: { type: sqlite, path: f.db } }\n');
  await write('finance/pipelines/x.pipeline.yaml', pipelineText('x', 'f', 'f'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const projectText = `name: shop
connections:
  legacy: { type: postgres, database: shop, password: "\${env:PW}", max_parallel: 2 }
  warehouse: { type: duckdb, path: data/w.duckdb }
  files: { type: files, path: /exports }
  moved: { type: duckdb, path: "\${env:PLACE}/w.duckdb" }
defaults: { max_parallel: 7, timeout: 30m }
`;

function pipelineText(id: string, source: string, target: string): string {
  return `pipeline_id: ${id}\nsource: { connection: ${source}, table: s.t }\ntarget: { connection: ${target}, query: select 1 }\nkeys: [id]\n`;
}

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), text);
}

async function plan(text: string, more: Partial<PlanRequest> = {}) {
  return planBatch({
    text,
    file: join(dir, 'daily.batch.yaml'),
    project: await loadProject(dir, nodeReader),
    loadProject: (pathOrId) => loadProject(pathOrId, nodeReader),
    hasSecret: () => true,
    ...more,
  });
}

async function good(text: string, more: Partial<PlanRequest> = {}): Promise<BatchPlan> {
  const { plan: made, diagnostics } = await plan(text, more);
  expect(diagnostics).toEqual([]);
  return batchPlanSchema.parse(made);
}

describe('planBatch', () => {
  it('resolves pipelines, connections, dependencies and limits', async () => {
    const made = await good(
      'job_name: Daily\npipelines:\n  - { pipeline_id: a, depends_on: [b], timeout: 90s }\n  - pipeline_id: b\ntags: [x]\npriority: 3\nretry: { delay: 500ms }\n',
    );
    expect(made).toMatchObject({
      job_name: 'Daily',
      job_type: 'bulk_pipeline_execution',
      project_id: 'shop',
      definition_file: join(dir, 'daily.batch.yaml'),
      tags: ['x'],
      priority: 3,
      parallel_execution: true,
      max_parallel: 7,
      stop_on_error: false,
    });
    const retry = {
      max_attempts: 3,
      backoff: 'exponential',
      delay_ms: 500,
      max_delay_ms: 60_000,
      jitter: true,
    };
    expect(made.operations).toMatchObject([
      {
        operation_id: 'op-0001',
        index: 0,
        name: 'a',
        depends_on: [1],
        timeout_ms: 90_000,
        retry,
        connections: [
          [dir, 'legacy'],
          [dir, 'warehouse'],
        ],
        description: 'legacy.s.t → warehouse (query)',
        work: { type: 'pipeline', project_dir: dir, pipeline: { pipeline_id: 'a', keys: ['id'] } },
      },
      {
        operation_id: 'op-0002',
        index: 1,
        name: 'b',
        depends_on: [],
        timeout_ms: 1_800_000,
        connections: [
          [dir, 'files'],
          [dir, 'warehouse'],
        ],
      },
    ]);
  });

  it('keeps the connections that are used, as written, with absolute paths', async () => {
    const made = await good('pipelines: [{ pipeline_id: a }]\n');
    expect(made.projects).toEqual({
      [dir]: {
        project_id: 'shop',
        dir,
        connections: {
          legacy: {
            type: 'postgres',
            host: 'localhost',
            port: 5432,
            database: 'shop',
            password: '${env:PW}',
            max_parallel: 2,
          },
          warehouse: { type: 'duckdb', path: join(dir, 'data/w.duckdb') },
        },
      },
    });
    const moved = await good('sources: [{ connection: moved }]\n');
    expect(moved.projects[dir]?.connections.moved).toMatchObject({ path: '${env:PLACE}/w.duckdb' });
  });

  it.each([
    ['operation', 'timeout: 5s', 'timeout: 20s', 5000],
    ['batch', '', 'timeout: 20s', 20_000],
    ['project', '', '', 1_800_000],
  ])('takes the timeout of the %s', async (_whose, item, batch, ms) => {
    const made = await good(`pipelines:\n  - pipeline_id: a\n    ${item}\n${batch}\n`);
    expect(made.operations[0]?.timeout_ms).toBe(ms);
  });

  it('has no timeout, no retry and four at once where nobody says anything', async () => {
    await write('ombudsman.yaml', 'name: shop\nconnections: {}\n');
    const made = await good('items: [{ schema_type: Retail, row_count: 5 }]\n');
    expect(made.max_parallel).toBe(4);
    expect(made.operations[0]).toMatchObject({ timeout_ms: null, retry: null });
    expect(
      (await good('items: [{ schema_type: Retail, row_count: 5 }]\nmax_parallel: 9\n')).max_parallel,
    ).toBe(9);
  });

  it('makes automatic names unique around the given ones', async () => {
    const made = await good(
      'pipelines:\n  - pipeline_id: a\n  - pipeline_id: a\n  - { pipeline_id: b, name: "a #2" }\n  - { pipeline_id: a, depends_on: ["a #3"] }\n',
    );
    expect(made.operations.map(({ name }) => name)).toEqual(['a', 'a #3', 'a #2', 'a #4']);
    expect(made.operations[3]?.depends_on).toEqual([1]);
  });

  it('plans every kind of operation', async () => {
    const made = await good(`operations:
  - { type: data_generation, schema_type: Retail, row_count: 100, seed: 1, connection: warehouse, faults: { count: 3 } }
  - { type: project_validation, project: finance }
  - { type: project_validation, project: shop, pipeline_ids: [b, a] }
  - { type: metadata_extraction, connection: legacy, schemas: [public], row_counts: exact }
  - { type: command, program: make, args: [-j, x], cwd: sub, env: { A: "\${secret:B}" } }
`);
    expect(made.job_type).toBe('mixed');
    expect(made.operations.map(({ name, description }) => [name, description])).toEqual([
      ['Retail -> warehouse', 'Retail, 100 rows → warehouse'],
      ['finance', '1 pipeline of finance'],
      ['shop', '2 pipelines of shop'],
      ['legacy', 'catalog of legacy (public)'],
      ['make', 'make -j x'],
    ]);
    expect(made.operations[2]?.connections).toEqual([
      [dir, 'files'],
      [dir, 'legacy'],
      [dir, 'warehouse'],
    ]);
    expect(made.operations[2]?.work).toMatchObject({
      pipelines: [{ pipeline_id: 'b' }, { pipeline_id: 'a' }],
    });
    expect(made.operations[4]?.work).toMatchObject({ cwd: join(dir, 'sub'), env: { A: '${secret:B}' } });
    expect(Object.keys(made.projects)).toEqual([dir, join(dir, 'finance')]);
    expect(made.projects[join(dir, 'finance')]?.connections.f).toMatchObject({
      path: join(dir, 'finance/f.db'),
    });
  });

  it('works without a project where it can', async () => {
    const made = await good('', {
      text: undefined,
      file: undefined,
      project: null,
      definition: {
        operations: [
          { type: 'data_generation', schema_type: 'Finance', row_count: 10 },
          { type: 'command', program: 'ls', cwd: tmpdir() },
        ],
      },
    });
    expect(made.project_id).toBeNull();
    expect(made.operations.map(({ work }) => work)).toMatchObject([
      { project_dir: null, connection: null },
      { project_dir: null, cwd: tmpdir() },
    ]);
    const other = await good('', {
      text: undefined,
      file: undefined,
      project: null,
      definition: { projects: [{ project: join(dir, 'finance') }] },
    });
    expect(other.project_id).toBe('finance');
  });

  it('finds a project by the id that the daemon knows', async () => {
    const asked: string[] = [];
    const made = await good('projects: [{ project: money }, { project: money }]\n', {
      loadProject: async (pathOrId) => {
        asked.push(pathOrId);
        return pathOrId === 'money' ? loadProject(join(dir, 'finance'), nodeReader) : null;
      },
    });
    expect(asked).toEqual([join(dir, 'money'), 'money']);
    expect(made.operations.map(({ name }) => name)).toEqual(['finance', 'finance #2']);
  });

  it('asks for the secrets of used connections only', async () => {
    const asked: string[] = [];
    const hasSecret = (kind: string, name: string, projectDir: string) => {
      asked.push(`${kind}:${name} ${projectDir}`);
      return true;
    };
    await good('pipelines: [{ pipeline_id: a }, { pipeline_id: a }]\n', { hasSecret });
    expect(asked).toEqual([`env:PW ${dir}`]);
  });

  it.each([
    ['yaml', 'items:\n  - { schema_type: Retail, row_count: 5 }\n'],
    ['json', '{"items": [{"schema_type": "Retail", "row_count": 5}]}'],
  ])('names a job after its file (%s)', async (kind, text) => {
    expect((await good(text, { file: join(dir, `nightly.batch.${kind}`) })).job_name).toBe('nightly');
  });

  it('plans ten thousand operations in a chain', async () => {
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'command',
      name: `n${index}`,
      program: 'x',
      ...(index > 0 ? { depends_on: [`n${index - 1}`] } : {}),
    }));
    const made = await good('', { text: undefined, file: undefined, definition: { operations } });
    expect(made.operations.at(-1)).toMatchObject({ operation_id: 'op-10000', depends_on: [9998] });
    const closed = [{ ...operations[0], depends_on: ['n9999'] }, ...operations.slice(1)];
    const { plan: none, diagnostics } = await plan('', {
      text: undefined,
      definition: { operations: closed },
    });
    expect(none).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toEqual(['dependency_cycle']);
  });
});

describe('ten thousand mistakes', () => {
  it('are answered with the first five hundred, and a word that there are more', async () => {
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'command',
      name: `operation_${index}`,
      program: 'x',
      depends_on: [`operaton_${index}`],
    }));
    const { plan: none, diagnostics } = await plan('', { text: undefined, definition: { operations } });
    expect(none).toBeNull();
    expect(diagnostics).toHaveLength(501);
    expect(diagnostics[0]).toMatchObject({
      code: 'unknown_dependency',
      suggestions: expect.arrayContaining(['operation_0']) as string[],
    });
    expect(diagnostics.at(-1)).toMatchObject({ code: 'more_problems' });
  });
});

describe('parameters', () => {
  const template = `parameters:
  rows: { type: integer, default: 10 }
  kind: { enum: [Retail, Finance] }
  seed: 7
  slow: false
job_name: "Load \${param:kind} (\${param:rows})"
parallel_execution: "\${param:slow}"
operations:
  - { type: data_generation, schema_type: "\${param:kind}", row_count: "\${param:rows}", seed: "\${param:seed}" }
  - { type: command, program: echo, args: ["\${param:rows}", "a-\${param:seed}-b"] }
`;

  it('are filled in with their types, also from the text of a command line', async () => {
    const made = await good(template, { parameters: { kind: 'Finance', rows: '25', slow: 'true' } });
    expect(made.job_name).toBe('Load Finance (25)');
    expect(made.parallel_execution).toBe(true);
    expect(made.operations[0]?.work).toMatchObject({ schema_type: 'Finance', row_count: 25, seed: 7 });
    expect(made.operations[1]?.work).toMatchObject({ args: ['25', 'a-7-b'] });
  });

  it('need no values while the file is only checked', async () => {
    const { plan: none, diagnostics } = await plan(template, { isCheckOnly: true });
    expect(none).toBeNull();
    expect(diagnostics).toEqual([]);
    const broken = await plan(template.replace('program: echo', 'programm: echo'), { isCheckOnly: true });
    expect(broken.diagnostics.map(({ code }) => code)).toEqual(['unknown_key']);
    const named =
      'parameters: { id: { type: string } }\npipelines: [{ pipeline_id: "${param:id}" }, { pipeline_id: c }]\n';
    const checked = await plan(named, { isCheckOnly: true });
    expect(checked.diagnostics.map(({ message }) => message)).toEqual(['project "shop" has no pipeline "c"']);
  });

  it('of a call are not taken for secrets, nor are secrets for parameters', async () => {
    const text = 'operations: [{ type: command, program: x, env: { A: "${env:B}", C: "${HOME}" } }]\n';
    expect((await good(text)).operations[0]?.work).toMatchObject({ env: { A: '${env:B}', C: '${HOME}' } });
  });
});
