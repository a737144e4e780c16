import { call, runCommand } from '../../host.ts';
import { failed } from '../../state/app.ts';
import { formatClock, plural, visible } from '../../state/format.ts';
import { useLoaded } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';

export interface JobLogProps {
  readonly jobId: string;
  readonly operationId?: string;
  /** Another one: there may be more to read. */
  readonly version: string;
}

/** More is read in the editor, which follows it and finds in it. */
const shownEntries = 500;

export function JobLog({ jobId, operationId, version }: JobLogProps) {
  const { value, error } = useLoaded(`${jobId} ${operationId} ${version}`, () =>
    call('jobs/log', { job_id: jobId, operation_id: operationId, limit: 10_000 }),
  );
  if (value === undefined) {
    if (error === undefined) return <ProgressRing label="Reading the log…" />;
    return <p class="problem">{error instanceof Error ? error.message : 'The log cannot be read.'}</p>;
  }
  const last = value.entries.slice(-shownEntries);
  const openLog = () =>
    void runCommand('ombudsman.showJobLog', jobId, ...(operationId === undefined ? [] : [operationId])).catch(
      failed,
    );
  return (
    <div class="log">
      {last.length === 0 ? <p class="caption">Nothing was written yet.</p> : null}
      {last.length < value.entries.length ? (
        <p class="caption">The last {plural(last.length, 'line')}; the editor has them all.</p>
      ) : null}
      <ol class="log-lines" tabIndex={0} aria-label="Log">
        {last.map((entry) => (
          <li key={entry.seq} class={`log-line log-${entry.level}`}>
            <time dateTime={entry.at}>{formatClock(new Date(entry.at))}</time>
            <span class="log-level">{entry.level}</span>
            <span class="log-text">{visible(entry.message)}</span>
          </li>
        ))}
      </ol>
      <Button onPress={openLog}>Open log in editor</Button>
    </div>
  );
}
