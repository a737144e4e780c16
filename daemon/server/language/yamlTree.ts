/** Half-written YAML (and JSON) as a tree with positions, for who asks what stands under a cursor. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export interface YamlTree {
  readonly root: Node | null;
  /** What stands there as plain data, as far as it can be read. */
  value(): unknown;
}

export type Leaf = Scalar | Alias;
export type Collection = YAMLMap | YAMLSeq;

/** Never throws: of what cannot be read there is no tree. */
export function parseTolerantly(text: string): YamlTree {
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      strict: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    return { root: document.contents, value: () => plainValue(document) };
  } catch {
    // The parser is recursive: thousands of nested brackets end its stack.
    return { root: null, value: () => null };
  }
}

/** Aliases may expand to more than a file could ever mean. */
const maxAliasCount = 1_000;

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount }) as unknown;
  } catch {
    return null;
  }
}

export function isLeaf(node: unknown): node is Leaf {
  return isScalar(node) || isAlias(node);
}

export function isCollection(node: unknown): node is Collection {
  return isMap(node) || isSeq(node);
}

export function keyText(pair: Pair): string {
  const { key } = pair;
  // A key of the core schema is text, a number, a boolean or null.
  return isScalar<string | number | boolean | null>(key) && key.value !== null ? String(key.value) : '';
}

export { isMap, isSeq, isScalar, type Node, type Pair };
