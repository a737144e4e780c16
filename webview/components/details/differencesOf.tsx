import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { kindText } from '../../../daemon/protocol/differenceText.ts';
import { view } from '../../state/app.ts';
import { isSamePlace, opened } from '../../state/differences.ts';
import { formatCount, visible } from '../../state/format.ts';
import { hideRows, showRows } from '../../state/viewState.ts';
import { useStore } from '../hooks.ts';
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
  const { differences } = check;
  const artifactId = differences?.artifact_id ?? null;
  const place = { operation_id: operationId, artifact_id: artifactId ?? '' };
  const open = useStore(view, (state) => state.open_rows.find((each) => isSamePlace(each, place)));
  if (differences === undefined) return null;
  const { missing, extra, value, duplicate, by_column, truncated } = differences;
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
      {artifactId === null ? null : (
        <Button
          kind="primary"
          onPress={() =>
            view.update((state) =>
              open === undefined ? showRows(state, opened(place, differences)) : hideRows(state, open),
            )
          }
        >
          {open === undefined ? 'Show rows' : 'Hide rows'}
        </Button>
      )}
      {open === undefined ? null : (
        <DifferencesGrid
          jobId={jobId}
          operationId={operationId}
          name={check.name}
          differences={differences}
          open={open}
        />
      )}
    </section>
  );
}
