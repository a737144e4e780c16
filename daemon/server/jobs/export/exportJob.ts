import type { Job, Operation } from '../../../protocol/entities.ts';
import type { MethodParams, MethodResult } from '../../../protocol/methods.ts';

export type ExportFormat = MethodParams<'jobs/export'>['format'];
export type ExportedJob = MethodResult<'jobs/export'>;

interface ExportKind {
  readonly content_type: string;
  /** Loaded when first asked for: a daemon that exports nothing never reads the XML library. */
  load(): Promise<(job: Job, operations: readonly Operation[]) => string>;
}

const kinds: Record<ExportFormat, ExportKind> = {
  json: {
    content_type: 'application/json',
    load: async () => (await import('./json.ts')).exportJson,
  },
  csv: {
    content_type: 'text/csv; charset=utf-8; header=present',
    load: async () => (await import('./csv.ts')).exportCsv,
  },
  junit: {
    content_type: 'application/xml; charset=utf-8',
    load: async () => (await import('./junit.ts')).exportJunit,
  },
  html: {
    content_type: 'text/html; charset=utf-8',
    load: async () => (await import('./html.ts')).exportHtml,
  },
};

/** A job and all its operations, in order, as one document of the given format. */
export async function exportJob(
  format: ExportFormat,
  job: Job,
  operations: readonly Operation[],
): Promise<ExportedJob> {
  const kind = kinds[format];
  const write = await kind.load();
  return { content_type: kind.content_type, content: write(job, operations) };
}
