// npm run check:supply, and a step of npm test: what the lock file holds is ours to use and to pass on, is what it was when it was
// locked, and needs no install script where users get it; known advisories, if the registry answers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, packagedNode, root, run } from './setup.mjs';
import { packageFolderOf } from './thirdParty.mjs';

/** What users may be given without asking them: nothing here wants more than to be named. */
const shippable = [
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0', 'PSF-2.0'],
];
/** Tools are used as they are and passed on to nobody. */
const usable = [...shippable, 'MPL-2.0', 'Artistic-2.0', 'CC-BY-4.0', 'CC-BY-3.0'];
/** Microsoft's terms for its signing tool, which `vsce` brings and we do not run. */
const namedTools = { 'SEE LICENSE IN LICENSE.txt': /^@vscode\/vsce-sign(-|$)/ };

/** True if an SPDX expression can be met with these licences: of `A OR B` one is enough, of `A AND B` both are needed. */
export function isMetBy(expression, licences) {
  const text = expression.trim();
  const whole = /^\(([^()]*)\)$/.exec(text);
  if (whole !== null) return isMetBy(whole[1], licences);
  if (/[()]/.test(text)) return false;
  return text
    .split(/\s+OR\s+/)
    .some((each) => each.split(/\s+AND\s+/).every((licence) => licences.includes(licence.trim())));
}

/** True if users may be given what has this licence. */
export const mayBePassedOn = (expression) => isMetBy(expression, shippable);

/** `node_modules/a/node_modules/@b/c` -> `@b/c`. */
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** What is wrong with packages of a lock file. `shipped`: paths of those that users get; `allowScripts` of package.json. */
export function lockProblems(packages, shipped, allowScripts) {
  const problems = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '') continue;
    const isShipped = shipped.has(path);
    const { license = 'none given', resolved, integrity, hasInstallScript } = entry;
    const name = nameOf(path);
    const tell = (what) =>
      problems.push(`${name} ${entry.version}${isShipped ? ', which users get,' : ''} ${what}`);
    const isNamed = !isShipped && namedTools[license]?.test(name) === true;
    if (!isNamed && !isMetBy(license, isShipped ? shippable : usable)) tell(`has the licence ${license}`);
    if (entry.link === true || (resolved !== undefined && !/^https:\/\//.test(resolved)))
      tell('does not come from a registry');
    // What is for other systems only was not there to be hashed where the lock file was made.
    const isElsewhere = entry.optional === true && (entry.os ?? entry.cpu) !== undefined;
    if (!/^sha512-/.test(integrity ?? '') && !isElsewhere) tell('has no SHA-512 in the lock file');
    if (hasInstallScript === true && isShipped) tell('runs a script when it is installed');
    if (hasInstallScript === true && allowScripts[name] === undefined)
      tell('has an install script that allowScripts of package.json does not name');
  }
  for (const path of shipped)
    if (packages[path] === undefined) problems.push(`${path} is not in the lock file`);
  return problems;
}

/** What `npm audit --json` says: advisories of what users get and of tools, or why there is no answer. */
export function readAudit(output, shipped) {
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { unanswered: 'npm audit gave no report' };
  }
  if (report.vulnerabilities === undefined) {
    return { unanswered: report.message ?? report.error?.summary ?? 'npm audit gave no report' };
  }
  const found = Object.values(report.vulnerabilities).flatMap(({ name, via, nodes }) =>
    via
      .filter((each) => typeof each === 'object')
      .map(({ title, severity, range, url }) => ({
        isShipped: nodes.some((path) => shipped.has(path)),
        text: `${name} ${range}: ${title} (${severity}), ${url}`,
      })),
  );
  return {
    shipped: found.filter(({ isShipped }) => isShipped).map(({ text }) => text),
    tools: found.filter(({ isShipped }) => !isShipped).map(({ text }) => text),
  };
}

/** Paths of the packages that the bundles were made of, and of what lies beside them in a package. */
export function shippedPaths(packages) {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-supply-'));
  try {
    const inputsFile = join(folder, 'inputs.json');
    const args = [
      'esbuild.mjs',
      '--outdir',
      join(folder, 'dist'),
      '--no-source-maps',
      '--inputs',
      inputsFile,
    ];
    if (run(packagedNode(), args) !== 0) throw new Error('The build failed; see above.');
    const inputs = JSON.parse(readFileSync(inputsFile, 'utf8'));
    const beside = Object.keys(packages).filter((path) =>
      /^node_modules\/(@duckdb\/|detect-libc$)/.test(path),
    );
    // From the lock file's folder on, wherever node_modules lies.
    const bundled = inputs.map(packageFolderOf).filter((path) => path !== undefined);
    return new Set([...bundled.map((path) => path.slice(path.indexOf('node_modules/'))), ...beside]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function audit() {
  const isWindows = process.platform === 'win32';
  const args = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=10000'];
  const options = { cwd: root, encoding: 'utf8', env: childEnvironment(), shell: isWindows, timeout: 60_000 };
  return spawnSync('npm', args, { ...options, maxBuffer: 64 * 1024 ** 2 }).stdout ?? '';
}

/** True if nothing is wrong. No network is no fault, and is said. */
export function checkSupplyChain() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { allowScripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const shipped = shippedPaths(packages);
  const problems = lockProblems(packages, shipped, allowScripts);
  const advisories = readAudit(audit(), shipped);
  if (advisories.unanswered !== undefined)
    console.log(`Advisories were NOT checked: the registry does not answer that (${advisories.unanswered}).`);
  for (const text of advisories.tools ?? [])
    console.log(`Advisory for a tool, which users do not get: ${text}`);
  problems.push(...(advisories.shipped ?? []));
  for (const problem of problems) console.error(problem);
  console.log(
    `Supply chain: ${Object.keys(packages).length - 1} packages in the lock file, ${shipped.size} of them for users, ${problems.length} problems.`,
  );
  return problems.length === 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = checkSupplyChain() ? 0 : 1;
