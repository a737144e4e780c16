import type { Path } from './document.ts';

/** The value at a path of plain data; undefined if there is none. Only own properties count. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<string | number, unknown>)[segment];
  }
  return current;
}

/** `connections.legacy.port`, `checks[2].row_hash`, empty for the root. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}

/** A mapping: neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const maxShown = 60;
const secretKey = /password|secret|token(?!_type)|private_key/i;

/** True for places whose value may be a secret and must not be shown. */
export function isSecretPlace(path: Path): boolean {
  return path.some((segment) => secretKey.test(String(segment)));
}

/** What was found, for a message: `text "abc"`, `a list`, `nothing`. What may be a secret is not shown. */
export function describeValue(value: unknown, path: Path): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'the number' : 'the value';
  if (isSecretPlace(path)) return typeof value === 'string' ? 'this text' : `a ${typeof value}`;
  return `${kind} ${shorten(JSON.stringify(value), maxShown)}`;
}

/** Cuts a text to a length for messages and names. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Makes `name` unlike every name in `taken` by `#2`, `#3` …, and takes it. */
export function uniqueName(name: string, taken: Set<string>, counters: Map<string, number>): string {
  let unique = name;
  let count = counters.get(name) ?? 1;
  while (taken.has(unique)) {
    count += 1;
    unique = `${name} #${count}`;
  }
  counters.set(name, count);
  taken.add(unique);
  return unique;
}
