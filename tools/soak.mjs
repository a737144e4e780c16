// npm run test:soak -- --minutes N: crashes, faults, the model of the job states and the fuzzing, again and again with new seeds, until the
// time is over. Ends with 1 at the first failure; the seed stands in what the test says.
import { parseArgs } from 'node:util';
import { build, install, packagedNode, requireNode, run } from './setup.mjs';

const processFiles = ['crash', 'storage', 'leftovers', 'generationKilled', 'rpcFuzz'].map(
  (name) => `test/process/${name}.test.ts`,
);
const unitFiles = ['jobs/model', 'storage/faults', 'storage/journalFuzz', 'definitions/property'].map(
  (name) => `test/unit/${name}.test.ts`,
);
/** Rounds of kill -9 in one turn; npm test has four. */
const crashRounds = 25;

/** One turn: every kind once. True if all passed. */
function turn() {
  const environment = { OMBUDSMAN_CRASH_ROUNDS: String(crashRounds), OMBUDSMAN_MODEL_RUNS: '2000' };
  return [
    ['unit', unitFiles],
    ['process', processFiles],
  ].every(([project, files]) => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=dot', ...files];
    return run(packagedNode(), args, { environment }) === 0;
  });
}

function minutes() {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
  const wanted = Number(values.minutes);
  if (wanted > 0) return wanted;
  throw new Error(`--minutes ${values.minutes} is no time: write a number greater than 0.`);
}

function main() {
  requireNode();
  const until = Date.now() + minutes() * 60_000;
  if (!install() || !build()) return 1;
  let turns = 0;
  do {
    turns += 1;
    if (!turn()) {
      console.error(`FAILED in turn ${turns}.`);
      return 1;
    }
    console.log(`turn ${turns} passed: ${turns * crashRounds} kills of the daemon so far`);
  } while (Date.now() < until);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
