import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import { startStdio, type StdioClient } from '../support/languageClient.ts';

let dir: string;
let client: StdioClient;

const projectText = 'name: shop\nconnections:\n  db: { type: duckdb, path: a.duckdb }\n';
const pipelineText = (id: string) =>
  `pipeline_id: ${id}\nsource: { connection: db, table: s }\ntarget: { connection: db, table: t }\n`;

function write(name: string, text: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-lsp-')));
  write('ombudsman.yaml', projectText);
  write('pipelines/one.pipeline.yaml', pipelineText('one'));
  client = startStdio();
});
afterEach(async () => {
  client.child.kill();
  await client.exited;
  rmSync(dir, { recursive: true, force: true });
});

/** `2:5-2:9 unknown_pipeline` as a person counts. */
const placed = ({ range: { start, end }, code }: Diagnostic) =>
  `${start.line + 1}:${start.character + 1}-${end.line + 1}:${end.character + 1} ${code}`;
const ofVersion = (version: number) => (found: { version: number | undefined }) => found.version === version;

describe('ombudsman lsp --stdio', () => {
  it('says what it can do, and ends in order', async () => {
    const { capabilities, serverInfo } = await client.initialize(dir);
    expect(serverInfo?.name).toBe('Ombudsman');
    expect(capabilities).toMatchObject({
      positionEncoding: 'utf-16',
      completionProvider: {},
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      documentFormattingProvider: true,
      codeActionProvider: {},
      codeLensProvider: {},
    });
    await client.shutDown();
    expect(await client.exited).toBe(0);
    expect(client.stderr()).toBe('');
  });

  it('counts positions as editors do: UTF-16, CRLF, tabs', async () => {
    await client.initialize(dir);
    const path = join(dir, 'a.batch.yaml');
    client.open(
      path,
      'job_name: "😀é" # 😀\r\npipelines:\r\n  - { name: "😀", pipeline_id: onne }\r\n\r\nretri: 1\r\n',
    );
    expect((await client.diagnostics(path, ofVersion(1))).map(placed)).toEqual([
      '3:32-3:36 unknown_pipeline',
      '5:1-5:6 unknown_key',
    ]);
    client.change(path, 2, 'pipelines:\n\t- pipeline_id: one\n');
    const [tab] = await client.diagnostics(path, ofVersion(2));
    expect(tab).toMatchObject({ code: 'syntax', range: { start: { line: 1, character: 0 } } });
    client.change(path, 3, 'pipelines:\n  - pipeline_id: \t"onne"\t# x\n');
    expect((await client.diagnostics(path, ofVersion(3))).map(placed)).toEqual([
      '2:19-2:25 unknown_pipeline',
    ]);
  });

  it('follows edits one by one', async () => {
    await client.initialize(dir);
    const path = join(dir, 'a.batch.yaml');
    client.open(path, 'pipelines:\n  - pipeline_id: 😀one\n');
    expect((await client.diagnostics(path, ofVersion(1))).map(placed)).toEqual([
      '2:18-2:23 unknown_pipeline',
    ]);
    const at = (line: number, from: number, to: number, text: string) => ({
      range: { start: { line, character: from }, end: { line, character: to } },
      text,
    });
    // Without the emoji, then a line above, then a second entry.
    client.edit(path, 2, [at(1, 17, 19, ''), at(0, 0, 0, 'job_name: x\n')]);
    expect(await client.diagnostics(path, ofVersion(2))).toEqual([]);
    client.edit(path, 3, [at(3, 0, 0, '  - pipeline_id: two\n')]);
    expect((await client.diagnostics(path, ofVersion(3))).map(placed)).toEqual([
      '4:18-4:21 unknown_pipeline',
    ]);
  });

  it('lets unsaved text win over the disk, across files', async () => {
    const batch = write('a.batch.yaml', 'pipelines:\n  - pipeline_id: one\n');
    const pipeline = join(dir, 'pipelines/one.pipeline.yaml');
    await client.initialize(dir);
    client.open(pipeline, pipelineText('renamed'));
    const [unknown] = await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length > 0);
    expect(unknown).toMatchObject({ code: 'unknown_pipeline', data: { hint: 'pipelines are renamed' } });
    client.change(pipeline, 2, pipelineText('onne'));
    const [near] = await client.diagnostics(
      batch,
      ({ diagnostics }) => JSON.stringify(diagnostics).includes('onne') && diagnostics.length > 0,
    );
    expect(near).toMatchObject({ message: expect.stringMatching(/did you mean onne\?$/) as string });
    void client.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: pathToFileURL(pipeline).href },
    });
    expect(await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 0)).toEqual([]);
  });

  it('sees files that came and went on disk, told by a watcher or not', async () => {
    const batch = write('a.batch.yaml', 'pipelines:\n  - pipeline_id: two\n');
    const two = join(dir, 'pipelines/two.pipeline.yaml');
    await client.initialize(dir, {
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 1);
    expect(client.registrations).toContain('workspace/didChangeWatchedFiles');
    write('pipelines/two.pipeline.yaml', pipelineText('two'));
    const tell = (type: number) =>
      void client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: pathToFileURL(two).href, type }],
      });
    tell(1);
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 0);
    rmSync(two);
    tell(3);
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 1);

    const other = startStdio();
    try {
      await other.initialize(dir);
      await other.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 1);
      write('pipelines/two.pipeline.yaml', pipelineText('two'));
      const uri = other.open(batch, 'pipelines:\n  - pipeline_id: two\n');
      void other.connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
      await other.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 0);
    } finally {
      other.child.kill();
    }
  });

  it('sees a folder that comes or goes whole, of which a watcher tells nothing but the folder', async () => {
    const batch = write('a.batch.yaml', 'pipelines:\n  - pipeline_id: two\n');
    await client.initialize(dir, {
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 1);
    expect(client.watched).toContainEqual({ globPattern: '**/*', kind: 1 + 4 });
    const folder = join(dir, 'pipelines/more');
    const tell = (type: number) =>
      void client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: pathToFileURL(folder).href, type }],
      });
    write('pipelines/more/two.pipeline.yaml', pipelineText('two'));
    tell(1);
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 0);
    rmSync(folder, { recursive: true });
    tell(3);
    await client.diagnostics(batch, ({ diagnostics }) => diagnostics.length === 1);
  });

  it('reads batch files in JSON', async () => {
    await client.initialize(dir);
    const path = join(dir, 'a.batch.json');
    const text =
      '{\r\n  "job_name": "😀",\r\n  "pipelines": [{ "name": "😀", "pipeline_id": "onne" }]\r\n}\r\n';
    const uri = client.open(path, text);
    expect((await client.diagnostics(path, ofVersion(1))).map(placed)).toEqual([
      '3:48-3:54 unknown_pipeline',
    ]);
    const labels = async (line: number, character: number) =>
      (
        await client.request<{ label: string }[]>('textDocument/completion', {
          textDocument: { uri },
          position: { line, character },
        })
      ).map(({ label }) => label);
    expect(await labels(2, 50)).toContain('one');
    client.change(path, 2, '{\n  "job_name": "x",\n  "retry": { "" }\n}\n');
    expect(await labels(2, 14)).toContain('max_attempts');
  });

  it('answers in a file of five thousand lines, broken or not', async () => {
    const entries = Array.from(
      { length: 1250 },
      (_, index) => `  - pipeline_id: one\n    name: op ${index}\n    timeout: 30m\n    tags_: []\n`,
    );
    const lines = ['job_name: big', 'pipelines:', ...entries.join('').trimEnd().split('\n')];
    const path = join(dir, 'big.batch.yaml');
    await client.initialize(dir);
    const uri = client.open(path, lines.join('\n'));
    const all = await client.diagnostics(path, ofVersion(1));
    expect(all).toHaveLength(501);
    expect(all.map(placed)).toContain('6:5-6:10 unknown_key');
    expect(all.map(placed)).toContain('1998:5-1998:10 unknown_key');
    const good = lines.filter((line) => !line.includes('tags_'));
    client.change(path, 2, good.join('\n'));
    expect(await client.diagnostics(path, ofVersion(2))).toEqual([]);
    // One entry in the middle, then a bracket that is never closed.
    const line = good.indexOf('    name: op 700');
    client.edit(path, 3, [
      {
        range: { start: { line: line - 1, character: 20 }, end: { line: line - 1, character: 20 } },
        text: 'x',
      },
    ]);
    expect((await client.diagnostics(path, ofVersion(3))).map(placed)).toEqual([
      `${line}:18-${line}:22 unknown_pipeline`,
    ]);
    client.edit(path, 4, [
      {
        range: { start: { line: line - 1, character: 17 }, end: { line: line - 1, character: 21 } },
        text: '[',
      },
    ]);
    const broken = await client.diagnostics(path, ofVersion(4));
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.every(({ range }) => range.start.line >= line - 1)).toBe(true);
    const hover = await client.request<{ contents: { value: string } }>('textDocument/hover', {
      textDocument: { uri },
      position: { line: line + 4, character: 6 },
    });
    expect(hover.contents.value).toContain('A duration');
  });

  it('tells the contents of the workspace, and when they are others', async () => {
    write('a.batch.yaml', 'parameters: { n: 5 }\npipelines:\n  - pipeline_id: one\n');
    await client.initialize(dir);
    const contents = await client.request<WorkspaceContents>('ombudsman/workspace', undefined);
    expect(contents.projects).toMatchObject([
      {
        project_id: 'shop',
        dir,
        has_errors: false,
        pipelines: [{ pipeline_id: 'one', source: { connection: 'db', relation: 's' }, has_errors: false }],
        connections: [{ name: 'db', type: 'duckdb' }],
      },
    ]);
    expect(contents.projects[0]?.pipelines[0]?.checks[0]).toMatchObject({
      name: 'schema_columns',
      range: null,
    });
    expect(contents.batch_files).toMatchObject([
      {
        project_dir: dir,
        job_name: null,
        job_type: 'bulk_pipeline_execution',
        operations: 1,
        parameters: [{ name: 'n', type: 'number', default: 5, is_required: false }],
        has_errors: false,
      },
    ]);
    const changed = new Promise<void>((resolve) =>
      client.connection.onNotification('ombudsman/workspaceChanged', () => resolve()),
    );
    client.open(join(dir, 'pipelines/one.pipeline.yaml'), pipelineText('two'));
    await changed;
    const after = await client.request<WorkspaceContents>('ombudsman/workspace', undefined);
    expect(after.projects[0]?.pipelines[0]?.pipeline_id).toBe('two');
    expect(after.batch_files[0]?.has_errors).toBe(true);
  });

  it('lives through garbage', async () => {
    const heard: string[] = [];
    client.child.stdout!.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    const { stdin } = client.child;
    const message = (text: string) =>
      stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    await client.initialize(dir);
    stdin!.write('hello\r\n\r\n');
    stdin!.write(`${'x'.repeat(10_000)}\r\n\r\n`);
    message('{"jsonrpc": nonsense');
    message('[1, 2]');
    message('null');
    message('{"jsonrpc":"2.0","id":77,"method":"no/such"}');
    message('{"jsonrpc":"2.0","id":78,"method":"textDocument/hover","params":{"position":5}}');
    message('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":7}}}');
    message('{"jsonrpc":"2.0","method":"textDocument/didOpen"}');
    message('{"jsonrpc":"2.0","id":79,"result":5}');
    const path = join(dir, 'a.batch.yaml');
    client.open(path, 'pipelines: [{ pipeline_id: nope }]\n');
    expect(await client.diagnostics(path, ofVersion(1))).toHaveLength(1);
    const said = heard.join('');
    expect(said).toContain('"code":-32700');
    expect(said).toContain('"code":-32600');
    expect(said).toMatch(/"id":77,"error":\{"code":-32601/);
    expect(said).toMatch(/"id":78,"(?:error|result)"/);
    await client.shutDown();
    expect(await client.exited).toBe(0);
  });

  it('answers questions about files that are not ours, or not there', async () => {
    await client.initialize(dir);
    for (const uri of [
      'untitled:Untitled-1',
      'file:///nowhere/x.txt',
      `${pathToFileURL(dir).href}/gone.batch.yaml`,
    ]) {
      for (const method of [
        'hover',
        'completion',
        'definition',
        'documentSymbol',
        'foldingRange',
        'codeLens',
      ]) {
        const answer = await client.request<unknown[] | null>(`textDocument/${method}`, {
          textDocument: { uri },
          position: { line: 3, character: 3 },
        });
        expect(answer ?? []).toEqual([]);
      }
    }
  });

  it('ends with 1 when the client goes without a word', async () => {
    await client.initialize(dir);
    client.child.stdin!.end();
    expect(await client.exited).toBe(1);
  });

  it('ends with 1 after exit without shutdown', async () => {
    await client.initialize(dir);
    void client.connection.sendNotification('exit');
    expect(await client.exited).toBe(1);
  });

  it('ends when the process of the client is gone', async () => {
    const parent = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(parent, 'spawn');
    await client.initialize(dir, { processId: parent.pid });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(await client.exited).toBe(1);
  });
});
