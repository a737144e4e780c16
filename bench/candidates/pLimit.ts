/** Bare p-limit, nothing kept anywhere: `node pLimit.ts OPERATIONS AT_ONCE measure|acknowledge`. */
import pLimit from 'p-limit';
import { acknowledge, type CandidateFigures } from '../support/children.ts';

const [operationsText, atOnceText, mode] = process.argv.slice(2);
const limit = pLimit(Number(atOnceText));
const states = new Map<number, string>();

const startedMs = performance.now();
await Promise.all(
  Array.from({ length: Number(operationsText) }, (_, index) =>
    limit(async () => {
      states.set(index, 'running');
      await Promise.resolve();
      states.set(index, 'completed');
      if (mode === 'acknowledge') acknowledge(index);
    }),
  ),
);
const endedMs = performance.now();
const figures: CandidateFigures = { run_ms: endedMs - startedMs, whole_ms: endedMs - startedMs };
console.log(JSON.stringify(figures));
