import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProcessAlive } from '../../daemon/platform/process.ts';
import type { Plan } from '../../daemon/protocol/answers.ts';
import { createWorkspace, type Workspace } from '../support/product.ts';
import { smallProject, type Found } from './fixtures.ts';

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace(smallProject);
});
afterAll(() => workspace.dispose());

interface ErrorDocument {
  readonly error: {
    kind: string;
    message: string;
    diagnostics?: { file: string; line: number; column: number }[];
  };
}
const escapeCode = new RegExp(String.fromCharCode(27));

describe('ombudsman run', () => {
  it('exits 0 for a completed job, with its evidence in one JSON document', async () => {
    const { code, document } = await workspace.json<Found>(['run', 'green.batch.yaml']);
    expect(code).toBe(0);
    expect(document.job).toMatchObject({ job_name: 'Green', status: 'completed', project_id: 'shop' });
    const [operation] = document.operations;
    expect(operation?.result).toMatchObject({
      type: 'pipeline',
      summary: { passed: 3, failed: 0 },
      evidence: { source: { rows_scanned: 3 }, target: { rows_scanned: 3 } },
    });
  });

  it('exits 1 for a partial success and for a failure', async () => {
    const mixed = await workspace.json<Found>(['run', 'mixed.batch.yaml']);
    expect([mixed.code, mixed.document.job.status]).toEqual([1, 'partial_success']);
    const red = await workspace.json<Found>(['run', 'red.batch.yaml']);
    expect([red.code, red.document.job.status]).toEqual([1, 'failed']);
    expect(red.document.operations[0]?.error?.kind).toBe('checks_failed');
  });

  it('shows a person what differs: check, key, column and both values, where it lies and what to try', async () => {
    const { code, stdout } = await workspace.cli(['run', 'mixed.batch.yaml']);
    expect(code).toBe(1);
    expect(stdout).not.toMatch(escapeCode);
    expect(stdout).toMatch(/\[2\/2\]/);
    expect(stdout).toMatch(/row_hash failed: 1 missing, 1 extra, 1 changed/);
    expect(stdout).toMatch(/id=1 +amount +10\.50? +10\.51/);
    expect(stdout).toMatch(/id=3 +\(whole row\) +not in target/);
    expect(stdout).toMatch(/id=4 +\(whole row\) +not in source/);
    const [, artifact] = /evidence (\S+\.parquet)/.exec(stdout) ?? [];
    expect(existsSync(artifact ?? '')).toBe(true);
    const [, retry] = /(jobs retry \w{26})/.exec(stdout) ?? [];
    expect(retry).toBeDefined();
  });

  it('prints an array for several files and exits with the worst of them', async () => {
    const { code, document } = await workspace.json<Found[]>(['run', 'green.batch.yaml', 'red.batch.yaml']);
    expect(code).toBe(1);
    expect(document.map(({ job }) => job.status)).toEqual(['completed', 'failed']);
  });

  it('exits 2 for a mistake in a file, with its place, and runs nothing of any file', async () => {
    workspace.write('broken.batch.yaml', 'job_name: Broken\npipelines:\n  - pipeline_id: smae\n');
    const before = await workspace.json<{ total: number }>(['jobs', 'list']);
    const { code, stdout, stderr } = await workspace.cli(['run', 'green.batch.yaml', 'broken.batch.yaml']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^broken\.batch\.yaml:3:18: error: .*smae/m);
    expect(stderr).toMatch(/\^\^\^\^/);
    expect(stderr.match(/did you mean .*same/g)).toHaveLength(1);
    expect(stderr).toMatch(/1 error; nothing was run/);
    const oneOff = await workspace.cli(['validate', 'smae']);
    expect([oneOff.code, oneOff.stderr]).toEqual([
      2,
      expect.stringMatching(/^error: .*smae.*\n {2}hint: .*same/),
    ]);
    const json = await workspace.json<ErrorDocument>(['run', 'broken.batch.yaml']);
    expect(json.code).toBe(2);
    expect(json.document.error).toMatchObject({
      kind: 'definition_invalid',
      diagnostics: [{ line: 3, column: 18 }],
    });
    const after = await workspace.json<{ total: number }>(['jobs', 'list']);
    expect(after.document.total).toBe(before.document.total);
  });

  it.each([
    [['run', 'nothing.batch.yaml']],
    [['run']],
    [['run', 'green.batch.yaml', '--format', 'xml']],
    [['run', 'green.batch.yaml', '--max-parallel', '65']],
    [['run', 'green.batch.yaml', '--param', 'novalue']],
    [['jobs', 'show', 'not-an-id']],
    [['jobs', 'show', '01JDQ3Z4N5K6M7P8Q9R0S1T2V3']],
    [['jobs', 'list', '--status', 'green']],
    [['frobnicate']],
  ])('exits 2 for %j and says why on stderr only', async (args) => {
    const { code, stdout, stderr } = await workspace.cli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error: /);
  });

  it.each([
    [['jobs', 'show', 'not-an-id'], /not-an-id.* "ombudsman jobs list" shows them/],
    [['jobs', 'list', '--since', 'yesterday'], /2026-01-31/],
    [['jobs', 'list', '--sort', 'age'], /age.*-created_at/],
    [['generate', '--schema-type', 'Retial', '--row-count', '1'], /Retial.*Retail, Finance/],
    [['run', 'data'], /data is a folder/],
    [['run', 'green.batch.yaml', '--detach', '--format', 'junit'], /neither --dry-run nor --detach/],
  ])('says for %j what to write instead', async (args, expected) => {
    const { code, stderr } = await workspace.cli(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
    expect(stderr).not.toMatch(/Invalid params|\w+\/\w+ takes/);
  });

  it('runs nothing with --dry-run', async () => {
    const before = await workspace.json<{ total: number }>(['jobs', 'list']);
    const { code, document } = await workspace.json<Plan>(['run', 'mixed.batch.yaml', '--dry-run']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ dry_run: true, total_operations: 2, project_id: 'shop' });
    const several = await workspace.json<Plan[]>(['run', 'mixed.batch.yaml', 'red.batch.yaml', '--dry-run']);
    expect(several.document.map((plan) => plan.total_operations)).toEqual([2, 1]);
    const after = await workspace.json<{ total: number }>(['jobs', 'list']);
    expect(after.document.total).toBe(before.document.total);
  });

  it('gives priority and limits of the call to the job', async () => {
    const args = ['run', 'mixed.batch.yaml', '--priority', '7', '--max-parallel', '2'];
    const { document } = await workspace.json<Found>(args);
    expect(document.job).toMatchObject({ priority: 7, max_parallel: 2 });
  });

  it('fills in parameters, and says which one is missing', async () => {
    workspace.write(
      'template.batch.yaml',
      'parameters: { which: { type: string } }\njob_name: "Run ${param:which}"\npipelines: [{ pipeline_id: "${param:which}" }]\n',
    );
    const good = await workspace.json<Found>(['run', 'template.batch.yaml', '--param', 'which=same']);
    expect([good.code, good.document.job.job_name]).toEqual([0, 'Run same']);
    const bad = await workspace.cli(['run', 'template.batch.yaml']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/which/);
  });

  it('writes JUnit that names the failing check', async () => {
    const { code, stdout } = await workspace.cli(['run', 'mixed.batch.yaml', '--format', 'junit']);
    expect(code).toBe(1);
    expect(stdout.trimStart()).toMatch(/^<\?xml/);
    expect(stdout).toMatch(/<testcase[^>]*row_hash[\s\S]*?<failure/);
  });
});

describe('a job that is left alone', () => {
  it('is detached, watched to its end, shown and exported', async () => {
    const detached = await workspace.json<Found>(['run', 'red.batch.yaml', '--detach']);
    expect(detached.code).toBe(0);
    const id = detached.document.job.job_id;
    const watched = await workspace.json<Found>(['jobs', 'watch', id]);
    expect([watched.code, watched.document.job.status]).toEqual([1, 'failed']);
    const shown = await workspace.json<Found>(['jobs', 'show', id]);
    expect(shown.document).toEqual(watched.document);
    const one = await workspace.cli(['jobs', 'show', id, '--operation', 'op-0001']);
    expect(one.stdout).toMatch(/row_count passed/);
    const page = await workspace.cli(['jobs', 'export', id, '--format', 'html', '--output', 'report.html']);
    expect([page.code, page.stdout]).toEqual([0, '']);
    expect(readFileSync(join(workspace.dir, 'report.html'), 'utf8')).toContain('Red');
    const log = await workspace.cli(['jobs', 'log', id]);
    expect(log.stdout).toMatch(/op-0001/);
  });

  it('runs only what failed when it is retried, and is completed once the data are mended', async () => {
    const { document } = await workspace.json<Found>(['run', 'mixed.batch.yaml']);
    const mended = readFileSync(join(workspace.dir, 'data/old/other.csv'), 'utf8');
    const broken = readFileSync(join(workspace.dir, 'data/new/other.csv'), 'utf8');
    workspace.write('data/new/other.csv', mended);
    try {
      const retried = await workspace.json<Found>(['jobs', 'retry', document.job.job_id, '--wait']);
      expect([retried.code, retried.document.job.status]).toEqual([0, 'completed']);
      expect(retried.document.operations.map((operation) => operation.attempts.length)).toEqual([1, 2]);
    } finally {
      workspace.write('data/new/other.csv', broken);
    }
    const rerun = await workspace.json<Found>(['jobs', 'rerun', document.job.job_id, '--wait']);
    expect([rerun.code, rerun.document.job.rerun_of]).toEqual([1, document.job.job_id]);
    const deleted = await workspace.cli(['jobs', 'delete', document.job.job_id]);
    expect(deleted.code).toBe(0);
    expect((await workspace.cli(['jobs', 'show', document.job.job_id])).code).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'is cancelled by %s to the run that shows it: exit code 3',
    async (signal) => {
      const running = workspace.start(['run', 'sleep.batch.yaml']);
      await running.waitFor(/Job \w{26}/);
      running.child.kill(signal);
      const { code, stdout } = await running.result;
      expect(code).toBe(3);
      const [, id] = /Job (\w{26})/.exec(stdout) ?? [];
      const { document } = await workspace.json<Found>(['jobs', 'show', id ?? '']);
      expect(document.job.status).toBe('cancelled');
      expect(document.operations.every(({ status }) => ['cancelled', 'skipped'].includes(status))).toBe(true);
    },
  );

  it('goes on when only its watching is interrupted', async () => {
    const { document } = await workspace.json<Found>(['run', 'sleep.batch.yaml', '--detach']);
    const id = document.job.job_id;
    const watching = workspace.start(['jobs', 'watch', id]);
    // The daemon counts its clients: once the watcher is among them it listens to signals as well.
    await watching.waitFor(/watching/i);
    watching.child.kill('SIGINT');
    expect((await watching.result).code).toBe(3);
    expect((await workspace.json<Found>(['jobs', 'show', id])).document.job.status).toBe('running');
    const cancelled = await workspace.json<Found>(['jobs', 'cancel', id, '--wait']);
    expect([cancelled.code, cancelled.document.job.status]).toEqual([3, 'cancelled']);
  });

  it('is paused and resumed', async () => {
    const { document } = await workspace.json<Found>(['run', 'sleep.batch.yaml', '--detach']);
    const id = document.job.job_id;
    const paused = await workspace.json<{ status: string }>(['jobs', 'pause', id]);
    expect([paused.code, paused.document.status]).toEqual([0, 'paused']);
    const resumed = await workspace.json<{ status: string }>(['jobs', 'resume', id]);
    expect(resumed.document.status).toBe('running');
    expect((await workspace.cli(['jobs', 'cancel', id, '--wait'])).code).toBe(3);
  });
});

describe('lists', () => {
  it('are the answer of the API', async () => {
    const { document } = await workspace.json<{ jobs: { status: string }[]; total: number }>([
      'jobs',
      'list',
      '--status',
      'failed',
      '--limit',
      '1',
    ]);
    const { body } = await workspace.rest('GET', '/batch/jobs?status=failed&limit=1');
    expect(document).toEqual(body);
    expect(document.jobs).toHaveLength(1);
    expect(document.jobs[0]?.status).toBe('failed');
  });

  it('survive a reader that goes away', async () => {
    const running = workspace.start(['jobs', 'list', '--format', 'json']);
    running.child.stdout?.destroy();
    const { code, stderr } = await running.result;
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('one-off operations', () => {
  it('validate pipelines by id, and all of a project', async () => {
    const one = await workspace.json<Found>(['validate', 'same', '--job-name', 'By hand']);
    expect([one.code, one.document.job.job_name]).toEqual([0, 'By hand']);
    const all = await workspace.json<Found>(['validate', '--all']);
    expect(all.code).toBe(1);
    expect(all.document.operations[0]?.result).toMatchObject({
      type: 'project_validation',
      summary: { total: 2, completed: 1, failed: 1 },
    });
    expect((await workspace.cli(['validate'])).code).toBe(2);
    expect((await workspace.cli(['validate', 'same', '--all'])).code).toBe(2);
  });

  it('compare two tables without a pipeline file', async () => {
    const sides = ['--source-connection', 'old', '--source-table', 'other.csv', '--target-connection', 'new'];
    const red = await workspace.json<Found>(['validate', ...sides, '--keys', 'id', '--checks', 'row_hash']);
    expect(red.code).toBe(1);
    expect(red.document.operations[0]?.result).toMatchObject({
      checks: [{ check: 'row_hash', differences: { missing: 1, extra: 1, value: 1 } }],
    });
    const green = await workspace.json<Found>(['validate', ...sides.with(3, 'same.csv')]);
    expect([green.code, green.document.job.status]).toEqual([0, 'completed']);
    const wrong = await workspace.cli(['validate', ...sides, '--checks', 'row_hsh']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/row_hash/)]);
  });

  it('generate exactly the rows that were asked for, and extract the catalog of what was written', async () => {
    const generated = await workspace.json<Found>([
      'generate',
      ...['--schema-type', 'Retail', '--row-count', '1234', '--connection', 'store', '--seed', '7'],
    ]);
    expect(generated.code).toBe(0);
    expect(generated.document.operations[0]?.result).toMatchObject({
      tables: expect.arrayContaining([{ table: 'fact_sales', rows: 1234 }]) as unknown,
    });
    const extracted = await workspace.json<Found>([
      'extract',
      '--connection',
      'store',
      '--row-counts',
      'exact',
    ]);
    expect(extracted.code).toBe(0);
    const artifact = extracted.document.operations[0]?.artifacts.find(({ kind }) => kind === 'catalog');
    expect(readFileSync(artifact?.path ?? '', 'utf8')).toContain('fact_sales');
  });

  it('need a project and name the option that says where it is', async () => {
    const { code, stderr } = await workspace.cli(['validate', 'same', '-C', '..']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/No ombudsman\.yaml in /);
  });
});

describe('init, doctor and the daemon', () => {
  it('init makes a project that generates and validates, and overwrites nothing', async () => {
    const made = await workspace.cli(['init', 'fresh']);
    expect(made.code).toBe(0);
    workspace.write('fresh/.gitignore', 'mine\n');
    const again = await workspace.cli(['init', 'fresh']);
    expect(again.stdout).not.toMatch(/created/);
    expect(readFileSync(join(workspace.dir, 'fresh/.gitignore'), 'utf8')).toBe('mine\n');
    const run = await workspace.cli(['run', 'fresh/generate.batch.yaml', 'fresh/validate.batch.yaml']);
    expect(run.stdout).toMatch(/Daily validation completed/);
    expect(run.code).toBe(0);
  });

  it('doctor exits 0 when all is well and 1 with what to mend when a connection is broken', async () => {
    workspace.write(
      'sick/ombudsman.yaml',
      'name: sick\nconnections:\n  gone: { type: sqlite, path: no/such.sqlite }\n',
    );
    const well = await workspace.json<{ ok: boolean; findings: { what: string }[] }>(['doctor']);
    expect(well.document.findings.map(({ what }) => what)).toContain('connection old');
    expect([well.code, well.document.ok]).toEqual([0, true]);
    const sick = await workspace.cli(['doctor', '-C', 'sick']);
    expect(sick.code).toBe(1);
    expect(sick.stdout).toMatch(/✖ connection gone: .*\n +mend: \S/);
  });

  it('status exits 4 when no daemon runs; stop waits until it is gone; start brings it back', async () => {
    const running = await workspace.json<{ pid: number }>(['daemon', 'status']);
    expect(running.document.pid).toBe(workspace.registration().pid);
    expect((await workspace.cli(['daemon', 'stop'])).code).toBe(0);
    expect(isProcessAlive(running.document.pid)).toBe(false);
    const stopped = await workspace.json<ErrorDocument>(['daemon', 'status']);
    expect([stopped.code, stopped.document.error.kind]).toEqual([4, 'unreachable']);
    expect((await workspace.cli(['daemon', 'stop'])).code).toBe(0);
    const started = await workspace.json<{ pid: number }>(['daemon', 'start']);
    expect(started.document.pid).not.toBe(running.document.pid);
    const logs = await workspace.cli(['daemon', 'logs', '-n', '5']);
    expect(
      logs.stdout
        .trim()
        .split('\n')
        .map((line) => typeof JSON.parse(line)),
    ).toContain('object');
  });

  it('exits 4 when the data directory cannot be used', async () => {
    const file = workspace.write('a-file', '');
    const { code, stderr } = await workspace.cli(['jobs', 'list', '--data-dir', file]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/error: .*a-file/);
  });
});
