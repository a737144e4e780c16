import * as z from 'zod';
import {
  artifactSchema,
  attemptSchema,
  jobSchema,
  jobStatusSchema,
  jobTypeSchema,
  operationSchema,
  operationStatusSchema,
  operationTypeSchema,
  progressSchema,
  statisticsSchema,
  waitingSchema,
} from '../../protocol/entities.ts';
import { diagnosticSchema, operationErrorSchema, rpcErrorDataSchema } from '../../protocol/errors.ts';
import { daemonEventSchema, eventBatchSchema, snapshotSchema } from '../../protocol/events.ts';
import { planSchema } from '../../protocol/answers.ts';
import { methods, type MethodName } from '../../protocol/methods.ts';
import { operationResultSchema } from '../../protocol/results.ts';
import { productVersion } from '../../protocol/version.ts';
import { httpVerb, routes, type Route } from './routes.ts';

type JsonObject = Record<string, unknown>;

const shared: Record<string, z.ZodType> = {
  Job: jobSchema,
  JobStatus: jobStatusSchema,
  JobType: jobTypeSchema,
  Operation: operationSchema,
  OperationStatus: operationStatusSchema,
  OperationType: operationTypeSchema,
  OperationError: operationErrorSchema,
  OperationResult: operationResultSchema,
  Attempt: attemptSchema,
  Artifact: artifactSchema,
  Progress: progressSchema,
  Waiting: waitingSchema,
  Statistics: statisticsSchema,
  Diagnostic: diagnosticSchema,
  Plan: planSchema,
  Snapshot: snapshotSchema,
  DaemonEvent: daemonEventSchema,
  EventBatch: eventBatchSchema,
  ErrorData: rpcErrorDataSchema,
  ErrorAnswer: z.object({
    error: z.object({
      code: z.number().int(),
      kind: z.string(),
      message: z.string(),
      data: rpcErrorDataSchema,
    }),
  }),
};

const component = (name: string): string => `#/components/schemas/${name}`;
const schemaName = (method: MethodName, part: 'Params' | 'Result'): string =>
  `${method.replace(/(^|\/)(\w)/g, (_all, _slash, letter: string) => letter.toUpperCase())}${part}`;

/** All components: those shared, and params and result of each method. Params are as a caller writes them (defaults optional). */
function buildComponents(): Record<string, JsonObject> {
  const results = z.registry<{ id: string }>();
  const params = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(shared)) results.add(schema, { id: name });
  for (const name of Object.keys(methods) as MethodName[]) {
    if (!results.has(methods[name].result))
      results.add(methods[name].result, { id: schemaName(name, 'Result') });
    if (!params.has(methods[name].params))
      params.add(methods[name].params, { id: schemaName(name, 'Params') });
  }
  const asSchemas = (registry: typeof results, io: 'input' | 'output') =>
    z.toJSONSchema(registry, { uri: component, io, unrepresentable: 'any' }).schemas as Record<
      string,
      JsonObject
    >;
  const all = { ...asSchemas(params, 'input'), ...asSchemas(results, 'output') };
  return Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, withoutIds(schema)]));
}

/** In a component, `$id` would change what its `$ref`s are relative to; `$schema` is OpenAPI 3.1's default. */
function withoutIds({ $id: _id, $schema: _schema, ...schema }: JsonObject): JsonObject {
  return schema;
}

/** jobs/get, jobs/cancel … share one schema: it is registered under the first of them. */
function firstWith(part: 'params' | 'result', method: MethodName): MethodName {
  const names = Object.keys(methods) as MethodName[];
  return names.find((name) => methods[name][part] === methods[method][part]) ?? method;
}

function resultName(method: MethodName): string {
  const known = Object.entries(shared).find(([, schema]) => schema === methods[method].result);
  return known?.[0] ?? schemaName(firstWith('result', method), 'Result');
}

function paramsName(method: MethodName): string {
  return schemaName(firstWith('params', method), 'Params');
}

const json = (ref: string): JsonObject => ({
  content: { 'application/json': { schema: { $ref: component(ref) } } },
});

function describeParameters(method: MethodName, route: Route, params: JsonObject): JsonObject[] {
  const properties = (params.properties ?? {}) as Record<string, JsonObject>;
  const required = new Set((params.required as string[] | undefined) ?? []);
  return Object.keys(properties)
    .map((name) => ({ name, isPath: route.path.includes(`{${name}}`) }))
    .filter(({ isPath }) => isPath || httpVerb(route.verb) === 'GET')
    .map(({ name, isPath }) => ({
      name,
      in: isPath ? 'path' : 'query',
      required: isPath || required.has(name),
      schema: properties[name],
    }));
}

function describeRoute(method: MethodName, route: Route, components: Record<string, JsonObject>): JsonObject {
  const params = components[paramsName(method)] ?? {};
  const parameters = describeParameters(method, route, params);
  const hasBody = httpVerb(route.verb) === 'POST';
  const inPath = parameters.filter((one) => one.in === 'path').map((one) => one.name as string);
  const okay =
    route.verb === 'SSE'
      ? {
          description: 'A stream of events: `snapshot` {seq, snapshot}, then `batch` (an EventBatch).',
          content: { 'text/event-stream': { schema: { $ref: component('EventBatch') } } },
        }
      : { description: 'The result.', ...json(resultName(method)) };
  return {
    operationId: method.replace('/', '_'),
    tags: [method.split('/')[0]],
    summary: `The same as the JSON-RPC method ${method}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody
      ? {
          requestBody: {
            required: false,
            content: {
              'application/json': {
                schema:
                  inPath.length === 0 ? { $ref: component(paramsName(method)) } : bodySchema(params, inPath),
              },
            },
          },
        }
      : {}),
    responses: { 200: okay, default: { description: 'An error.', ...json('ErrorAnswer') } },
  };
}

/** The params without what stands in the path. */
function bodySchema(params: JsonObject, inPath: readonly string[]): JsonObject {
  const properties = { ...(params.properties as JsonObject) };
  for (const name of inPath) delete properties[name];
  const required = ((params.required as string[] | undefined) ?? []).filter((name) => !inPath.includes(name));
  const { required: _required, ...rest } = params;
  return { ...rest, properties, ...(required.length === 0 ? {} : { required }) };
}

function buildDocument(): JsonObject {
  const components = buildComponents();
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const item = (paths[route.path] ??= {});
    if (route.target === 'health' || route.target === 'openapi') {
      item.get = {
        operationId: route.target,
        summary: route.target === 'health' ? 'Whether the daemon is up; needs no token.' : 'This document.',
        ...(route.target === 'health' ? { security: [] } : {}),
        responses: {
          200: {
            description: 'The result.',
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        },
      };
    } else {
      item[httpVerb(route.verb).toLowerCase()] = describeRoute(route.target, route, components);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ombudsman Batch Operations',
      version: productVersion,
      description:
        'REST twins of the JSON-RPC methods at ws://127.0.0.1:PORT/rpc. Port and token stand in daemon.json in the data directory.',
    },
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: components },
  };
}

let cached: string | undefined;

/** The OpenAPI 3.1 document as JSON; built at the first call. */
export function openApiJson(): string {
  cached ??= JSON.stringify(buildDocument());
  return cached;
}
