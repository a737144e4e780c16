// npm test: types, lint, format, build, licences and advisories, and every test. The last line is `N passed, N failed`; skipped and todo count as failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { checkSupplyChain } from './supplyChain.mjs';
import { build, childEnvironment, install, packagedNode, requireNode, root, run } from './setup.mjs';

const report = join(root, 'test-results', 'vitest.json');
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const tool = (name, ...args) => run(bin(name), args, { spawn: { shell: process.platform === 'win32' } });

function isOnPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((dir) => dir !== '' && existsSync(join(dir, program)));
}

function hasPostgres() {
  const debian = '/usr/lib/postgresql';
  if (isOnPath('initdb')) return true;
  return (
    existsSync(debian) &&
    readdirSync(debian).some((version) => existsSync(join(debian, version, 'bin', 'initdb')))
  );
}

function hasMariadb() {
  const isThere = (program) => isOnPath(program) || existsSync(join('/usr/sbin', program));
  return isThere('mariadbd') && isThere('mariadb-install-db');
}

/** The tests know best which browsers they can use. */
function hasBrowser() {
  const look = "import('./test/support/findBrowser.ts').then(({ findBrowser }) => findBrowser())";
  return spawnSync(packagedNode(), ['-e', look], { cwd: root, stdio: 'ignore' }).status === 0;
}

/** What tests start and npm does not bring: by the name of its package in Debian, and what it is elsewhere. */
const programs = [
  { debian: 'postgresql', elsewhere: 'PostgreSQL, with initdb on the PATH', isThere: hasPostgres },
  { debian: 'mariadb-server-core', elsewhere: 'MariaDB, with mariadbd on the PATH', isThere: hasMariadb },
  { debian: 'chromium', elsewhere: 'Chromium or Google Chrome', isThere: hasBrowser },
];

/** As root on Debian what is missing is installed; elsewhere it is named, and the tests that need it fail saying so. */
function installPrograms() {
  const missing = programs.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/etc/debian_version')) {
    console.error(`The tests need: ${missing.map(({ elsewhere }) => elsewhere).join('; ')}.`);
    console.error(
      `On Debian and Ubuntu: sudo apt-get install ${missing.map(({ debian }) => debian).join(' ')}`,
    );
    return;
  }
  const packages = missing.map(({ debian }) => debian);
  console.log(`Installing ${packages.join(' and ')} for the tests …`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { environment });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { environment });
}

/** Runs the test runner, and counts what its report says; a report that is not there is a failure of its own. */
function runTests(args) {
  rmSync(report, { force: true });
  mkdirSync(join(root, 'test-results'), { recursive: true });
  const status = spawnSync(
    packagedNode(),
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, stdio: 'inherit', env: childEnvironment() },
  ).status;
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const results = JSON.parse(readFileSync(report, 'utf8'));
  const failed = results.numFailedTests + results.numPendingTests + results.numTodoTests;
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const counted = { passed: results.numPassedTests, failed: failed + brokenFiles };
  // An error outside of any test, or a run without tests, must not end green.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  return counted.passed === 0 && counted.failed === 0 ? { passed: 0, failed: 1 } : counted;
}

function main() {
  requireNode();
  if (!install()) return { passed: 0, failed: 1 };
  installPrograms();
  const steps = [
    ['types', () => tool('tsc', '--noEmit') === 0 && tool('tsc', '--noEmit', '-p', 'webview') === 0],
    ['lint', () => tool('eslint', '.', '--max-warnings', '0') === 0],
    ['format', () => tool('prettier', '--check', '--log-level', 'warn', '.') === 0],
    ['build', build],
    ['supply chain', checkSupplyChain],
  ];
  const failedSteps = steps.filter(([name, check]) => {
    const isGood = check();
    console.log(`${isGood ? 'passed' : 'FAILED'}: ${name}`);
    return !isGood;
  });
  const tests = runTests(process.argv.slice(2));
  for (const [name] of failedSteps) console.log(`FAILED: ${name} (see above)`);
  return {
    passed: tests.passed + steps.length - failedSteps.length,
    failed: tests.failed + failedSteps.length,
  };
}

const { passed, failed } = main();
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);
