import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { catalogSchema, type Catalog, type CatalogTable } from '../../../daemon/protocol/catalog.ts';
import type { MetadataWork } from '../../../daemon/protocol/engine.ts';
import type { ConnectionDefinition } from '../../../daemon/protocol/files/connections.ts';
import type { Connection } from '../../../daemon/engine/connections/connection.ts';
import { openConnection } from '../../../daemon/engine/connections/registry.ts';
import { extractCatalog } from '../../../daemon/engine/metadata/extract.ts';

export type ExtractOptions = Partial<Pick<MetadataWork, 'schemas' | 'tables' | 'row_counts' | 'profile'>>;

/** A temporary folder with a scratch folder in it; `remove` takes it away. */
export function temporaryFolder(): { path: string; scratch: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'ombudsman-metadata-'));
  const scratch = join(path, 'scratch', 'attempt');
  mkdirSync(scratch, { recursive: true });
  return { path, scratch, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs SQL on a DuckDB file (or in memory) with the driver itself, and leaves it closed. */
export async function runDuckdb(path: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

export interface Extraction {
  readonly catalog: Catalog;
  /** Statements that reached the connection. */
  readonly statements: number;
  readonly rowsScanned: number;
}

/** Opens, extracts and closes as an operation does; the catalog is checked against its own schema. */
export async function extract(
  definition: ConnectionDefinition,
  scratchDir: string,
  options: ExtractOptions = {},
): Promise<Extraction> {
  const { signal } = new AbortController();
  const connection = await openConnection('source', definition, { signal, scratchDir, readOnly: true });
  let statements = 0;
  const counting: Connection = new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (property === 'query' || property === 'describe') statements += 1;
        return Reflect.apply(value, target, args);
      };
    },
  });
  try {
    const work = {
      source: { name: 'source', definition },
      row_counts: 'estimate',
      profile: false,
      ...options,
    } as const;
    const { catalog, rowsScanned } = await extractCatalog(counting, work, {
      signal,
      onProgress: () => undefined,
    });
    return { catalog: catalogSchema.parse(JSON.parse(JSON.stringify(catalog))), statements, rowsScanned };
  } finally {
    await connection.close();
  }
}

/** A table of the catalog by name, or an error that says what is there. */
export function tableOf(catalog: Catalog, name: string): CatalogTable {
  const tables = catalog.schemas.flatMap((schema) => schema.tables);
  const found = tables.find((table) => table.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${tables.map((table) => table.name).join(', ')}`);
  return found;
}

/** Every path at which two values differ, with both values: what a mutation changed and nothing else. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], `${path}/${key}`));
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The catalog keyed by name instead of listed, without what differs from run to run: a dropped column moves no other one's path. */
export function keyed(catalog: Catalog): Record<string, unknown> {
  const byName = (list: readonly { name: string | null }[]) =>
    Object.fromEntries(list.map((item) => [item.name ?? '', item]));
  return Object.fromEntries(
    catalog.schemas.map((schema) => [
      schema.name,
      byName(
        [...schema.tables, ...schema.views].map((relation) => ({
          ...relation,
          columns: byName(relation.columns),
          indexes: byName(relation.indexes),
          row_count: relation.row_count,
        })),
      ),
    ]),
  );
}
