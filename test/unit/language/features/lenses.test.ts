import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refreshLenses } from '../../../../daemon/server/language/features/lensClock.ts';
import { codeLenses } from '../../../../daemon/server/language/features/lenses.ts';
import { batchOutcome, check, jobId, minutesAgo, nowMs, pipelineOutcome, results } from './results.ts';
import { Workspace, type WorkspaceOptions } from './workspace.ts';

const pipeline = (id: string) =>
  `# 😀\npipeline_id: ${id}\nsource: { connection: old, table: c }\ntarget: { connection: old, table: d }\n`;
const files = {
  'ombudsman.yaml': 'name: shop\nconnections: { old: { type: duckdb, path: a } }\n',
  'pipelines/c.pipeline.yaml': pipeline('customers'),
  'a.batch.yaml': '# daily\n\njob_name: Daily\npipelines: [{ pipeline_id: customers }]\n',
};
const none = undefined as never;
const inBatch = '/w/a.batch.yaml';

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs });
});
afterEach(() => {
  vi.useRealTimers();
});

function lensesOf(workspace: Workspace, name: string) {
  return codeLenses(workspace.context, { textDocument: { uri: `file:///w/${name}` } }, none);
}

async function titles(name: string, sources: Record<string, string> = {}, options: WorkspaceOptions = {}) {
  const lenses = await lensesOf(new Workspace({ ...files, ...sources }, options), name);
  return lenses.map(({ command }) => command?.title);
}

describe('lenses of a batch file', () => {
  const last = { results: results([], [batchOutcome(inBatch, { status: 'partial_success', failed: 2 })]) };

  it('stand above its first key, and name commands with their arguments', async () => {
    const lenses = await lensesOf(new Workspace(files, last), 'a.batch.yaml');
    expect(lenses.map(({ command }) => command)).toEqual([
      { title: '$(play) Run', command: 'ombudsman.runBatchFile', arguments: [inBatch] },
      { title: 'Dry run', command: 'ombudsman.dryRunBatchFile', arguments: [inBatch] },
      { title: 'Last: 2 failed, 5 min ago', command: 'ombudsman.showJob', arguments: [jobId] },
    ]);
    const place = { line: 2, character: 0 };
    expect(lenses.map(({ range }) => range)).toEqual(Array(3).fill({ start: place, end: place }));
  });

  it('have no icons of VS Code elsewhere', async () => {
    expect(await titles('a.batch.yaml', {}, { ...last, client: { isVsCode: false } })).toEqual([
      '▶ Run',
      'Dry run',
      'Last: 2 failed, 5 min ago',
    ]);
  });

  it.each([
    [{ status: 'completed' }, 'Last: completed, 5 min ago'],
    [{ status: 'failed', failed: 12, finished_at: minutesAgo(0) }, 'Last: 12 failed, just now'],
    [{ status: 'failed', failed: 0, finished_at: minutesAgo(120) }, 'Last: failed, 2 h ago'],
    [{ status: 'cancelled', finished_at: minutesAgo(60 * 24) }, 'Last: cancelled, 1 day ago'],
    [
      { status: 'partial_success', failed: 1234, finished_at: minutesAgo(59) },
      'Last: 1,234 failed, 59 min ago',
    ],
    [{ status: 'running', finished_at: undefined }, 'Now: running, 7 min ago'],
    [{ status: 'completed', finished_at: '2025-12-01T12:00:00.000Z' }, 'Last: completed, 2025-12-01'],
  ] as const)('tell the last job: %j', async (given, expected) => {
    const told = { results: results([], [batchOutcome(inBatch, given), batchOutcome('/w/b.batch.yaml')]) };
    expect(await titles('a.batch.yaml', {}, told)).toContain(expected);
  });

  it('are the runs alone if it never ran', async () => {
    expect(await titles('a.batch.yaml')).toEqual(['$(play) Run', 'Dry run']);
  });

  it('do not offer to run a file with errors, and tell how many', async () => {
    const broken = { 'a.batch.yaml': `${files['a.batch.yaml']}tagz: []\nretrie: 1\nmax_parallel: x\n` };
    expect(await titles('a.batch.yaml', broken, last)).toEqual([
      '$(error) 3 errors',
      'Last: 2 failed, 5 min ago',
    ]);
    const one = { 'a.batch.yaml': 'pipelines: [{ pipeline_id: nowhere }]\n' };
    expect(await titles('a.batch.yaml', one, { client: { isVsCode: false } })).toEqual(['✗ 1 error']);
  });

  it('do not offer to run what the errors of other files stop', async () => {
    const pipelineError = { 'pipelines/c.pipeline.yaml': `${pipeline('customers')}tagz: []\n` };
    expect(await titles('a.batch.yaml', pipelineError)).toEqual(['$(error) errors in 1 pipeline file']);
    const other = { 'pipelines/z.pipeline.yaml': 'pipeline_id: z\n' };
    expect(await titles('a.batch.yaml', other)).toEqual(['$(play) Run', 'Dry run']);
    const projectError = { 'ombudsman.yaml': `${files['ombudsman.yaml']}tagz: []\n` };
    expect(await titles('a.batch.yaml', projectError)).toEqual(['$(error) errors in ombudsman.yaml']);
    const inOther = {
      'other/ombudsman.yaml': 'name: other\nconnections: { old: { type: duckdb, path: a } }\n',
      'other/pipelines/z.pipeline.yaml': 'pipeline_id: z\n',
      'a.batch.yaml': 'projects: [{ project: other, pipeline_ids: [z] }]\n',
    };
    expect(await titles('a.batch.yaml', inOther)).toEqual(['$(error) errors in 1 pipeline file']);
  });

  it('do not offer to run in Restricted Mode', async () => {
    expect(await titles('a.batch.yaml', {}, { ...last, settings: { isTrusted: false } })).toEqual([
      'Last: 2 failed, 5 min ago',
    ]);
  });

  it('are none if they are switched off, and none in ombudsman.yaml', async () => {
    expect(await titles('a.batch.yaml', {}, { ...last, settings: { codeLens: false } })).toEqual([]);
    expect(await titles('ombudsman.yaml')).toEqual([]);
  });
});

describe('lenses of a pipeline', () => {
  it('stand above its id', async () => {
    const told = { results: results([pipelineOutcome('customers', { finished_at: minutesAgo(120) })]) };
    const lenses = await lensesOf(new Workspace(files, told), 'pipelines/c.pipeline.yaml');
    expect(lenses.map(({ command }) => command)).toEqual([
      { title: '$(play) Run', command: 'ombudsman.runPipeline', arguments: ['/w/pipelines/c.pipeline.yaml'] },
      { title: 'Last: passed, 2 h ago', command: 'ombudsman.showJob', arguments: [jobId] },
    ]);
    expect(lenses[0]?.range.start).toEqual({ line: 1, character: 0 });
  });

  const passed = check({ name: 'row_hash', status: 'passed' });
  it.each([
    [{ checks: [passed, check({ name: 'x', status: 'warning' })] }, 'Last: passed, 1 warning, 5 min ago'],
    [{ status: 'failed', checks: [passed, check({ name: 'a' })] }, 'Last: 1 check failed, 5 min ago'],
    [
      {
        status: 'failed',
        checks: [
          check({ name: 'a' }),
          check({ name: 'b', status: 'error' }),
          check({ name: 'c', status: 'warning' }),
        ],
      },
      'Last: 2 checks failed, 5 min ago',
    ],
    [
      { status: 'failed', error: { kind: 'connection', message: 'm' } },
      'Last: failed (connection), 5 min ago',
    ],
    [{ status: 'failed', error: { kind: 'checks_failed', message: 'm' } }, 'Last: failed, 5 min ago'],
    [{ status: 'skipped' }, 'Last: skipped, 5 min ago'],
  ] as const)('tell the last run: %j', async (given, expected) => {
    const outcome = pipelineOutcome('customers', {
      ...given,
      checks: [...('checks' in given ? given.checks : [])],
    });
    expect(await titles('pipelines/c.pipeline.yaml', {}, { results: results([outcome]) })).toContain(
      expected,
    );
  });

  it('do not offer to run with errors, and are none in a file of no project', async () => {
    const broken = { 'pipelines/c.pipeline.yaml': `${pipeline('customers')}tagz: []\n` };
    expect(await titles('pipelines/c.pipeline.yaml', broken)).toEqual(['$(error) 1 error']);
    expect(await titles('elsewhere/x.pipeline.yaml', { 'elsewhere/x.pipeline.yaml': pipeline('x') })).toEqual(
      [],
    );
  });
});

describe('times in lenses', () => {
  const young = { results: results([], [batchOutcome(inBatch)]) };

  it('are asked for again every minute while one is younger than an hour and shown', async () => {
    const workspace = new Workspace(files, young);
    const end = refreshLenses(workspace.context);
    await lensesOf(workspace, 'a.batch.yaml');
    await vi.advanceTimersByTimeAsync(59_999);
    expect(workspace.refreshes.lenses).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(workspace.refreshes.lenses).toBe(1);
    await lensesOf(workspace, 'a.batch.yaml');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workspace.refreshes.lenses).toBe(2);
    // Nobody asked any more: the file was closed.
    await vi.advanceTimersByTimeAsync(600_000);
    expect(workspace.refreshes.lenses).toBe(2);
    end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('older than an hour are left alone, whichever lens comes last', async () => {
    const old = results([], [batchOutcome(inBatch, { finished_at: minutesAgo(61) })]);
    const workspace = new Workspace(files, { results: old });
    refreshLenses(workspace.context);
    await lensesOf(workspace, 'a.batch.yaml');
    expect(vi.getTimerCount()).toBe(0);
    const both = results([pipelineOutcome('customers')], old.batch_files);
    const mixed = new Workspace(files, { results: both });
    refreshLenses(mixed.context);
    await lensesOf(mixed, 'pipelines/c.pipeline.yaml');
    await lensesOf(mixed, 'a.batch.yaml');
    expect(vi.getTimerCount()).toBe(1);
  });

  it('are asked for again when results or settings change, until the end', () => {
    const workspace = new Workspace(files, young);
    const end = refreshLenses(workspace.context);
    workspace.change({ results: results([]) });
    expect(workspace.refreshes.lenses).toBe(1);
    end();
    workspace.change({ settings: { codeLens: false } });
    expect(workspace.refreshes.lenses).toBe(1);
    expect(workspace.listenerCount).toBe(0);
  });
});
