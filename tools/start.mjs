// npm start: from a fresh clone to a validated migration. Exit code 0 exactly when the validation found what was planted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build, install, packagedNode, read, requireNode, root, run } from './setup.mjs';

const project = join(root, 'examples', 'retail-migration');
/** Its own data directory, and so its own daemon: one that the user may be running is left alone. */
const dataDir = join(root, 'examples', '.ombudsman');
const cli = join(root, 'dist', 'cli.mjs');

const step = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}\n`);
const ombudsman = (...args) => [cli, '--data-dir', dataDir, ...args];
const inProject = { spawn: { cwd: project } };

function fail(text) {
  console.error(`\n${text}`);
  return 1;
}

/** Validates with the live display, and returns the job as JSON. */
function validate() {
  const node = packagedNode();
  const accepted = JSON.parse(
    read(node, ombudsman('run', 'daily-validation.batch.yaml', '--detach', '--format', 'json'), inProject),
  );
  const id = accepted.job.job_id;
  const status = run(node, ombudsman('jobs', 'watch', id), inProject);
  return { id, status, json: read(node, ombudsman('jobs', 'show', id, '--format', 'json'), inProject) };
}

function compare(json) {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-start-'));
  try {
    const file = join(folder, 'job.json');
    writeFileSync(file, json);
    return run(packagedNode(), ['tools/compareAnswerKey.ts', project, file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function whatNext(id) {
  const command = `node ${relative(process.cwd(), cli)} --data-dir ${relative(process.cwd(), dataDir)}`;
  console.log(`
Green: pipelines over tables without planted differences. Red: the others, as it should be.
Try next:
  ${command} jobs show ${id} --operation op-0003     one pipeline in full
  ${command} jobs export ${id} --format html -o report.html
  ${command} jobs list
  ${command} run examples/retail-migration/extract-metadata.batch.yaml
  npm run package     the VS Code extension as a .vsix; then: code --install-extension ombudsman-batch-operations-*.vsix
  npm test
The example keeps its jobs in ${relative(process.cwd(), dataDir)}; without --data-dir you use your own.`);
}

function main() {
  requireNode();
  step('1/5 install and build');
  if (!install()) return fail('The packages could not be installed; see above.');
  if (!build()) return fail('The build failed; see above.');
  console.log('Built dist/cli.mjs, dist/server.mjs and dist/engine.mjs.');

  step('2/5 generate the old database and the new one, with planted differences');
  const generated = run(packagedNode(), ombudsman('run', 'generate.batch.yaml'), inProject);
  if (generated !== 0) return fail(`Generation ended with exit code ${generated}.`);

  step('3/5 validate (exit code 1 is right here: differences were planted)');
  const job = validate();

  step('4/5 compare what was found with the answer key');
  const isFailedJob = job.status === 1;
  const comparison = compare(job.json);

  step('5/5 stop the daemon of the example');
  run(packagedNode(), ombudsman('daemon', 'stop'));
  if (comparison !== 0) return fail('The validation did not find exactly what was planted.');
  if (!isFailedJob)
    return fail(`The validation ended with exit code ${job.status}; with planted differences it must be 1.`);
  whatNext(job.id);
  return 0;
}

process.exit(main());
