import { isScalar, type Node, type Pair, type YAMLMap } from 'yaml';

/** A key as the text it is written as. */
export function keyOf(node: Node | null): string {
  // A key of the core schema is text, a number, a boolean or null.
  return isScalar<string | number | boolean | null>(node) && node.value !== null ? String(node.value) : '';
}

/** Made when first asked for: a file with a hundred thousand unknown keys has as many places to look up. */
const pairsByKey = new WeakMap<YAMLMap, Map<string, Pair>>();

/** The entry of a mapping with this key; of keys that stand there twice, the first. */
export function findPair(map: YAMLMap, key: string): Pair | undefined {
  let pairs = pairsByKey.get(map);
  if (pairs === undefined) {
    pairs = new Map(map.items.toReversed().map((pair) => [keyOf(pair.key as Node | null), pair]));
    pairsByKey.set(map, pairs);
  }
  return pairs.get(key);
}
