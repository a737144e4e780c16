/**
 * The API: one record, method name -> params, result, REST twin. rpc, rest, the OpenAPI document and the typed client all
 * derive from it; a method that is not here does not exist.
 */
import * as z from 'zod';
import {
  jobSchema,
  jobStatusSchema,
  jobTypeSchema,
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
import { countSchema, isoTimeSchema, jobIdSchema, momentSchema, operationIdSchema } from './primitives.ts';

/** Path of a project folder (or its ombudsman.yaml), or the project_id of a project the daemon has seen. */
const projectRef = z.string().min(1).max(4096);

/** Values for `${env:NAME}` and `${secret:NAME}` of the caller's environment. Kept in memory only. */
const secrets = z.record(z.string(), z.string()).optional();

const submitted = z.object({
  job_id: jobIdSchema,
  status: z.literal('pending'),
  total_operations: countSchema,
  /** Warnings of the files the job was made from. */
  diagnostics: z.array(diagnosticSchema),
});

export const planSchema = z.object({
  dry_run: z.literal(true),
  job_name: z.string(),
  job_type: jobTypeSchema,
  project_id: z.string().nullable(),
  max_parallel: z.number().int(),
  operations: z.array(
    z.object({
      operation_id: operationIdSchema,
      name: z.string(),
      type: z.string(),
      depends_on: z.array(z.string()),
      connections: z.array(z.string()),
      timeout_ms: z.number().nullable(),
      max_attempts: z.number().int(),
      description: z.string(),
    }),
  ),
  total_operations: countSchema,
  diagnostics: z.array(diagnosticSchema),
});
export type Plan = z.infer<typeof planSchema>;

const submittedOrPlan = z.union([submitted, planSchema]);
const making = {
  ...jobOptionFields,
  project: projectRef.optional(),
  dry_run: z.boolean().optional(),
  secrets,
};
const jobRef = z.strictObject({ job_id: jobIdSchema });

/** What jobs can be sorted by; with `-` in front, descending. */
export const jobSortSchema = z.enum([
  'created_at',
  '-created_at',
  'finished_at',
  '-finished_at',
  'duration_ms',
  '-duration_ms',
  'job_name',
  '-job_name',
  'status',
  '-status',
]);

/** From REST, query values are strings: numbers and lists are read from them there (see server/rest). */
const listFilter = {
  status: z.union([jobStatusSchema, z.array(jobStatusSchema)]).optional(),
  job_type: z.union([jobTypeSchema, z.array(jobTypeSchema)]).optional(),
  project_id: z.string().optional(),
  tags: z.array(z.string()).optional(),
  search: z.string().max(1000).optional(),
  created_after: momentSchema.optional(),
  created_before: momentSchema.optional(),
  sort: jobSortSchema.optional(),
  limit: z.number().int().min(1).max(500).default(50),
  offset: z.number().int().min(0).default(0),
};

const logEntrySchema = z.object({
  seq: countSchema,
  at: isoTimeSchema,
  level: z.enum(['info', 'warn', 'error']),
  operation_id: operationIdSchema.optional(),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const connectionProbeSchema = z.object({
  connection: z.string(),
  type: z.string(),
  ok: z.boolean(),
  system: z.string().optional(),
  version: z.string().optional(),
  error: z.object({ kind: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
});

export const methods = {
  'daemon/hello': {
    params: z.strictObject({
      client: z.string().max(200),
      protocol_version: z.number().int(),
      token: z.string().max(500),
    }),
    result: z.object({
      pid: z.number().int(),
      version: z.string(),
      protocol_version: z.number().int(),
      started_at: isoTimeSchema,
      data_dir: z.string(),
    }),
    rest: null,
  },
  'daemon/status': {
    params: z.strictObject({}),
    result: z.object({
      status: z.enum(['ready', 'draining']),
      pid: z.number().int(),
      version: z.string(),
      protocol_version: z.number().int(),
      started_at: isoTimeSchema,
      uptime_ms: countSchema,
      data_dir: z.string(),
      clients: countSchema,
      live_jobs: countSchema,
      running_operations: countSchema,
      waiting_operations: countSchema,
      limits: z.array(
        z.object({
          kind: z.enum(['daemon', 'job', 'connection']),
          name: z.string(),
          limit: z.number().int(),
          in_use: countSchema,
        }),
      ),
      memory_rss_bytes: countSchema,
      engines: z.array(
        z.object({
          pid: z.number().int().nullable(),
          state: z.enum(['idle', 'starting', 'ready', 'stopped']),
          attempts: countSchema,
          restarts: countSchema,
        }),
      ),
      storage: z.object({ ok: z.boolean(), message: z.string().optional() }),
    }),
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
    params: z.strictObject({ ...making, pipelines: pipelineItemsSchema }),
    result: submittedOrPlan,
    rest: { verb: 'POST', path: '/batch/pipelines/bulk-execute' },
  },
  'data/bulkGenerate': {
    params: z.strictObject({ ...making, items: generationItemsSchema }),
    result: submittedOrPlan,
    rest: { verb: 'POST', path: '/batch/data/bulk-generate' },
  },
  'projects/multiValidate': {
    params: z.strictObject({ ...making, projects: projectItemsSchema }),
    result: submittedOrPlan,
    rest: { verb: 'POST', path: '/batch/projects/multi-validate' },
  },
  'metadata/bulkExtract': {
    params: z.strictObject({ ...making, sources: metadataItemsSchema }),
    result: submittedOrPlan,
    rest: { verb: 'POST', path: '/batch/metadata/bulk-extract' },
  },
  'jobs/submit': {
    params: z.strictObject({
      file: z.string().min(1).max(4096).optional().describe('Absolute path of a batch file.'),
      project: projectRef.optional(),
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
      secrets,
    }),
    result: submittedOrPlan,
    rest: { verb: 'POST', path: '/batch/jobs' },
  },
  'jobs/list': {
    params: z.strictObject(listFilter),
    result: z.object({ jobs: z.array(jobSchema), total: countSchema }),
    rest: { verb: 'GET', path: '/batch/jobs' },
  },
  'jobs/get': { params: jobRef, result: jobSchema, rest: { verb: 'GET', path: '/batch/jobs/{job_id}' } },
  'jobs/progress': {
    params: jobRef,
    result: progressSchema,
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/progress' },
  },
  'jobs/operations': {
    params: z.strictObject({
      job_id: jobIdSchema,
      status: z.union([operationStatusSchema, z.array(operationStatusSchema)]).optional(),
      search: z.string().max(1000).optional(),
      limit: z.number().int().min(1).max(500).default(100),
      offset: z.number().int().min(0).default(0),
    }),
    result: z.object({ operations: z.array(operationSchema), total: countSchema }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/operations' },
  },
  'jobs/cancel': {
    params: jobRef,
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/cancel' },
  },
  'jobs/retry': {
    params: z.strictObject({
      job_id: jobIdSchema,
      operation_ids: z.array(operationIdSchema).min(1).optional(),
      secrets,
    }),
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/retry' },
  },
  'jobs/pause': {
    params: jobRef,
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/pause' },
  },
  'jobs/resume': {
    params: z.strictObject({ job_id: jobIdSchema, secrets }),
    result: jobSchema,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/resume' },
  },
  'jobs/rerun': {
    params: z.strictObject({ job_id: jobIdSchema, secrets }),
    result: submitted,
    rest: { verb: 'POST', path: '/batch/jobs/{job_id}/rerun' },
  },
  'jobs/delete': {
    params: jobRef,
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
    params: jobRef,
    result: z.object({
      operations: z.array(
        z.object({ operation_id: operationIdSchema, name: z.string(), waiting: waitingSchema }),
      ),
    }),
    rest: { verb: 'GET', path: '/batch/jobs/{job_id}/waiting' },
  },
  'statistics/get': {
    params: z.strictObject({ project_id: z.string().optional(), since: momentSchema.optional() }),
    result: statisticsSchema,
    rest: { verb: 'GET', path: '/batch/statistics' },
  },
  'projects/list': {
    params: z.strictObject({}),
    result: z.object({
      projects: z.array(
        z.object({
          project_id: z.string(),
          path: z.string(),
          last_seen_at: isoTimeSchema,
          available: z.boolean(),
        }),
      ),
    }),
    rest: { verb: 'GET', path: '/batch/projects' },
  },
  'projects/pipelines': {
    params: z.strictObject({ project: projectRef }),
    result: z.object({
      project_id: z.string(),
      path: z.string(),
      pipelines: z.array(
        z.object({
          pipeline_id: z.string(),
          file: z.string(),
          source: z.object({ connection: z.string(), relation: z.string() }),
          target: z.object({ connection: z.string(), relation: z.string() }),
          checks: z.array(z.string()),
        }),
      ),
      connections: z.array(
        z.object({ name: z.string(), type: z.string(), max_parallel: z.number().int().nullable() }),
      ),
      diagnostics: z.array(diagnosticSchema),
    }),
    rest: { verb: 'GET', path: '/batch/projects/{project}/pipelines' },
  },
  'projects/check': {
    params: z.strictObject({ project: projectRef, secrets }),
    result: z.object({
      project_id: z.string(),
      connections: z.array(connectionProbeSchema),
      diagnostics: z.array(diagnosticSchema),
    }),
    rest: { verb: 'POST', path: '/batch/projects/{project}/check' },
  },
  'events/subscribe': {
    params: z.strictObject({
      after_seq: countSchema
        .optional()
        .describe(
          'The last seq the client has seen; if the daemon still knows what came after, no snapshot is needed.',
        ),
      operations_of: z.array(jobIdSchema).max(100).optional(),
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
export type Submitted = z.infer<typeof submitted>;

/** `<data dir>/daemon.json`, what a client needs to reach the daemon. */
export const registrationSchema = z.object({
  pid: z.number().int().positive(),
  started_at: isoTimeSchema,
  /** Start time of the process as the system tells it; with pid it names one process for ever. Absent where it cannot be read. */
  process_start: z.string().optional(),
  port: z.number().int().min(1).max(65535),
  token: z.string().min(16),
  version: z.string(),
  protocol_version: z.number().int(),
});
export type Registration = z.infer<typeof registrationSchema>;
