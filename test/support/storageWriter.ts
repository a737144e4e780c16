/**
 * A process that lives through jobs until it is killed, and says on stdout what the store has acknowledged: `created n`,
 * `appended n seq`, `ended n seq`. Arguments: data directory, number of the first job.
 */
import { isJobEnded } from '../../daemon/protocol/entities.ts';
import { createFileStore, type FileStore } from '../../daemon/server/storage/fileStore.ts';
import { samplesOf, summarise } from '../../daemon/server/storage/summary.ts';
import { createdAt, jobDocument, jobId, record } from './storageJobs.ts';

const callersAtOnce = 10;
const recordsOfAJob = 400;
const compactEvery = 150;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Ten callers, each waiting for its append before the next, with a compaction now and then, to the end of the job. */
async function runJob(store: FileStore, n: number, startSeq: number): Promise<void> {
  let next = startSeq + 1;
  let acknowledged = startSeq;
  let compactedAt = startSeq;
  let compaction = Promise.resolve();
  const last = startSeq + recordsOfAJob;
  const call = async () => {
    while (next <= last) {
      const seq = next;
      next += 1;
      await store.append(jobId(n), [record(seq)]);
      acknowledged = Math.max(acknowledged, seq);
      say(`appended ${n} ${seq}`);
      if (acknowledged - compactedAt < compactEvery) continue;
      compactedAt = acknowledged;
      compaction = compaction.then(() =>
        store.compact(jobDocument({ n, seq: compactedAt, status: 'running' })),
      );
    }
  };
  await Promise.all(Array.from({ length: callersAtOnce }, call));
  await compaction;
  const ended = jobDocument({
    n,
    seq: last,
    status: 'completed',
    state: { started_at: createdAt(n), finished_at: createdAt(n + 1) },
  });
  await store.finish(ended, summarise(ended), samplesOf(ended));
  say(`ended ${n} ${last}`);
}

const [dataDir, firstJob] = process.argv.slice(2);
const store = createFileStore({ dataDir: dataDir as string });
const { live_job_ids: live, notices } = await store.open();
if (notices.length > 0) throw new Error(JSON.stringify(notices));
for (const liveId of live) {
  const { document, records } = await store.load(liveId);
  const last = document.journal_seq + records.length;
  const n = Number(liveId.slice(10));
  if (isJobEnded(document.state.status) && records.length === 0)
    await store.finish(document, summarise(document), samplesOf(document));
  else await runJob(store, n, last);
}
for (let n = Number(firstJob); ; n += 1) {
  await store.create(jobDocument({ n }), summarise(jobDocument({ n })));
  say(`created ${n}`);
  await runJob(store, n, 0);
}
