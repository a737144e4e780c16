/** The operations a batch file lists, half-written ones included, with their names as the run will give them. */
import { basename } from 'node:path';
import type { Path } from '../../../../definitions/document.ts';
import { isRecord, uniqueName } from '../../../../definitions/values.ts';
import { batchListKeys, type BatchListKey, type OperationItem } from '../../../../protocol/files/batch.ts';

export type OperationType = OperationItem['type'];

export interface BatchOperation {
  readonly path: Path;
  /** Null: an entry of `operations` without a type that can be read. */
  readonly type: OperationType | null;
  readonly entry: Readonly<Record<string, unknown>>;
  /** What `name` says; null without it. */
  readonly explicitName: string | null;
}

export const batchKinds = Object.keys(batchListKeys) as BatchListKey[];

const typeOfKey: Readonly<Record<Exclude<BatchListKey, 'operations'>, OperationType>> = {
  pipelines: 'pipeline',
  items: 'data_generation',
  projects: 'project_validation',
  sources: 'metadata_extraction',
};
const operationTypes: ReadonlySet<unknown> = new Set<OperationType>([...Object.values(typeOfKey), 'command']);

/** The operations of a batch file's value, in order; the list key that stands first in the table counts, as in a run. */
export function operationsOf(value: unknown): BatchOperation[] {
  if (!isRecord(value)) return [];
  const key = batchKinds.find((kind) => value[kind] !== undefined);
  const entries = key === undefined ? undefined : value[key];
  if (key === undefined || !Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown, index) => {
    if (!isRecord(entry)) return [];
    const name = textOf(entry.name)?.trim() ?? '';
    return [{ path: [key, index], type: typeOf(key, entry), entry, explicitName: name === '' ? null : name }];
  });
}

function typeOf(key: BatchListKey, entry: Record<string, unknown>): OperationType | null {
  if (key !== 'operations') return typeOfKey[key];
  return operationTypes.has(entry.type) ? (entry.type as OperationType) : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What stands in a text once its parameters have their defaults; those without one stay as they are written. */
export function withDefaults(text: string, parameters: unknown): string {
  if (!text.includes('${param:') || !isRecord(parameters)) return text;
  return text.replace(/\$\{param:([^}]*)\}/g, (whole, name: string) => {
    const declared = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const value = isRecord(declared) ? declared.default : declared;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : whole;
  });
}

/** Gives names of other things instead of those in the file: what a rename would make of them. */
export interface NameChanges {
  pipeline(name: string): string;
  connection(name: string): string;
  operation(name: string): string;
  project(written: string): string;
}

/** The name of every operation, in order, automatic ones made unique. */
export function operationNames(
  operations: readonly BatchOperation[],
  parameters: unknown,
  changes: NameChanges,
): string[] {
  const explicit = operations.map(({ explicitName }) =>
    explicitName === null ? null : changes.operation(explicitName),
  );
  const taken = new Set(explicit.filter((name) => name !== null));
  const counters = new Map<string, number>();
  return operations.map(
    (operation, index) =>
      explicit[index] ?? uniqueName(automaticName(operation, parameters, changes), taken, counters),
  );
}

/** As the plan names an operation that has no name of its own. */
function automaticName({ type, entry }: BatchOperation, parameters: unknown, changes: NameChanges): string {
  const read = (key: string) => withDefaults(textOf(entry[key]) ?? '', parameters);
  switch (type) {
    case 'pipeline':
      return changes.pipeline(read('pipeline_id'));
    case 'data_generation': {
      const places = [read('connection'), read('target_connection')].filter((name) => name !== '');
      const suffix =
        places.length === 0 ? '' : ` -> ${places.map((name) => changes.connection(name)).join(', ')}`;
      return `${read('schema_type') || read('schema_file')}${suffix}`;
    }
    case 'project_validation':
      return changes.project(read('project'));
    case 'metadata_extraction':
      return changes.connection(read('connection'));
    case 'command':
      return basename(read('program')) || read('program');
    case null:
      return '';
  }
}
