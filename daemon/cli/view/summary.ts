import type { JobStatus, OperationStatus } from '../../protocol/entities.ts';
import type { Colors } from '../terminal.ts';

/** One character and one colour for each status, the same in lists, tables and the live display. */
export function statusMark(status: OperationStatus | JobStatus, colors: Colors): string {
  const marks: Record<OperationStatus | JobStatus, string> = {
    pending: colors.dim('·'),
    running: colors.cyan('▸'),
    paused: colors.yellow('⏸'),
    completed: colors.green('✔'),
    partial_success: colors.yellow('◐'),
    failed: colors.red('✖'),
    skipped: colors.dim('○'),
    cancelled: colors.magenta('■'),
  };
  return marks[status];
}

/** The status in its colour. */
export function statusText(status: OperationStatus | JobStatus, colors: Colors): string {
  const paint: Record<OperationStatus | JobStatus, (text: string) => string> = {
    pending: colors.dim,
    running: colors.cyan,
    paused: colors.yellow,
    completed: colors.green,
    partial_success: colors.yellow,
    failed: colors.red,
    skipped: colors.dim,
    cancelled: colors.magenta,
  };
  return paint[status](status);
}
