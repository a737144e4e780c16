import * as z from 'zod';
import type { Comparison, ComparedRun, DefinitionChange, Verdict } from '../../daemon/protocol/comparison.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import { formatDuration, formatValue, plural, visible } from './format.ts';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  newly_failing: 'Newly failing',
  still_failing: 'Still failing',
  fixed: 'Fixed',
  missing: 'Missing',
  new: 'New',
  changed: 'Another status',
  same: 'The same',
};
/** In the order of the answer: what became worse first. */
export const verdicts = Object.keys(verdictWords) as Verdict[];

export const compareFilterSchema = z.object({
  verdict: z.enum(['', ...verdicts]).catch(''),
  text: z.string().catch(''),
  page: z.number().int().min(0).catch(0),
});
export type CompareFilter = Readonly<z.infer<typeof compareFilterSchema>>;
export const noCompareFilter: CompareFilter = { verdict: '', text: '', page: 0 };
export const comparePageSize = 500;

export function compareQuery(
  [before, after]: readonly [string, string],
  { verdict, text, page }: CompareFilter,
): MethodInput<'jobs/compare'> {
  return {
    before,
    after,
    ...(verdict === '' ? {} : { verdict }),
    ...(text.trim() === '' ? {} : { search: text.trim() }),
    limit: comparePageSize,
    offset: page * comparePageSize,
  };
}

/** All operations of both runs, whatever the filter. */
export function operationsIn({ counts }: Pick<Comparison, 'counts'>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Where a change was made: `The job`, `Connection shop/legacy`, `3 operations: a, b, c`. */
export function placeOf({ scope, names, count }: DefinitionChange): string {
  if (scope === 'job') return 'The job';
  const named = names.map((name) => visible(name, 100)).join(', ');
  if (count === 1) return `${scope === 'connection' ? 'Connection' : 'Operation'} ${named}`;
  return `${plural(count, scope)}: ${named}${count > names.length ? ', …' : ''}`;
}

/** A value of a definition in words: durations as such; `not there` for none. */
export function definitionText(what: string, isThere: boolean, value: unknown): string {
  if (!isThere) return 'not there';
  return what.endsWith('_ms') && typeof value === 'number' ? formatDuration(value) : formatValue(value);
}

/** Why it failed: the checks, else the error. */
export function reasonOf(run: ComparedRun | null): string {
  if (run === null || run.status !== 'failed') return '';
  if (run.failing_checks.length > 0) return run.failing_checks.join(', ');
  return run.error?.message ?? '';
}

/** `4 (−1)`: what it is now and by how much that differs; only what is known. */
export function withDelta(
  before: number | undefined,
  after: number | undefined,
  format: (value: number) => string,
): string {
  if (after === undefined) return before === undefined ? '–' : `was ${format(before)}`;
  if (before === undefined || before === after) return format(after);
  return `${format(after)} (${signed(after - before, format)})`;
}

/** `+1.2 s`, `−340 ms`: signed, `none` for no change. */
export function signed(difference: number, format: (value: number) => string): string {
  if (difference === 0) return 'none';
  return `${difference > 0 ? '+' : '−'}${format(Math.abs(difference))}`;
}
