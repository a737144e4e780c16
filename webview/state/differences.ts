import * as z from 'zod';
import type { DifferenceKind, Differences, DifferenceSample } from '../../daemon/protocol/results.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';

/** Differences of values, rows that one side lacks, and keys that are there several times: each is looked at by itself. */
export const sections = ['value', 'missing', 'extra', 'duplicate'] as const;
export type Section = (typeof sections)[number];

const differenceFilterSchema = z.object({
  section: z.enum(sections),
  /** Of values only. */
  column: z.string(),
  kind: z.custom<'' | DifferenceKind>((value) => typeof value === 'string'),
  text: z.string(),
});
export type DifferenceFilter = Readonly<z.infer<typeof differenceFilterSchema>>;

/** A table of differing rows that is open, and what is chosen in it. */
export const openRowsSchema = z.object({
  operation_id: z.string(),
  artifact_id: z.string(),
  filter: differenceFilterSchema,
  page: z.number().int().min(0),
});
export type OpenRows = Readonly<z.infer<typeof openRowsSchema>>;

type Place = Pick<OpenRows, 'operation_id' | 'artifact_id'>;

export function isSamePlace(a: Place, b: Place): boolean {
  return a.operation_id === b.operation_id && a.artifact_id === b.artifact_id;
}

/** The table as it opens: the first section that has rows, and all of it. */
export function opened(place: Place, differences: Pick<Differences, Section>): OpenRows {
  const [first = 'value'] = sectionsOf(differences);
  return { ...place, filter: noDifferenceFilter(first), page: 0 };
}

export const sectionWords: Readonly<Record<Section, string>> = {
  value: 'Other values',
  missing: 'Missing in target',
  extra: 'Extra in target',
  duplicate: 'Duplicate keys',
};

/** Those with rows; the first is shown first. */
export function sectionsOf(counts: Pick<Differences, Section>): readonly Section[] {
  return sections.filter((section) => counts[section] > 0);
}

/** What a filter wants of one section: another section knows nothing of columns and kinds. */
export function noDifferenceFilter(section: Section): DifferenceFilter {
  return { section, column: '', kind: '', text: '' };
}

type Where = Pick<MethodInput<'artifacts/rows'>, 'job_id' | 'operation_id' | 'artifact_id'>;

/** Which rows stand under the filter: what is shown page by page, and what is exported as a whole. */
export function rowsFilter(
  where: Where,
  { section, column, kind, text }: DifferenceFilter,
): Omit<MethodInput<'artifacts/export'>, 'file'> {
  return {
    ...where,
    class: section,
    ...(column === '' ? {} : { column }),
    ...(kind === '' ? {} : { kind }),
    ...(text.trim() === '' ? {} : { search: text.trim() }),
  };
}

export function rowsQuery(
  where: Where,
  filter: DifferenceFilter,
  offset: number,
  limit: number,
): MethodInput<'artifacts/rows'> {
  return { ...rowsFilter(where, filter), offset, limit };
}

/** Names of the columns of the key, and of the rest of the row where the artifact has it: those of the first row are those of all. */
export function columnNames(rows: readonly DifferenceSample[]): {
  readonly key: readonly string[];
  readonly rest: readonly string[];
} {
  const [first] = rows;
  return { key: Object.keys(first?.key ?? {}), rest: Object.keys(first?.row ?? {}) };
}

/** The part of each side that the other has not: what both begin and end with is left out, whole characters only. */
export function differingPart(
  source: string,
  target: string,
): { readonly start: number; readonly sourceEnd: number; readonly targetEnd: number } {
  const least = Math.min(source.length, target.length);
  let start = 0;
  while (start < least && source[start] === target[start]) start += 1;
  if (isLow(source, start) || isLow(target, start)) start -= 1;
  let same = 0;
  while (same < least - start && source.at(-1 - same) === target.at(-1 - same)) same += 1;
  if (isLow(source, source.length - same)) same -= 1;
  return { start, sourceEnd: source.length - same, targetEnd: target.length - same };
}

const longestBefore = 24;
const shownBefore = 16;

/** What stands before the differing part; of much only its end, so that the part itself is within the cell. */
export function beforePart(text: string): string {
  if (text.length <= longestBefore) return text;
  const start = text.length - shownBefore;
  return `…${text.slice(isLow(text, start) ? start + 1 : start)}`;
}

/** The second half of a character of two: cutting before it would show neither. */
function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** `(id = '1' AND shop IS NULL) OR (id = '2')` for the rows given, each key once. Values are text: the server compares them as its types say. */
export function sqlFilter(rows: readonly DifferenceSample[]): string {
  const seen = new Set<string>();
  const parts: string[] = [];
  for (const { key } of rows) {
    const id = JSON.stringify(key);
    if (seen.has(id)) continue;
    seen.add(id);
    const terms = Object.entries(key).map(([column, value]) =>
      value === null ? `${quoted(column, '"')} IS NULL` : `${quoted(column, '"')} = ${quoted(value, "'")}`,
    );
    if (terms.length > 0) parts.push(`(${terms.join(' AND ')})`);
  }
  return parts.join('\n OR ');
}

function quoted(text: string, mark: string): string {
  return `${mark}${text.replaceAll(mark, mark + mark)}${mark}`;
}
