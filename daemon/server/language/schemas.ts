/** What JSON Schema says about the definition files: keys, values, descriptions. Everything is in the program; nothing is fetched. */
import type { CompletionItem, JSONSchema, LanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { jsonSchemas } from '../../definitions/jsonSchemas.ts';
import { isRecord } from '../../definitions/values.ts';
import type { FileKind } from './files.ts';

const schemaFiles = {
  project: 'ombudsman.schema.json',
  pipeline: 'pipeline.schema.json',
  batch: 'batch.schema.json',
  schema: 'schema.schema.json',
} as const satisfies Record<FileKind, string>;

export interface Schemas {
  /** Completion at an offset of a JSON text that is one of the definition files. */
  complete(kind: FileKind, json: string, offset: number): Promise<readonly CompletionItem[]>;
  /** Markdown about what stands at an offset; null: the schema says nothing. */
  describe(kind: FileKind, json: string, offset: number): Promise<string | null>;
  /** For files that are JSON themselves. */
  readonly service: LanguageService;
}

let loading: Promise<Schemas> | undefined;

/** Loaded with the first question: it takes a few hundred milliseconds and some megabytes. */
export function loadSchemas(): Promise<Schemas> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Schemas> {
  const imported = await import('vscode-json-languageservice');
  // Node sees no names in the package's UMD; a bundle has its ES module.
  const { getLanguageService } = 'default' in imported ? (imported.default as typeof imported) : imported;
  const service = getLanguageService({
    clientCapabilities: {
      textDocument: {
        completion: { completionItem: { documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
      },
    },
  });
  const all = jsonSchemas();
  service.configure({
    validate: false,
    allowComments: false,
    schemas: (Object.keys(schemaFiles) as FileKind[]).map((kind) => ({
      uri: `ombudsman:${kind}`,
      fileMatch: [`${kind}.json`],
      schema: forEditors(all[schemaFiles[kind]]),
    })),
  });
  const documentOf = (kind: FileKind, json: string) => {
    const text = TextDocument.create(uriOf(kind), 'json', 0, json);
    return { text, parsed: service.parseJSONDocument(text) };
  };
  return {
    service,
    complete: async (kind, json, offset) => {
      const { text, parsed } = documentOf(kind, json);
      return (await service.doComplete(text, text.positionAt(offset), parsed))?.items ?? [];
    },
    describe: async (kind, json, offset) => {
      const { text, parsed } = documentOf(kind, json);
      const hover = await service.doHover(text, text.positionAt(offset), parsed);
      return hover === null ? null : markdownOf(hover.contents);
    },
  };
}

/** The URI under which a text is taken for a kind of file, wherever it lies. */
export function uriOf(kind: FileKind): string {
  return `ombudsman:///${kind}.json`;
}

/** The title of a file is no description of its keys; default and choices are worth knowing with them. */
function forEditors({ title: _title, ...schema }: JsonNode): JSONSchema {
  return withMarkdown(schema);
}

type JsonNode = Record<string, unknown>;

function withMarkdown(node: JsonNode): JsonNode {
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
    if (key === 'properties') {
      return [
        key,
        Object.fromEntries(Object.entries(value as JsonNode).map(([name, inner]) => [name, inside(inner)])),
      ];
    }
    return [key, schemaKeys.has(key) ? inside(value) : value];
  });
  const markdownDescription = markdownFor(node);
  return { ...Object.fromEntries(entries), ...(markdownDescription === '' ? {} : { markdownDescription }) };
}

const schemaKeys: ReadonlySet<string> = new Set(['items', 'anyOf', 'oneOf', 'additionalProperties']);

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  return isRecord(value) ? withMarkdown(value) : value;
}

function markdownFor(node: JsonNode): string {
  const { description, default: preset } = node;
  // Of a place the service shows the first text it finds, the inner ones first: those that say little say nothing.
  if (typeof description !== 'string') return '';
  const choices = choicesOf(node);
  return [
    description.replace(/[*_<`[\]]/g, escapedInText),
    choices.length > 1 ? `One of ${choices.map(code).join(', ')}.` : '',
    preset === undefined || isEmptyList(preset) ? '' : `Default: ${code(preset)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** An underscore within a word, as most keys have, is none of Markdown's. */
function escapedInText(sign: string, at: number, text: string): string {
  const isWithinWord = sign === '_' && /\w/.test(text[at - 1] ?? '') && /\w/.test(text[at + 1] ?? '');
  return isWithinWord ? sign : `\\${sign}`;
}

/** A parameter may stand in place of a choice; then the choices are in the first branch. */
function choicesOf({ enum: own, anyOf, items }: JsonNode): unknown[] {
  if (Array.isArray(own)) return own;
  for (const inner of [anyOf, items].flat()) {
    if (isRecord(inner) && Array.isArray(inner.enum)) return inner.enum;
  }
  return [];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

type Contents = NonNullable<Awaited<ReturnType<LanguageService['doHover']>>>['contents'];

/** The service gives one paragraph for the description, and one for each of several possible values. */
function markdownOf(contents: Contents): string | null {
  const parts = Array.isArray(contents) ? contents : [contents];
  const texts = parts.map((part) => (typeof part === 'string' ? part : part.value));
  const text = texts.filter((each) => each !== '').join('\n\n');
  return text === '' ? null : text;
}
