/** Text -> plain value with positions: the one place that knows the yaml package. JSON is YAML, so it comes through here too. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument as parseYaml,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Diagnostic } from '../protocol/errors.ts';
import type { DiagnosticCode } from './codes.ts';
import { isExact } from './exactNumber.ts';
import { findPair, keyOf } from './yamlPairs.ts';

export type Path = readonly (string | number)[];

/** Lines and columns count from 1, columns in UTF-16 units (as editors do); the end is exclusive. */
export type Range = Pick<Diagnostic, 'line' | 'column' | 'end_line' | 'end_column'>;

/** Which part of an entry a diagnostic underlines. */
export type Part = 'key' | 'value';

export interface SourceDocument {
  readonly file: string;
  /** What stands in the file, as plain data. Not to be trusted unless `isReadable`. */
  readonly value: unknown;
  /** False if the text has a mistake of syntax: then `diagnostics` says all there is to say. */
  readonly isReadable: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Where the entry stands; if there is no such entry, where the nearest one around it stands. */
  rangeOf(path: Path, part: Part): Range;
}

export interface Problem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly severity?: Diagnostic['severity'];
  readonly hint?: string;
  readonly suggestions?: readonly string[];
}

export const maxDefinitionBytes = 4 * 1024 * 1024;
const maxAliasNodes = 10_000;
const maxDepth = 100;
const fileStart: Range = { line: 1, column: 1, end_line: 1, end_column: 1 };

/** A diagnostic at a place of a document. */
export function problemAt(
  document: Pick<SourceDocument, 'file' | 'rangeOf'>,
  path: Path,
  part: Part,
  problem: Problem,
): Diagnostic {
  return diagnostic(document.file, document.rangeOf(path, part), problem);
}

/** A diagnostic at the start of a file, for what concerns the whole of it (or a file that is not there). */
export function problemOf(file: string, problem: Problem): Diagnostic {
  return diagnostic(file, fileStart, problem);
}

function diagnostic(file: string, range: Range, problem: Problem): Diagnostic {
  const { code, message, severity = 'error', hint, suggestions } = problem;
  return {
    file,
    ...range,
    severity,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(suggestions === undefined || suggestions.length === 0 ? {} : { suggestions: [...suggestions] }),
  };
}

/** How many problems are told at once; past that the first few help more than all. */
export const maxProblems = 500;

/** The problems in order, the first 500 of them; what was cut off is said. */
export function sortedAndCut(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const all = sorted(diagnostics);
  const [first] = all;
  if (first === undefined || all.length <= maxProblems) return all;
  const message = `only the first ${maxProblems} of ${all.length} problems are listed`;
  return [...all.slice(0, maxProblems), problemOf(first.file, { code: 'more_problems', message })];
}

/** In the order of the lines of each file, the files in the order they first come up. */
export function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const order = new Map<string, number>();
  for (const { file } of diagnostics) if (!order.has(file)) order.set(file, order.size);
  return [...diagnostics].sort(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  );
}

/** True if one of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** Parses the text of a definition file. Never throws. `file` only names it in diagnostics. */
export function parseDocument(file: string, text: string): SourceDocument {
  if (text.length > maxDefinitionBytes || Buffer.byteLength(text) > maxDefinitionBytes) {
    return unusableDocument(file, {
      code: 'too_large',
      message: `the file is ${(Buffer.byteLength(text) / 1048576).toFixed(1)} MiB; a definition may have 4 MiB`,
      hint: 'split it into several files',
    });
  }
  // Editors do not count a byte order mark as a column, nor do we.
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  try {
    return new YamlDocument(file, source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (stackEnded.test(message)) return unusableDocument(file, tooDeep);
    return unusableDocument(file, { code: 'syntax', message });
  }
}

/** A document for a value that came without a text (a call of the API): positions point into its pretty-printed JSON. */
export function documentOfValue(file: string, value: unknown): SourceDocument {
  let printed: SourceDocument | undefined;
  return {
    file,
    value,
    isReadable: true,
    diagnostics: [],
    rangeOf: (path, part) => {
      // Printed and parsed only once something is wrong: calls may carry a hundred thousand operations.
      printed ??= parseDocument(file, JSON.stringify(value, null, 2) ?? '');
      return printed.rangeOf(path, part);
    },
  };
}

const tooDeep: Problem = {
  code: 'too_deep',
  message: `nested deeper than ${maxDepth} levels; no definition needs that`,
};

/** A document that could not be read at all, with the one reason why. */
export function unusableDocument(file: string, problem: Problem): SourceDocument {
  return {
    file,
    value: undefined,
    isReadable: false,
    diagnostics: [problemOf(file, problem)],
    rangeOf: () => fileStart,
  };
}

/** What to write instead, for the mistakes of syntax people make most. */
const syntaxHints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'one file holds one document: remove the --- or make two files',
  BAD_INDENT: 'line the entry up with its siblings, or close the bracket before it',
  MISSING_CHAR: 'close the quote or the bracket, or put a blank after the colon',
  BLOCK_AS_IMPLICIT_KEY: 'put text that holds ": " in quotes, or indent the lines below it',
  MULTILINE_IMPLICIT_KEY: 'write the key on one line, with a colon after it',
  BAD_DIRECTIVE: 'put text that starts with % in quotes',
  BAD_SCALAR_START: 'put text that starts with @ or ` in quotes',
};

/** The parser is recursive: thousands of nested brackets end its stack, or that of a regular expression in it. */
const stackEnded = /call stack|stack overflow/i;
const unclosed = /^Flow .* must be sufficiently indented and end with/;

/** The parser's words for wrong indentation speak of its grammar; these say what a person did. */
const indentation: Readonly<Record<string, Pick<Problem, 'message' | 'hint'>>> = {
  'Sequence item without - indicator': {
    message: 'this line has no - and is not in line with the keys of the list entry above',
    hint: 'line it up with those keys, or begin it with "- "',
  },
  'A block sequence may not be used as an implicit map key': {
    message: 'this - is further right than the - of the entries above',
    hint: 'line it up with them',
  },
};

class YamlDocument implements SourceDocument {
  readonly file: string;
  readonly value: unknown;
  readonly diagnostics: Diagnostic[] = [];
  readonly isReadable: boolean;
  private readonly text: string;
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly anchors = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();
  private aliasNodes = 0;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.document = parseYaml(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      // The package compares every key with every other; `mapping` below does it in one pass.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: this.lines,
    });
    const toldLines = new Set<number>();
    const all = [...this.document.errors, ...this.document.warnings];
    // All that comes after a bracket without an end was taken for a part of it, line in line, until the stack ended.
    const unclosedAt = all.find(({ message }) => unclosed.test(message))?.pos[0] ?? text.length;
    const problems = all.filter(({ pos }) => pos[0] <= unclosedAt);
    const tooMuch = problems.find(({ message }) => stackEnded.test(message));
    if (tooMuch !== undefined) throw tooMuch;
    for (const { code, pos, message } of problems) {
      const { line } = this.position(pos[0]);
      // One slip makes the parser complain of the same line again and again; the first complaint is the one to mend.
      if (toldLines.has(line)) continue;
      toldLines.add(line);
      const known = indentation[message];
      const hint = known?.hint ?? syntaxHints[code];
      const said =
        code === 'MULTIPLE_DOCS' ? 'the file holds several documents' : (known?.message ?? message);
      // The second document may be the rest of the file: its first line is enough to point at.
      const end = text.slice(pos[0], pos[1]).search(/\r?\n./);
      this.report([pos[0], end === -1 ? pos[1] : pos[0] + end], {
        code: 'syntax',
        message: said,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    const isParsed = this.diagnostics.length === 0;
    const value = this.plain(this.document.contents, 0, null);
    this.isReadable = isParsed && !this.diagnostics.some(({ code }) => fatalCodes.has(code));
    this.value = value;
  }

  rangeOf(path: Path, part: Part): Range {
    let node: Node | null = this.document.contents;
    let pair: Pair | undefined;
    for (const segment of path) {
      const inner = this.follow(node);
      if (isMap(inner)) {
        const next = findPair(inner, String(segment));
        if (next === undefined) return this.rangeOfEntry(pair, node, 'key');
        pair = next;
        node = (next.value ?? null) as Node | null;
      } else if (isSeq(inner) && inner.items[Number(segment)] !== undefined) {
        pair = undefined;
        node = inner.items[Number(segment)] as Node;
      } else {
        return this.rangeOfEntry(pair, node, 'key');
      }
    }
    return this.rangeOfEntry(pair, node, part);
  }

  /** The key of a pair; without a pair (the root, an entry of a list) the first key inside it, or the entry itself. */
  private rangeOfEntry(pair: Pair | undefined, node: Node | null, part: Part): Range {
    const key = (pair?.key ?? null) as Node | null;
    if (part === 'value' && !isEmpty(node)) return this.rangeOfNode(node);
    if (key !== null) return this.rangeOfNode(key);
    const inner = this.follow(node);
    if (isMap(inner) && part === 'key') {
      const first = inner.items[0]?.key as Node | undefined;
      if (first !== undefined) return this.rangeOfNode(first);
    }
    return this.rangeOfNode(node);
  }

  private rangeOfNode(node: Node | null): Range {
    if (!node?.range) return fileStart;
    const [start, valueEnd] = node.range;
    // A block collection ends where the next entry begins; the blanks before that are not part of it.
    return this.rangeOfOffsets(start, start + this.text.slice(start, valueEnd).trimEnd().length);
  }

  private rangeOfOffsets(start: number, end: number): Range {
    const from = this.position(start);
    const to = this.position(Math.max(start, end));
    return { line: from.line, column: from.col, end_line: to.line, end_column: to.col };
  }

  private position(offset: number): { line: number; col: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), col: Math.max(1, col) };
  }

  private report([start, end]: readonly [number, number], problem: Problem): void {
    this.diagnostics.push(diagnostic(this.file, this.rangeOfOffsets(start, end), problem));
  }

  private reportNode(node: Node, problem: Problem): void {
    this.diagnostics.push(diagnostic(this.file, this.rangeOfNode(node), problem));
  }

  private follow(node: Node | null): Node | null {
    return isAlias(node) ? (this.targets.get(node) ?? null) : node;
  }

  private plain(node: Node | null, depth: number, outer: Alias | null): unknown {
    if (node === null) return null;
    if (outer !== null && ++this.aliasNodes > maxAliasNodes) {
      if (this.aliasNodes === maxAliasNodes + 1) {
        const message = `the aliases of this file expand to more than ${maxAliasNodes} entries`;
        this.reportNode(outer, { code: 'too_many_aliases', message, hint: 'write the entries out' });
      }
      return null;
    }
    if (depth > maxDepth) {
      if (!this.diagnostics.some(({ code }) => code === 'too_deep' || code === 'syntax'))
        this.reportNode(outer ?? node, tooDeep);
      return null;
    }
    if (isAlias(node)) return this.alias(node, depth, outer);
    if (outer === null && 'anchor' in node && typeof node.anchor === 'string') {
      this.anchors.set(node.anchor, node);
    }
    if (isMap(node)) return this.mapping(node, depth, outer);
    if (isSeq(node)) {
      return node.items.map((item) => this.plain(isPair(item) ? null : (item as Node), depth + 1, outer));
    }
    if (!isScalar(node)) return null;
    if (typeof node.value === 'number' && !isExact(node.source, node.value) && outer === null) {
      this.reportNode(node, {
        code: 'imprecise_number',
        message: `${node.source} has more digits than a number can hold exactly`,
        hint: `put it in quotes: "${node.source}"`,
      });
    }
    return node.value;
  }

  private alias(node: Alias, depth: number, outer: Alias | null): unknown {
    const target = this.targets.get(node) ?? this.anchors.get(node.source);
    if (target === undefined) {
      const message = `nothing before this is marked &${node.source}`;
      const hint = `put text that starts with * in quotes: "*${node.source}"`;
      this.reportNode(node, { code: 'syntax', message, hint });
      return null;
    }
    this.targets.set(node, target);
    return this.plain(target, depth + 1, outer ?? node);
  }

  private mapping(node: YAMLMap, depth: number, outer: Alias | null): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    const seen = new Map<string, Node>();
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      if (keyNode !== null && !isScalar(keyNode)) {
        // Where the syntax is broken already, this is a consequence.
        if (!this.diagnostics.some(({ code }) => code === 'syntax'))
          this.reportNode(keyNode, { code: 'wrong_type', message: 'a key must be text on one line' });
        continue;
      }
      const key = keyOf(keyNode);
      const first = seen.get(key);
      if (first !== undefined && keyNode !== null) {
        if (outer === null) {
          const { line } = this.rangeOfNode(first);
          const message = `"${key}" stands here a second time; the first is in line ${line}`;
          this.reportNode(keyNode, { code: 'duplicate_key', message, hint: 'remove or rename one of them' });
        }
        continue;
      }
      if (keyNode !== null) seen.set(key, keyNode);
      const inner = this.plain((pair.value ?? null) as Node | null, depth + 1, outer);
      // A plain assignment of __proto__ would set the prototype and hide the key from the validation.
      Object.defineProperty(value, key, {
        value: inner,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return value;
  }
}

const fatalCodes: ReadonlySet<string> = new Set<DiagnosticCode>(['syntax', 'too_many_aliases', 'too_deep']);

function isEmpty(node: Node | null): boolean {
  return !node?.range || node.range[0] === node.range[1];
}
