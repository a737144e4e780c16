import { openPlan } from '../contributions/documents/openDocument.ts';
import type { Command } from './command.ts';
import { batchFilesFor } from './run/batchFiles.ts';
import { runFile } from './run/runFile.ts';

/** Opens what would run, as a document. Nothing is run. */
export const dryRunBatchFile: Command = {
  id: 'ombudsman.dryRunBatchFile',
  needs: 'trust',
  async run(services, ...args) {
    for (const file of await batchFilesFor(services, args, 'Dry Run Batch File')) {
      const plan = await runFile(services, file, { isDryRun: true, args });
      if (!('dry_run' in plan)) throw new Error(`${file} was run instead of planned`);
      await openPlan(services, plan);
    }
  },
};
