import { plural } from '../../../daemon/client/text.ts';
import { isJobEnded } from '../../../daemon/protocol/entities.ts';
import type { Services } from '../../platform/services.ts';
import { confirmOneOf } from '../ui/confirm.ts';

/**
 * Asks how to end a daemon that has live jobs; true: it waits until running operations end. Nothing is asked, and nothing
 * waited for, where no job is live.
 */
export async function confirmStop(services: Services, verb: 'Restart' | 'Stop'): Promise<{ drain: boolean }> {
  const live = await liveJobs(services);
  if (live === 0) return { drain: false };
  const wait = `${verb} When Operations End`;
  const now = `${verb} Now`;
  const later = verb === 'Restart' ? 'after the restart' : 'when a daemon starts again';
  const chosen = await confirmOneOf(
    `${verb} the daemon? ${plural(live, 'job')} ${live === 1 ? 'is' : 'are'} live.`,
    [wait, now],
    `Jobs go on ${later}, and nothing that is finished is repeated. ${now}: operations that are running now are begun anew then.`,
  );
  return { drain: chosen === wait };
}

/** As the daemon says; as the events said last, where it does not answer. */
async function liveJobs({ session, jobs }: Services): Promise<number> {
  if (session.client === undefined) return 0;
  try {
    return (await session.client.call('daemon/status', {})).live_jobs;
  } catch {
    return [...jobs.jobs.values()].filter(({ status }) => !isJobEnded(status)).length;
  }
}
