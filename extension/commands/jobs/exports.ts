/** Formats and file names of exports. Free of vscode. */
import type { Job } from '../../../daemon/protocol/entities.ts';

export interface ExportFormat {
  readonly name: 'json' | 'csv' | 'junit' | 'html';
  readonly label: string;
  readonly extension: string;
  readonly detail: string;
}

export const exportFormats: readonly ExportFormat[] = [
  {
    name: 'html',
    label: 'HTML report',
    extension: 'html',
    detail: 'The whole evidence as one file to hand on and to print',
  },
  { name: 'json', label: 'JSON', extension: 'json', detail: 'The job and all its operations, for programs' },
  { name: 'csv', label: 'CSV', extension: 'csv', detail: 'A line for each check, for spreadsheets' },
  {
    name: 'junit',
    label: 'JUnit',
    extension: 'xml',
    detail: 'Pipelines and checks as test cases, for CI systems',
  },
];

/** `Daily_validation-2026-01-31-7KQ2ZP.html`: the end of the id keeps the jobs of one day apart. */
export function exportFileName(job: Job, { extension }: ExportFormat): string {
  const stem = exportFileStem(job.job_name, 'job');
  return `${stem}-${job.created_at.slice(0, 10)}-${job.job_id.slice(-6)}.${extension}`;
}

/** A name of anything as the name of a file on every system, without its extension. */
export function exportFileStem(name: string, otherwise: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^[._]+|[._]+$/g, '');
  return safe.slice(0, 80) || otherwise;
}
