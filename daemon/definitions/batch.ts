import type { Diagnostic } from '../protocol/errors.ts';
import {
  batchFileSchema,
  batchListKeys,
  type BatchFile,
  type BatchListKey,
  type OperationItem,
  type ParameterValues,
} from '../protocol/files/batch.ts';
import { hasErrors, problemAt, type Path, type SourceDocument } from './document.ts';
import { checkDurations } from './duration.ts';
import { readParameters, substitute } from './parameters.ts';
import { listed } from './suggest.ts';
import { validate } from './validate.ts';
import { isRecord } from './values.ts';

/** One operation as written, in the long form whatever the short form was. */
export interface BatchItem {
  readonly item: OperationItem;
  readonly path: Path;
}

export interface ParsedBatch {
  readonly options: Omit<BatchFile, BatchListKey | 'parameters'>;
  readonly kind: BatchListKey;
  readonly items: readonly BatchItem[];
}

export interface ParseBatchOptions {
  readonly parameters?: ParameterValues;
  /** An editor looks at the file: parameters need no values. */
  readonly isCheckOnly?: boolean;
}

const kinds = Object.keys(batchListKeys) as BatchListKey[];

export interface BatchResult {
  /** Null if there is an error, or (only checking) if a parameter has no value yet. */
  readonly batch: ParsedBatch | null;
  /** The operations that are right on their own, so that their names can be looked at even if others are not. */
  readonly items: readonly BatchItem[];
  readonly diagnostics: Diagnostic[];
}

/** Parses a batch definition, with its parameters filled in. */
export function parseBatch(document: SourceDocument, options: ParseBatchOptions = {}): BatchResult {
  const { value } = document;
  if (!document.isReadable) return { batch: null, items: [], diagnostics: [...document.diagnostics] };
  if (!isRecord(value)) {
    return { batch: null, items: [], diagnostics: validate(document, batchFileSchema).diagnostics };
  }
  const otherKind = otherKindOfFile(document, value);
  if (otherKind !== null)
    return { batch: null, items: [], diagnostics: [...document.diagnostics, otherKind] };
  const parameters = readParameters(document, options.parameters ?? {}, options.isCheckOnly === true);
  const filled = substitute(document, value, parameters);
  const parsed = validate(document, batchFileSchema, { value: filled.value, unknownAt: filled.unknownAt });
  const kind = kinds.find((key) => value[key] !== undefined);
  const diagnostics = [
    ...document.diagnostics,
    ...parameters.diagnostics,
    ...filled.diagnostics,
    ...parsed.diagnostics,
    ...checkKind(document, value, parsed.diagnostics),
    ...checkDurations(document, [], filled.value),
  ];
  if (kind === undefined) return { batch: null, items: [], diagnostics };
  const read = parsed.data === null ? goodItems(filled.value, kind) : itemsOf(parsed.data, kind);
  const unknown = new Set(
    [...filled.unknownAt].map((path) => JSON.stringify((JSON.parse(path) as Path).slice(0, 2))),
  );
  const items = unknown.size === 0 ? read : read.filter(({ path }) => !unknown.has(JSON.stringify(path)));
  for (const { item, path } of items) diagnostics.push(...checkDurations(document, path, item));
  if (parsed.data === null || filled.unknownAt.size > 0 || hasErrors(diagnostics)) {
    return { batch: null, items, diagnostics };
  }
  return { batch: { options: parsed.data, kind, items }, items, diagnostics };
}

/** A project or a pipeline file where a batch belongs: one word about that helps more than one for each of its keys. */
function otherKindOfFile(document: SourceDocument, value: Record<string, unknown>): Diagnostic | null {
  if (value.source !== undefined && value.target !== undefined && !kinds.some((key) => key in value)) {
    const message = 'this is a pipeline file, not a batch';
    const id = typeof value.pipeline_id === 'string' ? value.pipeline_id : 'PIPELINE_ID';
    const hint = `run it with "ombudsman validate ${id}", or list it in a batch file: pipelines: [{ pipeline_id: ${id} }]`;
    return problemAt(document, [], 'key', { code: 'batch_kind', message, hint });
  }
  if (isRecord(value.connections) && value.name !== undefined) {
    const message = 'this is a project file, not a batch';
    const hint = 'run its pipelines with "ombudsman validate --all", or name a *.batch.yaml beside it';
    return problemAt(document, [], 'key', { code: 'batch_kind', message, hint });
  }
  return null;
}

function goodItems(value: Record<string, unknown>, kind: BatchListKey): BatchItem[] {
  const written = value[kind];
  if (!Array.isArray(written)) return [];
  return written.flatMap((entry: unknown, index) => {
    const parsed = batchFileSchema.shape[kind].safeParse([entry]);
    if (!parsed.success) return [];
    const [found] = itemsOf({ [kind]: parsed.data }, kind);
    return found === undefined ? [] : [{ ...found, path: [kind, index] }];
  });
}

function checkKind(
  document: SourceDocument,
  value: Record<string, unknown>,
  found: readonly Diagnostic[],
): Diagnostic[] {
  const present = kinds.filter((key) => value[key] !== undefined);
  if (present.length === 1) return [];
  if (present.length === 0) {
    // `pipeline:` was already answered with "did you mean pipelines?".
    const isMistyped = found.some(({ suggestions }) =>
      kinds.some((key) => suggestions?.includes(key) === true),
    );
    if (isMistyped) return [];
    const message = 'the batch does not say what to run';
    const hint = `add one of ${listed(kinds)}`;
    return [problemAt(document, [], 'key', { code: 'batch_kind', message, hint })];
  }
  const [first, ...others] = present;
  return others.map((key) =>
    problemAt(document, [key], 'key', {
      code: 'batch_kind',
      message: `a batch has one list of operations; this one has ${first} and ${key}`,
      hint: 'put all of them under operations:, each with its type',
    }),
  );
}

function itemsOf(batch: Partial<BatchFile>, kind: BatchListKey): BatchItem[] {
  const at = (items: readonly OperationItem[] = []) =>
    items.map((item, index) => ({ item, path: [kind, index] }));
  switch (kind) {
    case 'pipelines':
      return at(batch.pipelines?.map((item) => ({ type: 'pipeline', ...item })));
    case 'items':
      return at(batch.items?.map((item) => ({ type: 'data_generation', ...item })));
    case 'projects':
      return at(batch.projects?.map((item) => ({ type: 'project_validation', ...item })));
    case 'sources':
      return at(batch.sources?.map((item) => ({ type: 'metadata_extraction', ...item })));
    case 'operations':
      return at(batch.operations);
  }
}
