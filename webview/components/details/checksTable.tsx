import type { CheckResult, Differences } from '../../../daemon/protocol/results.ts';
import { formatValue, plural, visible } from '../../state/format.ts';
import { Name } from '../ui/name.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { CheckFindings } from './checkFindings.tsx';
import { DifferencesOf } from './differencesOf.tsx';
import { visibleLines } from './lines.ts';
import { Table } from './table.tsx';

export interface ChecksTableProps {
  readonly jobId: string;
  readonly operationId: string;
  readonly checks: readonly CheckResult[];
}

const rank = ({ status }: CheckResult) => ['failed', 'error', 'warning', 'skipped', 'passed'].indexOf(status);

/** What was expected, what is there, and how they differ; what failed comes first. */
export function ChecksTable({ jobId, operationId, checks }: ChecksTableProps) {
  const sorted = [...checks].sort((a, b) => rank(a) - rank(b));
  return (
    <>
      <h4>Checks</h4>
      <Table
        head={['Check', 'Status', 'Expected', 'Actual', 'Difference']}
        rows={sorted.map((check) => [
          <div key="name" class="two-lines">
            <Name text={check.name} />
            {check.reason === undefined ? null : (
              <span class="second wrap">{visible(check.reason, 500)}</span>
            )}
            {check.severity === 'warn' ? <span class="second">severity warn</span> : null}
          </div>,
          <StatusChip key="status" status={check.status} />,
          <Value key="expected" value={check.expected} />,
          <Value key="actual" value={check.actual} />,
          <Value key="difference" value={check.difference ?? failingRows(check)} />,
        ])}
      />
      {sorted.map((check) => (
        <CheckFindings key={check.name} check={check} />
      ))}
      {sorted
        .filter(({ differences }) => differences !== undefined && rowsOf(differences) > 0)
        .map((check) => (
          <DifferencesOf key={check.name} jobId={jobId} operationId={operationId} check={check} />
        ))}
    </>
  );
}

function failingRows({ failing_rows: rows }: CheckResult): string | undefined {
  return rows === undefined || rows === 0 ? undefined : plural(rows, 'row');
}

/** Long ones (statistics of many columns) scroll in their cell. */
function Value({ value }: { readonly value: unknown }) {
  if (typeof value !== 'object' || value === null) return <span class="value">{formatValue(value)}</span>;
  return (
    <pre class="value" tabIndex={0}>
      {visibleLines(JSON.stringify(value, null, 1))}
    </pre>
  );
}

function rowsOf({ missing, extra, value, duplicate }: Differences): number {
  return missing + extra + value + duplicate;
}
