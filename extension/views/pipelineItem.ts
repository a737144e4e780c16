import { expectedText } from '../../daemon/client/summary.ts';
import { plural } from '../../daemon/client/text.ts';
import type { WorkspacePipeline } from '../../daemon/protocol/language.ts';
import type { ProjectResults } from '../platform/services.ts';
import { facts, formatAgo, short, spoken } from './format.ts';
import { escapeMarkdown, paragraphs } from './markdown.ts';
import { errorText } from './operationItem.ts';
import {
  checkIcons,
  checkWords,
  mistakesIcon,
  neverRunIcon,
  operationIcons,
  type ItemIcon,
  type ViewItem,
} from './viewItem.ts';

export type PipelineOutcome = ProjectResults['pipelines'][number];
type OutcomeCheck = PipelineOutcome['checks'][number];

/** The line of a pipeline. */
export function pipelineItem(
  projectDir: string,
  pipeline: WorkspacePipeline,
  outcome: PipelineOutcome | undefined,
  nowMs: number,
): ViewItem {
  const label = short(pipeline.pipeline_id);
  const sides = sidesText(pipeline);
  const state = pipeline.has_errors
    ? 'has mistakes'
    : outcome === undefined
      ? 'never run'
      : `${outcomeText(outcome)}, ${formatAgo(outcome.finished_at, nowMs)}`;
  const tokens: readonly (readonly [string, boolean])[] = [
    ['runnable', !pipeline.has_errors],
    ['hasLastResult', outcome !== undefined],
    ['hasDifferences', outcome?.checks.some(hasDifferences) === true],
  ];
  return {
    id: `pipeline/${projectDir}/${pipeline.pipeline_id}`,
    label,
    description: pipeline.has_errors ? facts(sides, state) : sides,
    icon: iconOf(pipeline, outcome),
    contextValue: ['pipeline', ...tokens.flatMap(([token, holds]) => (holds ? [token] : []))].join(' '),
    accessibilityLabel: spoken('Pipeline', label, state, sides),
    children: pipeline.checks.length > 0 ? 'collapsed' : 'none',
    open: { file: pipeline.file, range: pipeline.range },
  };
}

function iconOf(pipeline: WorkspacePipeline, outcome: PipelineOutcome | undefined): ItemIcon {
  if (pipeline.has_errors) return mistakesIcon;
  if (outcome === undefined) return neverRunIcon;
  // The pipeline completed; that one of its checks only warned must not go under.
  const isWarned = outcome.checks.some(({ status }) => status === 'warning');
  return outcome.status === 'completed' && isWarned ? checkIcons.warning : operationIcons[outcome.status];
}

function hasDifferences({ check, status, failing_rows: rows }: OutcomeCheck): boolean {
  const keepsRows = check === 'row_hash' || check === 'custom_sql';
  return keepsRows && status !== 'passed' && (rows ?? 0) > 0;
}

/** `legacy.dim_customer → warehouse.dim_customer`. */
function sidesText({ source, target }: WorkspacePipeline): string {
  const side = (each: WorkspacePipeline['source']) =>
    each === null ? '?' : `${short(each.connection, 60)}.${short(each.relation, 60)}`;
  return source === null && target === null ? '' : `${side(source)} → ${side(target)}`;
}

/** `4 checks passed`, `2 of 4 checks failed`, or why it did not come to checks. */
export function outcomeText({ status, checks, error }: PipelineOutcome): string {
  const failed = checks.filter((check) => check.status === 'failed' || check.status === 'error').length;
  const warned = checks.filter((check) => check.status === 'warning').length;
  if (failed > 0) return `${failed} of ${plural(checks.length, 'check')} failed`;
  if (error !== undefined && error.kind !== 'checks_failed') return errorText(error);
  if (status !== 'completed') return status;
  if (warned > 0) return `${plural(checks.length, 'check')} passed, ${warned} with warnings`;
  return checks.length === 0 ? 'completed' : `${plural(checks.length, 'check')} passed`;
}

export function pipelineTooltip(
  pipeline: WorkspacePipeline,
  outcome: PipelineOutcome | undefined,
  nowMs: number,
): string {
  return paragraphs(
    `**${escapeMarkdown(pipeline.pipeline_id)}**`,
    escapeMarkdown(sidesText(pipeline)),
    pipeline.has_errors && '$(error) Has mistakes: it does not run until they are mended.',
    outcome === undefined
      ? 'Never run.'
      : `$(${operationIcons[outcome.status].id}) Last run: ${escapeMarkdown(outcomeText(outcome))}, ${formatAgo(outcome.finished_at, nowMs)}`,
    outcome?.error?.hint !== undefined && `$(lightbulb) ${escapeMarkdown(outcome.error.hint)}`,
  );
}

/** The line of a check under its pipeline, with what the last run found. */
export function checkItem(
  projectDir: string,
  pipeline: WorkspacePipeline,
  check: WorkspacePipeline['checks'][number],
  outcome: PipelineOutcome | undefined,
): ViewItem {
  const label = short(check.name);
  const last = outcome?.checks.find(({ name }) => name === check.name);
  const description = last === undefined ? '' : checkText(last);
  const isNamedOtherwise = check.name !== check.check;
  return {
    id: `check/${projectDir}/${pipeline.pipeline_id}/${check.name}`,
    label,
    description: facts(isNamedOtherwise && short(check.check, 60), description),
    icon: last === undefined ? neverRunIcon : checkIcons[last.status],
    contextValue: 'check',
    accessibilityLabel: spoken(
      'Check',
      label,
      last === undefined ? 'never run' : checkWords[last.status],
      description,
    ),
    children: 'none',
    open: { file: pipeline.file, range: check.range ?? pipeline.range },
  };
}

function checkText(check: OutcomeCheck): string {
  if (check.status === 'passed') return '';
  const { failing_rows: rows = 0, reason = '', expected } = check;
  // Two numbers say it best; of a whole comparison, how many rows differ does.
  const isNumber = typeof expected === 'number' || typeof expected === 'string';
  const found = isNumber || rows === 0 ? expectedText(check) : plural(rows, 'row');
  return facts(
    check.status === 'failed' ? false : checkWords[check.status],
    found === '' ? short(reason, 120) : found,
  );
}

export function checkTooltip(
  check: WorkspacePipeline['checks'][number],
  outcome: PipelineOutcome | undefined,
): string {
  const last = outcome?.checks.find(({ name }) => name === check.name);
  if (last === undefined) return paragraphs(`**${escapeMarkdown(check.name)}**`, 'Never run.');
  return paragraphs(
    `$(${checkIcons[last.status].id}) **${escapeMarkdown(check.name)}** · ${checkWords[last.status]}`,
    escapeMarkdown(expectedText(last)),
    last.failing_rows !== undefined && last.failing_rows > 0 && `${plural(last.failing_rows, 'row')} failing`,
    last.reason !== undefined && escapeMarkdown(short(last.reason, 400)),
  );
}
