import { formatCount, formatDuration, formatTime } from '../../daemon/client/text.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import { facts, formatLeft } from './format.ts';
import { doneCount } from './jobItem.ts';
import { typeWords } from './jobFilter.ts';
import { escapeMarkdown, markdownTable, paragraphs } from './markdown.ts';
import { isEnded, jobIcons, jobWords } from './viewItem.ts';

/** What a job is, how it went, and where it comes from. */
export function jobTooltip(job: Job): string {
  const { progress } = job;
  const icon = jobIcons[job.status].id;
  const state = job.cancel_requested === true && !isEnded(job.status) ? 'cancelling' : jobWords[job.status];
  const counts = [
    `${formatCount(doneCount(job))} of ${formatCount(progress.total)} done`,
    ...(['completed', 'failed', 'skipped', 'cancelled', 'running'] as const).map((name) =>
      progress[name] > 0 ? `${formatCount(progress[name])} ${name}` : '',
    ),
  ];
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Operations', facts(...counts)],
    ['Rows', progress.rows_processed > 0 ? formatCount(progress.rows_processed) : undefined],
    ['Type', typeWords[job.job_type]],
    ['Project', job.project_id === null ? undefined : escapeMarkdown(job.project_id)],
    ['Started', formatTime(job.started_at ?? job.created_at)],
    ['Ended', job.finished_at === undefined ? undefined : formatTime(job.finished_at)],
    ['Took', isEnded(job.status) ? formatDuration(progress.elapsed_ms) : undefined],
    ['Left', progress.eta_ms === null ? undefined : formatLeft(progress.eta_ms)],
    ['At once', job.parallel_execution ? `up to ${job.max_parallel}` : 'one after another'],
    ['On error', job.stop_on_error ? 'stops' : undefined],
    ['Tags', job.tags.length > 0 ? job.tags.map(escapeMarkdown).join(', ') : undefined],
    ['Batch file', job.definition_file === undefined ? undefined : escapeMarkdown(job.definition_file)],
    ['Run again of', job.rerun_of],
    ['Job ID', job.job_id],
  ];
  const told = rows.flatMap(([name, value]) => (value === undefined ? [] : [[`**${name}**`, value]]));
  return paragraphs(
    `$(${icon}) **${escapeMarkdown(job.job_name)}** · ${state}`,
    markdownTable(['', ''], told),
  );
}
