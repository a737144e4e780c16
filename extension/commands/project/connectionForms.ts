/** What is asked about a new connection of each type. Free of vscode. */
import type { ConnectionInput } from '../../../daemon/client/scaffold.ts';
import {
  connectionSchema,
  duckdbConnectionSchema,
  filesConnectionSchema,
  mysqlConnectionSchema,
  postgresConnectionSchema,
  snowflakeConnectionSchema,
  sqliteConnectionSchema,
  sqlserverConnectionSchema,
  type ConnectionType,
} from '../../../daemon/protocol/files/connections.ts';
import { nameSchema } from '../../../daemon/protocol/primitives.ts';
import { sentence } from '../words.ts';

export interface FormField {
  readonly key: string;
  readonly prompt: string;
  /** By the name of the connection. */
  readonly preset: (name: string) => string;
  /** May be left empty, and is then left out. */
  readonly isOptional?: boolean;
  /** The value goes into the secret storage; the file refers to it. */
  readonly isSecret?: boolean;
  readonly choices?: readonly string[];
}

export const typeDescriptions: Readonly<Record<ConnectionType, string>> = {
  duckdb: 'a DuckDB file',
  sqlite: 'a SQLite file',
  files: 'a folder of CSV, Parquet or JSON files',
  postgres: 'a PostgreSQL server',
  mysql: 'a MySQL or MariaDB server',
  sqlserver: 'a SQL Server or an Azure SQL database',
  snowflake: 'a Snowflake account',
};

/** As part of a path. */
function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}_-]+/gu, '_');
}

function serverForm(host: string, port: number): readonly FormField[] {
  return [
    { key: 'host', prompt: host, preset: () => 'localhost' },
    { key: 'port', prompt: 'Port', preset: () => String(port) },
    { key: 'database', prompt: 'Database', preset: () => '' },
    { key: 'user', prompt: 'User; empty: the user of this machine', preset: () => '', isOptional: true },
    {
      key: 'password',
      prompt: 'Password, kept in the secret storage of VS Code; empty: none',
      preset: () => '',
      isOptional: true,
      isSecret: true,
    },
  ];
}

export const connectionForms: Readonly<Record<ConnectionType, readonly FormField[]>> = {
  duckdb: [
    {
      key: 'path',
      prompt: 'Path of the DuckDB file, relative to the project; it may not exist yet',
      preset: (name) => `data/${slug(name)}.duckdb`,
    },
  ],
  sqlite: [
    {
      key: 'path',
      prompt: 'Path of the SQLite file, relative to the project; it may not exist yet',
      preset: (name) => `data/${slug(name)}.sqlite`,
    },
  ],
  files: [
    {
      key: 'path',
      prompt: 'Path of the folder, relative to the project',
      preset: (name) => `data/${slug(name)}`,
    },
    {
      key: 'format',
      prompt: 'Format that generated data are written in; files are read by their extension',
      preset: () => 'parquet',
      choices: ['parquet', 'csv', 'json'],
    },
  ],
  postgres: serverForm('Host, or the folder of a Unix socket', 5432),
  mysql: serverForm('Host, or the path of a Unix socket', 3306),
  sqlserver: [
    { key: 'host', prompt: 'Host; an instance behind a backslash', preset: () => 'localhost' },
    { key: 'port', prompt: 'Port', preset: () => '1433' },
    { key: 'database', prompt: 'Database', preset: () => '' },
    { key: 'user', prompt: 'Login of the server', preset: () => '' },
    {
      key: 'password',
      prompt: 'Password, kept in the secret storage of VS Code; empty: none',
      preset: () => '',
      isOptional: true,
      isSecret: true,
    },
  ],
  snowflake: [
    { key: 'account', prompt: 'Account identifier, such as myorg-account1', preset: () => '' },
    { key: 'database', prompt: 'Database', preset: () => '' },
    {
      key: 'schema',
      prompt: 'Schema; empty: that of the user',
      preset: () => 'PUBLIC',
      isOptional: true,
    },
    {
      key: 'warehouse',
      prompt: 'Warehouse; empty: that of the user',
      preset: () => '',
      isOptional: true,
    },
    {
      key: 'token',
      prompt: 'Programmatic access token, kept in the secret storage of VS Code',
      preset: () => '',
      isSecret: true,
    },
  ],
};

const shapes: Readonly<Record<ConnectionType, Readonly<Record<string, { safeParse: SafeParse }>>>> = {
  duckdb: duckdbConnectionSchema.shape,
  sqlite: sqliteConnectionSchema.shape,
  files: filesConnectionSchema.shape,
  postgres: postgresConnectionSchema.shape,
  mysql: mysqlConnectionSchema.shape,
  sqlserver: sqlserverConnectionSchema.shape,
  snowflake: snowflakeConnectionSchema.shape,
};
type SafeParse = (value: unknown) => { success: boolean; error?: { issues: { message: string }[] } };

/** What is wrong with a field, by the same rules as in ombudsman.yaml; null if nothing. */
export function fieldProblem(type: ConnectionType, field: FormField, text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return field.isOptional === true ? null : 'Type a value';
  const parsed = shapes[type][field.key]?.safeParse(valueOf(field.key, trimmed));
  if (parsed === undefined || parsed.success) return null;
  return sentence(parsed.error?.issues[0]?.message ?? 'not valid');
}

function valueOf(key: string, text: string): string | number {
  return key === 'port' && /^\d+$/.test(text) ? Number(text) : text;
}

export function nameProblem(text: string): string | null {
  const parsed = nameSchema.safeParse(text.trim());
  return parsed.success ? null : 'Expected a name without slashes, of at most 200 characters';
}

/** The connection as the file says it. A password becomes a reference to a secret, which is given beside it. */
export function connectionOf(
  type: ConnectionType,
  name: string,
  values: Readonly<Record<string, string>>,
): { definition: ConnectionInput; secret?: { name: string; value: string } } {
  const given = connectionForms[type].flatMap(({ key, isSecret }) => {
    const text = values[key] ?? '';
    return text === '' ? [] : [{ key, text, isSecret: isSecret === true }];
  });
  const secretName = secretNameOf(name);
  const entries = given.map(
    ({ key, text, isSecret }) => [key, isSecret ? `\${secret:${secretName}}` : valueOf(key, text)] as const,
  );
  const definition = connectionSchema.parse({ type, ...Object.fromEntries(entries) });
  const secret = given.find(({ isSecret }) => isSecret);
  // What parsing adds are defaults, which a file need not repeat: only what was given is written.
  const written = { type: definition.type, ...Object.fromEntries(entries) } as ConnectionInput;
  return { definition: written, secret: secret && { name: secretName, value: secret.text } };
}

/** `OLD_SHOP_PASSWORD` for a connection `old shop`. */
export function secretNameOf(connection: string): string {
  const words = connection
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = words === '' ? 'DATABASE' : words;
  return `${/^\d/.test(name) ? '_' : ''}${name}_PASSWORD`;
}
