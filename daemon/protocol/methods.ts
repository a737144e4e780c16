/**
 * The API: one record, method name -> params, result, REST twin. rpc, rest, the OpenAPI document and the typed client all
 * derive from it; a method that is not here does not exist.
 */
import * as z from 'zod';
import {
  connectionProbeSchema,
  daemonStatusSchema,
  helloSchema,
  knownCatalogSchema,
  knownProjectsSchema,
  logEntrySchema,
  planSchema,
  projectContentsSchema,
  projectResultsSchema,
  submittedSchema,
  trendsSchema,
} from './answers.ts';
import { catalogMethods } from './catalogMethods.ts';
import { comparisonSchema, verdictSchema } from './comparison.ts';
import {
  jobSchema,
  operationSchema,
  operationStatusSchema,
  progressSchema,
  statisticsSchema,
  waitingSchema,
} from './entities.ts';
import { diagnosticSchema } from './errors.ts';
import { snapshotSchema } from './events.ts';
import {
  batchFileSchema,
  generationItemsSchema,
  jobOptionFields,
  metadataItemsSchema,
  parameterValuesSchema,
  pipelineItemsSchema,
  projectItemsSchema,
} from './files/batch.ts';
import {
  artifactRefFields,
  detailSchema,
  differenceFilterFields,
  jobRefSchema,
  listFilterFields,
  makingFields,
  projectRefSchema,
  secretsSchema,
} from './params.ts';
import { countSchema, jobIdSchema, momentSchema, operationIdSchema } from './primitives.ts';
import { differenceSampleSchema } from './results.ts';

const submittedOrPlanSchema = z.union([submittedSchema, planSchema]);

export const methods = {
  'daemon/hello': {
    params: z.strictObject({
      client: z.string().max(200),
      protocol_version: z.number().int(),
      token: z.string().max(500),
    }),
    result: helloSchema,
    rest: null,
  },
  'daemon/status': {
    params: z.strictObject({}),
    result: daemonStatusSchema,
    rest: { verb: 'GET', path: '/batch/daemon/status' },
  },
  'daemon/shutdown': {
    params: z.strictObject({
      drain: z
        .boolean()
        .default(true)
        .describe(
          'true: wait until running operations end; false: cancel nothing, stop now; live jobs go on at the next start.',
        ),
    }),
    result: z.object({ stopping: z.literal(true) }),
    rest: { verb: 'POST', path: '/batch/daemon/shutdown' },
  },
  'pipelines/bulkExecute': {
    params: z.strictObject({ ...makingFields, pipelines: pipelineItemsSchema }),
    result: submittedOrPlanSchema,
    rest: { verb: 'POST', path: '/batch/pipelines/bulk-execute' },
  },
  'data/bulkGenerate': {
    params: z.strictObject({ ...makingFields, items: generationItemsSchema }),
    result: submittedOrPlanSchema,
    rest: { verb: 'POST', path: '/batch/data/bulk-generate' },
  },
  'projects/multiValidate': {
    params: z.strictObject({ ...makingFields, projects: projectItemsSchema }),
    result: submittedOrPlanSchema,
    rest: { verb: 'POST', path: '/batch/projects/multi-validate' },
  },
  'metadata/bulkExtract': {
    params: z.strictObject({ ...makingFields, sources: metadataItemsSchema }),
    result: submittedOrPlanSchema,
    rest: { verb: 'POST', path: '/batch/metadata/bulk-extract' },
  },
  'jobs/submit': {
    params: z.strictObject({
      file: z.string().min(1).max(4096).optional().describe('Absolute path of a batch file.'),
      project: projectRefSchema.optional(),
      definition: z
        // The loose object lets a template ("${param:rows}" where a number belongs) and a mistake through to the planner,
        // which fills in the one and answers the other with its place.
        .union([batchFileSchema, z.record(z.string(), z.unknown()), z.string()])
        .optional()
        .describe('A batch definition as an object, or as YAML or JSON text.'),
      parameters: parameterValuesSchema.optional(),
      overrides: z
        .strictObject({
          priority: jobOptionFields.priority.removeDefault().optional(),
          max_parallel: jobOptionFields.max_parallel,
        })
        .optional()
        .describe('For this job alone, over what the definition says.'),
      dry_run: z.boolean().optional(),
      secrets: secretsSchema,
    }),
    result: submittedOrPlanSchema,
    rest: { verb: 'POST', path: '/batch/jobs' },
  },
  'jobs/list': {
    params: z.strictObject(listFilterFields),
    result: z.object({ jobs: z.array(jobSchema), total: countSchema }),
    rest: { verb: 'GET', path: '/batch/jobs' },
  },
  'jobs/get': {
    params: jobRefSchema,
    result: jobSchema,
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}' },
  },
  'jobs/progress': {
    params: jobRefSchema,
    result: progressSchema,
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/progress' },
  },
  'jobs/operations': {
    params: z.strictObject({
      job_id: jobIdSchema,
      status: z.union([operationStatusSchema, z.array(operationStatusSchema)]).optional(),
      search: z.string().max(1000).optional(),
      operation_ids: z.array(operationIdSchema).max(500).optional().describe('Only these.'),
      sort: z
        .enum(['index', 'failed_first'])
        .default('index')
        .describe(
          'failed_first: failed, running, pending, skipped, cancelled, completed; each in the order of the batch.',
        ),
      detail: detailSchema.default('full'),
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({ operations: z.array(operationSchema), total: countSchema }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/operations' },
  },
  'jobs/cancel': {
    params: jobRefSchema,
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/cancel' },
  },
  'jobs/retry': {
    params: z.strictObject({
      job_id: jobIdSchema,
      operation_ids: z.array(operationIdSchema).min(1).optional(),
      secrets: secretsSchema,
    }),
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/retry' },
  },
  'jobs/pause': {
    params: jobRefSchema,
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/pause' },
  },
  'jobs/resume': {
    params: z.strictObject({ job_id: jobIdSchema, secrets: secretsSchema }),
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/resume' },
  },
  'jobs/rerun': {
    params: z.strictObject({ job_id: jobIdSchema, secrets: secretsSchema }),
    result: submittedSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/rerun' },
  },
  'jobs/delete': {
    params: jobRefSchema,
    result: z.object({ deleted: z.literal(true), job_id: jobIdSchema }),
    rest: { verb: 'DELETE', path: '/batch/jobs/{job_id}' },
  },
  'jobs/export': {
    params: z.strictObject({
      job_id: jobIdSchema,
      format: z.enum(['json', 'csv', 'junit', 'html']).default('json'),
    }),
    result: z.object({ content_type: z.string(), content: z.string() }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/export' },
  },
  'jobs/log': {
    params: z.strictObject({
      job_id: jobIdSchema,
      operation_id: operationIdSchema.optional(),
      after: z.number().int().min(0).optional().describe('Only entries with a higher seq.'),
      limit: z.number().int().min(1).max(10_000).default(1000),
    }),
    result: z.object({ entries: z.array(logEntrySchema), last_seq: countSchema }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/log' },
  },
  'jobs/waiting': {
    params: jobRefSchema,
    result: z.object({
      operations: z.array(
        z.object({ operation_id: operationIdSchema, name: z.string(), waiting: waitingSchema }),
      ),
    }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/waiting' },
  },
  'jobs/compare': {
    params: z.strictObject({
      before: jobIdSchema.describe('The earlier run.'),
      after: jobIdSchema.describe('The later run.'),
      verdict: z.union([verdictSchema, z.array(verdictSchema)]).optional(),
      search: z.string().max(1000).optional().describe('Operations whose name contains this.'),
      limit: z.number().int().min(1).max(1000).default(500),
      offset: z.number().int().min(0).default(0),
    }),
    result: comparisonSchema,
    rest: { verb: 'GET', path: '/batch/jobs/{before}/compare/{after}' },
  },
  'statistics/get': {
    params: z.strictObject({ project_id: z.string().optional(), since: momentSchema.optional() }),
    result: statisticsSchema,
    rest: { verb: 'GET', path: '/batch/statistics' },
  },
  'projects/list': {
    params: z.strictObject({}),
    result: knownProjectsSchema,
    rest: { verb: 'GET', path: '/batch/projects' },
  },
  'projects/pipelines': {
    params: z.strictObject({ project: projectRefSchema }),
    result: projectContentsSchema,
    rest: { verb: 'GET', path: '/batch/projects/{project}/pipelines' },
  },
  'projects/check': {
    params: z.strictObject({ project: projectRefSchema, secrets: secretsSchema }),
    result: z.object({
      project_id: z.string(),
      connections: z.array(connectionProbeSchema),
      diagnostics: z.array(diagnosticSchema),
    }),
    rest: { verb: 'POST', path: '/batch/projects/{project}/check' },
  },
  'projects/results': {
    params: z.strictObject({ project: projectRefSchema }),
    result: projectResultsSchema,
    rest: { verb: 'GET', path: '/batch/projects/{project}/results' },
  },
  'projects/catalog': {
    params: z.strictObject({ project: projectRefSchema, connection: z.string() }),
    result: knownCatalogSchema,
    rest: { verb: 'GET', path: '/batch/projects/{project}/catalog' },
  },
  ...catalogMethods,
  'artifacts/rows': {
    params: z.strictObject({
      ...artifactRefFields,
      ...differenceFilterFields,
      limit: z.number().int().min(1).max(1000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({ rows: z.array(differenceSampleSchema), total: countSchema }),
    rest: {
      verb: 'GET',
      path: '/batch/jobs/{job_id}/operations/{operation_id}/artifacts/{artifact_id}/rows',
    },
  },
  'artifacts/export': {
    params: z.strictObject({
      ...artifactRefFields,
      ...differenceFilterFields,
      file: z
        .string()
        .min(1)
        .max(4096)
        .describe(
          'Absolute path of the CSV file to write on the machine of the daemon; replaced if it is there.',
        ),
    }),
    result: z.object({ file: z.string(), rows: countSchema }),
    rest: {
      verb: 'POST',
      path: '/batch/jobs/{job_id}/operations/{operation_id}/artifacts/{artifact_id}/export',
    },
  },
  'statistics/trends': {
    params: z.strictObject({
      project_id: z.string().optional(),
      since: momentSchema.optional(),
      pipelines: z
        .number()
        .int()
        .min(1)
        .max(100)
        .default(20)
        .describe('At most so many, those that ran last.'),
      runs: z.number().int().min(1).max(500).default(100).describe('Of each pipeline the latest so many.'),
    }),
    result: trendsSchema,
    rest: { verb: 'GET', path: '/batch/statistics/trends' },
  },
  'events/subscribe': {
    params: z.strictObject({
      after_seq: countSchema
        .optional()
        .describe(
          'The last seq the client has seen; if the daemon still knows what came after, no snapshot is needed.',
        ),
      operations_of: z.array(jobIdSchema).max(100).optional(),
      detail: detailSchema.default('full'),
      operations_snapshot: z
        .boolean()
        .default(true)
        .describe(
          'false: snapshots carry jobs only; the client reads the operations it shows with jobs/operations.',
        ),
    }),
    result: z.object({ seq: countSchema, snapshot: snapshotSchema.nullable() }),
    rest: { verb: 'SSE', path: '/batch/events' },
  },
  'events/unsubscribe': {
    params: z.strictObject({}),
    result: z.object({ unsubscribed: z.boolean() }),
    rest: null,
  },
} as const;

export type MethodName = keyof typeof methods;
/** What a caller may send: defaults not yet applied. */
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]['params']>;
/** What a handler gets: parsed, defaults applied. */
export type MethodParams<M extends MethodName> = z.output<(typeof methods)[M]['params']>;
export type MethodResult<M extends MethodName> = z.output<(typeof methods)[M]['result']>;
export type JobMakingMethod =
  | 'pipelines/bulkExecute'
  | 'data/bulkGenerate'
  | 'projects/multiValidate'
  | 'metadata/bulkExtract'
  | 'jobs/submit';
