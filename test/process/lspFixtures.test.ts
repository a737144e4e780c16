import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver-protocol';
import { ApiError, type Diagnostic } from '../../daemon/protocol/errors.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { startStdio, type StdioClient } from '../support/languageClient.ts';
import { formatDiagnostic, readCases, relativeTo, writeCase, type Case } from '../unit/definitions/cases.ts';

/** What only the moment of a run can tell: values that are given with it, or kept outside of the files. */
const tellsOnlyTheRun = (test: Case) =>
  ['params', 'secrets', 'request'].some((name) => test.sections.has(name)) ||
  test.expected.includes(' missing_parameter:');

const cases = (
  await Promise.all(
    ['syntax.txt', 'project.txt', 'pipeline.txt', 'batch.txt'].map(async (file) =>
      (await readCases(file)).map((test) => ({ ...test, name: `${file}: ${test.name}` })),
    ),
  )
)
  .flat()
  .filter((test) => !tellsOnlyTheRun(test));

let root: string;
let editor: StdioClient;
let daemon: TestDaemon;
const dirs = new Map<Case, string>();
const files = new Map<Case, ReadonlyMap<string, string>>();

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-fixtures-')));
  for (const [index, test] of cases.entries()) {
    const dir = join(root, `case${index}`);
    await mkdir(dir);
    dirs.set(test, dir);
    files.set(test, await writeCase(test, dir));
  }
  editor = startStdio();
  daemon = await startTestDaemon();
  await editor.initialize(root);
});
afterAll(async () => {
  editor.child.kill();
  await editor.exited;
  await daemon.dispose();
  rmSync(root, { recursive: true, force: true });
});

const severities: readonly Diagnostic['severity'][] = ['error', 'error', 'warning', 'info'];

/** The editor's diagnostics of a file in the words of the fixtures. */
async function editorSays(test: Case, name: string): Promise<string[]> {
  const dir = dirs.get(test)!;
  const path = join(dir, name);
  editor.open(
    path,
    files
      .get(test)!
      .get(name)!
      .replace(/^\ufeff/, ''),
  );
  const found = await editor.diagnostics(path, ({ version }) => version === 1);
  return found.map((each) => formatDiagnostic(relativeTo(dir, fromLsp(path, each))));
}

function fromLsp(file: string, found: LspDiagnostic): Diagnostic {
  const { range, severity = 1, code } = found;
  const data: unknown = found.data;
  const message = typeof found.message === 'string' ? found.message : found.message.value;
  const { hint } = (data ?? {}) as { hint?: string };
  return {
    file,
    line: range.start.line + 1,
    column: range.start.character + 1,
    end_line: range.end.line + 1,
    end_column: range.end.character + 1,
    severity: severities[severity] ?? 'info',
    code: String(code),
    message: hint === undefined ? message : message.slice(0, -hint.length - 1),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** What a dry run of a batch file says. */
async function runSays(test: Case, batch: string): Promise<string[]> {
  const dir = dirs.get(test)!;
  const say = (found: readonly Diagnostic[]) => found.map((each) => formatDiagnostic(relativeTo(dir, each)));
  try {
    const plan = await daemon.client.call('jobs/submit', { file: join(dir, batch), dry_run: true });
    return say('diagnostics' in plan ? plan.diagnostics : []);
  } catch (error) {
    if (!ApiError.is(error, 'definition_invalid')) throw error;
    return say(error.data.diagnostics ?? []);
  }
}

/** The fixture's text, taken apart into its diagnostics. */
const expectedOf = (test: Case) =>
  test.expected
    .split(/^(?=\S)/m)
    .filter((each) => each.trim() !== '')
    .map((each) => (each.endsWith('\n') ? each : `${each}\n`));
const inFile = (name: string) => (text: string) => text.startsWith(`${name}:`);

describe('the editor and the run', () => {
  it.each(cases.map((test) => [test.name, test] as const))('agree on %s', async (_, test) => {
    const batch = ['daily.batch.yaml', 'daily.batch.json'].find((name) => test.sections.has(name));
    const run = batch === undefined ? null : await runSays(test, batch);
    const names = [...files.get(test)!.keys()].filter((name) =>
      /ombudsman\.yaml$|\.pipeline\.yaml$|\.batch\.\w+$/.test(name),
    );
    for (const name of names) {
      const shown = (await editorSays(test, name)).sort();
      const expected = expectedOf(test).filter(inFile(name)).sort();
      // Of a project's other files a run says only what it uses; the editor says all.
      if (batch !== undefined && name !== batch) expect(shown).toEqual(expect.arrayContaining(expected));
      else expect(shown).toEqual(expected);
      if (run !== null && name === batch) expect(shown).toEqual(run.filter(inFile(name)).sort());
    }
  });
});
