import { agreed, plural } from '../../../protocol/countText.ts';
import type { Value } from '../../connections/connection.ts';
import { EngineError } from '../../errors.ts';
import { compareNumbers, type Tolerance } from '../numbers.ts';
import type { CheckFinding } from './check.ts';
import { maxSamples } from './sides.ts';
import type { StagedTable } from './staging.ts';

/** Groups by their values as text (a JSON array), each with its aggregates. */
export type Groups = ReadonlyMap<string, readonly (string | null)[]>;

const maxGroups = 100_000;

/** `select key, aggregates … group by key` of a staged table. More groups than a result could compare are an EngineError. */
export async function readGroups(
  table: StagedTable,
  key: string,
  aggregates: readonly string[],
  where = 'true',
): Promise<Groups> {
  const rows = await table.rows(
    `select ${[key, ...aggregates].join(', ')} from ${table.name} as s where ${where} group by ${key} limit ${maxGroups + 1}`,
  );
  if (rows.length > maxGroups) {
    throw new EngineError('definition', 'too_many_groups', `there are more than ${maxGroups} groups`, {
      hint: 'Group by fewer or coarser columns; row_hash compares rows.',
    });
  }
  const textOf = (value: Value): string | null => (value === null ? null : String(value));
  return new Map(rows.map(([group, ...values]) => [String(group), values.map(textOf)]));
}

/** `["2024-01","north"]` as people read it: `2024-01, north`. */
export function groupName(key: string): string {
  const values: unknown = key.startsWith('[') ? JSON.parse(key) : key;
  if (!Array.isArray(values)) return key;
  return values.map((value) => (value === null ? 'NULL' : String(value))).join(', ');
}

interface GroupOptions {
  /** What the value of a group is called in reasons: `sum of amount`. */
  readonly what: string;
  readonly tolerance?: Tolerance | undefined;
  /** Of a group that one side has not; left out: null, which no number equals. */
  readonly absent?: string | null;
  /** Replaces the comparison of numbers; the tolerance counts there. */
  readonly isEqual?: (expected: string, actual: string) => boolean;
}

interface DifferingGroup {
  readonly group: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly difference?: string | null;
}

/** Compares one value of each group on both sides. A group of one side only is a difference. */
export function compareGroups(
  source: ReadonlyMap<string, string | null>,
  target: ReadonlyMap<string, string | null>,
  options: GroupOptions,
): CheckFinding {
  const { what, tolerance, absent = null } = options;
  const names = [...new Set([...source.keys(), ...target.keys()])].sort();
  const different: DifferingGroup[] = [];
  let tolerated = 0;
  for (const name of names) {
    const expected = source.has(name) ? (source.get(name) ?? null) : absent;
    const actual = target.has(name) ? (target.get(name) ?? null) : absent;
    const isKnown = source.has(name) === target.has(name) || absent !== null;
    if (expected === null || actual === null) {
      if (expected !== actual || !isKnown) different.push({ group: groupName(name), expected, actual });
      continue;
    }
    if (options.isEqual?.(expected, actual) === true) continue;
    const found = compareNumbers(expected, actual, tolerance);
    if (found.tolerated) tolerated += 1;
    if (!found.equal)
      different.push({ group: groupName(name), expected, actual, difference: found.difference });
  }
  return {
    status: different.length > 0 ? 'failed' : 'passed',
    expected: shown(source),
    actual: shown(target),
    samples: different.slice(0, maxSamples).map((group) => ({ ...group })),
    ...(tolerated > 0 && {
      reductions: [`tolerance used for ${plural(tolerated, 'group')}: ${JSON.stringify(tolerance)}`],
    }),
    ...(different.length > 0 && {
      difference: { groups: different.length },
      reason: reasonOf(different, names.length, what),
    }),
    ...(names.length === 0 && { reason: 'both sides are empty' }),
  };
}

const shownGroups = 50;

/** A table without groups has one value. */
function shown(groups: ReadonlyMap<string, string | null>): unknown {
  if (groups.size === 1 && groups.has('[]')) return groups.get('[]');
  if (groups.size > shownGroups) return { groups: groups.size };
  return Object.fromEntries([...groups].map(([key, value]) => [groupName(key), value]));
}

function reasonOf(different: readonly DifferingGroup[], all: number, what: string): string {
  const text = ({ group, expected, actual }: DifferingGroup): string => {
    const where = group === '' ? '' : `${group}: `;
    return `${where}${what} is ${actual ?? 'nothing'} where ${expected ?? 'nothing'} is expected`;
  };
  const [first] = different;
  const head = first === undefined ? '' : text(first);
  return all === 1
    ? head
    : `${different.length} of ${plural(all, 'group')} ${agreed(different.length, 'differ')}; ${head}`;
}
