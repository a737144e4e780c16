// npm run test:electron: the tests of test/host in a desktop VS Code, which @vscode/test-electron downloads into .vscode-test.
// `npm test` runs the same tests in a VS Code that comes from npm; this is for machines that can reach its download servers.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { parseReport, type HostReport } from '../test/host/report.ts';
import { hostStates, type HostStateName } from '../test/host/states.ts';
import { makeRunDir, stageExtension } from '../test/support/stageExtension.ts';
import { testSettings } from '../test/support/vscode.ts';
import { endDaemon } from '../test/support/vscodeDaemon.ts';
import { bundleHostTests } from '../test/support/vscodeHostRun.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { version: { type: 'string', default: 'stable' } },
});

async function runState(name: HostStateName, extensionDir: string): Promise<HostReport> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-electron-')));
  const dataDir = join(folder, 'state');
  const report = join(folder, 'report.jsonl');
  const state = hostStates[name];
  try {
    const user = join(folder, 'user', 'User');
    mkdirSync(user, { recursive: true });
    writeFileSync(join(user, 'settings.json'), JSON.stringify({ ...testSettings, ...state.settings }));
    const workspace = state.makeWorkspace(folder);
    const launchArgs = [
      '--user-data-dir',
      join(folder, 'user'),
      '--extensions-dir',
      join(folder, 'extensions'),
    ];
    // Its exit code says less than the report.
    const failure = await runTests({
      version: values.version,
      extensionDevelopmentPath: extensionDir,
      extensionTestsPath: await bundleHostTests(name, extensionDir),
      extensionTestsEnv: { HOST_REPORT: report, BATCH_JOBS_DIR: dataDir },
      launchArgs: [...(workspace === undefined ? [] : [workspace]), '--disable-extensions', ...launchArgs],
    }).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    const parsed = parseReport(existsSync(report) ? readFileSync(report, 'utf8') : '');
    return parsed.problem === undefined ? parsed : { ...parsed, problem: `${parsed.problem} (${failure})` };
  } finally {
    await endDaemon(dataDir);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Prints a state's tests; returns how many passed and failed. */
function print(name: string, { tests, problem }: HostReport): { passed: number; failed: number } {
  console.log(`\n${name}`);
  for (const { title, error } of tests) {
    console.log(`  ${error === undefined ? '✔' : '✖'} ${title}`);
    if (error !== undefined) console.log(error.replaceAll(/^/gm, '      '));
  }
  if (problem !== undefined) console.log(`  ✖ ${problem}`);
  const failed = tests.filter(({ error }) => error !== undefined).length;
  return { passed: tests.length - failed, failed: failed + (problem === undefined ? 0 : 1) };
}

const runDir = makeRunDir('electron');
const counts = { passed: 0, failed: 0 };
try {
  const extensionDir = stageExtension(runDir);
  const names = Object.keys(hostStates) as HostStateName[];
  for (const name of names.filter((each) => positionals.length === 0 || positionals.includes(each))) {
    const { passed, failed } = print(name, await runState(name, extensionDir));
    counts.passed += passed;
    counts.failed += failed;
  }
} finally {
  rmSync(runDir, { recursive: true, force: true });
}
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
