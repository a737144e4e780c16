/**
 * What the language server says beside LSP's own messages. Spoken over `/lsp` and `ombudsman lsp --stdio` alike, so that the
 * editor's views know projects, pipelines and batch files without a daemon too (Restricted Mode).
 */
import * as z from 'zod';
import { jobTypeSchema } from './entities.ts';
import { countSchema } from './primitives.ts';

const positionSchema = z.object({ line: countSchema, character: countSchema });
/** As in LSP: lines and characters (UTF-16) from 0, the end exclusive. */
export const rangeSchema = z.object({ start: positionSchema, end: positionSchema });

const sideSchema = z.object({ connection: z.string(), relation: z.string() });

export const workspacePipelineSchema = z.object({
  pipeline_id: z.string(),
  /** Absolute path. */
  file: z.string(),
  /** Of the pipeline_id. */
  range: rangeSchema,
  source: sideSchema.nullable(),
  target: sideSchema.nullable(),
  /** `range` is null for checks of the starter set, which stand nowhere in the file. */
  checks: z.array(z.object({ name: z.string(), check: z.string(), range: rangeSchema.nullable() })),
  has_errors: z.boolean(),
});
export type WorkspacePipeline = z.infer<typeof workspacePipelineSchema>;

export const workspaceConnectionSchema = z.object({
  name: z.string(),
  type: z.string(),
  range: rangeSchema,
});

export const workspaceProjectSchema = z.object({
  project_id: z.string(),
  /** Absolute path of its folder. */
  dir: z.string(),
  /** Absolute path of its ombudsman.yaml. */
  file: z.string(),
  has_errors: z.boolean(),
  pipelines: z.array(workspacePipelineSchema),
  connections: z.array(workspaceConnectionSchema),
  /** Every `${env:NAME}` and `${secret:NAME}` that its connections and batch files name. */
  references: z.array(z.object({ kind: z.enum(['env', 'secret']), name: z.string() })),
});
export type WorkspaceProject = z.infer<typeof workspaceProjectSchema>;

export const workspaceParameterSchema = z.object({
  name: z.string(),
  type: z.string(),
  default: z.unknown().optional(),
  is_required: z.boolean(),
  description: z.string().optional(),
  choices: z.array(z.unknown()).optional(),
});

export const workspaceBatchFileSchema = z.object({
  file: z.string(),
  /** Folder of the nearest ombudsman.yaml at or above it; null if there is none. */
  project_dir: z.string().nullable(),
  job_name: z.string().nullable(),
  /** Null while its key cannot be read. */
  job_type: jobTypeSchema.nullable(),
  operations: countSchema.nullable(),
  parameters: z.array(workspaceParameterSchema),
  has_errors: z.boolean(),
});
export type WorkspaceBatchFile = z.infer<typeof workspaceBatchFileSchema>;

export const workspaceContentsSchema = z.object({
  projects: z.array(workspaceProjectSchema),
  batch_files: z.array(workspaceBatchFileSchema),
});
export type WorkspaceContents = z.infer<typeof workspaceContentsSchema>;

/**
 * `initializationOptions` of initialize. The same settings, as VS Code nests them (`{ombudsman: {codeLens: {enabled}, results:
 * {showInEditor}}}`), are taken from workspace/didChangeConfiguration. What is left out has its default.
 */
export const languageOptionsSchema = z.object({
  /** False in Restricted Mode: no lens offers to run anything. */
  isTrusted: z.boolean().default(true),
  codeLens: z.boolean().default(true),
  /** Results of the last run as diagnostics. */
  showResults: z.boolean().default(true),
});
export type LanguageOptions = z.infer<typeof languageOptionsSchema>;

/** Request, client to server, no params: what stands in the workspace folders, unsaved changes included. */
export const workspaceRequest = 'ombudsman/workspace';
/** Notification, server to client, no params: ask again (sent at most every 200 ms). */
export const workspaceChangedNotification = 'ombudsman/workspaceChanged';

/** Commands that code lenses name; the client carries them out. Arguments: the file's absolute path; for showJob a job_id. */
export const lensCommands = {
  run: 'ombudsman.runBatchFile',
  dryRun: 'ombudsman.dryRunBatchFile',
  runPipeline: 'ombudsman.runPipeline',
  showJob: 'ombudsman.showJob',
} as const;

/** Command of the quick fix that moves a password out of a file; its argument is `{project_dir, name, value}`. */
export const setSecretCommand = 'ombudsman.setSecret';

/** Source of the diagnostics that tell the last run's results, so that clients can tell them from mistakes in the file. */
export const resultsSource = 'ombudsman last run';
export const definitionsSource = 'ombudsman';
