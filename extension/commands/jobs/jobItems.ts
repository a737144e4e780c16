/** Jobs and operations as lines of a quick pick, in the words of the Jobs view. Free of vscode at run time. */
import type { Job, Operation } from '../../../daemon/protocol/entities.ts';
import { facts, short } from '../../views/format.ts';
import { jobItem as lineOfJob } from '../../views/jobItem.ts';
import { operationItem as lineOfOperation } from '../../views/operationItem.ts';
import type { ItemIcon } from '../../views/viewItem.ts';
import type { PickItem } from '../ui/steps.ts';

export function jobItem(job: Job, nowMs: number): PickItem<Job> {
  const { label, icon, description } = lineOfJob(job, { nowMs, isOwn: true, isConnected: true });
  return {
    label: withIcon(icon, label),
    description,
    detail: facts(job.project_id, job.tags.join(', '), job.job_id),
    value: job,
  };
}

export function operationItem(jobId: string, operation: Operation): PickItem<Operation> {
  const node = { kind: 'operation', jobId, operationId: operation.operation_id } as const;
  const { label, icon, description } = lineOfOperation(node, operation, true);
  return {
    label: withIcon(icon, label),
    description: operation.status,
    detail: short(description),
    value: operation,
  };
}

export function hasDifferences(operation: Operation): boolean {
  return operation.artifacts.some(({ kind }) => kind === 'differences');
}

function withIcon(icon: ItemIcon | undefined, label: string): string {
  return icon === undefined ? plain(label) : `$(${icon.id}) ${plain(label)}`;
}

/** Labels show `$(name)` as an icon: in a name that a person chose it is text. */
export function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}
