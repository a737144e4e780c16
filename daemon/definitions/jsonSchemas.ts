/** JSON Schemas of the kinds of file, for editors, and of the catalogs we write. Generated from zod, so they say what the parser says. */
import * as z from 'zod';
import { catalogSchema } from '../protocol/catalog.ts';
import { catalogDifferenceSchema } from '../protocol/catalogDifference.ts';
import { batchFileSchema } from '../protocol/files/batch.ts';
import { checkParameterSchemas, checkAliases, checkKinds } from '../protocol/files/checks.ts';
import { checkEntrySchema, pipelineFileSchema } from '../protocol/files/pipeline.ts';
import { projectFileSchema } from '../protocol/files/project.ts';
import { schemaFileSchema } from '../protocol/files/schema.ts';
import { durationSchema } from '../protocol/primitives.ts';

export type FileKind = 'ombudsman' | 'pipeline' | 'batch' | 'schema';
type JsonSchema = Record<string, unknown>;

const kinds = {
  ombudsman: {
    schema: projectFileSchema,
    title: 'Ombudsman project (ombudsman.yaml)',
    description: 'Connections, pipeline files, and defaults of a project.',
  },
  pipeline: {
    schema: pipelineFileSchema,
    title: 'Ombudsman pipeline (*.pipeline.yaml)',
    description: 'A source, a target, and the checks that compare them.',
  },
  batch: {
    schema: batchFileSchema,
    title: 'Ombudsman batch (*.batch.yaml, *.batch.json)',
    description: 'A job: operations that run in parallel, with limits and retries.',
  },
  schema: {
    schema: schemaFileSchema,
    title: 'Ombudsman schema (*.schema.yaml)',
    description: 'Tables of your own, from which data are generated.',
  },
} as const;

/** File name in dist/schemas -> JSON Schema (draft-07, which every editor's YAML and JSON support reads). */
export function jsonSchemas(): Record<
  `${FileKind | 'catalog' | 'catalog-difference'}.schema.json`,
  JsonSchema
> {
  return {
    'ombudsman.schema.json': jsonSchemaOf('ombudsman'),
    'pipeline.schema.json': jsonSchemaOf('pipeline'),
    'batch.schema.json': jsonSchemaOf('batch'),
    'schema.schema.json': jsonSchemaOf('schema'),
    'catalog.schema.json': writtenJsonSchema('catalog', catalogSchema, 'Ombudsman catalog (catalog.json)'),
    'catalog-difference.schema.json': writtenJsonSchema(
      'catalog-difference',
      catalogDifferenceSchema,
      'Ombudsman catalog difference',
    ),
  };
}

/** Of a document we write, as a reader sees it: fields may be added in later versions, so unknown ones are allowed. */
function writtenJsonSchema(name: string, schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...generated } = z.toJSONSchema(schema, { target: 'draft-07', io: 'input' }) as JsonSchema;
  return { $schema, $id: `ombudsman:schemas/${name}.schema.json`, title, ...generated };
}

function jsonSchemaOf(kind: FileKind): JsonSchema {
  const { schema, title, description } = kinds[kind];
  const { $schema, ...generated } = z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      describers.get(innermost(zodSchema))?.(jsonSchema);
    },
  }) as JsonSchema;
  const head = { $schema, $id: `ombudsman:schemas/${kind}.schema.json`, title, description };
  const body = kind === 'batch' ? allowParameters(generated) : generated;
  return { ...head, ...body };
}

const describers = new Map<unknown, (jsonSchema: z.core.JSONSchema.BaseSchema) => void>([
  [checkEntrySchema, describeChecks],
  [durationSchema, describeDuration],
]);

/** Bare names each with the description of their check, so that completion shows what they do. */
function describeChecks(jsonSchema: z.core.JSONSchema.BaseSchema): void {
  const names = [
    ...checkKinds.map((kind) => ({ const: kind, description: checkParameterSchemas[kind].description })),
    ...Object.entries(checkAliases).map(([alias, meant]) => ({
      const: alias,
      description: `Short for ${meant.join(' and ')}.`,
    })),
  ];
  const [, ...withParameters] = jsonSchema.anyOf ?? [];
  jsonSchema.anyOf = [...names, ...withParameters];
  jsonSchema.description = 'A check: its name, or its name with parameters.';
}

/** What stands inside `.optional()` and `.default()`: their descriptions say what it is for, its own how it is written. */
function innermost(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner;
}

const durationForm = 'A duration: 500ms, 2s, 30m, 1h30m; a bare number is seconds.';

function describeDuration(jsonSchema: z.core.JSONSchema.BaseSchema): void {
  const { description = '' } = jsonSchema;
  if (!description.includes(durationForm)) jsonSchema.description = `${description} ${durationForm}`.trim();
  jsonSchema.examples = ['30s', '30m', '1h30m'];
}

const parameterReference = {
  type: 'string',
  pattern: '^\\$\\{param:[A-Za-z_][A-Za-z0-9_]*\\}$',
  description: 'The value of a parameter of this file.',
};

/** In a template, "${param:NAME}" may stand where a number, a boolean, or one of a few words is asked for. */
function allowParameters(schema: JsonSchema): JsonSchema {
  const properties = schema.properties as JsonSchema;
  const visited = Object.entries(properties).map(([key, value]) => [
    key,
    key === 'parameters' ? value : orReference(value),
  ]);
  return { ...schema, properties: Object.fromEntries(visited) as JsonSchema };
}

const typedScalars: ReadonlySet<unknown> = new Set(['number', 'integer', 'boolean']);

function orReference(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(orReference);
  if (typeof node !== 'object' || node === null) return node;
  const schema = node as JsonSchema;
  if (typedScalars.has(schema.type) || Array.isArray(schema.enum)) {
    const { description, default: preset, ...rest } = schema;
    return {
      ...(description === undefined ? {} : { description }),
      ...(preset === undefined ? {} : { default: preset }),
      anyOf: [rest, parameterReference],
    };
  }
  const walked = ['properties', 'patternProperties'].flatMap((key) => {
    const inner = schema[key];
    if (typeof inner !== 'object' || inner === null) return [];
    return [
      [key, Object.fromEntries(Object.entries(inner).map(([name, value]) => [name, orReference(value)]))],
    ];
  });
  const lists = ['items', 'anyOf', 'oneOf', 'additionalProperties'].flatMap((key) =>
    key in schema ? [[key, orReference(schema[key])]] : [],
  );
  return { ...schema, ...Object.fromEntries([...walked, ...lists]) } as JsonSchema;
}
