import * as z from 'zod';
import { maxParallelSchema } from '../primitives.ts';

const common = {
  /** How many operations of all jobs may use this connection at once. */
  max_parallel: maxParallelSchema
    .optional()
    .describe('Operations, of all jobs together, that may use this connection at once.'),
  description: z.string().optional().describe('What the connection is, for its readers.'),
};

const portOf = (variable: string, standard: number) =>
  z
    .union([
      z.number().int().min(1).max(65535),
      z
        .string()
        .regex(/^\d{1,5}$|^\$\{.+\}$/, `expected a port number or a reference such as "\${env:${variable}}"`),
    ])
    .default(standard)
    .describe(`Port of the server, or a reference such as "\${env:${variable}}".`);

/** What connections to servers have in common. */
const server = (host: string, variable: string, port: number) => ({
  host: z.string().min(1).default('localhost').describe(host),
  port: portOf(variable, port),
  database: z.string().min(1).describe('Name of the database.'),
  user: z.string().min(1).optional().describe('Left out: the user of the system that runs the daemon.'),
  password: z.string().optional().describe('Only by reference: "${env:NAME}" or "${secret:NAME}".'),
  ssl: z
    .union([z.boolean(), z.enum(['require', 'verify-full'])])
    .optional()
    .describe('require: encrypted; verify-full: encrypted, and the certificate of the server is checked.'),
  connect_timeout: z.number().positive().max(600).optional().describe('Seconds.'),
});

const path = z.string().min(1).describe('Path, relative to the folder of ombudsman.yaml.');

export const duckdbConnectionSchema = z.strictObject({
  type: z.literal('duckdb').describe('A DuckDB database file.'),
  path,
  ...common,
});

export const sqliteConnectionSchema = z.strictObject({
  type: z.literal('sqlite').describe('An SQLite database file.'),
  path,
  ...common,
});

export const filesConnectionSchema = z.strictObject({
  type: z.literal('files').describe('A folder of CSV, Parquet or JSON files.'),
  path: z.string().min(1).describe('Folder; a table is a file name or a glob in it.'),
  format: z
    .enum(['parquet', 'csv', 'json'])
    .optional()
    .describe('What data generation writes here; reading goes by file extension.'),
  ...common,
});

export const postgresConnectionSchema = z.strictObject({
  type: z.literal('postgres').describe('A PostgreSQL server.'),
  ...server('Host name, or the folder of a Unix socket.', 'PGPORT', 5432),
  schema: z
    .string()
    .min(1)
    .optional()
    .describe('Schema of unqualified table names; default: the search path of the user.'),
  ...common,
});

export const mysqlConnectionSchema = z.strictObject({
  type: z.literal('mysql').describe('A MySQL or MariaDB server.'),
  ...server('Host name, or the path of a Unix socket.', 'MYSQL_TCP_PORT', 3306),
  statement_timeout: z
    .number()
    .positive()
    .max(604_800)
    .optional()
    .describe('Seconds after which the server itself ends a SELECT; default: never.'),
  ...common,
});

export const connectionSchema = z.discriminatedUnion('type', [
  duckdbConnectionSchema,
  sqliteConnectionSchema,
  filesConnectionSchema,
  postgresConnectionSchema,
  mysqlConnectionSchema,
]);
export type ConnectionDefinition = z.infer<typeof connectionSchema>;
export type ConnectionType = ConnectionDefinition['type'];

export const connectionTypes = [
  'duckdb',
  'sqlite',
  'files',
  'postgres',
  'mysql',
] as const satisfies readonly ConnectionType[];

/** Types the design names whose drivers this version does not carry: named so that the diagnostic can say so. */
export const laterConnectionTypes = ['sqlserver', 'snowflake'] as const;
