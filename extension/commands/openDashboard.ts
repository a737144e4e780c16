import { openDashboard as open } from '../dashboard/registerDashboard.ts';
import { jobIdOf, recordOf, textOf } from './arguments.ts';
import type { Command } from './command.ts';

/** Called with nothing, a job, or `{tab}`. */
export const openDashboard: Command = {
  id: 'ombudsman.openDashboard',
  needs: 'trust',
  async run(services, ...args) {
    const record = recordOf(args);
    await open(services, {
      tab: textOf(record, 'tab'),
      jobId: jobIdOf(args) ?? textOf(record, 'jobId'),
    });
  },
};
