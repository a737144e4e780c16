import { listed } from '../../definitions/suggest.ts';
import type { PipelineSpec } from '../../protocol/files/pipeline.ts';
import type { ColumnInfo } from '../connections/connection.ts';
import { EngineError } from '../errors.ts';
import { matchName, nearestHint } from './names.ts';

/** One column as it stands on both sides. Reports call it by its source name. */
export interface ColumnPair {
  readonly source: ColumnInfo;
  readonly target: ColumnInfo;
}

/** The columns of a pipeline after column_map and exclude, in the order of the source. */
export interface ResolvedColumns {
  readonly pairs: readonly ColumnPair[];
  readonly keys: readonly ColumnPair[];
  readonly only_source: readonly ColumnInfo[];
  readonly only_target: readonly ColumnInfo[];
}

const nameOf = (column: ColumnInfo): string => column.name;

/**
 * Pairs the columns of both sides: by column_map, else by name (exactly, else by the one name that differs in letter case).
 * A name in keys, column_map or exclude that no side has is an EngineError of kind `definition` that names the nearest.
 */
export function resolveColumns(
  spec: Pick<PipelineSpec, 'keys' | 'column_map' | 'exclude'>,
  source: readonly ColumnInfo[],
  target: readonly ColumnInfo[],
): ResolvedColumns {
  const excluded = resolveExcluded(spec.exclude, source, target);
  const mapped = resolveMap(spec.column_map, source, target);
  const taken = new Set(mapped.values());
  const free = target.filter((column) => !taken.has(column));
  const pairs: ColumnPair[] = [];
  const onlySource: ColumnInfo[] = [];
  const used = new Set<ColumnInfo>();
  for (const column of source) {
    const match = mapped.get(column) ?? matchPair(column, source, free, used);
    if (match !== undefined) used.add(match);
    if (excluded.has(column) || (match !== undefined && excluded.has(match))) continue;
    if (match === undefined) onlySource.push(column);
    else pairs.push({ source: column, target: match });
  }
  return {
    pairs,
    keys: spec.keys.map((key) => resolveKey(key, pairs, source)),
    only_source: onlySource,
    only_target: target.filter((column) => !used.has(column) && !excluded.has(column)),
  };
}

/** A column that differs in letter case is a match only while no other source column claims the name more exactly. */
function matchPair(
  column: ColumnInfo,
  source: readonly ColumnInfo[],
  free: readonly ColumnInfo[],
  used: ReadonlySet<ColumnInfo>,
): ColumnInfo | undefined {
  const match = matchName(column.name, free, nameOf);
  if (match === undefined || used.has(match)) return undefined;
  if (match.name !== column.name && source.some((other) => other.name === match.name)) return undefined;
  return match;
}

function resolveExcluded(
  exclude: readonly string[],
  source: readonly ColumnInfo[],
  target: readonly ColumnInfo[],
): Set<ColumnInfo> {
  const excluded = new Set<ColumnInfo>();
  for (const name of exclude) {
    const found = [matchName(name, source, nameOf), matchName(name, target, nameOf)].filter(
      (column) => column !== undefined,
    );
    if (found.length === 0) throw unknownColumn('exclude', name, [...source, ...target], 'source or target');
    for (const column of found) excluded.add(column);
  }
  return excluded;
}

function resolveMap(
  map: Readonly<Record<string, string>>,
  source: readonly ColumnInfo[],
  target: readonly ColumnInfo[],
): Map<ColumnInfo, ColumnInfo> {
  const mapped = new Map<ColumnInfo, ColumnInfo>();
  const claimed = new Map<ColumnInfo, string>();
  for (const [from, to] of Object.entries(map)) {
    const left = matchName(from, source, nameOf);
    if (left === undefined) throw unknownColumn('column_map', from, source, 'source');
    const right = matchName(to, target, nameOf);
    if (right === undefined) throw unknownColumn('column_map', to, target, 'target');
    const other = claimed.get(right);
    if (other !== undefined) {
      const message = `column_map sends both '${other}' and '${from}' to '${right.name}'`;
      throw new EngineError('definition', 'column_mapped_twice', message, {
        hint: 'Map each target column from one source column.',
      });
    }
    claimed.set(right, from);
    mapped.set(left, right);
  }
  return mapped;
}

function resolveKey(name: string, pairs: readonly ColumnPair[], source: readonly ColumnInfo[]): ColumnPair {
  const pair = findPair(name, pairs);
  if (pair !== undefined) return pair;
  if (matchName(name, source, nameOf) === undefined) throw unknownColumn('keys', name, source, 'source');
  throw new EngineError('definition', 'key_not_on_both_sides', `key '${name}' has no column in the target`, {
    hint: 'A key must be on both sides and not excluded; name its target column in column_map.',
  });
}

/** The pair of a source name, or else of a target name. */
export function findPair(name: string, pairs: readonly ColumnPair[]): ColumnPair | undefined {
  return (
    matchName(name, pairs, (pair) => pair.source.name) ?? matchName(name, pairs, (pair) => pair.target.name)
  );
}

/**
 * The pairs that a check names, or all of them. An unknown name is an EngineError of kind `definition`, which makes that check
 * an error.
 */
export function choosePairs(
  names: readonly string[] | undefined,
  columns: ResolvedColumns,
): readonly ColumnPair[] {
  if (names === undefined) return columns.pairs;
  return names.map((name) => {
    const pair = findPair(name, columns.pairs);
    if (pair !== undefined) return pair;
    const lonely = matchName(name, [...columns.only_source, ...columns.only_target], nameOf);
    if (lonely !== undefined) {
      throw new EngineError('definition', 'column_on_one_side', `column '${name}' is on one side only`, {
        hint: 'Name its counterpart in column_map.',
      });
    }
    throw unknownColumn(
      'columns',
      name,
      columns.pairs.map((each) => each.source),
      'source',
    );
  });
}

/** An error about a column name that is not there, with what to write instead. */
export function unknownColumn(
  where: string,
  name: string,
  known: readonly ColumnInfo[],
  side: string,
): EngineError {
  const message = `${where}: there is no column '${name}' in the ${side}`;
  return new EngineError('definition', 'no_such_column', message, {
    hint: nearestHint(name, [...new Set(known.map(nameOf))]),
    details: { column: name, known: listed(known.map(nameOf)) },
  });
}
