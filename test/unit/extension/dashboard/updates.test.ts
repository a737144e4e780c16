import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dashboardHtml } from '../../../../extension/dashboard/html.ts';
import { changesOf, daemonStatusOf, snapshotOf } from '../../../../extension/dashboard/updates.ts';
import { toHostSchema, toPageSchema } from '../../../../webview/protocol/messages.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../../support/fakeJobService.ts';

const [a, b] = [fakeJobId(1), fakeJobId(2)];
const jobs = new Map([
  [a, fakeJob(a)],
  [b, fakeJob(b)],
]);
const change = {
  isReset: false,
  changedJobs: new Set([a]),
  removedJobs: new Set([fakeJobId(3)]),
  changedOperations: new Map([
    [a, new Set(['op-0001'])],
    [b, new Set(['op-0002'])],
  ]),
  endedJobs: new Set<string>(),
  deletedJobs: new Set([fakeJobId(3)]),
};
const store = { jobs, operation: (_job: string, id: string) => fakeOperation(Number(id.slice(-1)) - 1) };

describe('what a page is told', () => {
  it('operations only of the job it shows', () => {
    const ids = (watched: string | null) =>
      changesOf(store, change, watched).operations.map(({ operation_id }) => operation_id);
    expect(ids(b)).toEqual(['op-0002']);
    expect(ids(null)).toEqual([]);
  });

  it('changed and removed jobs', () => {
    const told = changesOf(store, change, null);
    expect(told.jobs.map(({ job_id }) => job_id)).toEqual([a]);
    expect(told.removed_jobs).toEqual([fakeJobId(3)]);
    expect(toPageSchema.safeParse(told).success).toBe(true);
  });

  it('all that is known, at the beginning', () => {
    const results = { project_id: 'p', path: '/p', pipelines: [], batch_files: [] };
    const told = snapshotOf({
      session: { state: { name: 'ready' } },
      jobs: { jobs, isLoaded: true },
      workspace: { contents: { projects: [{ dir: '/p' }, { dir: '/q' }], batch_files: [] } },
      results: { get: (dir: string) => (dir === '/p' ? results : undefined) },
    } as never);
    expect(told).toMatchObject({ is_loaded: true, daemon: { name: 'ready', message: null } });
    expect(told.jobs).toHaveLength(2);
    expect(told.results).toEqual([results]);
    expect(toPageSchema.safeParse(told).success).toBe(true);
  });

  it('why there is no daemon', () => {
    expect(daemonStatusOf({ name: 'failed', message: 'No Node.' } as never).message).toBe('No Node.');
  });
});

describe('what a page may ask', () => {
  it.each([
    [{ type: 'call', id: 1, method: 'jobs/delete', params: {} }],
    [{ type: 'call', id: 1, method: 'daemon/shutdown', params: {} }],
    [{ type: 'command', id: 1, command: 'workbench.action.terminal.new', args: [] }],
    [{ type: 'openArtifact', job_id: 'a', operation_id: 'b', artifact_id: 'c', path: '/etc/passwd' }],
    [{ type: 'anything' }],
  ])('is not %j', (message) => {
    expect(toHostSchema.safeParse(message).success).toBe(false);
  });
});

describe('the page', () => {
  const html = dashboardHtml({
    cspSource: 'https://own',
    scriptUri: 'x/webview.js',
    styleUri: 'x/webview.css',
  });

  it('allows its own two files and nothing else', () => {
    const policy = /content="(default-src[^"]+)"/.exec(html)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('script-src https://own;');
    const nothing = createHash('sha256').update('').digest('base64');
    expect(policy).toContain(`style-src https://own 'sha256-${nothing}';`);
    expect(policy).not.toMatch(/unsafe|\*|connect-src/);
  });

  it('has no script or style in it', () => {
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)| on[a-z]+=/);
  });
});
