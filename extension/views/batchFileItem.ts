import { basename, relative } from 'node:path';
import { plural } from '../../daemon/client/text.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { ProjectResults } from '../platform/services.ts';
import { facts, formatAgo, short, spoken } from './format.ts';
import { typeWords } from './jobFilter.ts';
import { endedText } from './jobItem.ts';
import { escapeMarkdown, paragraphs } from './markdown.ts';
import {
  isEnded,
  jobIcons,
  jobWords,
  mistakesIcon,
  neverRunIcon,
  type ItemIcon,
  type ViewItem,
} from './viewItem.ts';

export type BatchFile = WorkspaceContents['batch_files'][number];
export type BatchFileOutcome = ProjectResults['batch_files'][number];
/** The last job made from a batch file. */
export type LastJob = Pick<
  BatchFileOutcome,
  'job_id' | 'status' | 'created_at' | 'finished_at' | 'total' | 'completed' | 'failed'
>;

/** The later of what the daemon remembers and what is known of live and recent jobs here. */
export function lastJobOf(outcome: BatchFileOutcome | undefined, job: Job | undefined): LastJob | undefined {
  if (job === undefined || (outcome !== undefined && outcome.job_id > job.job_id)) return outcome;
  const { total, completed, failed } = job.progress;
  return { ...job, total, completed, failed };
}

const ending = /\.batch\.(ya?ml|json)$/i;

/** The line of a batch file. */
export function batchFileItem(
  batch: BatchFile,
  last: LastJob | undefined,
  context: { readonly nowMs: number; readonly label: string },
): ViewItem {
  const label = short(context.label);
  const what = batch.job_type === null ? undefined : typeWords[batch.job_type];
  const description = facts(
    batch.has_errors ? 'has mistakes' : what,
    last !== undefined && lastText(last, context.nowMs),
  );
  const tokens = ['batchFile', !batch.has_errors && 'runnable', last !== undefined && 'hasLastJob'];
  return {
    id: `batchFile/${batch.file}`,
    label,
    description,
    icon: iconOf(batch, last),
    contextValue: tokens.filter((token) => token !== false).join(' '),
    accessibilityLabel: spoken('Batch file', label, '', description),
    children: 'none',
    open: { file: batch.file },
  };
}

function iconOf(batch: BatchFile, last: LastJob | undefined): ItemIcon {
  if (batch.has_errors) return mistakesIcon;
  return last === undefined ? neverRunIcon : jobIcons[last.status];
}

function lastText(last: LastJob, nowMs: number): string {
  const { status, total, completed, failed } = last;
  if (!isEnded(status)) return jobWords[status];
  const when = formatAgo(last.finished_at ?? last.created_at, nowMs);
  // Of skipped and cancelled operations the daemon keeps no count here; what is neither completed nor failed is left out.
  const progress = { total, completed, failed, skipped: 0, cancelled: 0 };
  return `${endedText({ status, progress })}, ${when}`;
}

export function batchFileTooltip(batch: BatchFile, last: LastJob | undefined, nowMs: number): string {
  const parameters = batch.parameters.map(
    ({ name, type, is_required }) =>
      `${escapeMarkdown(name)} (${escapeMarkdown(type)}${is_required ? ', required' : ''})`,
  );
  return paragraphs(
    `**${escapeMarkdown(batch.job_name ?? basename(batch.file))}**`,
    batch.has_errors && '$(error) Has mistakes: nothing of it runs until they are mended.',
    batch.operations !== null && plural(batch.operations, 'operation'),
    parameters.length > 0 && `Parameters: ${parameters.join(', ')}`,
    last !== undefined && `Last job: ${escapeMarkdown(lastText(last, nowMs))}`,
    escapeMarkdown(batch.file),
  );
}

/**
 * What each file is called in the tree: its path below its project without the ending that all of them have, with as much more as
 * tells it from the others.
 */
export function batchLabels(batches: readonly BatchFile[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const spellings: readonly ((batch: BatchFile) => string)[] = [
    (batch) => pathBelowProject(batch).replace(ending, ''),
    (batch) => pathBelowProject(batch),
    ({ file }) => file,
  ];
  let unnamed = batches;
  for (const spell of spellings) {
    const byLabel = new Map<string, BatchFile[]>();
    for (const batch of unnamed) {
      const key = `${batch.project_dir ?? ''}\n${spell(batch)}`;
      byLabel.set(key, [...(byLabel.get(key) ?? []), batch]);
    }
    for (const [first, ...others] of byLabel.values()) {
      if (first !== undefined && others.length === 0) labels.set(first.file, spell(first));
    }
    unnamed = unnamed.filter(({ file }) => !labels.has(file));
  }
  return labels;
}

function pathBelowProject({ file, project_dir: dir }: BatchFile): string {
  return dir === null ? basename(file) : relative(dir, file).replaceAll('\\', '/');
}
