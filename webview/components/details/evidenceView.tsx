import type { Evidence, SideEvidence } from '../../../daemon/protocol/results.ts';
import { formatTime, formatValue, plural, visible } from '../../state/format.ts';
import { Name } from '../ui/name.tsx';

/** What was really read and written, where, when, and with which SQL. */
export function EvidenceView({ evidence }: { readonly evidence: Evidence }) {
  const { source, target, rows_written: written, started_at, finished_at } = evidence;
  return (
    <>
      <h4>Evidence</h4>
      {source === undefined ? null : <Side title="Source" side={source} />}
      {target === undefined ? null : <Side title="Target" side={target} />}
      {written === undefined ? null : <p>{plural(written, 'row')} written</p>}
      <p class="caption">
        From {formatTime(started_at)} to {formatTime(finished_at)}
      </p>
    </>
  );
}

function Side({ title, side }: { readonly title: string; readonly side: SideEvidence }) {
  const facts = [
    `${visible(side.system, 100)} ${visible(side.version, 100)}`,
    `${plural(side.rows_scanned, 'row')} read`,
    ...(side.snapshot === undefined ? [] : [`snapshot ${visible(side.snapshot, 100)}`]),
  ];
  return (
    <details class="evidence">
      <summary>
        {title}: <Name text={side.connection} />, {facts.join(', ')}
      </summary>
      <pre class="code" tabIndex={0} aria-label={`SQL of the ${title.toLowerCase()}`}>
        {side.sql.map((sql) => formatValue(sql.replaceAll('\n', ' '))).join('\n')}
      </pre>
    </details>
  );
}
