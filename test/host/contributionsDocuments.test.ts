import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import {
  openDifferences,
  openDoctor,
  openJobLog,
  openOperation,
  openPlan,
} from '../../extension/contributions/documents/openDocument.ts';
import type { Services } from '../../extension/platform/services.ts';
import { endOf, programs, removeJobs, services, Shop, submitFile, textWith } from './contributionsSupport.ts';
import { until } from './support.ts';

const waitFor = (path: string): string =>
  `const go = setInterval(() => { if (require('node:fs').existsSync(${JSON.stringify(path)})) { clearInterval(go); console.log('let go'); } }, 20)`;

function activeDocument(): vscode.TextDocument {
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document !== undefined, 'no editor is active');
  return document;
}

describe('read-only documents', () => {
  const shop = new Shop('documents-shop');
  let all: Services;
  let daily: string;

  before(async () => {
    await shop.make({
      'chatty.batch.json': programs('Chatty', [
        `for (let n = 0; n < 3; n += 1) console.log('line ' + n)`,
        waitFor(shop.file('go')),
      ]),
      'waiting.batch.json': programs('Waiting', ['setInterval(() => {}, 1000)']),
    });
    all = await services();
    daily = await submitFile(all, shop.file('daily.batch.yaml'));
    await endOf(all, daily);
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(async () => {
    await removeJobs(all);
    await shop.remove();
  });

  const operationId = async (jobId: string, name: string): Promise<string> => {
    const { operations } = await all.session.call('jobs/operations', { job_id: jobId });
    const found = operations.find((operation) => operation.name === name);
    assert.ok(found !== undefined, `no operation ${name}`);
    return found.operation_id;
  };

  it('an operation tells its checks, evidence and artifacts as Markdown that nobody can change', async () => {
    const uri = await openOperation(all, daily, await operationId(daily, 'other'));
    const document = activeDocument();
    assert.equal(document.uri.toString(), uri.toString());
    assert.equal(document.languageId, 'markdown');
    const text = document.getText();
    assert.match(text, /^# `other`: failed\n/);
    assert.match(text, /row_hash/);
    assert.match(text, /1 missing, 1 extra, 2 changed, 1 duplicate/);
    assert.match(text, /### Source: `old`/);
    assert.match(text, /- differences: `[^`]+\.parquet`.*<file:\/\/\//);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme), false);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.writeFile(uri, Buffer.from('x'))));
  });

  it('offers what can be done with the operation, and links to its files', async () => {
    const uri = await openOperation(all, daily, await operationId(daily, 'other'));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
    );
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['ombudsman.showDifferences', 'ombudsman.showJobLog', 'ombudsman.retryOperation', 'ombudsman.showJob'],
    );
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      uri,
    );
    assert.ok(links.some(({ target }) => target?.fsPath.endsWith('.parquet')));
  });

  it('differing rows stand side by side in a diff editor, row by row', async () => {
    await openDifferences(all, daily, await operationId(daily, 'other'));
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputTextDiff);
    assert.equal(tab.label, 'other row_hash (source ↔ target)');
    const [source, target] = await Promise.all(
      [tab.input.original, tab.input.modified].map(async (uri) =>
        (await vscode.workspace.openTextDocument(uri)).getText(),
      ),
    );
    assert.ok(source !== undefined && target !== undefined);
    assert.equal(source.split('\n').length, target.split('\n').length);
    const rows = (text: string): string => text.slice(text.indexOf('\nid=')).trim();
    assert.equal(
      rows(source),
      'id=1\n  amount (rounding): 10.50\n\nid=2\n  name (trailing_blank): Grace\n\nid=3\n  row id=3: there\n\nid=5\n  row id=5: absent\n\nid=4\n  row id=4: there 2 times',
    );
    assert.equal(
      rows(target),
      'id=1\n  amount (rounding): 10.51\n\nid=2\n  name (trailing_blank): "Grace "\n\nid=3\n  row id=3: absent\n\nid=5\n  row id=5: there\n\nid=4\n  row id=4: there once',
    );
  });

  it('an operation without differing rows opens as a whole', async () => {
    const uri = await openDifferences(all, daily, await operationId(daily, 'same'));
    assert.ok(uri?.path.startsWith('/operation/'));
  });

  it('a log follows its job, with what programs printed, and folds by run', async () => {
    const jobId = await submitFile(all, shop.file('chatty.batch.json'));
    const uri = await openJobLog(all, jobId);
    const document = activeDocument();
    assert.equal(document.languageId, 'log');
    await textWith(document, 'op-0001 program 1: completed');
    assert.ok(!document.getText().includes('job ended'));
    await vscode.workspace.fs.writeFile(vscode.Uri.file(shop.file('go')), Buffer.from(''));
    const text = await textWith(document, 'job ended: completed');
    assert.match(text, /op-0002 program 2: completed/);
    const lines = text.trimEnd().split('\n');
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      uri,
    );
    const started = lines.findIndex((line) => line.endsWith('job started'));
    assert.ok(folds.some(({ start, end }) => start === started && end === lines.length - 1));
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    assert.deepEqual(
      symbols.map(({ name, children }) => [name, children.some((child) => child.name.includes('program 1'))]),
      [['job started', true]],
    );
    assert.equal(document.isDirty, false);

    await openJobLog(all, jobId, await operationId(jobId, 'program 1'));
    const ofOperation = await textWith(activeDocument(), 'line 2');
    assert.match(ofOperation, /── attempt 1, .* ──/);
    assert.match(ofOperation, /── printed by the program: <file:.*> ──\nline 0\nline 1\nline 2\n/);
  });

  it('a log scrolls along for those who see its end, and leaves alone those who have scrolled up', async () => {
    const jobId = await submitFile(all, shop.file('waiting.batch.json'));
    await openJobLog(all, jobId);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor !== undefined);
    await textWith(editor.document, 'job started');
    // Lines as the daemon writes them, more than the screen has.
    const path = join(process.env['BATCH_JOBS_DIR'] ?? '', 'artifacts', jobId, 'job.log');
    const log = (from: number, to: number): void => {
      const at = new Date().toISOString();
      for (let seq = from; seq <= to; seq += 1) {
        appendFileSync(path, `${JSON.stringify({ seq, at, level: 'info', message: `line ${seq}.` })}\n`);
      }
    };
    const lastSeen = (): number => editor.visibleRanges.at(-1)?.end.line ?? 0;
    log(2, 200);
    await textWith(editor.document, 'line 200.');
    await until('the end is seen', () => lastSeen() >= editor.document.lineCount - 3);
    editor.revealRange(new vscode.Range(0, 0, 0, 0));
    await until('the beginning is seen', () => editor.visibleRanges[0]?.start.line === 0);
    const before = lastSeen();
    log(201, 210);
    await textWith(editor.document, 'line 210.');
    // Whatever the first change set off has happened by the next one.
    log(211, 220);
    await textWith(editor.document, 'line 220.');
    assert.equal(lastSeen(), before);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range;
    editor.revealRange(end);
    await until('the end is seen again', () => lastSeen() >= editor.document.lineCount - 3);
    log(221, 400);
    await textWith(editor.document, 'line 400.');
    await until('the new end is seen', () => lastSeen() >= editor.document.lineCount - 3);
  });

  it('the plan of a dry run is YAML with places of its diagnostics', async () => {
    const plan = await all.session.call('jobs/submit', {
      file: shop.file('daily.batch.yaml'),
      dry_run: true,
    });
    assert.ok('dry_run' in plan);
    const uri = await openPlan(all, plan);
    const document = activeDocument();
    assert.equal(document.languageId, 'yaml');
    assert.match(
      document.getText(),
      /^# Dry run: nothing was run\. 2 operations, at most 4 at once\.\njob_name: Daily\n/,
    );
    assert.match(document.getText(), /- op-0002: other\n/);
    assert.equal(uri.path.split('/').at(-1), 'Daily plan.yaml');
    // What the URI says is enough: nothing of this window is needed to read it again.
    const again = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
    assert.equal(again, document.getText());
  });

  it('a report of the doctor is kept as it was', async () => {
    await openDoctor(all, '# Doctor\n\n✔ Node\n');
    assert.equal(activeDocument().getText(), '# Doctor\n\n✔ Node\n');
    assert.equal(activeDocument().languageId, 'markdown');
  });

  it('a document of a job that is gone says so', async () => {
    const jobId = await submitFile(all, shop.file('green.batch.yaml'));
    await endOf(all, jobId);
    const uri = await openJobLog(all, jobId);
    await textWith(activeDocument(), 'job ended');
    await all.session.call('jobs/delete', { job_id: jobId });
    const text = await until('the document says that the job is gone', async () => {
      const now = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
      return now.startsWith('# The log cannot be shown') && now;
    });
    assert.match(text, new RegExp(jobId));
  });

  it('a URI that means nothing is not found', async () => {
    const uri = vscode.Uri.parse('ombudsman:/nothing/of/ours.md');
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(uri)), vscode.FileSystemError);
  });
});
