/**
 * Summaries as rows of values under one list of column names: a third of the text and of the parsing that objects would take, which
 * is what the start with 100,000 jobs is made of. The columns come from the schemas, so a new field cannot be forgotten here.
 */
import { jobSchema, progressSchema } from '../../protocol/entities.ts';
import type { JobSummary } from './schemas.ts';

export type SummaryRow = readonly unknown[];

interface Column {
  readonly key: string;
  /** null is a value of its own; of other columns it says that the field is absent. */
  readonly isNullable: boolean;
}

function columnsOf(shape: Record<string, { safeParse(value: unknown): { success: boolean } }>): Column[] {
  return Object.entries(shape)
    .filter(([key]) => key !== 'progress')
    .map(([key, schema]) => ({ key, isNullable: schema.safeParse(null).success }));
}

const jobColumns = columnsOf(jobSchema.shape);
const progressColumns = columnsOf(progressSchema.shape);

/** Names of the values of a row, in order. */
export const summaryColumns: string[] = [
  ...jobColumns.map(({ key }) => key),
  ...progressColumns.map(({ key }) => `progress.${key}`),
  'operations_ended',
];

export function rowOf({ job, operations_ended }: JobSummary): SummaryRow {
  return [...valuesOf(job, jobColumns), ...valuesOf(job.progress, progressColumns), operations_ended];
}

/** The summary of a row whose columns are `summaryColumns`; nothing is checked. */
export function summaryOf(row: SummaryRow): JobSummary {
  const job = fieldsOf(row, 0, jobColumns);
  job.progress = fieldsOf(row, jobColumns.length, progressColumns);
  return { job, operations_ended: row.at(-1) } as unknown as JobSummary;
}

function valuesOf(record: Record<string, unknown>, columns: readonly Column[]): unknown[] {
  return columns.map(({ key }) => record[key]);
}

function fieldsOf(row: SummaryRow, start: number, columns: readonly Column[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let n = 0; n < columns.length; n += 1) {
    const { key, isNullable } = columns[n] as Column;
    const value = row[start + n];
    if (value !== null || isNullable) record[key] = value;
  }
  return record;
}
