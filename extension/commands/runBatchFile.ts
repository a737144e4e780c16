import type { Plan, Submitted } from '../../daemon/protocol/answers.ts';
import type { Services } from '../platform/services.ts';
import type { Command } from './command.ts';
import { batchFilesFor } from './run/batchFiles.ts';
import { runFile } from './run/runFile.ts';
import { showStarted } from './run/showStarted.ts';

/** Makes a job of each batch file. Returns the (first) job's id. */
export const runBatchFile: Command = {
  id: 'ombudsman.runBatchFile',
  needs: 'trust',
  async run(services, ...args) {
    const files = await batchFilesFor(services, args, 'Run Batch File');
    const jobIds: string[] = [];
    try {
      for (const file of files) jobIds.push(await submitFile(services, file, args));
    } finally {
      // Of several files the first may run although a later one cannot.
      await showStarted(services, jobIds);
    }
    return { job_id: jobIds[0] };
  },
};

async function submitFile(services: Services, file: string, args: readonly unknown[]): Promise<string> {
  const answer: Submitted | Plan = await runFile(services, file, { isDryRun: false, args });
  if ('dry_run' in answer) throw new Error(`${file} was planned instead of run`);
  return answer.job_id;
}
