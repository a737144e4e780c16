import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobsTreeNode } from '../../../../extension/views/nodes.ts';
import { JobsTree } from '../../../../extension/views/jobsTree.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';
import { FakeJobsDaemon } from './fakeJobsDaemon.ts';

const nowMs = Date.parse('2026-01-31T13:00:00.000Z');
const [a, b, c] = [fakeJobId(1), fakeJobId(2), fakeJobId(3)];

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A tree as VS Code drives it: every line that is to be drawn is asked for. */
function treeOf(daemon: FakeJobsDaemon) {
  const draws: (readonly JobsTreeNode[] | undefined)[] = [];
  let minutes = 0;
  const tree: JobsTree = new JobsTree(
    {
      store: daemon.store,
      call: daemon.call,
      isConnected: () => daemon.isConnected,
      isOwn: () => true,
      ownProjectIds: () => [],
      nowMs: () => nowMs + minutes * 60_000,
      draw: (nodes) => {
        draws.push(nodes);
        for (const node of nodes ?? tree.roots()) void look(node);
      },
    },
    {},
  );
  /** An expanded job is drawn with its lines. */
  const look = async (node: JobsTreeNode): Promise<void> => {
    tree.item(node);
    if (node.kind === 'job' && tree.isExpanded(node.jobId)) {
      for (const line of await tree.operationsOf(node.jobId)) tree.item(line);
    }
  };
  daemon.store.onDidChange((change) => tree.apply(change));
  const idsOf = (nodes: readonly JobsTreeNode[] | undefined) =>
    nodes?.map((node) =>
      node.kind === 'operation' ? node.operationId : 'jobId' in node ? node.jobId : node.kind,
    );
  return {
    tree,
    draws,
    later: (by: number) => (minutes += by),
    roots: () => idsOf(tree.roots()),
    drawn: () => draws.splice(0).map(idsOf),
  };
}

async function twoRunning() {
  const daemon = new FakeJobsDaemon();
  daemon.make(a, 4);
  daemon.make(b, 300);
  daemon.tell(a);
  daemon.tell(b);
  const made = treeOf(daemon);
  daemon.flush();
  await vi.advanceTimersByTimeAsync(2_000);
  await made.tree.reload();
  expect(made.roots()).toEqual([b, a]);
  made.drawn();
  await vi.advanceTimersByTimeAsync(2_000);
  return { daemon, ...made };
}

describe('the Jobs view', () => {
  it('draws the line of a job that says something else, and nothing for what does not show', async () => {
    const { daemon, drawn } = await twoRunning();
    const { progress } = daemon.jobs.get(a)!;
    daemon.job(a, { progress: { ...progress, rows_processed: 900, elapsed_ms: 900 } });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(drawn()).toEqual([]);
    daemon.job(a, { progress: { ...progress, completed: 1 } });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(drawn()).toEqual([[a]]);
  });

  it('draws at most once a second, with all that came meanwhile', async () => {
    const { daemon, drawn } = await twoRunning();
    const { progress } = daemon.jobs.get(a)!;
    for (let frame = 1; frame <= 30; frame += 1) {
      daemon.job(a, { progress: { ...progress, completed: frame } });
      if (frame === 15) daemon.job(b, { progress: { ...progress, completed: frame } });
      daemon.flush();
      await vi.advanceTimersByTimeAsync(100);
    }
    const draws = drawn();
    expect(draws.length).toBeGreaterThanOrEqual(3);
    expect(draws.length).toBeLessThanOrEqual(4);
    expect(draws.flat()).not.toContain(undefined);
    expect(draws.flat()).toContain(b);
  });

  it('draws the list only when its order is another one', async () => {
    const { daemon, drawn, roots } = await twoRunning();
    daemon.job(a, { status: 'paused' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    // It was last before, and still is.
    expect(drawn()).toEqual([[a]]);
    daemon.job(b, { status: 'completed', finished_at: '2026-01-31T12:59:00.000Z' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drawn()).toEqual([undefined]);
    expect(roots()).toEqual([a, b]);
    daemon.job(c, fakeJob(c, 'pending'));
    daemon.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(drawn()).toEqual([undefined]);
    expect(roots()).toEqual([c, a, b]);
  });

  it('draws single operations of an expanded job, and the job once they are many', async () => {
    const { daemon, tree, drawn } = await twoRunning();
    const lines = await tree.operationsOf(b);
    for (const line of lines) tree.item(line);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toEqual({ kind: 'more', jobId: b });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    drawn();
    daemon.operation(b, 0, { status: 'running' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    drawn();
    daemon.operation(b, 0, { status: 'running', progress: { rows_done: 1 } });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(drawn()).toEqual([['op-0001']]);
    for (let index = 0; index < 51; index += 1) daemon.operation(b, index, { name: `renamed ${index}` });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(drawn()).toEqual([[b]]);
  });

  it('gives VS Code the same object for the same line', async () => {
    const { tree } = await twoRunning();
    expect(tree.roots()[0]).toBe(tree.roots()[0]);
    expect((await tree.operationsOf(b))[0]).toBe((await tree.operationsOf(b))[0]);
  });

  it('stops watching a job that is collapsed, deleted or filtered away', async () => {
    const { daemon, tree } = await twoRunning();
    await tree.operationsOf(a);
    await tree.operationsOf(b);
    expect([...daemon.watched]).toEqual([a, b]);
    tree.collapse(a);
    expect([...daemon.watched]).toEqual([b]);
    await tree.operationsOf(a);
    daemon.delete(a);
    daemon.flush();
    expect([...daemon.watched]).toEqual([b]);
    await tree.reload({ search: 'nothing has this name' });
    expect(daemon.watched.size).toBe(0);
    expect(tree.isExpanded(b)).toBe(false);
  });

  it('neither draws nor watches while nobody looks, then draws all of it', async () => {
    const { daemon, tree, drawn } = await twoRunning();
    await tree.operationsOf(b);
    tree.setVisible(false);
    expect(daemon.watched.size).toBe(0);
    daemon.job(a, { status: 'paused' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(drawn()).toEqual([]);
    tree.setVisible(true);
    expect(drawn()).toEqual([undefined]);
    expect([...daemon.watched]).toEqual([b]);
  });

  it('draws what the clock changes', async () => {
    const { daemon, tree, drawn, later } = await twoRunning();
    daemon.job(b, { status: 'completed', finished_at: new Date(nowMs).toISOString() });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    drawn();
    tree.refreshTexts();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(drawn()).toEqual([]);
    later(3);
    tree.refreshTexts();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(drawn()).toEqual([[b]]);
    expect(tree.item(tree.jobNode(b)).description).toContain('3 min ago');
  });

  it('shows what is old as old when the connection goes', async () => {
    const { daemon, tree, drawn } = await twoRunning();
    daemon.isConnected = false;
    tree.refreshTexts();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(drawn()).toEqual([[b, a]]);
    expect(tree.item(tree.jobNode(a)).icon?.id).toBe('sync-ignored');
    tree.collapse(a);
    expect(await tree.operationsOf(a)).toEqual([
      { kind: 'note', text: 'The operations could not be read: there is no connection to the daemon' },
    ]);
  });

  it('keeps jobs of pages when the store lets go of them, not when they are deleted', async () => {
    const { daemon, tree, roots } = await twoRunning();
    daemon.job(a, { status: 'completed', finished_at: '2026-01-31T12:00:00.000Z' });
    daemon.flush();
    await tree.reload();
    daemon.table.reset({ jobs: [daemon.jobs.get(b)!], operations: {} });
    expect(daemon.table.jobs.has(a)).toBe(false);
    daemon.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(roots()).toEqual([b, a]);
    daemon.delete(a);
    daemon.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(roots()).toEqual([b]);
  });

  it('forgets the jobs of another daemon', async () => {
    const { daemon, tree, roots } = await twoRunning();
    daemon.job(a, { status: 'completed', finished_at: '2026-01-31T12:00:00.000Z' });
    daemon.flush();
    await tree.reload();
    daemon.isLoaded = false;
    daemon.table.clear();
    daemon.flush();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(roots()).toEqual([]);
  });

  it('makes a line for a job that was asked for, wherever it stands', async () => {
    const { daemon, tree, roots } = await twoRunning();
    const old = fakeJobId(0);
    for (let number = 100; number < 350; number += 1) {
      const id = fakeJobId(number);
      daemon.jobs.set(id, fakeJob(id, 'completed', { finished_at: new Date(nowMs).toISOString() }));
    }
    daemon.jobs.set(old, fakeJob(old, 'failed', { finished_at: '2025-01-01T00:00:00.000Z' }));
    await tree.reload();
    expect(roots()).toHaveLength(203);
    // Everybody else may know what was read here.
    expect(daemon.store.jobs.size).toBe(202);
    expect(await tree.include(old)).toBe(true);
    expect(roots()).toHaveLength(204);
    expect(roots()?.at(-2)).toBe(old);
    await expect(tree.include(fakeJobId(77))).rejects.toMatchObject({ kind: 'not_found' });
    await tree.reload({ status: ['running'] });
    expect(await tree.include(old)).toBe(false);
    const node = await tree.includeOperation(b, 'op-0300');
    expect(node).toEqual({ kind: 'operation', jobId: b, operationId: 'op-0300' });
    expect(await tree.operationsOf(b)).toContain(node);
    expect(await tree.includeOperation(b, 'op-0999')).toBeUndefined();
  });

  it('leads from a job of very many operations to the dashboard', async () => {
    const { daemon, tree } = await twoRunning();
    daemon.make(b, 1_200);
    tree.collapse(b);
    await tree.operationsOf(b);
    const more = { kind: 'more', jobId: b } as const;
    for (let page = 2; page <= 5; page += 1) {
      expect(tree.item(more).label).toBe('Show More');
      await tree.showMore(more);
    }
    expect(tree.item(more)).toMatchObject({ label: 'Show All in Dashboard', description: '200 more' });
  });

  it('has one more line for more, which says that it loads', async () => {
    const { daemon, tree, roots, drawn } = await twoRunning();
    for (let number = 100; number < 350; number += 1) {
      const id = fakeJobId(number);
      const finished_at = new Date(nowMs - number * 1000).toISOString();
      daemon.jobs.set(id, fakeJob(id, 'completed', { finished_at }));
    }
    await tree.reload();
    expect(roots()).toHaveLength(203);
    const more = tree.roots().at(-1)!;
    expect(tree.item(more)).toMatchObject({ label: 'Show More', description: '50 more' });
    drawn();
    const showing = tree.showMore({ kind: 'more' });
    expect(tree.item(more).label).toBe('Loading …');
    expect(drawn()).toEqual([['more']]);
    await showing;
    expect(drawn()).toEqual([undefined]);
    expect(roots()).toHaveLength(252);
    daemon.isConnected = false;
    await expect(tree.reload()).rejects.toThrow('no connection');
    daemon.isConnected = true;
    expect(tree.roots().at(-1)).toEqual({
      kind: 'note',
      text: 'Ended jobs could not be read: there is no connection to the daemon',
    });
  });
});
