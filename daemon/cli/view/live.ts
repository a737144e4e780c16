import { createLogUpdate } from 'log-update';
import type { Job, Operation, Waiting } from '../../protocol/entities.ts';
import type { FollowView } from '../follow/follow.ts';
import type { JobState } from '../follow/jobState.ts';
import type { Colors, Output } from '../terminal.ts';
import { endedLine } from './plain.ts';
import { progressText, waitingText } from '../../client/summary.ts';
import { formatCount, formatDuration, plural, visible } from '../../client/text.ts';
import { bar, fit, truncate } from './text.ts';

const redrawIntervalMs = 100;
/** Elapsed times move even when nothing else does. */
const tickMs = 500;
const maxWaitingLines = 3;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface LiveFrame {
  readonly job: Job;
  readonly operations: Iterable<Operation>;
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
  readonly spinner: string;
  readonly colors: Colors;
}

function elapsedMs(startedAt: string | undefined, nowMs: number): number {
  return startedAt === undefined ? 0 : Math.max(0, nowMs - Date.parse(startedAt));
}

function headLines(frame: LiveFrame): string[] {
  const { job, colors, width } = frame;
  const { progress } = job;
  const facts = [
    job.cancel_requested === true ? 'cancelling' : job.status === 'running' ? '' : job.status,
    progressText(job),
    progress.rows_processed > 0 ? plural(progress.rows_processed, 'row') : '',
    formatDuration(elapsedMs(job.started_at ?? job.created_at, frame.nowMs)),
    progress.eta_ms === null ? '' : `about ${formatDuration(progress.eta_ms)} left`,
  ];
  const text = facts.filter((fact) => fact !== '').join(' · ');
  const name = truncate(visible(job.job_name), Math.floor(width / 3));
  const barWidth = Math.max(10, Math.min(40, width - 12));
  return [
    `${colors.cyan(frame.spinner)} ${colors.bold(name)}  ${truncate(text, width - name.length - 5)}`,
    `  ${colors.green(bar(progress.percent / 100, barWidth))} ${Math.floor(progress.percent)} %`,
  ];
}

function runningDetail(operation: Operation, width: number): string {
  const progress = operation.progress;
  const phase = progress?.phase === undefined ? '' : visible(progress.phase);
  if (operation.cancel_requested === true) return 'cancelling';
  if (progress === undefined) return '';
  const { rows_done: done, rows_total: total, steps_done: steps, steps_total: allSteps } = progress;
  const stepText = steps === undefined || allSteps === undefined ? '' : `step ${steps}/${allSteps} `;
  if (total === undefined || total === 0) {
    return `${stepText}${phase}${done > 0 ? ` ${plural(done, 'row')}` : ''}`.trim();
  }
  const counts = `${formatCount(done)}/${formatCount(total)}`;
  const barWidth = Math.min(12, width - counts.length - 16);
  const drawn = barWidth >= 5 ? `${bar(done / total, barWidth)} ` : '';
  return `${drawn}${counts} ${stepText}${phase}`.trim();
}

function runningLine(operation: Operation, frame: LiveFrame): string {
  const time = formatDuration(
    elapsedMs(operation.attempts.at(-1)?.started_at ?? operation.started_at, frame.nowMs),
  );
  const nameWidth = Math.floor(frame.width * 0.35);
  const detailWidth = frame.width - nameWidth - time.length - 8;
  const name = fit(visible(operation.name), nameWidth);
  const detail = fit(runningDetail(operation, detailWidth), detailWidth);
  return `  ${frame.colors.cyan('▸')} ${name}  ${frame.colors.dim(detail)}  ${time}`;
}

function waitingLine(operation: Operation, frame: LiveFrame): string {
  const reason = frame.waiting.get(operation.operation_id) ?? operation.waiting;
  const nameWidth = Math.floor(frame.width * 0.35);
  const text = reason === undefined ? 'waits' : waitingText(reason);
  const name = fit(visible(operation.name), nameWidth);
  return frame.colors.dim(`  · ${name}  ${truncate(text, frame.width - nameWidth - 7)}`);
}

/** What the live display shows at one moment: never more than `height - 1` lines of at most `width` columns. */
export function liveLines(frame: LiveFrame): string[] {
  const running: Operation[] = [];
  const pending: Operation[] = [];
  for (const operation of frame.operations) {
    if (operation.status === 'running') running.push(operation);
    else if (operation.status === 'pending') pending.push(operation);
  }
  const room = Math.max(3, frame.height - 5);
  const shownRunning = running.slice(0, Math.max(1, room - maxWaitingLines - 1));
  const shownPending = pending.slice(0, Math.min(maxWaitingLines, room - shownRunning.length));
  const hidden = [
    running.length > shownRunning.length ? `${running.length - shownRunning.length} more running` : '',
    pending.length > shownPending.length
      ? `${formatCount(pending.length - shownPending.length)} more waiting`
      : '',
  ].filter((text) => text !== '');
  return [
    ...headLines(frame),
    ...shownRunning.map((operation) => runningLine(operation, frame)),
    ...shownPending.map((operation) => waitingLine(operation, frame)),
    ...(hidden.length > 0 ? [frame.colors.dim(`  … and ${hidden.join(', ')}`)] : []),
  ];
}

/** A display at the bottom of the terminal that redraws itself, at most ten times a second; what ended scrolls away above. */
export function createLiveView(output: Output): FollowView {
  const log = createLogUpdate(output.stream);
  let state: JobState | undefined;
  let endedCount = 0;
  let frameNumber = 0;
  let isDirty = false;
  let lastDrawMs = 0;

  const draw = () => {
    const job = state?.job();
    if (state === undefined || job === undefined) return;
    frameNumber += 1;
    lastDrawMs = Date.now();
    isDirty = false;
    const lines = liveLines({
      job,
      operations: state.operations(),
      waiting: state.waiting(),
      width: output.columns(),
      height: output.rows(),
      nowMs: lastDrawMs,
      spinner: frames[frameNumber % frames.length] ?? '',
      colors: output.colors,
    });
    log(lines.join('\n'));
  };
  const timer = setInterval(() => {
    if (isDirty || Date.now() - lastDrawMs >= tickMs) draw();
  }, redrawIntervalMs);

  return {
    wantsWaiting: true,
    update(next, change) {
      state = next;
      isDirty = true;
      const total = next.job()?.progress.total ?? '?';
      const lines = change.ended.map((operation) => {
        endedCount += 1;
        return endedLine(operation, `[${endedCount}/${total}]`, output);
      });
      if (lines.length > 0) log.persist(lines.join('\n'));
    },
    notice: (text) => log.persist(text),
    stop() {
      clearInterval(timer);
      log.clear();
      log.done();
    },
  };
}
