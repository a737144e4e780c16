import * as vscode from 'vscode';
import { plural } from '../../daemon/client/text.ts';
import { jobIdsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { jobItem } from './jobs/jobItems.ts';
import { showDone } from './ui/notice.ts';
import { askOnce } from './ui/steps.ts';

export const copyJobId: Command = {
  id: 'ombudsman.copyJobId',
  needs: 'nothing',
  async run(services, ...args) {
    const given = jobIdsOf(args);
    const jobIds = given.length > 0 ? given : [await pick()];
    await vscode.env.clipboard.writeText(jobIds.join('\n'));
    showDone(`Copied ${plural(jobIds.length, 'job ID')}`);

    // The store is enough: what is not in it is in no view to be copied from, and no daemon is started for it.
    async function pick(): Promise<string> {
      const nowMs = Date.now();
      const items = [...services.jobs.jobs.values()].map((job) => jobItem(job, nowMs));
      if (items.length === 0) throw new Refusal('There is no job whose ID could be copied.');
      const job = await askOnce('Copy Job ID', (ask) => ask.pick({ placeholder: 'Select a job', items }));
      return job.job_id;
    }
  },
};
