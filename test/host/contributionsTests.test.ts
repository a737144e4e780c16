import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { TestExplorer } from '../../extension/contributions/tests/testExplorer.ts';
import type { Services } from '../../extension/platform/services.ts';
import { contributions, endOf, removeJobs, services, Shop, submitFile } from './contributionsSupport.ts';
import { until } from './support.ts';

type Told = [state: string, label: string, ...more: unknown[]];

interface RunRecord {
  readonly isKept: boolean;
  readonly told: Told[];
  readonly output: string[];
}

/** Listens to the runs of a controller: what a run is told is nowhere to be read afterwards. */
function listenTo(controller: vscode.TestController): { readonly runs: RunRecord[]; stop(): void } {
  const runs: RunRecord[] = [];
  const createTestRun = controller.createTestRun.bind(controller);
  controller.createTestRun = (request, name, persist) => {
    const run = createTestRun(request, name, persist);
    const record: RunRecord = { isKept: persist !== false, told: [], output: [] };
    runs.push(record);
    for (const state of ['enqueued', 'started', 'passed', 'failed', 'errored', 'skipped'] as const) {
      const original = run[state].bind(run) as (...args: unknown[]) => void;
      run[state] = (item: vscode.TestItem, ...more: unknown[]) => {
        record.told.push([state, item.label, ...more]);
        original(item, ...more);
      };
    }
    const append = run.appendOutput.bind(run);
    run.appendOutput = (text, ...rest) => {
      record.output.push(text);
      append(text, ...rest);
    };
    return run;
  };
  return {
    runs,
    stop() {
      controller.createTestRun = createTestRun;
    },
  };
}

function messageOf(told: readonly Told[], state: string, label: string): vscode.TestMessage {
  const found = told.find((each) => each[0] === state && each[1] === label)?.[2];
  assert.ok(found instanceof vscode.TestMessage, `${label} has not ${state} with a message`);
  return found;
}

const textOf = ({ message }: vscode.TestMessage): string =>
  typeof message === 'string' ? message : message.value;

const labels = (items: vscode.TestItemCollection): string[] => [...items].map(([, { label }]) => label);

describe('Test Explorer', () => {
  const shop = new Shop('tests-shop');
  let all: Services;
  let controller: vscode.TestController;
  let explorer: TestExplorer;
  let listened: ReturnType<typeof listenTo>;
  let root: vscode.TestItem;

  before(async () => {
    await shop.make();
    all = await services();
    await all.session.ensure();
    await until('the workspace knows the new project', async () =>
      (await all.workspace.load()).projects.some(({ dir }) => dir === shop.dir),
    );
    const { tests } = await contributions();
    controller = tests.controller;
    listened = listenTo(controller);
    explorer = await tests.load();
    await explorer.resolve(undefined);
    const found = controller.items.get(shop.dir);
    assert.ok(found !== undefined, 'the project is not in the tree');
    root = found;
  });
  after(async () => {
    listened.stop();
    await removeJobs(all);
    await shop.remove();
  });

  const child = (parent: vscode.TestItem, label: string): vscode.TestItem => {
    const found = [...parent.children].map(([, item]) => item).find((item) => item.label === label);
    assert.ok(found !== undefined, `no ${label} below ${parent.label}`);
    return found;
  };
  const run = async (request: vscode.TestRunRequest, token?: vscode.CancellationToken) => {
    const from = listened.runs.length;
    await explorer.run(request, token ?? new vscode.CancellationTokenSource().token);
    const [record] = listened.runs.slice(from);
    assert.ok(record !== undefined, 'nothing was run');
    return record;
  };
  const endsOf = (told: readonly Told[]): string[] =>
    told
      .filter(([state]) => !['enqueued', 'started'].includes(state))
      .map(([state, label]) => `${label} ${state}`);

  it('lists projects, and what is in them when it is opened', async () => {
    assert.equal(root.label, 'shop');
    assert.deepEqual(labels(root.children), []);
    await explorer.resolve(root);
    assert.deepEqual(labels(root.children).sort(), ['other', 'same']);
    const other = child(root, 'other');
    assert.equal(other.description, 'old.other.csv → new.other.csv');
    assert.deepEqual(
      other.tags.map(({ id }) => id),
      ['old', 'new'],
    );
    assert.deepEqual(labels(other.children), []);
    await explorer.resolve(other);
    assert.deepEqual(labels(other.children), ['row_count', 'row_hash']);
    assert.equal(child(other, 'row_hash').range?.start.line, 4);
  });

  it('runs a project as one job and tells of every check, with both sides of what differs', async () => {
    const before = (await all.session.call('jobs/list', {})).total;
    const { told, output, isKept } = await run(new vscode.TestRunRequest([root]));
    assert.equal((await all.session.call('jobs/list', {})).total, before + 1);
    assert.deepEqual(endsOf(told).sort(), [
      'row_count failed',
      'row_count passed',
      'row_hash failed',
      'row_hash passed',
    ]);
    assert.equal(told.filter(([state]) => state === 'enqueued').length, 4);
    assert.ok(told.some(([state]) => state === 'started'));
    const message = messageOf(told, 'failed', 'row_hash');
    assert.match(textOf(message), /1 missing, 1 extra, 2 changed, 1 duplicate/);
    assert.match(message.expectedOutput ?? '', /amount \(rounding\): 10\.50/);
    assert.match(message.actualOutput ?? '', /amount \(rounding\): 10\.51/);
    assert.equal(message.location?.uri.fsPath, shop.file('pipelines/other.pipeline.yaml'));
    assert.equal(message.location?.range.start.line, 4);
    assert.ok(output.every((line) => /^[^\n]*\r\n$/.test(line)));
    assert.equal(isKept, true);
  });

  it('a check runs its pipeline, what is excluded stays out', async () => {
    const rowHash = child(child(root, 'same'), 'row_hash');
    const one = await run(new vscode.TestRunRequest([rowHash]));
    assert.deepEqual(endsOf(one.told), ['row_count passed', 'row_hash passed']);
    const rest = await run(new vscode.TestRunRequest([root], [child(root, 'other')]));
    assert.deepEqual(endsOf(rest.told), ['row_count passed', 'row_hash passed']);
  });

  it('a mistake stands where it was made, and nothing is run', async () => {
    const other = child(root, 'other');
    const path = shop.file('pipelines/other.pipeline.yaml');
    const uri = vscode.Uri.file(path);
    const good = await vscode.workspace.fs.readFile(uri);
    const bad = Buffer.from(good).toString('utf8').replace('[id]', '[id]\nkeyz: [id]');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(bad));
    await until('the mistake is seen', () => other.error !== undefined);
    const before = (await all.session.call('jobs/list', {})).total;
    const { told } = await run(new vscode.TestRunRequest([root]));
    await vscode.workspace.fs.writeFile(uri, good);
    assert.equal((await all.session.call('jobs/list', {})).total, before);
    const message = messageOf(told, 'errored', 'other');
    assert.match(textOf(message), /keyz/);
    assert.equal(message.location?.range.start.line, 4);
    assert.deepEqual(
      [...new Set(told.filter(([state]) => state === 'passed').map(([, label]) => label))],
      [],
    );
    await until('the mistake is mended', () => other.error === undefined);
    assert.equal(child(root, 'other'), other, 'the item stays the same item');
  });

  it('cancelling cancels the job', async () => {
    const uri = vscode.Uri.file(shop.file('pipelines/slow.pipeline.yaml'));
    const query =
      'select count(*) as id from range(400000) a, range(400000) b where (a.range * b.range) % 7 = 3';
    const text = `pipeline_id: slow\nsource: { connection: old, query: '${query}' }\ntarget: { connection: old, table: same.csv }\nkeys: [id]\nchecks: [row_count]\n`;
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    await until('the slow pipeline is in the tree', () => labels(root.children).includes('slow'));
    const cancelling = new vscode.CancellationTokenSource();
    const from = listened.runs.length;
    const running = run(new vscode.TestRunRequest([child(root, 'slow')]), cancelling.token);
    await until('the check has started', () =>
      listened.runs[from]?.told.some(([state, label]) => state === 'started' && label === 'row_count'),
    );
    cancelling.cancel();
    const { told, output } = await running;
    assert.deepEqual(endsOf(told), ['row_count skipped']);
    const jobId = /^Job (\S+):/m.exec(output.join(''))?.[1];
    assert.ok(jobId !== undefined);
    assert.equal((await endOf(all, jobId)).status, 'cancelled');
    await vscode.workspace.fs.delete(uri);
    await until('the slow pipeline is gone', () => !labels(root.children).includes('slow'));
  });

  it('what ran elsewhere is shown once, in a run that is not kept; own runs are not told twice', async () => {
    const from = listened.runs.length;
    await endOf(all, await submitFile(all, shop.file('green.batch.yaml')));
    const record = await until('the result of another job is shown', () =>
      listened.runs.slice(from).find(({ told }) => told.length > 0),
    );
    assert.equal(record.isKept, false);
    assert.deepEqual(endsOf(record.told), ['row_count passed', 'row_hash passed']);
    await explorer.refresh();
    assert.equal(listened.runs.length, from + 1);
    assert.equal(listened.runs.filter(({ isKept }) => !isKept).length, 1);
  });

  it('a pipeline that is gone is gone from the tree', async () => {
    const uri = vscode.Uri.file(shop.file('pipelines/same.pipeline.yaml'));
    await vscode.workspace.fs.delete(uri);
    await until('the item is gone', () => !labels(root.children).includes('same'));
    assert.deepEqual(labels(root.children), ['other']);
  });
});
