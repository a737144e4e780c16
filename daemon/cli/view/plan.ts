import stringWidth from 'string-width';
import type { Plan } from '../../protocol/answers.ts';
import type { Colors } from '../terminal.ts';
import { renderTable } from './table.ts';
import { formatDuration, plural, visible } from '../../client/text.ts';

/** What would run, and in which order it may: the answer of a dry run. */
export function renderPlan(plan: Plan, options: { readonly width: number; readonly colors: Colors }): string {
  const { colors } = options;
  const rows = plan.operations.map((operation) => [
    operation.operation_id,
    visible(operation.name),
    visible(operation.description),
    operation.depends_on.map(visible).join(', '),
    operation.connections.map(visible).join(', '),
    operation.timeout_ms === null ? '' : formatDuration(operation.timeout_ms),
  ]);
  const names = plan.operations.map(({ name }) => Math.min(30, stringWidth(visible(name))));
  // Names are what a person looks for; what an operation does and waits for gives way first.
  const columns = [
    { head: 'id', min: 7 },
    { head: 'operation', min: Math.max(16, ...names) },
    ...['what', 'after', 'connections', 'timeout'].map((head) => ({ head })),
  ];
  const project = plan.project_id === null ? '' : `, project ${visible(plan.project_id)}`;
  const head = `${colors.bold(visible(plan.job_name))}: ${plural(plan.total_operations, 'operation')}, at most ${plan.max_parallel} at once${project}`;
  return `${head}\n\n${renderTable(columns, rows, options)}\n\nNothing was run (--dry-run).\n`;
}
