import { useEffect, useRef } from 'preact/hooks';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import { formatDuration, plural, visible } from '../../state/format.ts';
import { Table } from '../details/table.tsx';
import { Name } from '../ui/name.tsx';

const shownOperations = 200;

/** What a run would do, in the order of the batch. Nothing was started. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [plan]);
  const shown = plan.operations.slice(0, shownOperations);
  return (
    <section class="plan" aria-label="Plan">
      <h3 ref={heading} tabIndex={-1}>
        Plan: {plural(plan.total_operations, 'operation')}, up to {plan.max_parallel} at once
      </h3>
      {plan.diagnostics.map((diagnostic, at) => (
        <p key={at} class="hint">
          {visible(diagnostic.message, 400)}
        </p>
      ))}
      <Table
        head={['Operation', 'What it does', 'Connections', 'After', 'Timeout', 'Attempts']}
        numbers={[5]}
        rows={shown.map((operation) => [
          <Name key="name" text={operation.name} />,
          visible(operation.description, 300),
          visible(operation.connections.join(', '), 200),
          visible(operation.depends_on.join(', '), 200),
          operation.timeout_ms === null ? 'none' : formatDuration(operation.timeout_ms),
          operation.max_attempts,
        ])}
      />
      {plan.operations.length > shown.length ? (
        <p class="caption">and {plural(plan.operations.length - shown.length, 'more operation')}</p>
      ) : null}
    </section>
  );
}
