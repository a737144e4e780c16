import type { JobMakingMethod } from '../../../daemon/protocol/methods.ts';
import type { Services } from '../../platform/services.ts';
import { submit, type Making } from './submit.ts';

/** Makes a job; returns its id. */
export async function start<M extends JobMakingMethod>(
  services: Services,
  making: Making<M>,
): Promise<string> {
  const answer = await submit(services, making);
  if ('dry_run' in answer) throw new Error(`${making.method} planned a job that should run`);
  return answer.job_id;
}
