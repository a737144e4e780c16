import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { sampleTable } from '../../state/checks.ts';
import { formatDuration, formatValue, plural, visible } from '../../state/format.ts';
import { Table } from './table.tsx';
import { visibleLines } from './lines.ts';

/** What a check has to show beside its verdict: rows it found, what was reduced before comparing, the SQL it ran. */
export function CheckFindings({ check }: { readonly check: CheckResult }) {
  const { name, reductions = [], sql, duration_ms } = check;
  const samples = sampleTable(check);
  const statements = [
    ['source', sql?.source ?? []],
    ['target', sql?.target ?? []],
  ] as const;
  const hasSql = statements.some(([, texts]) => texts.length > 0);
  if (samples === undefined && reductions.length === 0 && !hasSql) return null;
  return (
    <details class="evidence">
      <summary>
        {visible(name, 200)}: {samples === undefined ? 'how it was checked' : 'samples'}
        {duration_ms === undefined ? '' : `, ${formatDuration(duration_ms)}`}
      </summary>
      {samples === undefined ? null : (
        <>
          <Table
            head={samples.columns.map((column) => visible(column, 60))}
            rows={samples.rows.map((row) => row.map((value) => formatValue(value)))}
          />
          {samples.hidden > 0 ? <p class="caption">and {plural(samples.hidden, 'more sample')}</p> : null}
        </>
      )}
      {reductions.length === 0 ? null : (
        <p>Compared after: {reductions.map((each) => visible(each, 200)).join(', ')}</p>
      )}
      {statements.map(([side, texts]) =>
        texts.length === 0 ? null : (
          <pre key={side} class="code" tabIndex={0} aria-label={`SQL of the ${side}`}>
            {visibleLines(texts.join(';\n'))}
          </pre>
        ),
      )}
    </details>
  );
}
