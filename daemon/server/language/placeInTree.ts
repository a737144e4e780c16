import type { Position } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Path } from '../../definitions/document.ts';
import type { Place } from './place.ts';
import {
  isCollection,
  isLeaf,
  isMap,
  isScalar,
  keyText,
  type Collection,
  type Leaf,
  type Node,
  type Pair,
  type YamlTree,
} from './yamlTree.ts';

/** What stands at a position of a tree; the path is that in the tree. */
export function placeInTree(tree: YamlTree, text: TextDocument, position: Position): Place | null {
  const offset = text.offsetAt(position);
  const source = text.getText();
  const look: Look = { text, source, offset, position };
  if (tree.root === null) return isBlankBefore(look) ? emptyPlace(look, 'key', [''], false) : null;
  const found = inNode(look, tree.root, [], false);
  // A file is a mapping: its first word is the beginning of a key.
  if (found !== null && found.path.length === 0) return { ...found, part: 'key', path: [found.text] };
  return found ?? inSpace(look, tree.root);
}

interface Look {
  readonly text: TextDocument;
  readonly source: string;
  readonly offset: number;
  readonly position: Position;
}

/** On a scalar, wherever in the tree. */
function inNode(look: Look, node: Node | null, path: Path, isFlow: boolean): Place | null {
  if (isLeaf(node)) return isAt(look, node) ? leafPlace(look, node, 'value', path, isFlow) : null;
  if (!isCollection(node)) return null;
  const isInFlow = isFlow || node.flow === true;
  if (!isMap(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = inNode(look, item as Node | null, [...path, index], isInFlow);
      if (found !== null) return found;
    }
    return null;
  }
  for (const pair of node.items) {
    const inner = [...path, keyText(pair)];
    if (isLeaf(pair.key) && isAt(look, pair.key)) return leafPlace(look, pair.key, 'key', inner, isInFlow);
    const value = (pair.value ?? null) as Node | null;
    const found = inNode(look, value, inner, isInFlow);
    if (found === null) continue;
    // A word alone on the line below its key is the beginning of a mapping more often than a value.
    const isBelowKey = isScalar(value) && value.type === 'PLAIN' && !isInFlow && isOnLaterLine(look, pair);
    return isBelowKey ? { ...found, part: 'key', path: [...inner, found.text] } : found;
  }
  return null;
}

function isAt({ offset }: Look, leaf: Leaf): boolean {
  const [start, end] = leaf.range ?? [0, 0];
  return start < end && start <= offset && offset <= end;
}

function isOnLaterLine({ text }: Look, { key, value }: Pair): boolean {
  const keyEnd = isLeaf(key) ? (key.range?.[1] ?? 0) : 0;
  const start = isLeaf(value) ? (value.range?.[0] ?? 0) : 0;
  return text.positionAt(start).line > text.positionAt(keyEnd).line;
}

function leafPlace(look: Look, leaf: Leaf, part: Place['part'], path: Path, isFlow: boolean): Place {
  const { text, source, offset } = look;
  const [start, end] = leaf.range ?? [offset, offset];
  const written = source.slice(start, end);
  const quote = written.startsWith('"') ? '"' : written.startsWith("'") ? "'" : null;
  const from = quote === null ? start : start + 1;
  const to = quote !== null && written.length > 1 && written.endsWith(quote) ? end - 1 : end;
  const at = Math.min(Math.max(offset, from), to);
  return {
    part,
    path,
    text: source.slice(from, to),
    range: { start: text.positionAt(from), end: text.positionAt(to) },
    prefix: source.slice(from, at),
    quote,
    isFlow,
  };
}

function emptyPlace({ position }: Look, part: Place['part'], path: Path, isFlow: boolean): Place {
  return { part, path, text: '', range: { start: position, end: position }, prefix: '', quote: null, isFlow };
}

/** A collection around or before the position, outermost first. */
interface Enclosing {
  readonly node: Collection;
  readonly path: Path;
}

/** Between scalars: what could be written here. */
function inSpace(look: Look, root: Node): Place | null {
  const line = lineBefore(look);
  if (/(?:^|\s)#/.test(line.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, ''))) return null;
  const chain = enclosing(look, root, []);
  const flow = chain.findLast(({ node }) => node.flow === true);
  if (flow !== undefined && isInside(look, flow.node)) return inFlow(look, flow);
  return inBlock(
    look,
    chain.filter(({ node }) => node.flow !== true),
    line,
  );
}

/** Down the last entries that begin before the position. */
function enclosing(look: Look, node: Node | null, path: Path): Enclosing[] {
  if (!isCollection(node) || (node.range?.[0] ?? 0) > look.offset) return [];
  const own: Enclosing = { node, path };
  if (isMap(node)) {
    const pair = node.items.findLast(({ key }) => isLeaf(key) && (key.range?.[0] ?? 0) <= look.offset);
    if (pair === undefined) return [own];
    return [own, ...enclosing(look, (pair.value ?? null) as Node | null, [...path, keyText(pair)])];
  }
  const index = node.items.findLastIndex((item) => ((item as Node | null)?.range?.[0] ?? 0) <= look.offset);
  if (index === -1) return [own];
  return [own, ...enclosing(look, node.items[index] as Node | null, [...path, index])];
}

/** After the opening bracket and before the closing one; one that is never closed has no end. */
function isInside({ source, offset }: Look, node: Collection): boolean {
  const [start, end] = node.range ?? [0, 0];
  const isClosed = source[end - 1] === (isMap(node) ? '}' : ']');
  return offset > start && (isClosed ? offset < end : true);
}

function inFlow(look: Look, { node, path }: Enclosing): Place | null {
  const before = look.source.slice(node.range?.[0] ?? 0, look.offset).trimEnd();
  const last = before.at(-1);
  if (!isMap(node)) {
    if (last !== '[' && last !== ',') return null;
    const index = node.items.filter((item) => ((item as Node | null)?.range?.[1] ?? 0) <= look.offset).length;
    return emptyPlace(look, 'value', [...path, index], true);
  }
  if (last === '{' || last === ',') return emptyPlace(look, 'key', [...path, ''], true);
  if (last !== ':') return null;
  const pair = node.items.findLast(({ key }) => isLeaf(key) && (key.range?.[1] ?? 0) <= look.offset);
  return pair === undefined ? null : emptyPlace(look, 'value', [...path, keyText(pair)], true);
}

function inBlock(look: Look, chain: readonly Enclosing[], line: string): Place | null {
  if (/^\s*$/.test(line)) return onBlankLine(look, chain);
  const dashes = /^[\s-]*-[ \t]+$/.test(line);
  const { node, path } = chain.at(-1) ?? {};
  if (node === undefined || path === undefined) return null;
  if (dashes && !isMap(node)) {
    const index = node.items.findLastIndex((item) => ((item as Node | null)?.range?.[0] ?? 0) <= look.offset);
    return emptyPlace(look, 'value', [...path, Math.max(0, index)], false);
  }
  // After `key: `; without the blank a value would become part of the key.
  if (!isMap(node) || !/:[ \t]+$/.test(line)) return null;
  const pair = node.items.findLast(({ key }) => isLeaf(key) && (key.range?.[1] ?? 0) <= look.offset);
  const isOnThisLine =
    pair !== undefined &&
    isLeaf(pair.key) &&
    look.text.positionAt(pair.key.range?.[1] ?? 0).line === look.position.line;
  return isOnThisLine ? emptyPlace(look, 'value', [...path, keyText(pair)], false) : null;
}

/** The column says which of the mappings above goes on here. */
function onBlankLine(look: Look, chain: readonly Enclosing[]): Place | null {
  const column = look.position.character;
  const columns = chain.map(({ node }) => look.text.positionAt(node.range?.[0] ?? 0).character);
  const same = chain.findLast(({ node }, index) => columns[index] === column && isMap(node));
  if (same !== undefined) return emptyPlace(look, 'key', [...same.path, ''], false);
  const at = columns.findLastIndex((each) => each < column);
  const outer = chain[at];
  if (outer === undefined) return chain.length === 0 ? emptyPlace(look, 'key', [''], false) : null;
  const { node, path } = outer;
  if (isMap(node)) {
    const pair = node.items.findLast(({ key }) => isLeaf(key) && (key.range?.[0] ?? 0) <= look.offset);
    if (pair === undefined || !isVoid(pair.value)) return null;
    return emptyPlace(look, 'key', [...path, keyText(pair), ''], false);
  }
  const index = node.items.findLastIndex((item) => ((item as Node | null)?.range?.[0] ?? 0) <= look.offset);
  if (index === -1 || !isVoid(node.items[index])) return null;
  return emptyPlace(look, 'key', [...path, index, ''], false);
}

function isVoid(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null && node.source === '');
}

function lineBefore({ source, offset }: Look): string {
  return source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset);
}

function isBlankBefore(look: Look): boolean {
  return /^\s*$/.test(lineBefore(look));
}
