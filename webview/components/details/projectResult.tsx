import type { ProjectResult } from '../../../daemon/protocol/results.ts';
import { plural, visible } from '../../state/format.ts';
import { Name } from '../ui/name.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { ChecksTable } from './checksTable.tsx';
import { EvidenceView } from './evidenceView.tsx';
import { Table } from './table.tsx';

export interface ProjectResultViewProps {
  readonly jobId: string;
  readonly operationId: string;
  readonly result: ProjectResult;
}

/** The pipelines of a validated project, and of each the checks and evidence it would have by itself. */
export function ProjectResultView({ jobId, operationId, result }: ProjectResultViewProps) {
  const { pipelines, summary } = result;
  return (
    <>
      <h4>
        {summary.completed} of {plural(summary.total, 'pipeline')} passed
      </h4>
      <Table
        head={['Pipeline', 'Status', 'What failed']}
        rows={pipelines.map(({ pipeline_id, status, failing_checks, error }) => [
          <Name key="name" text={pipeline_id} />,
          <StatusChip key="status" status={status} />,
          visible(error?.message ?? failing_checks.join(', '), 300),
        ])}
      />
      {pipelines.map(({ pipeline_id, status, checks = [], evidence }) =>
        checks.length === 0 && evidence === undefined ? null : (
          <details key={pipeline_id} class="evidence" open={status === 'failed'}>
            <summary>Checks of {visible(pipeline_id, 200)}</summary>
            {checks.length === 0 ? null : (
              <ChecksTable jobId={jobId} operationId={operationId} checks={checks} />
            )}
            {evidence === undefined ? null : <EvidenceView evidence={evidence} />}
          </details>
        ),
      )}
    </>
  );
}
