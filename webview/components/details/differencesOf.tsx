import { useState } from 'preact/hooks';
import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { kindText } from '../../../daemon/protocol/differenceText.ts';
import { formatCount, visible } from '../../state/format.ts';
import { Button } from '../ui/button.tsx';
import { Name } from '../ui/name.tsx';
import { DifferencesGrid } from './differencesGrid.tsx';
import { Table } from './table.tsx';

export interface DifferencesOfProps {
  readonly jobId: string;
  readonly operationId: string;
  readonly check: CheckResult;
}

/** How many rows differ and in what, and on demand the rows themselves. */
export function DifferencesOf({ jobId, operationId, check }: DifferencesOfProps) {
  const [isOpen, setOpen] = useState(false);
  const { differences } = check;
  if (differences === undefined) return null;
  const { missing, extra, value, duplicate, by_column, artifact_id, truncated } = differences;
  const words = Object.entries({ missing, extra, value, duplicate })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${formatCount(count)} ${what === 'value' ? 'with other values' : what}`);
  return (
    <section class="differences" aria-label={`Differing rows of ${visible(check.name, 100)}`}>
      <h4>Differing rows</h4>
      <p>
        {words.join(', ')}
        {truncated ? '. The artifact holds a part of them; the counts are whole.' : ''}
      </p>
      {by_column.length === 0 ? null : (
        <Table
          head={['Column', 'Kind', 'Rows']}
          numbers={[2]}
          rows={by_column.map((each) => [
            <Name key="column" text={each.column} />,
            visible(kindText(each), 200),
            formatCount(each.rows),
          ])}
        />
      )}
      {artifact_id === null ? null : (
        <Button kind="primary" onPress={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide rows' : 'Show rows'}
        </Button>
      )}
      {isOpen && artifact_id !== null ? (
        <DifferencesGrid
          jobId={jobId}
          operationId={operationId}
          artifactId={artifact_id}
          name={check.name}
          differences={differences}
        />
      ) : null}
    </section>
  );
}
