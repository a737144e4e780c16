import * as z from 'zod';
import { maxParallelSchema } from '../primitives.ts';

const common = {
  /** How many operations of all jobs may use this connection at once. */
  max_parallel: maxParallelSchema
    .optional()
    .describe('Operations, of all jobs together, that may use this connection at once.'),
  description: z.string().optional(),
};

const path = z.string().min(1).describe('Path, relative to the folder of ombudsman.yaml.');

export const duckdbConnectionSchema = z.strictObject({ type: z.literal('duckdb'), path, ...common });

export const sqliteConnectionSchema = z.strictObject({ type: z.literal('sqlite'), path, ...common });

export const filesConnectionSchema = z.strictObject({
  type: z.literal('files'),
  path: z.string().min(1).describe('Folder; a table is a file name or a glob in it.'),
  format: z
    .enum(['parquet', 'csv', 'json'])
    .optional()
    .describe('What data generation writes here; reading goes by file extension.'),
  ...common,
});

export const postgresConnectionSchema = z.strictObject({
  type: z.literal('postgres'),
  host: z.string().min(1).default('localhost').describe('Host name, or the folder of a Unix socket.'),
  port: z
    .union([
      z.number().int().min(1).max(65535),
      z
        .string()
        .regex(/^\d{1,5}$|^\$\{.+\}$/, 'expected a port number or a reference such as "${env:PGPORT}"'),
    ])
    .default(5432),
  database: z.string().min(1),
  user: z.string().min(1).optional(),
  password: z.string().optional().describe('Only by reference: "${env:NAME}" or "${secret:NAME}".'),
  schema: z
    .string()
    .min(1)
    .optional()
    .describe('Schema of unqualified table names; default: the search path of the user.'),
  ssl: z.union([z.boolean(), z.enum(['require', 'verify-full'])]).optional(),
  connect_timeout: z.number().positive().max(600).optional().describe('Seconds.'),
  ...common,
});

export const connectionSchema = z.discriminatedUnion('type', [
  duckdbConnectionSchema,
  sqliteConnectionSchema,
  filesConnectionSchema,
  postgresConnectionSchema,
]);
export type ConnectionDefinition = z.infer<typeof connectionSchema>;
export type ConnectionType = ConnectionDefinition['type'];

export const connectionTypes = [
  'duckdb',
  'sqlite',
  'files',
  'postgres',
] as const satisfies readonly ConnectionType[];

/** Types the design names whose drivers this version does not carry: named so that the diagnostic can say so. */
export const laterConnectionTypes = ['mysql', 'sqlserver', 'snowflake'] as const;
