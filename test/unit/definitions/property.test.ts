/** Whatever stands in the files: diagnostics or a plan, never an exception. */
import { sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../../daemon/definitions/codes.ts';
import { planBatch } from '../../../daemon/definitions/plan.ts';
import { loadProject } from '../../../daemon/definitions/project.ts';
import type { FileReader } from '../../../daemon/definitions/reader.ts';
import { diagnosticSchema, type Diagnostic } from '../../../daemon/protocol/errors.ts';
import { batchPlanSchema } from '../../../daemon/protocol/plan.ts';

const dir = `${sep}shop`;
const good = {
  'ombudsman.yaml':
    'name: shop\nconnections:\n  db: { type: duckdb, path: a.duckdb, max_parallel: 2 }\n  pg: { type: postgres, database: d, password: "${env:PW}" }\ndefaults: { max_parallel: 4, timeout: 30m }\n',
  'p.pipeline.yaml':
    'pipeline_id: p\nsource: { connection: pg, table: s, where: "a > 1" }\ntarget: { connection: db, table: t }\nkeys: [id]\ncolumn_map: { a: b }\nchecks:\n  - row_count\n  - column_stats: { columns: [x], stats: [sum] }\n  - rule: { name: r, sql: "a > 0" }\n',
  'd.batch.yaml':
    'job_name: d\nparameters: { n: 5 }\noperations:\n  - { type: pipeline, pipeline_id: p, depends_on: [x] }\n  - { type: command, name: x, program: echo, args: ["${param:n}"] }\n  - { type: data_generation, schema_type: Retail, row_count: "${param:n}" }\n  - { type: project_validation, project: . }\nretry: { delay: 1s }\ntimeout: 5m\n',
};
type Files = Record<keyof typeof good, string>;

function readerOf(files: Files): FileReader {
  return {
    readText: async (path) => (files as Record<string, string>)[path.slice(dir.length + 1)] ?? null,
    glob: async () => [`${dir}${sep}p.pipeline.yaml`],
  };
}

async function plan(files: Files, definition?: unknown) {
  const reader = readerOf(files);
  const project = await loadProject(dir, reader);
  const answer = await planBatch({
    ...(definition === undefined
      ? { text: files['d.batch.yaml'], file: `${dir}${sep}d.batch.yaml` }
      : { definition }),
    project,
    loadProject: (path) => loadProject(path, reader),
    hasSecret: () => true,
  });
  check([...project.diagnostics, ...answer.diagnostics]);
  const isFailed = answer.diagnostics.some(({ severity }) => severity === 'error');
  expect(answer.plan === null).toBe(isFailed);
  if (answer.plan !== null) batchPlanSchema.parse(answer.plan);
  return answer;
}

function check(diagnostics: readonly Diagnostic[]): void {
  for (const found of diagnostics) {
    diagnosticSchema.parse(found);
    expect(diagnosticCodes).toHaveProperty(found.code);
    const isForward =
      found.end_line > found.line || (found.end_line === found.line && found.end_column >= found.column);
    expect(isForward).toBe(true);
    expect(found.message).not.toMatch(/undefined|\[object|Invalid input/);
  }
}

const names = Object.keys(good) as (keyof Files)[];
const pieces = [
  '',
  ' ',
  '\n',
  '\t',
  ':',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '&a ',
  '*a',
  '!x ',
  '|',
  '>',
  '#',
  '?',
  ',',
  '<<',
  '\u0000',
  '\ufeff',
  '😀',
  '~',
  '...',
  '---',
  '%',
  '@',
  '5',
  '__proto__',
  'constructor',
  '${param:n}',
  '${param:',
  '1e999',
  '.nan',
  '0',
];
const edit = fc.record({
  file: fc.constantFrom(...names),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
});

function edited(edits: readonly { file: keyof Files; at: number; cut: number; piece: string }[]): Files {
  const files: Files = { ...good };
  for (const { file, at, cut, piece } of edits) {
    const text = files[file];
    const start = Math.floor(at * text.length);
    files[file] = text.slice(0, start) + piece + text.slice(start + cut);
  }
  return files;
}

/** Replaces, renames or removes a value somewhere inside plain data. */
function mutate(value: unknown, steps: readonly number[], put: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || steps.length === 0) return put;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      index === step % value.length ? mutate(item, rest, put) : item,
    );
  }
  const keys = Object.keys(value);
  const chosen = keys[step % Math.max(1, keys.length)];
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === chosen ? mutate(item, rest, put) : item]),
  );
}

describe('whatever stands in the files', () => {
  it('the good ones give a plan', async () => {
    const { plan: made, diagnostics } = await plan(good);
    expect(diagnostics).toEqual([]);
    expect(made?.operations).toHaveLength(4);
  });

  it('edited texts give a plan or say why not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        await plan(edited(edits));
      }),
      { numRuns: 150 },
    );
  });

  it('any JSON in place of any value of a call gives a plan or says why not', async () => {
    const definition = {
      job_name: 'd',
      parameters: { n: { type: 'integer', default: 5, enum: [5] } },
      operations: [
        { type: 'pipeline', pipeline_id: 'p', depends_on: ['x'], retry: { delay: '1s' } },
        { type: 'command', name: 'x', program: 'e', args: ['${param:n}'], env: { A: 'b' } },
        {
          type: 'data_generation',
          schema_type: 'Retail',
          row_count: 5,
          faults: { count: 1, kinds: ['missing'] },
        },
        { type: 'project_validation', project: 'shop', pipeline_ids: ['p'] },
        { type: 'metadata_extraction', connection: 'db', schemas: ['a'] },
      ],
    };
    const odd = fc.constantFrom<unknown>(
      '__proto__',
      'constructor',
      'x',
      '',
      '${param:n}',
      1e308,
      -0,
      null,
      [],
      {},
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { maxLength: 5 }),
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), odd),
        async (steps, put) => {
          await plan(good, mutate(definition, steps, put));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('any text at all is answered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.string({ unit: 'binary', maxLength: 200 }),
        async (name, text) => {
          await plan({ ...good, [name]: text });
        },
      ),
      { numRuns: 100 },
    );
  });
});
