import type { Job, Operation } from '../../protocol/entities.ts';
import type { FollowView } from '../follow/follow.ts';
import type { Output } from '../terminal.ts';
import { operationText, progressText } from '../../client/summary.ts';
import { statusMark, statusText } from './summary.ts';
import { formatDuration, visible } from '../../client/text.ts';

/** A line in a log that says nothing for longer looks like a program that hangs, and some CI systems end it then. */
const heartbeatMs = 30_000;

/** `[3/6] ✔ completed dim_customer_validation in 1.2 s: 6 checks passed` */
export function endedLine(operation: Operation, position: string, output: Output): string {
  const { colors } = output;
  const time = operation.duration_ms === undefined ? '' : ` in ${formatDuration(operation.duration_ms)}`;
  const text = operationText(operation);
  const name = colors.bold(visible(operation.name));
  const status = `${statusMark(operation.status, colors)} ${statusText(operation.status, colors)}`;
  return `${position} ${status} ${name}${time}${text === '' ? '' : `: ${text}`}`;
}

/** `still running: 12 of 40 completed (3 running: a, b, c), about 8 s left` */
export function heartbeatLine(job: Job): string {
  const { progress } = job;
  const names = progress.current_operations.slice(0, 3).map(visible).join(', ');
  const running = progress.running === 0 ? '' : ` (${progress.running} running: ${names})`;
  const eta = progress.eta_ms === null ? '' : `, about ${formatDuration(progress.eta_ms)} left`;
  return `still ${job.status}: ${progressText(job)}${running}${eta}`;
}

/** Plain lines, one for each operation that ended: for files, pipes and CI. */
export function createPlainView(output: Output): FollowView {
  let job: Job | undefined;
  let endedCount = 0;
  let lastStatus = '';
  const line = (text: string) => output.write(`${text}\n`);
  let heartbeat: NodeJS.Timeout | undefined;
  const beatAgain = () => {
    clearTimeout(heartbeat);
    heartbeat = setTimeout(() => {
      if (job !== undefined) line(heartbeatLine(job));
      beatAgain();
    }, heartbeatMs);
  };
  beatAgain();
  return {
    wantsWaiting: false,
    update(state, change) {
      job = state.job() ?? job;
      for (const operation of change.ended) {
        endedCount += 1;
        line(endedLine(operation, `[${endedCount}/${job?.progress.total ?? '?'}]`, output));
        beatAgain();
      }
      if (job !== undefined && job.status !== lastStatus) {
        if (job.status === 'paused' || (lastStatus === 'paused' && job.status === 'running')) {
          line(`job ${statusText(job.status, output.colors)}: ${progressText(job)}`);
        }
        lastStatus = job.status;
      }
    },
    notice: line,
    stop: () => clearTimeout(heartbeat),
  };
}
