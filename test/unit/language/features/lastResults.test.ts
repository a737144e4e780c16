import type { Diagnostic } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import { dateText } from '../../../../daemon/server/language/features/describe/results.ts';
import { lastResults } from '../../../../daemon/server/language/features/lastResults.ts';
import type { PipelineOutcome } from '../../../../daemon/protocol/answers.ts';
import { check, jobId, minutesAgo, pipelineOutcome, results } from './results.ts';
import { Workspace, type WorkspaceOptions } from './workspace.ts';

const head = 'source: { connection: old, table: c }\ntarget: { connection: old, table: d }\n';
const file = 'pipelines/c.pipeline.yaml';
const path = `/w/${file}`;
const when = dateText(minutesAgo(5));

async function told(
  pipeline: string,
  outcome: Partial<PipelineOutcome>,
  more: Record<string, string> = {},
  options: WorkspaceOptions = {},
): Promise<{ workspace: Workspace; found: ReadonlyMap<string, readonly Diagnostic[]>; places: string[] }> {
  const workspace = new Workspace(
    {
      'ombudsman.yaml': 'name: shop\nconnections: { old: { type: duckdb, path: a } }\n',
      [file]: pipeline,
      ...more,
    },
    { results: results([pipelineOutcome('c', { status: 'failed', ...outcome })]), ...options },
  );
  const found = await lastResults(workspace.context, await workspace.project());
  const uri = workspace.file(file).uri;
  return { workspace, found, places: (found.get(path) ?? []).map(({ range }) => workspace.show(uri, range)) };
}

describe('results of the last run', () => {
  const listed = `pipeline_id: c\n${head}checks:
  - «row_count» # 😀
  - row_hash
  - { «rule»: { name: "positive: amount", sql: a > 0 } }
  - column_stats:
      columns: [a]
  - «"column_stats"»: { columns: [a] }
  - schema
`;

  it('stand on the names of their checks', async () => {
    const { workspace, places } = await told(listed, {
      checks: [
        check({ name: 'row_count' }),
        check({ name: 'row_hash', status: 'passed' }),
        check({ name: 'positive: amount', check: 'rule' }),
        check({ name: 'column_stats(a) #2', check: 'column_stats' }),
      ],
    });
    expect(places.sort()).toEqual(workspace.marked.sort());
  });

  it('say what was expected, what was there, how many rows, why and when', async () => {
    const { found } = await told(listed, {
      checks: [
        check({
          name: 'row_count',
          expected: { rows: 100 },
          actual: { rows: 98 },
          failing_rows: 2,
          reason: 'two are gone',
        }),
      ],
    });
    expect(found.get(path)).toEqual([
      {
        range: { start: { line: 4, character: 4 }, end: { line: 4, character: 13 } },
        message: `Last run ${when}: row_count failed\ntwo are gone\nexpected rows 100, actual rows 98`,
        severity: 2,
        code: 'row_count',
        source: 'ombudsman last run',
        data: { job_id: jobId },
      },
    ]);
  });

  it('tell how many rows where nobody says why', async () => {
    const checks = [
      check({ name: 'row_count', failing_rows: 1234 }),
      check({ name: 'row_hash', failing_rows: 0 }),
    ];
    const messages = (await told(listed, { checks })).found.get(path)?.map(({ message }) => message);
    expect(messages).toEqual([
      `Last run ${when}: row_count failed\n1,234 rows`,
      `Last run ${when}: row_hash failed`,
    ]);
  });

  it.each([
    ['failed', 2, 'row_count failed'],
    ['error', 2, 'row_count could not be done'],
    ['skipped', 2, 'row_count was skipped'],
    ['warning', 3, 'row_count found something'],
  ] as const)('%s has its severity', async (status, severity, text) => {
    const { found } = await told(listed, { checks: [check({ name: 'row_count', status })] });
    expect(found.get(path)).toMatchObject([{ severity, message: `Last run ${when}: ${text}` }]);
  });

  it('warnings of a run that passed stay', async () => {
    const { found } = await told(listed, {
      status: 'completed',
      checks: [check({ name: 'row_count', status: 'warning' })],
    });
    expect(found.get(path)).toHaveLength(1);
  });

  it('go when a run passes', async () => {
    const { found } = await told(listed, {
      status: 'completed',
      checks: [check({ name: 'row_count', status: 'passed' })],
    });
    expect(found.size).toBe(0);
  });

  it('go with the line of the check, and with another check of the same name', async () => {
    const without = `pipeline_id: c\n${head}checks: [row_hash, { rule: { name: row_count, sql: a > 0 } }]\n`;
    expect((await told(without, { checks: [check({ name: 'row_count' })] })).found.size).toBe(0);
  });

  it('of the starter set stand on the pipeline_id', async () => {
    const { workspace, places } = await told(`${head}pipeline_id: «c»\n`, {
      checks: [check({ name: 'row_count' }), check({ name: 'rule(x)', check: 'rule' })],
    });
    expect(places).toEqual(workspace.marked);
  });

  it('of both checks of schema stand on its one line', async () => {
    const { workspace, places } = await told(`pipeline_id: c\n${head}checks: [«schema»]\n`, {
      checks: [check({ name: 'schema_columns' }), check({ name: 'schema_types' })],
    });
    expect(places).toEqual([...workspace.marked, ...workspace.marked]);
  });

  it('stay while the file has a mistake elsewhere', async () => {
    const { workspace, places } = await told(`pipeline_id: c\nsource: {}\nchecks: [«row_count», rulez]\n`, {
      checks: [check({ name: 'row_count' })],
    });
    expect(places).toEqual(workspace.marked);
  });

  it('tell on the pipeline_id why no check was done', async () => {
    const error = { kind: 'connection', message: 'no server at db:5432', hint: 'start it' };
    const { workspace, found, places } = await told(`pipeline_id: "«»c"\n${head}`.replace('"«»c"', '«"c"»'), {
      error,
    });
    expect(places).toEqual(workspace.marked);
    expect(found.get(path)).toMatchObject([
      {
        message: `Last run ${when}: no check was done: no server at db:5432\nstart it`,
        severity: 2,
        code: 'connection',
      },
    ]);
    const cancelled = await told(listed, { status: 'cancelled', error });
    expect(cancelled.found.size).toBe(0);
  });

  it('are not told for an id that two files have', async () => {
    const more = { 'pipelines/d.pipeline.yaml': `pipeline_id: c\n${head}` };
    expect((await told(listed, { checks: [check({ name: 'row_count' })] }, more)).found.size).toBe(0);
  });

  it('are not shown if they are not wanted', async () => {
    const hidden = { settings: { showResults: false } };
    expect((await told(listed, { checks: [check({ name: 'row_count' })] }, {}, hidden)).found.size).toBe(0);
  });

  it('long lists of expected values are cut', async () => {
    const expected = Array.from({ length: 500 }, (_, index) => `column_${index}`);
    const { found } = await told(listed, { checks: [check({ name: 'row_count', expected, actual: 'x' })] });
    expect((found.get(path)?.[0]?.message as string).length).toBeLessThan(300);
  });
});
