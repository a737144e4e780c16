/**
 * A small JSON text with the same things around a place as the file has there. So one service, made for JSON, answers for YAML in block
 * and flow style alike, half-written or five thousand lines long.
 */
import { isRecord } from '../../definitions/values.ts';
import type { Path } from '../../definitions/document.ts';

export interface ProbeText {
  readonly json: string;
  readonly offset: number;
}

/** JSON.stringify never writes it as it is. */
const cursor = '\u0000';

/** Where the key at the end of `path` is being written. */
export function probeNewKey(value: unknown, path: Path): ProbeText {
  return build(value, path, { member: () => `"${cursor}"`, entry: () => cursor });
}

/** Where the value at `path` is being written. */
export function probeNewValue(value: unknown, path: Path): ProbeText {
  return build(value, path, { member: (key) => member(key, cursor), entry: () => cursor });
}

/** Where the first key of a mapping is being written at `path`. */
export function probeNewMapping(value: unknown, path: Path): ProbeText {
  const mapping = `{"${cursor}"}`;
  return build(value, path, { member: (key) => member(key, mapping), entry: () => mapping });
}

/** On the key of the entry at `path`. */
export function probeKey(value: unknown, path: Path): ProbeText {
  return build(value, path, {
    member: (key, own) => `${cursor}${member(key, shallow(own, 2))}`,
    entry: (own) => `${cursor}${shallow(own, 2)}`,
  });
}

/** On the value of the entry at `path`. */
export function probeValue(value: unknown, path: Path): ProbeText {
  return build(value, path, {
    member: (key, own) => member(key, `${cursor}${shallow(own, 2)}`),
    entry: (own) => `${cursor}${shallow(own, 2)}`,
  });
}

/** What is written at the end of the path: a member of a mapping, or an entry of a list. */
interface Last {
  member(key: string, own: unknown): string;
  entry(own: unknown): string;
}

/** Down the path; of a list, only the entry on the path is written. */
function build(value: unknown, path: Path, last: Last): ProbeText {
  const text = level(value, path, last);
  return { json: text.replace(cursor, ''), offset: text.indexOf(cursor) };
}

function level(value: unknown, path: Path, last: Last): string {
  const [segment, ...rest] = path;
  if (segment === undefined) return shallow(value, 1);
  if (typeof segment === 'number') {
    const own: unknown = Array.isArray(value) ? value[segment] : undefined;
    return `[${rest.length === 0 ? last.entry(own) : level(own, rest, last)}]`;
  }
  const siblings = isRecord(value) ? value : {};
  const own = siblings[segment];
  const written = rest.length === 0 ? last.member(segment, own) : member(segment, level(own, rest, last));
  return members([...without(siblings, segment), written]);
}

function without(siblings: Record<string, unknown>, key: string): string[] {
  return Object.entries(siblings)
    .filter(([name]) => name !== key)
    .map(([name, value]) => member(name, shallow(value, 1)));
}

function members(texts: readonly string[]): string {
  return `{${texts.join(',')}}`;
}

function member(key: string, text: string): string {
  return `${JSON.stringify(key)}:${text}`;
}

/** A value as far as it matters to what stands beside it: scalars, and that it is a list or a mapping. */
function shallow(value: unknown, depth: number): string {
  if (Array.isArray(value)) {
    return depth <= 1
      ? '[]'
      : `[${value
          .slice(0, 20)
          .map((each) => shallow(each, depth - 1))
          .join(',')}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  return depth <= 1
    ? '{}'
    : members(Object.entries(value).map(([key, each]) => member(key, shallow(each, depth - 1))));
}
