/**
 * What the dashboard and the extension host say to each other, by postMessage and nothing else. Each side checks what arrives:
 * the page because it must not break on a version that is not its own, the host because a page is not to be trusted.
 * Entities (jobs, operations, answers) were checked where they entered, at the daemon; here only their being objects is.
 */
import * as z from 'zod';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { MethodName, MethodResult } from '../../daemon/protocol/methods.ts';

const entity = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

export const tabs = [
  'overview',
  'active',
  'history',
  'pipelines',
  'generation',
  'metadata',
  'projects',
] as const;
export const tabSchema = z.enum(tabs);
export type Tab = z.infer<typeof tabSchema>;

/** Methods of the daemon a page may call; the host passes nothing else on. What makes jobs gets its secrets from the host. */
export const relayedMethods = [
  'jobs/list',
  'jobs/get',
  'jobs/operations',
  'jobs/log',
  'jobs/waiting',
  'jobs/compare',
  'jobs/submit',
  'jobs/pause',
  'jobs/resume',
  'jobs/retry',
  'jobs/rerun',
  'pipelines/bulkExecute',
  'data/bulkGenerate',
  'metadata/bulkExtract',
  'projects/multiValidate',
  'projects/list',
  'projects/results',
  'artifacts/rows',
  'statistics/get',
  'statistics/trends',
] as const satisfies readonly MethodName[];
export type RelayedMethod = (typeof relayedMethods)[number];

/** Commands of the extension a page may start: what needs a dialog, a document or a question to the person. */
export const relayedCommands = [
  'ombudsman.cancelJob',
  'ombudsman.deleteJob',
  'ombudsman.exportJob',
  'ombudsman.showJob',
  'ombudsman.showJobLog',
  'ombudsman.showDifferences',
  'ombudsman.showOperation',
  'ombudsman.openDefinition',
  'ombudsman.clearFinished',
  'ombudsman.restartDaemon',
  'ombudsman.showDaemonLog',
  'ombudsman.doctor',
  'ombudsman.init',
] as const;
export type RelayedCommand = (typeof relayedCommands)[number];

export const toHostSchema = z.discriminatedUnion('type', [
  /** The page can take messages: everything it should know comes as one `snapshot`. */
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({
    type: z.literal('call'),
    id: z.number().int(),
    method: z.enum(relayedMethods),
    params: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    type: z.literal('command'),
    id: z.number().int(),
    command: z.enum(relayedCommands),
    args: z.array(z.unknown()).max(10),
  }),
  /** The job whose operations are shown; null: none. */
  z.strictObject({ type: z.literal('watch'), job_id: z.string().max(64).nullable() }),
  /** Write a batch file: the host asks where, makes paths relative to that place, writes and opens it. */
  z.strictObject({
    type: z.literal('saveBatchFile'),
    id: z.number().int(),
    /** Folder of the project; empty if the batch names its projects one by one. */
    project_dir: z.string().max(4096),
    definition: z.record(z.string(), z.unknown()),
  }),
  /** Write the differing rows that fit as CSV: the host asks where. */
  z.strictObject({
    type: z.literal('exportRows'),
    id: z.number().int(),
    /** What the file is called unless the person says otherwise, without its extension. */
    name: z.string().max(500),
    /** Of `artifacts/export`, without the file. */
    params: z.record(z.string(), z.unknown()),
  }),
  /** A notice was read, or dismissed: it need not be said again when the page is hidden. */
  z.strictObject({ type: z.literal('noticeRead'), notice_id: z.number().int() }),
  /** A button of a notice was pressed. */
  z.strictObject({
    type: z.literal('noticeAction'),
    notice_id: z.number().int(),
    action: z.number().int().min(0),
  }),
  /** Open an artifact of an operation, or the folder it is in. */
  z.strictObject({
    type: z.literal('openArtifact'),
    job_id: z.string().max(64),
    operation_id: z.string().max(200),
    artifact_id: z.string().max(500),
  }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

export const daemonStatusSchema = z.object({ name: z.string(), message: z.string().nullable() });
export type DaemonStatus = z.infer<typeof daemonStatusSchema>;

export const failureSchema = z.object({
  kind: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
});
export type Failure = z.infer<typeof failureSchema>;

/** Said by the extension while the page is seen, and then nowhere else. */
export const pageNoticeSchema = z.object({
  notice_id: z.number().int(),
  severity: z.enum(['error', 'warning', 'info']),
  text: z.string(),
  job_id: z.string().nullable(),
  actions: z.array(z.string()),
});
export type PageNotice = z.infer<typeof pageNoticeSchema>;

export const toPageSchema = z.discriminatedUnion('type', [
  /** Replaces all the page knows of jobs. */
  z.object({
    type: z.literal('snapshot'),
    daemon: daemonStatusSchema,
    is_loaded: z.boolean(),
    jobs: z.array(entity<Job>()),
    workspace: entity<WorkspaceContents>().nullable(),
    results: z.array(entity<MethodResult<'projects/results'>>()),
  }),
  z.object({ type: z.literal('daemon'), daemon: daemonStatusSchema }),
  /** What changed in one frame. */
  z.object({
    type: z.literal('changes'),
    jobs: z.array(entity<Job>()),
    removed_jobs: z.array(z.string()),
    /** Of the watched job; summaries, without `result`. */
    operations: z.array(entity<Operation>()),
  }),
  z.object({ type: z.literal('workspace'), workspace: entity<WorkspaceContents>() }),
  z.object({ type: z.literal('results'), results: entity<MethodResult<'projects/results'>>() }),
  z.object({ type: z.literal('answer'), id: z.number().int(), result: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.number().int(), failure: failureSchema }),
  z.object({ type: z.literal('notice'), notice: pageNoticeSchema }),
  /** Somebody asked for this tab or job from outside. */
  z.object({ type: z.literal('show'), tab: tabSchema.nullable(), job_id: z.string().nullable() }),
]);
export type ToPage = z.infer<typeof toPageSchema>;
