import type { Job, Operation } from '../../../protocol/entities.ts';
import { formulaPattern, plainNumberPattern } from '../../../protocol/spreadsheet.ts';
import { findingsOf, reasonOf, valueText, type Finding } from './findings.ts';

type Cell = string | number | undefined;

const columns = [
  'job_id',
  'job_name',
  'job_status',
  'operation_id',
  'operation',
  'type',
  'operation_status',
  'attempts',
  'started_at',
  'finished_at',
  'duration_ms',
  'pipeline_id',
  'check',
  'check_name',
  'check_status',
  'severity',
  'expected',
  'actual',
  'difference',
  'failing_rows',
  'missing',
  'extra',
  'value',
  'duplicate',
  'source_rows_scanned',
  'target_rows_scanned',
  'rows_written',
  'reason',
] as const;
type Column = (typeof columns)[number];

/**
 * RFC 4180: one row for each check, or for each operation without checks. Spreadsheets run text that looks like a
 * formula, so such text gets a leading apostrophe.
 */
export function exportCsv(job: Job, operations: readonly Operation[]): string {
  const rows = operations.flatMap((operation) => {
    const findings = findingsOf(operation);
    const filled: (Finding | undefined)[] = findings.length > 0 ? findings : [undefined];
    return filled.map((finding) => {
      const record = { ...operationCells(job, operation), ...findingCells(finding, operation) };
      return columns.map((column) => record[column]);
    });
  });
  return [[...columns], ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function operationCells(job: Job, operation: Operation): Partial<Record<Column, Cell>> {
  return {
    job_id: job.job_id,
    job_name: job.job_name,
    job_status: job.status,
    operation_id: operation.operation_id,
    operation: operation.name,
    type: operation.type,
    operation_status: operation.status,
    attempts: operation.attempts.length,
    started_at: operation.started_at,
    finished_at: operation.finished_at,
    duration_ms: operation.duration_ms,
  };
}

function findingCells(finding: Finding | undefined, operation: Operation): Partial<Record<Column, Cell>> {
  const evidence = finding?.evidence ?? operation.result?.evidence;
  const check = finding?.check;
  const failure = finding?.error;
  return {
    pipeline_id: finding?.pipeline_id,
    check: check?.check,
    check_name: check?.name,
    check_status: check?.status,
    severity: check?.severity,
    expected: valueText(check?.expected),
    actual: valueText(check?.actual),
    difference: valueText(check?.difference),
    failing_rows: check?.failing_rows,
    missing: check?.differences?.missing,
    extra: check?.differences?.extra,
    value: check?.differences?.value,
    duplicate: check?.differences?.duplicate,
    source_rows_scanned: evidence?.source?.rows_scanned,
    target_rows_scanned: evidence?.target?.rows_scanned,
    rows_written: evidence?.rows_written,
    reason: check?.reason ?? (failure ? `${failure.kind}: ${failure.message}` : reasonOf(operation)),
  };
}

const plainNumber = new RegExp(plainNumberPattern);
const formulaStart = new RegExp(formulaPattern);

/** One field: guarded against formulas, quoted where it holds a comma, a quote or a line break. */
export function csvCell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const guarded = formulaStart.test(value) && !plainNumber.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
