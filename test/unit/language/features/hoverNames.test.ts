import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { code, escaped } from '../../../../daemon/server/language/features/describe/markdown.ts';
import { dateText } from '../../../../daemon/server/language/features/describe/results.ts';
import { hoverNames } from '../../../../daemon/server/language/features/hoverNames.ts';
import { check, minutesAgo, nowMs, pipelineOutcome, results } from './results.ts';
import { table, Workspace, type WorkspaceOptions } from './workspace.ts';

const files = {
  'ombudsman.yaml': `name: shop
connections:
  old:
    type: postgres
    host: db.example
    port: 5433
    database: shop
    user: some_user
    password: geheim
    description: The old shop.
  new: { type: duckdb, path: data/new.duckdb }
`,
  'pipelines/c.pipeline.yaml': `pipeline_id: dim_customer
description: All of them.
source: { connection: old, table: public.customer }
target: { connection: new, table: dim_customer }
checks:
  - row_count
  - rule: { name: positive, sql: a > 0 }
  - schema
`,
};
const none = undefined as never;
const when = dateText(minutesAgo(5));

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs });
});
afterEach(() => {
  vi.useRealTimers();
});

async function hover(sources: Record<string, string>, options: WorkspaceOptions = {}) {
  const workspace = new Workspace({ ...files, ...sources }, options);
  const part = await hoverNames(workspace.context, workspace.here, none);
  if (part !== null) {
    const shown = workspace.show(workspace.cursor.uri, part.range);
    if (workspace.marked.length > 0) expect([shown]).toEqual(workspace.marked);
  }
  return part?.markdown ?? null;
}

describe('hover over a pipeline id', () => {
  const batch = { 'a.batch.yaml': 'pipelines: [{ pipeline_id: "«dim_cust|omer»" }]' };

  it('shows source, target, checks and the last result with when', async () => {
    const failed = pipelineOutcome('dim_customer', {
      status: 'failed',
      checks: [
        check({ name: 'row_count', expected: 100, actual: 98 }),
        check({ name: 'positive', status: 'passed' }),
        check({ name: 'schema_types', status: 'warning' }),
      ],
    });
    expect(await hover(batch, { results: results([failed]) })).toBe(
      [
        'pipeline `dim_customer`: `old.public.customer → new.dim_customer`',
        'All of them.',
        'Checks: `row_count`, `positive`, `schema_columns`, `schema_types`',
        `Last run: 1 check failed, 5 min ago (${when})\n- row_count failed: expected 100, actual 98\n- schema_types found something`,
      ].join('\n\n'),
    );
  });

  it('shows why a run failed before any check', async () => {
    const failed = pipelineOutcome('dim_customer', {
      status: 'failed',
      error: { kind: 'connection', message: 'no *server*' },
    });
    expect(await hover(batch, { results: results([failed]) })).toMatch(
      /Last run: failed \(connection\), 5 min ago \(.*\)\nno \\\*server\\\*$/,
    );
  });

  it('says nothing of runs there were not', async () => {
    expect(await hover(batch)).not.toMatch(/Last run/);
    const other = { results: results([pipelineOutcome('other')]) };
    expect(await hover(batch, other)).not.toMatch(/Last run/);
  });

  it('works in its own file and in depends_on', async () => {
    const own = files['pipelines/c.pipeline.yaml'].replace('dim_customer', '|dim_customer');
    expect(await hover({ 'pipelines/c.pipeline.yaml': own })).toMatch(/^pipeline `dim_customer`/);
    const dependency =
      'pipelines: [{ pipeline_id: dim_customer }, { pipeline_id: x, depends_on: [dim_|customer] }]';
    expect(await hover({ 'a.batch.yaml': dependency })).toMatch(/^pipeline `dim_customer`/);
  });

  it('is nothing for an id that no pipeline has', async () => {
    expect(await hover({ 'a.batch.yaml': 'pipelines: [{ pipeline_id: unkn|own }]' })).toBeNull();
  });
});

describe('hover over other names', () => {
  it('a connection shows type and place, never user or password', async () => {
    const pipeline = files['pipelines/c.pipeline.yaml'].replace('old', '«o|ld»');
    const shown = await hover(
      { 'pipelines/c.pipeline.yaml': pipeline },
      { catalogs: { old: [table('a', ['x'])] } },
    );
    expect(shown).toBe(
      [
        'connection `old`: `postgres · db.example:5433/shop`',
        'The old shop.',
        `1 table in the catalog of ${dateText('2026-01-31T08:00:00.000Z')}`,
      ].join('\n\n'),
    );
  });

  it('a connection without a catalog says what that means', async () => {
    const shown = await hover({ 'ombudsman.yaml': files['ombudsman.yaml'].replace('  new', '  n|ew') });
    expect(shown).toBe(
      'connection `new`: `duckdb · data/new.duckdb`\n\nNo catalog extracted yet: its tables and columns are not offered for completion.',
    );
  });

  it('a parameter shows type, default and description', async () => {
    const batch = (declared: string) =>
      `parameters: { rows: ${declared} }\njob_name: "a \${param:«ro|ws»}"\n`;
    expect(
      await hover({ 'a.batch.yaml': batch('{ type: integer, default: 5, description: How _many_. }') }),
    ).toBe('parameter `rows`: integer · default 5\n\nHow \\_many\\_.');
    expect(await hover({ 'a.batch.yaml': batch('{ enum: [1, 2] }') })).toBe(
      'parameter `rows`: number · needs a value · one of 1, 2',
    );
    expect(await hover({ 'a.batch.yaml': batch('true') })).toBe('parameter `rows`: boolean · default true');
  });

  it('an operation says what it is and who waits for it', async () => {
    const batch = `operations:
  - { name: first, type: command, program: x }
  - { type: pipeline, pipeline_id: dim_customer, depends_on: [«fir|st»] }
  - { type: pipeline, pipeline_id: dim_customer, depends_on: [first, dim_customer] }
`;
    expect(await hover({ 'a.batch.yaml': batch })).toBe(
      'operation `first`: command, line 2\n\n2 operations of this batch wait for it.',
    );
  });

  it('a project says where it is', async () => {
    const batch = { 'a.batch.yaml': 'projects: [{ project: «.|» }]' };
    expect(await hover(batch)).toBe('project `shop`: 1 pipeline\n\n`/w`');
  });
});

describe('hover over a check', () => {
  const outcome = pipelineOutcome('dim_customer', {
    status: 'failed',
    checks: [
      check({
        name: 'row_count',
        expected: { source: 100 },
        actual: { target: 98 },
        reason: 'rows are missing',
      }),
      check({ name: 'positive', check: 'rule', status: 'passed' }),
      check({ name: 'schema_columns', status: 'passed' }),
      check({ name: 'schema_types', status: 'error', reason: 'unknown column x' }),
    ],
  });
  const at = (name: string) => ({
    'pipelines/c.pipeline.yaml': files['pipelines/c.pipeline.yaml'].replace(
      `- ${name}`,
      `- «${name.slice(0, 2)}|${name.slice(2)}»`,
    ),
  });

  it('shows what it found in the last run', async () => {
    const options = { results: results([outcome]) };
    expect(await hover(at('row_count'), options)).toBe(
      `Last run, 5 min ago (${when}):\n- row_count failed: rows are missing; expected source 100, actual target 98`,
    );
    expect(await hover(at('rule'), options)).toBe(`Last run, 5 min ago (${when}):\n- positive passed`);
    expect(await hover(at('schema'), options)).toBe(
      `Last run, 5 min ago (${when}):\n- schema_columns passed\n- schema_types could not be done: unknown column x`,
    );
  });

  it('shows nothing without a run, or beside its name', async () => {
    expect(await hover(at('row_count'))).toBeNull();
    const beside = {
      'pipelines/c.pipeline.yaml': files['pipelines/c.pipeline.yaml'].replace('sql: a', 'sq|l: a'),
    };
    expect(await hover(beside, { results: results([outcome]) })).toBeNull();
  });
});

describe('text in Markdown', () => {
  it('is shown as it was written', () => {
    expect(escaped('a_b *x* [l](y) <i> `c` _d_\nnext')).toBe(
      'a_b \\*x\\* \\[l\\](y) \\<i\\> \\`c\\` \\_d\\_ next',
    );
    expect(code('a`b``c')).toBe('```a`b``c```');
    expect(code('`a')).toBe('`` `a ``');
    expect(code('plain')).toBe('`plain`');
  });
});
