import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import type { WorkspaceContents, WorkspacePipeline } from '../../../../daemon/protocol/language.ts';
import type { ProjectResults } from '../../../../extension/platform/services.ts';
import { batchLabels } from '../../../../extension/views/batchFileItem.ts';
import { CatalogModel } from '../../../../extension/views/catalogModel.ts';
import { ConnectionStatus } from '../../../../extension/views/connectionStatus.ts';
import type { FilesTreeNode } from '../../../../extension/views/nodes.ts';
import { WorkspaceModel } from '../../../../extension/views/workspaceModel.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';
import { FakeCatalogs } from './fakeCatalogs.ts';

const nowMs = Date.parse('2026-01-31T12:05:00.000Z');
const finished_at = '2026-01-31T12:00:00.000Z';
const at = (line: number) => ({ start: { line, character: 2 }, end: { line, character: 9 } });

function pipeline(id: string, changes: Partial<WorkspacePipeline> = {}): WorkspacePipeline {
  return {
    pipeline_id: id,
    file: `/w/retail/${id}.pipeline.yaml`,
    range: at(0),
    source: { connection: 'legacy', relation: 'dim_customer' },
    target: { connection: 'warehouse', relation: 'dim_customer' },
    checks: [
      { name: 'row_count', check: 'row_count', range: at(7) },
      { name: 'no gaps', check: 'rule', range: null },
    ],
    has_errors: false,
    ...changes,
  };
}

const retail = {
  project_id: 'retail',
  dir: '/w/retail',
  file: '/w/retail/ombudsman.yaml',
  has_errors: false,
  pipelines: [pipeline('b'), pipeline('a')],
  connections: [
    { name: 'legacy', type: 'postgres', range: at(3) },
    { name: 'old', type: 'files', range: at(4) },
  ],
  references: [],
};
const finance = { ...retail, project_id: 'finance', dir: '/w/finance', file: '/w/finance/ombudsman.yaml' };

type Batch = WorkspaceContents['batch_files'][number];
function batch(file: string, project_dir: string | null, changes: Partial<Batch> = {}): Batch {
  return {
    file,
    project_dir,
    job_name: 'Daily',
    job_type: 'bulk_pipeline_execution',
    operations: 3,
    parameters: [],
    has_errors: false,
    ...changes,
  };
}

type Outcome = ProjectResults['pipelines'][number];
function outcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    pipeline_id: 'a',
    job_id: fakeJobId(1),
    operation_id: 'op-0001',
    status: 'completed',
    finished_at,
    duration_ms: 5,
    checks: ['row_count', 'no gaps'].map((name) => ({
      check: name,
      name,
      status: 'passed' as const,
      severity: 'fail' as const,
      expected: 1,
      actual: 1,
    })),
    ...changes,
  };
}

function modelOf(contents: Partial<WorkspaceContents>, outcomes: Outcome[] = [], jobs: Job[] = []) {
  const connectionStatus = new ConnectionStatus();
  const results = new Map<string, ProjectResults>();
  results.set('/w/retail', { project_id: 'retail', path: '/w/retail', pipelines: outcomes, batch_files: [] });
  const model = new WorkspaceModel({
    workspace: { contents: { projects: [retail], batch_files: [], ...contents } },
    results: { get: (dir) => results.get(dir) },
    jobs: { jobs: new Map(jobs.map((job) => [job.job_id, job])) },
    connectionStatus,
    catalogs: new CatalogModel(new FakeCatalogs().store, () => nowMs),
    nowMs: () => nowMs,
  });
  return { model, connectionStatus, results };
}

const pipelineNode = { kind: 'pipeline', projectDir: '/w/retail', pipelineId: 'a' } as const;

describe('projects', () => {
  it('are no level of their own while there is one', () => {
    const { model } = modelOf({ batch_files: [batch('/w/retail/x.batch.yaml', '/w/retail')] });
    expect(model.pipelines().map((node) => (node.kind === 'pipeline' ? node.pipelineId : node))).toEqual([
      'a',
      'b',
    ]);
    expect(model.batchFiles()).toEqual([{ kind: 'batchFile', file: '/w/retail/x.batch.yaml' }]);
    expect(model.connections()).toHaveLength(2);
    expect(model.parent(pipelineNode)).toBeUndefined();
  });

  it('group what is theirs when there are several', () => {
    const { model } = modelOf({
      projects: [finance, retail],
      batch_files: [
        batch('/w/retail/x.batch.yaml', '/w/retail'),
        batch('/w/alone.batch.yaml', null),
        batch('/w/elsewhere/y.batch.yaml', '/w/elsewhere'),
      ],
    });
    const projects: FilesTreeNode[] = ['/w/finance', '/w/retail'].map((dir) => ({ kind: 'project', dir }));
    expect(model.pipelines()).toEqual(projects);
    expect(model.connections()).toEqual(projects);
    // A project without batch files would be an empty line.
    expect(model.batchFiles()).toEqual([
      { kind: 'project', dir: '/w/retail' },
      { kind: 'batchFile', file: '/w/alone.batch.yaml' },
      { kind: 'batchFile', file: '/w/elsewhere/y.batch.yaml' },
    ]);
    expect(model.batchFiles({ kind: 'project', dir: '/w/retail' })).toHaveLength(1);
    expect(model.pipelines({ kind: 'project', dir: '/w/finance' })[0]).toEqual({
      kind: 'pipeline',
      projectDir: '/w/finance',
      pipelineId: 'a',
    });
    expect(model.parent(pipelineNode)).toEqual({ kind: 'project', dir: '/w/retail' });
    expect(model.parent({ kind: 'batchFile', file: '/w/alone.batch.yaml' })).toBeUndefined();
    expect(model.item({ kind: 'project', dir: '/w/retail' })).toMatchObject({
      label: 'retail',
      contextValue: 'project',
      children: 'expanded',
      accessibilityLabel: 'Project retail',
    });
  });

  it('say that their file has mistakes', () => {
    const { model } = modelOf({ projects: [{ ...retail, has_errors: true }, finance] });
    expect(model.item({ kind: 'project', dir: '/w/retail' }).description).toBe('has mistakes');
    expect(model.tooltip({ kind: 'project', dir: '/w/retail' })).toContain('has mistakes');
  });
});

describe('the line of a batch file', () => {
  const file = '/w/retail/daily.batch.yaml';
  const node = { kind: 'batchFile', file } as const;

  it('opens the file, says its type and can be run', () => {
    const { model } = modelOf({ batch_files: [batch(file, '/w/retail')] });
    expect(model.item(node)).toMatchObject({
      label: 'daily',
      description: 'pipelines',
      contextValue: 'batchFile runnable',
      open: { file },
      accessibilityLabel: 'Batch file daily, pipelines',
    });
  });

  it('tells of its last job: the later of what the daemon remembers and what is seen here', () => {
    const job = (number: number, status: Job['status'], failed = 0) => {
      const made = fakeJob(fakeJobId(number), status, { definition_file: file, finished_at });
      return { ...made, progress: { ...made.progress, total: 3, completed: 3 - failed, failed } };
    };
    const { model, results } = modelOf(
      { batch_files: [batch(file, '/w/retail')] },
      [],
      [job(5, 'failed', 1)],
    );
    expect(model.item(node)).toMatchObject({
      description: 'pipelines · 1 of 3 failed, 5 min ago',
      icon: { id: 'error' },
      contextValue: 'batchFile runnable hasLastJob',
    });
    const remembered = { file, status: 'completed', created_at: finished_at, finished_at } as const;
    const counts = { total: 3, completed: 3, failed: 0 };
    results.get('/w/retail')!.batch_files.push({ ...remembered, ...counts, job_id: fakeJobId(4) });
    expect(model.item(node).icon?.id).toBe('error');
    results.get('/w/retail')!.batch_files[0]!.job_id = fakeJobId(6);
    expect(model.item(node).description).toBe('pipelines · 3 completed, 5 min ago');
    const running = modelOf({ batch_files: [batch(file, '/w/retail')] }, [], [job(5, 'running')]);
    expect(running.model.item(node).description).toBe('pipelines · running');
    expect(running.model.lastRuns()).not.toBe(modelOf({ batch_files: [batch(file, null)] }).model.lastRuns());
  });

  it('cannot be run while it has mistakes', () => {
    const { model } = modelOf({ batch_files: [batch(file, '/w/retail', { has_errors: true })] });
    expect(model.item(node)).toMatchObject({
      description: 'has mistakes',
      icon: { id: 'error', color: 'problemsErrorIcon.foreground' },
      contextValue: 'batchFile',
    });
    expect(model.tooltip(node)).toContain('nothing of it runs');
  });

  it('names its parameters in the hover', () => {
    const parameters = [
      { name: 'rows', type: 'integer', is_required: true },
      { name: 'seed', type: 'integer', is_required: false },
    ];
    const { model } = modelOf({ batch_files: [batch(file, '/w/retail', { parameters })] });
    expect(model.tooltip(node)).toContain('Parameters: rows (integer, required), seed (integer)');
    expect(model.tooltip(node)).toContain('3 operations');
  });

  it('has a name that tells it from the others, and no longer one', () => {
    const labels = batchLabels([
      batch('/w/retail/daily.batch.yaml', '/w/retail'),
      batch('/w/retail/daily.batch.json', '/w/retail'),
      batch('/w/retail/nightly/daily.batch.yaml', '/w/retail'),
      batch('/w/finance/daily.batch.yaml', '/w/finance'),
      batch('/w/a/solo.batch.yml', null),
      batch('/w/b/solo.batch.yml', null),
    ]);
    expect(Object.fromEntries(labels)).toEqual({
      '/w/retail/daily.batch.yaml': 'daily.batch.yaml',
      '/w/retail/daily.batch.json': 'daily.batch.json',
      '/w/retail/nightly/daily.batch.yaml': 'nightly/daily',
      '/w/finance/daily.batch.yaml': 'daily',
      '/w/a/solo.batch.yml': '/w/a/solo.batch.yml',
      '/w/b/solo.batch.yml': '/w/b/solo.batch.yml',
    });
  });
});

describe('the line of a pipeline', () => {
  it('shows its sides, and that it never ran', () => {
    expect(modelOf({}).model.item(pipelineNode)).toMatchObject({
      label: 'a',
      description: 'legacy.dim_customer → warehouse.dim_customer',
      contextValue: 'pipeline runnable',
      children: 'collapsed',
      open: { file: '/w/retail/a.pipeline.yaml', range: at(0) },
      accessibilityLabel: 'Pipeline a, never run, legacy.dim_customer → warehouse.dim_customer',
    });
  });

  it('shows what its last run found', () => {
    const passed = modelOf({}, [outcome()]).model;
    expect(passed.item(pipelineNode).icon?.id).toBe('pass');
    expect(passed.item(pipelineNode).accessibilityLabel).toContain('2 checks passed, 5 min ago');
    const warnedChecks = outcome().checks.map((check) => ({ ...check, status: 'warning' as const }));
    const warned = modelOf({}, [outcome({ checks: warnedChecks })]).model;
    expect(warned.item(pipelineNode).icon?.id).toBe('warning');
    const [first, ...others] = outcome().checks;
    const failing = { ...first!, check: 'row_hash', status: 'failed' as const, failing_rows: 4 };
    const error = { kind: 'checks_failed', message: 'x' };
    const failed = modelOf({}, [outcome({ status: 'failed', error, checks: [failing, ...others] })]).model;
    expect(failed.item(pipelineNode)).toMatchObject({
      icon: { id: 'error' },
      contextValue: 'pipeline runnable hasLastResult hasDifferences',
    });
    expect(failed.tooltip(pipelineNode)).toContain('1 of 2 checks failed');
    const unreachable = { kind: 'connection', message: 'no answer', hint: 'start it' };
    const errored = modelOf({}, [outcome({ status: 'failed', error: unreachable, checks: [] })]).model;
    expect(errored.item(pipelineNode).accessibilityLabel).toContain('connection: no answer');
    expect(errored.item(pipelineNode).contextValue).toBe('pipeline runnable hasLastResult');
    expect(errored.tooltip(pipelineNode)).toContain('start it');
  });

  it('does not run while it has mistakes, whatever it was', () => {
    const broken = { ...retail, pipelines: [pipeline('a', { has_errors: true, source: null })] };
    expect(modelOf({ projects: [broken] }, [outcome()]).model.item(pipelineNode)).toMatchObject({
      description: '? → warehouse.dim_customer · has mistakes',
      icon: { color: 'problemsErrorIcon.foreground' },
      contextValue: 'pipeline hasLastResult',
    });
  });

  it('has its checks below, each with what it found and where it stands', () => {
    const [rowCount, rule] = outcome().checks;
    const checks = [
      { ...rowCount!, status: 'failed' as const, expected: 10, actual: 12, failing_rows: 2 },
      { ...rule!, status: 'skipped' as const, expected: null, actual: null, reason: 'nothing to check' },
    ];
    const { model } = modelOf({}, [outcome({ status: 'failed', checks })]);
    const [first, second] = model.pipelines(pipelineNode);
    expect(model.item(first!)).toMatchObject({
      label: 'row_count',
      description: 'expected 10, got 12',
      icon: { id: 'error' },
      open: { range: at(7) },
      accessibilityLabel: 'Check row_count, failed, expected 10, got 12',
    });
    // Of the starter set: it stands nowhere in the file.
    expect(model.item(second!)).toMatchObject({
      description: 'rule · skipped · nothing to check',
      open: { range: at(0) },
    });
    expect(model.tooltip(second!)).toContain('nothing to check');
    expect(modelOf({}).model.item(first!).accessibilityLabel).toBe('Check row_count, never run');
    expect(model.parent(first!)).toEqual(pipelineNode);
  });

  it('counts the rows of a comparison instead of quoting its totals', () => {
    const [rowHash] = outcome().checks;
    const failing = { ...rowHash!, status: 'failed' as const, expected: { rows: 9 }, actual: { rows: 9 } };
    const { model } = modelOf({}, [outcome({ checks: [{ ...failing, failing_rows: 55 }] })]);
    expect(model.item(model.pipelines(pipelineNode)[0]!).description).toBe('55 rows');
  });
});

describe('the line of a connection', () => {
  const node = { kind: 'connection', projectDir: '/w/retail', name: 'legacy' } as const;

  it('opens its place in ombudsman.yaml and tells nothing that nobody checked', () => {
    const { model } = modelOf({});
    expect(model.item(node)).toMatchObject({
      label: 'legacy',
      description: 'postgres',
      icon: { id: 'server' },
      contextValue: 'connection',
      open: { file: '/w/retail/ombudsman.yaml', range: at(3) },
    });
    expect(model.tooltip(node)).toContain('Not checked');
  });

  it('tells what a check found, in words', () => {
    const { model, connectionStatus } = modelOf({});
    const told: string[] = [];
    const listening = connectionStatus.onDidChange((dir) => told.push(dir));
    const probe = { connection: 'legacy', type: 'postgres' };
    connectionStatus.set('/w/retail', [{ ...probe, ok: true, system: 'PostgreSQL', version: '16.2' }], nowMs);
    expect(model.item(node)).toMatchObject({
      description: 'postgres · reachable · PostgreSQL 16.2',
      icon: { id: 'server', color: 'testing.iconPassed' },
    });
    const error = { kind: 'connection', message: 'refused', hint: 'start it' };
    connectionStatus.set('/w/retail', [{ ...probe, ok: false, error }], nowMs);
    expect(model.item(node)).toMatchObject({
      description: 'postgres · not reachable · connection: refused',
      icon: { id: 'error' },
      accessibilityLabel: 'Connection legacy, postgres, not reachable, connection: refused',
    });
    expect(model.tooltip(node)).toContain('start it');
    // A check of another connection leaves this one as it was found.
    connectionStatus.set('/w/retail', [{ connection: 'old', type: 'files', ok: true }]);
    expect(model.item(node).icon?.id).toBe('error');
    expect(told).toHaveLength(3);
    listening.dispose();
    connectionStatus.set('/w/retail', []);
    expect(told).toHaveLength(3);
  });
});

it('a line of something that is gone says so instead of failing', () => {
  const { model } = modelOf({ projects: [], batch_files: [] });
  const gone: FilesTreeNode[] = [
    pipelineNode,
    { kind: 'check', projectDir: '/x', pipelineId: 'a', name: 'b' },
    { kind: 'connection', projectDir: '/x', name: 'a' },
    { kind: 'batchFile', file: '/x' },
    { kind: 'schema', projectDir: '/x', connection: 'a', schema: 'b' },
    { kind: 'relation', projectDir: '/x', connection: 'a', schema: 'b', relation: 'c' },
    { kind: 'column', projectDir: '/x', connection: 'a', schema: 'b', relation: 'c', column: 'd' },
  ];
  for (const node of gone) expect(model.item(node).contextValue).toBe('gone');
  expect(new Set(gone.map((node) => model.item(node).id)).size).toBe(gone.length);
});
