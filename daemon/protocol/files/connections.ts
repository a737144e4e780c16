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

const statementTimeout = z
  .number()
  .positive()
  .max(604_800)
  .optional()
  .describe('Seconds after which a statement is ended on the server; default: never.');

export const sqlserverConnectionSchema = z.strictObject({
  type: z.literal('sqlserver').describe('A SQL Server or an Azure SQL database.'),
  ...server('Host name; behind a backslash the name of an instance.', 'MSSQL_TCP_PORT', 1433),
  user: z.string().min(1).describe('A login of the server. Windows and Entra accounts are not offered.'),
  ssl: z
    .union([z.boolean(), z.enum(['require', 'verify-full'])])
    .optional()
    .describe(
      'Left out, true or require: encrypted; verify-full: encrypted, and the certificate of the server is checked; false: not encrypted.',
    ),
  schema: z
    .string()
    .min(1)
    .optional()
    .describe('Schema of unqualified table names in generation; default: that of the user.'),
  statement_timeout: statementTimeout,
  ...common,
});

const localUrl = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/;

export type SqlserverDefinition = z.infer<typeof sqlserverConnectionSchema>;

const secret = (what: string) =>
  z.string().optional().describe(`${what}; only by reference: "\${env:NAME}" or "\${secret:NAME}".`);

export const snowflakeConnectionSchema = z.strictObject({
  type: z.literal('snowflake').describe('A Snowflake account, by its SQL API.'),
  account: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$|^\$\{.+\}$/,
      'expected an account identifier such as myorg-account1',
    )
    .describe('Account identifier: organization-account, or the older locator with its region.'),
  url: z
    .string()
    .refine(
      (text) => /^https:\/\/[^\s/]+\/?$/.test(text) || localUrl.test(text) || text.startsWith('${'),
      'expected an address such as https://myorg-account1.snowflakecomputing.com',
    )
    .optional()
    .describe(
      'Address of the account, for private links; default: https://<account>.snowflakecomputing.com.',
    ),
  user: z.string().min(1).optional().describe('With private_key: the user whose key it is.'),
  private_key: secret('Private key (PEM) of the user'),
  private_key_passphrase: secret('Of an encrypted private key'),
  token: secret('Programmatic access token or OAuth token'),
  token_type: z
    .enum(['programmatic', 'oauth'])
    .optional()
    .describe('What the token is; default: a programmatic access token.'),
  database: z.string().min(1).describe('Name of the database, in the letter case it has.'),
  schema: z
    .string()
    .min(1)
    .optional()
    .describe('Schema of unqualified table names; default: that of the user.'),
  warehouse: z
    .string()
    .min(1)
    .optional()
    .describe('Warehouse that does the work; default: that of the user.'),
  role: z.string().min(1).optional().describe('Role of the session; default: that of the user.'),
  connect_timeout: z
    .number()
    .positive()
    .max(600)
    .optional()
    .describe('Seconds an answer of the service may take.'),
  statement_timeout: statementTimeout,
  ...common,
});

export type SnowflakeDefinition = z.infer<typeof snowflakeConnectionSchema>;

export const connectionSchema = z.discriminatedUnion('type', [
  duckdbConnectionSchema,
  sqliteConnectionSchema,
  filesConnectionSchema,
  postgresConnectionSchema,
  mysqlConnectionSchema,
  sqlserverConnectionSchema,
  snowflakeConnectionSchema,
]);
export type ConnectionDefinition = z.infer<typeof connectionSchema>;
export type ConnectionType = ConnectionDefinition['type'];

export const connectionTypes = [
  'duckdb',
  'sqlite',
  'files',
  'postgres',
  'mysql',
  'sqlserver',
  'snowflake',
] as const satisfies readonly ConnectionType[];
