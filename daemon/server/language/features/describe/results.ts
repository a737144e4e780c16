/** Results of the last run in a few words: for lenses, hovers and diagnostics. */
import { plural } from '../../../../protocol/countText.ts';
import { shorten } from '../../../../definitions/values.ts';
import type { BatchFileOutcome, PipelineOutcome } from '../../../../protocol/answers.ts';

export type CheckOutcome = PipelineOutcome['checks'][number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `just now`, `5 min ago`, `2 h ago`, `3 days ago`, or the date. */
export function agoText(time: string, nowMs: number): string {
  const awayMs = nowMs - Date.parse(time);
  if (awayMs < minuteMs) return 'just now';
  if (awayMs < hourMs) return `${Math.floor(awayMs / minuteMs)} min ago`;
  if (awayMs < dayMs) return `${Math.floor(awayMs / hourMs)} h ago`;
  if (awayMs < 7 * dayMs) return plural(Math.floor(awayMs / dayMs), 'day') + ' ago';
  return dateText(time).slice(0, 10);
}

/** True while `agoText` changes every minute. */
export function isRecent(time: string, nowMs: number): boolean {
  return nowMs - Date.parse(time) < hourMs;
}

/** `2026-01-31 14:05`, in the time of this machine. */
export function dateText(time: string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Checks that keep a result from being clean. */
export function findingsOf({ checks }: Pick<PipelineOutcome, 'checks'>): CheckOutcome[] {
  return checks.filter(({ status }) => status !== 'passed');
}

/** `passed`, `2 checks failed`, `failed (connection)`. */
export function pipelineOutcomeText(outcome: PipelineOutcome): string {
  const findings = findingsOf(outcome);
  const warned = findings.filter(({ status }) => status === 'warning').length;
  if (outcome.status === 'completed') return warned === 0 ? 'passed' : `passed, ${plural(warned, 'warning')}`;
  if (outcome.status !== 'failed') return outcome.status;
  const failed = findings.length - warned;
  if (failed > 0) return `${plural(failed, 'check')} failed`;
  const kind = outcome.error?.kind;
  return kind === undefined || kind === 'checks_failed' ? 'failed' : `failed (${kind})`;
}

/** `2 failed`, `completed`, `cancelled`; of a job that is not at its end its status: how far it is changes all the time. */
export function batchOutcomeText({ status, failed }: BatchFileOutcome): string {
  const hasFailed = status === 'failed' || status === 'partial_success';
  return hasFailed && failed > 0 ? `${failed.toLocaleString('en-US')} failed` : status.replace('_', ' ');
}

const statusWords = {
  passed: 'passed',
  failed: 'failed',
  warning: 'found something',
  skipped: 'was skipped',
  error: 'could not be done',
} as const;

/** `row_count failed`, `row_hash could not be done`. */
export function checkHeadline({ name, status }: CheckOutcome): string {
  return `${name} ${statusWords[status]}`;
}

/** Why it is as it is, and `expected 100, actual 98`; empty if there is nothing to say. */
export function checkEvidence({ expected, actual, failing_rows, reason }: CheckOutcome): string[] {
  const isTold = expected !== null && expected !== undefined && actual !== null && actual !== undefined;
  const why = reason ?? (failing_rows === undefined || failing_rows === 0 ? '' : plural(failing_rows, 'row'));
  const values = isTold ? `expected ${inWords(expected)}, actual ${inWords(actual)}` : '';
  return [shorten(why, maxReason), values].filter((part) => part !== '');
}

const maxReason = 400;
const maxWords = 100;

/** `source 0, target 2` for what a result holds as `{"source":0,"target":2}`. */
export function inWords(content: unknown): string {
  return shorten(words(content), maxWords);
}

function words(content: unknown): string {
  if (Array.isArray(content)) return content.map(words).join(', ');
  if (typeof content !== 'object' || content === null) return String(content);
  const isFlat = Object.values(content).every((value) => typeof value !== 'object' || value === null);
  return Object.entries(content)
    .map(([key, value]) => `${key} ${isFlat ? words(value) : `(${words(value)})`}`)
    .join(', ');
}
