import type { DefinitionChange } from '../../../protocol/comparison.ts';

interface Leaf {
  readonly what: string;
  readonly before?: unknown;
  readonly after?: unknown;
}
type Plain = Readonly<Record<string, unknown>>;

/** Names of places told with a change that was made in many. */
const toldNames = 20;
const longestText = 1000;

/** Gathers what differs between two definitions; the same change in many operations is one entry. */
export class DefinitionChanges {
  readonly #changes = new Map<string, DefinitionChange>();

  /** Undefined: one of the two has no such thing. */
  add(scope: DefinitionChange['scope'], name: string | null, before?: Plain, after?: Plain): void {
    // Most have not changed, and this tells it sooner than a look at each value.
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    for (const leaf of leavesThatDiffer('', before, after)) {
      const key = JSON.stringify([scope, leaf]);
      const known = this.#changes.get(key) ?? { scope, names: [], count: 0, ...shortened(leaf) };
      const names = name === null || known.names.length >= toldNames ? known.names : [...known.names, name];
      this.#changes.set(key, { ...known, names, count: known.count + 1 });
    }
  }

  list(most: number): { changes: DefinitionChange[]; total: number } {
    return { changes: [...this.#changes.values()].slice(0, most), total: this.#changes.size };
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists are one value each: where an entry went cannot be told from their places. */
function leavesThatDiffer(path: string, before: unknown, after: unknown): Leaf[] {
  if (isPlain(before) && isPlain(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      leavesThatDiffer(joined(path, name), own(before, name), own(after, name)),
    );
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ what: path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function own(value: Plain, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function joined(path: string, name: string): string {
  return path === '' || name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}

function shortened(leaf: Leaf): Leaf {
  const short = (value: unknown): unknown => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.length <= longestText ? value : `${text.slice(0, longestText)}…`;
  };
  return {
    what: leaf.what,
    ...('before' in leaf && { before: short(leaf.before) }),
    ...('after' in leaf && { after: short(leaf.after) }),
  };
}
