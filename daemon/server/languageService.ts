import { isJobEnded } from '../protocol/entities.ts';
import type { JobService } from './jobs/service.ts';
import { LanguageHub } from './language/languageHub.ts';
import type { Logger } from './log.ts';
import type { Api } from './rpc/api.ts';

/** The language servers of a daemon, which know what its jobs left. */
export function createLanguageService(api: Api, service: JobService, log: Logger): LanguageHub {
  const hub = new LanguageHub({
    ask: async (method, input) => (await api.call(method, input)) as never,
    log: (level, message) => log[level](message),
  });
  service.addListener({
    jobChanged: (jobId) => {
      const job = service.job(jobId);
      if (job === undefined || isJobEnded(job.status)) hub.jobsChanged();
    },
    operationChanged: () => undefined,
    jobDeleted: () => hub.jobsChanged(),
  });
  return hub;
}
