import { useState } from 'preact/hooks';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import { isOperationEnded } from '../../../daemon/protocol/endings.ts';
import { call, runCommand } from '../../host.ts';
import { failed } from '../../state/app.ts';
import { visible } from '../../state/format.ts';
import { shownStatus } from '../../state/jobs.ts';
import { operationDuration, operationNote } from '../../state/operations.ts';
import { operationTypeWords } from '../../state/words.ts';
import { useLoaded, useScrollIntoView } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/iconButton.tsx';
import { Name } from '../ui/name.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { Artifacts } from './artifacts.tsx';
import { Attempts } from './attempts.tsx';
import { ErrorView } from './errorView.tsx';
import { JobLog } from './jobLog.tsx';
import { visibleLines } from './lines.ts';
import { ResultView } from './resultView.tsx';

export interface OperationCardProps {
  readonly jobId: string;
  /** As events tell it: without the result. */
  readonly operation: Operation;
  readonly nowMs: number;
  readonly onClose: () => void;
}

/** All that is known of one operation. */
export function OperationCard({ jobId, operation, nowMs, onClose }: OperationCardProps) {
  const { operation_id: id, status, attempts } = operation;
  const place = useScrollIntoView<HTMLElement>();
  const version = `${id} ${status} ${attempts.length}`;
  const { value: full, error } = useLoaded(version, async () => {
    const { operations } = await call('jobs/operations', { job_id: jobId, operation_ids: [id] });
    return operations[0];
  });
  const [showsLog, setShowsLog] = useState(false);
  const [showsJson, setShowsJson] = useState(false);
  const shown = full?.status === status ? full : operation;
  return (
    <aside ref={place} class="card" aria-label={`Operation ${visible(operation.name, 100)}`}>
      <header class="row">
        <h3 class="card-title">
          <Name text={operation.name} />
        </h3>
        <StatusChip status={shownStatus(operation)} />
        <IconButton icon="cross" label="Close" onPress={onClose} />
      </header>
      <p class="caption">
        {id} · {operationTypeWords[operation.type]} · {operationDuration(operation, nowMs)} ·{' '}
        {attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`}
      </p>
      {shown.error === undefined ? (
        <p class="note">{operationNote(operation)}</p>
      ) : (
        <ErrorView error={shown.error} />
      )}
      {operation.depends_on.length === 0 ? null : (
        <p class="caption">After {operation.depends_on.map((name) => visible(name, 100)).join(', ')}</p>
      )}
      <div class="row">
        {status === 'failed' ? <Button onPress={() => void retry(jobId, id)}>Try this again</Button> : null}
        <Button onPress={() => setShowsLog(!showsLog)}>{showsLog ? 'Hide log' : 'Show log'}</Button>
        <Button onPress={() => setShowsJson(!showsJson)}>{showsJson ? 'Hide JSON' : 'Show JSON'}</Button>
        <Button onPress={() => void runCommand('ombudsman.showOperation', jobId, id).catch(failed)}>
          Open in editor
        </Button>
      </div>
      {showsLog ? <JobLog jobId={jobId} operationId={id} version={version} /> : null}
      {showsJson ? (
        <pre class="code" tabIndex={0} aria-label="The operation as JSON">
          {visibleLines(JSON.stringify(full ?? operation, null, 2))}
        </pre>
      ) : null}
      {full === undefined && error === undefined && isOperationEnded(status) ? (
        <ProgressRing label="Reading the result…" />
      ) : null}
      {error === undefined ? null : (
        <p class="problem">{error instanceof Error ? error.message : 'The result cannot be read.'}</p>
      )}
      {shown.result === undefined ? null : (
        <ResultView jobId={jobId} operationId={id} result={shown.result} />
      )}
      <Attempts operation={shown} />
      <Artifacts jobId={jobId} operation={shown} />
    </aside>
  );
}

async function retry(jobId: string, operationId: string): Promise<void> {
  await call('jobs/retry', { job_id: jobId, operation_ids: [operationId] }).catch(failed);
}
