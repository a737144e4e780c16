/** Tables and columns of the last extracted catalogs. */
import { plural } from '../../../../protocol/countText.ts';
import { CompletionItemKind } from 'vscode-languageserver/node';
import type { LoadedProject } from '../../../../definitions/project.ts';
import { isRecord } from '../../../../definitions/values.ts';
import type { KnownCatalog } from '../../../../protocol/answers.ts';
import { connectionOf } from '../describe/definitions.ts';
import type { FeatureContext } from '../feature.ts';
import type { Name } from './items.ts';
import type { TableRef } from './slots.ts';

type Table = KnownCatalog['tables'][number];

/** Tables of the connections as they are written in a file: with their schema unless it is the one looked in first. */
export async function tableNames(
  context: FeatureContext,
  project: LoadedProject,
  connections: readonly string[],
): Promise<Name[]> {
  const names = new Map<string, Name>();
  for (const connection of connections) {
    const catalog = await context.catalog(project.dir, connection);
    const definition = connectionOf(project, connection);
    for (const table of catalog?.tables ?? []) {
      const name = writtenName(table, definition);
      if (names.has(name)) continue;
      const detail = `${connection} · ${plural(table.columns.length, 'column')}`;
      names.set(name, { name, kind: CompletionItemKind.Struct, detail, documentation: columnList(table) });
    }
  }
  return [...names.values()];
}

/** Schemas of a connection. */
export async function schemaNames(
  context: FeatureContext,
  project: LoadedProject,
  connection: string,
): Promise<Name[]> {
  const catalog = await context.catalog(project.dir, connection);
  const names = new Set(catalog?.tables.map(({ schema }) => schema).filter((schema) => schema !== null));
  return [...names].map((name) => ({ name, kind: CompletionItemKind.Module, detail: connection }));
}

/** Columns of tables, in the order they have there: of the first that a catalog knows, or of all. */
export async function columnNames(
  context: FeatureContext,
  project: LoadedProject,
  tables: readonly TableRef[],
  isAll: boolean,
): Promise<Name[]> {
  const names = new Map<string, Name>();
  for (const { connection, table } of tables) {
    const catalog = await context.catalog(project.dir, connection);
    const found =
      catalog === null ? undefined : findTable(catalog.tables, table, connectionOf(project, connection));
    for (const { name, type, nullable } of found?.columns ?? []) {
      if (names.has(name)) continue;
      const detail = `${type}${nullable === false ? ' not null' : ''} · ${connection}.${table}`;
      names.set(name, { name, kind: CompletionItemKind.Field, detail });
    }
    if (!isAll && names.size > 0) break;
  }
  return [...names.values()];
}

const maxColumnsShown = 40;

function columnList({ columns }: Table): string {
  const lines = columns.slice(0, maxColumnsShown).map(({ name, type }) => `- \`${name}\` ${type}`);
  return [
    ...lines,
    ...(columns.length > maxColumnsShown ? [`- and ${columns.length - maxColumnsShown} more`] : []),
  ].join('\n');
}

/** The schema of names that are written without one. */
function defaultSchema(definition: unknown): string {
  const { type, schema, database } = isRecord(definition) ? definition : {};
  if (typeof schema === 'string') return schema;
  // What others call a schema is a database there.
  if (type === 'mysql' && typeof database === 'string') return database;
  if (type === 'sqlserver') return 'dbo';
  if (type === 'snowflake') return 'PUBLIC';
  return type === 'postgres' ? 'public' : 'main';
}

function writtenName({ schema, name }: Table, definition: unknown): string {
  // A table of a folder is a file: dots are part of its name.
  if (schema === null) return name;
  return schema === defaultSchema(definition) ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return /[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function findTable(tables: readonly Table[], written: string, definition: unknown): Table | undefined {
  const wanted = written.toLowerCase();
  const isSame = (table: Table, text: string) => text.toLowerCase() === wanted && table.columns.length > 0;
  return (
    tables.find((table) => isSame(table, writtenName(table, definition))) ??
    tables.find((table) => isSame(table, `${table.schema ?? ''}.${table.name}`)) ??
    // Of a file the name may be written without its extension.
    tables.find((table) => table.schema === null && isSame(table, table.name.replace(/\.\w+$/, '')))
  );
}
