/** Every name that a definition file defines or uses, with its exact place. Kept for as long as the parsed file is. */
import type { Path, SourceDocument } from '../../../../definitions/document.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import type { DefinitionFile } from '../../files.ts';
import { operationsOf, textOf, type BatchOperation } from './batchOperations.ts';
import { referenceSpots, spotOf, type ScalarSpot, type Spot } from './spot.ts';

export type NameKind = 'project' | 'pipeline' | 'connection' | 'parameter' | 'operation';

export interface NameUse {
  readonly kind: NameKind;
  readonly name: string;
  readonly isDefinition: boolean;
  readonly spot: Spot;
  /** The project it belongs to, as the batch file writes it; null: the project of the file. */
  readonly project: string | null;
  /** It stands in the automatic name of an operation; a rename gets there by giving the operations their names anew. */
  readonly isDerived?: true;
}

/** An entry of `depends_on`; which operation it means is known once all have their names. */
export interface Dependency {
  /** Index of the operation that depends. */
  readonly operation: number;
  readonly written: string;
  readonly spot: ScalarSpot;
}

export interface FileNames {
  readonly uses: readonly NameUse[];
  readonly operations: readonly BatchOperation[];
  readonly dependencies: readonly Dependency[];
  /** Then one place may be reached by several paths. */
  readonly hasAliases: boolean;
}

const known = new WeakMap<SourceDocument, FileNames>();

/** The names in a file; of the same parsed file the same object. */
export function namesIn(file: DefinitionFile): FileNames {
  const found = known.get(file.document);
  if (found !== undefined) return found;
  const names = new Collector(file).collect();
  known.set(file.document, names);
  return names;
}

const alias = /(?:^|[\s[{,:-])\*[^\s,[\]{}]/;
const wholeParameter = /^\$\{param:([^}]*)\}$/;

class Collector {
  private readonly file: DefinitionFile;
  private readonly value: unknown;
  private readonly uses: NameUse[] = [];
  private readonly dependencies: Dependency[] = [];
  private readonly hasAliases: boolean;
  private readonly seen = new Set<string>();

  constructor(file: DefinitionFile) {
    this.file = file;
    this.value = file.document.value;
    this.hasAliases = alias.test(file.text.getText());
  }

  collect(): FileNames {
    if (this.file.kind === 'project') this.project();
    if (this.file.kind === 'pipeline') {
      this.name('pipeline', ['pipeline_id'], { isDefinition: true });
      this.sides([]);
    }
    const operations = this.file.kind === 'batch' ? operationsOf(this.value) : [];
    if (this.file.kind === 'batch') this.batch(operations);
    return { uses: this.uses, operations, dependencies: this.dependencies, hasAliases: this.hasAliases };
  }

  private project(): void {
    this.name('project', ['name'], { isDefinition: true });
    const connections = valueAt(this.value, ['connections']);
    for (const name of isRecord(connections) ? Object.keys(connections) : []) {
      this.key('connection', ['connections', name]);
    }
  }

  private batch(operations: readonly BatchOperation[]): void {
    const parameters = valueAt(this.value, ['parameters']);
    for (const name of isRecord(parameters) ? Object.keys(parameters) : []) {
      this.key('parameter', ['parameters', name]);
    }
    if (isRecord(this.value)) {
      for (const [key, inner] of Object.entries(this.value)) {
        if (key !== 'parameters') this.parameterUses(inner, [key]);
      }
    }
    operations.forEach((operation, index) => this.operation(operation, index));
  }

  private operation({ path, type, entry }: BatchOperation, index: number): void {
    const written = textOf(entry.name);
    if (written !== null && written.trim() !== '') {
      const from = written.length - written.trimStart().length;
      const name = written.trim();
      this.add(
        'operation',
        name,
        true,
        spotOf(this.file, [...path, 'name'], 'value', written, [from, from + name.length]),
      );
    }
    if (Array.isArray(entry.depends_on)) {
      entry.depends_on.forEach((one: unknown, position) =>
        this.dependency(one, [...path, 'depends_on', position], index),
      );
    }
    if (type === 'pipeline') {
      if (isRecord(entry.pipeline)) this.sides([...path, 'pipeline']);
      else this.name('pipeline', [...path, 'pipeline_id']);
    }
    if (type === 'data_generation' || type === 'metadata_extraction') {
      this.name('connection', [...path, 'connection']);
    }
    if (type === 'data_generation') this.name('connection', [...path, 'target_connection']);
    if (type === 'project_validation') {
      const project = textOf(entry.project);
      this.name('project', [...path, 'project']);
      if (project === null || !Array.isArray(entry.pipeline_ids)) return;
      entry.pipeline_ids.forEach((_, position) =>
        this.name('pipeline', [...path, 'pipeline_ids', position], { project }),
      );
    }
  }

  private dependency(value: unknown, path: Path, operation: number): void {
    if (typeof value !== 'string' || value.trim() === '') return;
    const from = value.length - value.trimStart().length;
    const written = value.trim();
    const spot = spotOf(this.file, path, 'value', value, [from, from + written.length]);
    this.dependencies.push({ operation, written, spot });
  }

  private sides(path: Path): void {
    for (const side of ['source', 'target']) this.name('connection', [...path, side, 'connection']);
  }

  private key(kind: NameKind, path: Path): void {
    const name = String(path.at(-1));
    if (name !== '') this.add(kind, name, true, spotOf(this.file, path, 'key', name));
  }

  /** A name that stands as a value; behind a parameter the values that the parameter can have are the names. */
  private name(
    kind: NameKind,
    path: Path,
    { isDefinition = false, project = null }: { isDefinition?: boolean; project?: string | null } = {},
  ): void {
    const name = textOf(valueAt(this.value, path));
    if (name === null) return;
    if (!name.includes('${param:')) {
      this.add(kind, name, isDefinition, spotOf(this.file, path, 'value', name), project);
      return;
    }
    const parameter = wholeParameter.exec(name)?.[1];
    if (parameter === undefined || this.file.kind !== 'batch') return;
    const declared: Path = ['parameters', parameter];
    const isShort = typeof valueAt(this.value, declared) === 'string';
    const choices = valueAt(this.value, [...declared, 'enum']);
    const places = isShort
      ? [declared]
      : [
          [...declared, 'default'],
          ...(Array.isArray(choices) ? choices.map((_, index) => [...declared, 'enum', index]) : []),
        ];
    for (const place of places) {
      const value = textOf(valueAt(this.value, place));
      if (value !== null) this.add(kind, value, false, spotOf(this.file, place, 'value', value), project);
    }
  }

  private parameterUses(value: unknown, path: Path): void {
    if (typeof value === 'string') {
      if (!value.includes('${param:')) return;
      for (const { name, spot } of referenceSpots(this.file, path, 'param'))
        this.add('parameter', name, false, spot);
    } else if (Array.isArray(value)) {
      value.forEach((inner: unknown, index) => this.parameterUses(inner, [...path, index]));
    } else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) this.parameterUses(inner, [...path, key]);
    }
  }

  private add(
    kind: NameKind,
    name: string,
    isDefinition: boolean,
    spot: Spot,
    project: string | null = null,
  ): void {
    if (this.hasAliases) {
      const { start, end } = spot.range;
      const key = [kind, name, start.line, start.character, end.line, end.character].join(' ');
      if (this.seen.has(key)) return;
      this.seen.add(key);
    }
    this.uses.push({ kind, name, isDefinition, spot, project });
  }
}
