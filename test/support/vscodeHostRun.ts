import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseReport, type HostReport } from '../host/report.ts';
import { hostStates, testFilesOf, type HostStateName } from '../host/states.ts';
import { startVsCode } from './vscode.ts';
import { bundleTestModule, runInWindow } from './vscodeTestModule.ts';

const hostFolder = join(import.meta.dirname, '..', 'host');

/**
 * Bundles the test files of a state (those that HOST_TESTS names, if it does) into one CommonJS module that exports `run()`;
 * returns its path, which is beside the extension: below node_modules, where mocha is found.
 */
export async function bundleHostTests(name: HostStateName, extensionDir: string): Promise<string> {
  const only = (process.env.HOST_TESTS ?? '').split(',').filter((part) => part !== '');
  const loaders = testFilesOf(name, only).map(
    (file) => `${JSON.stringify(basename(file))}: () => import(${JSON.stringify(file)})`,
  );
  const outfile = join(dirname(extensionDir), `hostTests-${name}.cjs`);
  const contents = `import { runFiles } from './run.ts';\nexport const run = () => runFiles({ ${loaders.join(', ')} });`;
  await bundleTestModule({ contents, resolveDir: hostFolder, loader: 'ts' }, outfile);
  return outfile;
}

/** Runs all tests of a state in one VS Code, and prints its consoles if one of them failed. */
export async function runHostTests(name: HostStateName, extensionDir: string): Promise<HostReport> {
  const testModule = await bundleHostTests(name, extensionDir);
  const state = hostStates[name];
  const reportIn = (folder: string): string => join(folder, 'report.jsonl');
  const vscode = await startVsCode({
    settings: state.settings,
    hasTestDriver: true,
    environment: (folder) => ({ HOST_REPORT: reportIn(folder) }),
  });
  try {
    const end = await runInWindow(vscode, {
      folder: state.makeWorkspace(vscode.folder),
      extensionDir,
      testModule,
    });
    const path = reportIn(vscode.folder);
    const report = parseReport(existsSync(path) ? readFileSync(path, 'utf8') : '');
    const isGood = report.problem === undefined && report.tests.every(({ error }) => error === undefined);
    if (!isGood || process.env.HOST_LOG !== undefined) console.error(vscode.log());
    return report.problem === undefined ? report : { ...report, problem: `${report.problem} (${end})` };
  } finally {
    await vscode.dispose();
  }
}
