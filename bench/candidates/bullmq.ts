/** BullMQ: `node bullmq.ts PORT OPERATIONS AT_ONCE QUEUE measure|acknowledge`. One worker, as many at once as the others. */
import { Queue, Worker } from 'bullmq';
import { acknowledge, type CandidateFigures } from '../support/children.ts';

const [port, operationsText, atOnceText, name = '', mode] = process.argv.slice(2);
const operations = Number(operationsText);
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
const bulkSize = 1000;

const queue = new Queue<{ index: number }>(name, { connection });
const handedInMs = performance.now();
for (let first = 0; first < operations; first += bulkSize) {
  const size = Math.min(bulkSize, operations - first);
  await queue.addBulk(Array.from({ length: size }, (_, i) => ({ name: 'noop', data: { index: first + i } })));
}
const worker = new Worker<{ index: number }>(name, async () => null, {
  connection,
  concurrency: Number(atOnceText),
  autorun: false,
});
let left = operations;
const ended = new Promise<void>((resolve, reject) => {
  worker.on('error', reject);
  worker.on('failed', (_job, error) => reject(error));
  worker.on('completed', (job) => {
    if (mode === 'acknowledge') acknowledge(job.data.index);
    left -= 1;
    if (left === 0) resolve();
  });
});
await worker.waitUntilReady();
const startedMs = performance.now();
const running = worker.run();
await ended;
const endedMs = performance.now();
await worker.close();
await running;
const figures: CandidateFigures = { run_ms: endedMs - startedMs, whole_ms: endedMs - handedInMs };
console.log(JSON.stringify(figures));
await queue.close();
