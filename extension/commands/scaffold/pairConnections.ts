import * as vscode from 'vscode';
import type { StarterPipelines } from '../../../daemon/protocol/catalogMethods.ts';
import { followJob } from '../../contributions/followJob.ts';
import type { Services } from '../../platform/services.ts';
import { Refusal } from '../failures/refusal.ts';
import { saveDefinitions } from '../run/saveDefinitions.ts';
import { start } from '../run/start.ts';

export interface PairRequest {
  /** Said while it lasts. */
  readonly title: string;
  readonly projectDir: string;
  readonly source: string;
  readonly target: string;
  /** Only these tables of the source. */
  readonly tables?: readonly string[];
}

const nobody = { running: () => undefined, ended: () => undefined, changed: () => undefined };

/**
 * Extracts both connections, so that nothing is paired as it was long ago, and asks the daemon what pairs. Whoever cancels the
 * progress cancels the extraction.
 */
export async function pairConnections(services: Services, request: PairRequest): Promise<StarterPipelines> {
  const { title, projectDir: project, source, target } = request;
  const { session } = services;
  await saveDefinitions(services, [project]);
  const jobId = await start(services, {
    title,
    method: 'metadata/bulkExtract',
    input: {
      project,
      job_name: `Catalog of ${source} and ${target}`,
      sources: [...new Set([source, target])].map((connection) => ({ connection, row_counts: 'none' })),
    },
    projectDirs: [project],
  });
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    progress.report({ message: `reading ${source} and ${target}` });
    const cancelling = token.onCancellationRequested(
      () => void session.call('jobs/cancel', { job_id: jobId }).catch(() => undefined),
    );
    try {
      const { status } = await followJob(services, jobId, nobody);
      if (status !== 'completed') throw notRead(status, jobId);
      progress.report({ message: 'pairing tables' });
      return await session.call('catalogs/starterPipelines', {
        project,
        source,
        target,
        job_id: jobId,
        ...(request.tables !== undefined && { source_tables: [...request.tables] }),
      });
    } finally {
      cancelling.dispose();
    }
  });
}

function notRead(status: string, jobId: string): Refusal {
  if (status === 'cancelled') return new Refusal('Cancelled: no pipelines were written.');
  return new Refusal(
    'Not both connections could be read, so no pipelines were written.',
    [{ title: 'Show Job', command: 'ombudsman.showJob', args: [jobId] }],
    'error',
  );
}
