import { expect } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { DuckDBInstance } from '@duckdb/node-api';
import type * as z from 'zod';
import { catalogSchema, type Catalog, type CatalogTable } from '../../../daemon/protocol/catalog.ts';
import { jsonSchemas } from '../../../daemon/definitions/jsonSchemas.ts';
import type { MetadataWork } from '../../../daemon/protocol/engine.ts';
import { profileSchema } from '../../../daemon/protocol/files/batch.ts';
import type { ConnectionDefinition } from '../../../daemon/protocol/files/connections.ts';
import type { Connection } from '../../../daemon/engine/connections/connection.ts';
import { openConnection } from '../../../daemon/engine/connections/registry.ts';
import { extractCatalog } from '../../../daemon/engine/metadata/extract.ts';

export type ExtractOptions = Partial<Omit<MetadataWork, 'type' | 'source' | 'profile'>> & {
  readonly profile?: boolean | z.input<typeof profileSchema>;
};

const isPublishedCatalog = new Ajv({ strict: false }).compile(jsonSchemas()['catalog.schema.json']);

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

/** Opens, extracts and closes as an operation does; the catalog is checked against its own schema and the published one. */
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
      ...options,
      profile:
        typeof options.profile === 'object' ? profileSchema.parse(options.profile) : options.profile === true,
    } as const;
    const { catalog, rowsScanned } = await extractCatalog(counting, work, {
      signal,
      onProgress: () => undefined,
      openAnother: (limited) =>
        openConnection('source', definition, { signal: limited, scratchDir, readOnly: true }),
    });
    const written: unknown = JSON.parse(JSON.stringify(catalog));
    if (!isPublishedCatalog(written))
      throw new Error(`not of the published schema: ${JSON.stringify(isPublishedCatalog.errors)}`);
    return { catalog: catalogSchema.parse(written), statements, rowsScanned };
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

/** The profiles of a table by column. */
export function profilesOf(table: CatalogTable): Record<string, CatalogTable['columns'][number]['profile']> {
  return Object.fromEntries(table.columns.map(({ name, profile }) => [name, profile]));
}

/** Loosely equal numbers in text: systems write the same mean with more digits or fewer. */
const about = (value: number): unknown => ({
  asymmetricMatch: (text: unknown): boolean => Math.abs(Number(text) - value) < 1e-9,
  toString: () => `about ${value}`,
});

/**
 * What every system must find in twenty rows of: whole 1 to 20, money 0.1 to 2.0, word 'AB-3', 'AB-6' … 'AB-18' and else 'x', nothing
 * NULL; worked out by hand. Asked for quantiles 0, 0.5 and 1, four buckets, two top values and two patterns.
 */
export const figures = {
  whole: {
    nulls: 0,
    distinct: 20,
    min: '1',
    max: '20',
    mean: about(10.5),
    stddev: about(Math.sqrt(35)),
    quantiles: [
      { quantile: 0, value: '1' },
      { quantile: 0.5, value: '10' },
      { quantile: 1, value: '20' },
    ],
    top_values: [
      { value: '1', rows: 1 },
      { value: expect.any(String) as string, rows: 1 },
    ],
    histogram: [
      { from: '1', to: '5.75', rows: 5 },
      { from: '5.75', to: '10.5', rows: 5 },
      { from: '10.5', to: '15.25', rows: 5 },
      { from: '15.25', to: '20', rows: 5 },
    ],
  },
  money: {
    mean: about(1.05),
    stddev: about(Math.sqrt(0.35)),
    quantiles: [{}, { value: expect.stringMatching(/^1(\.00?)?$/) as string }, {}],
  },
  word: {
    nulls: 0,
    distinct: 7,
    min: 'AB-12',
    max: 'x',
    min_length: 1,
    max_length: 5,
    top_values: [
      { value: 'x', rows: 14 },
      { value: 'AB-12', rows: 1 },
    ],
    patterns: [
      { pattern: 'a', rows: 14 },
      { pattern: 'AA-9', rows: 3 },
    ],
  },
  blank: {
    nulls: 20,
    distinct: 0,
    min: null,
    max: null,
    mean: null,
    stddev: null,
    histogram: [],
    top_values: [],
  },
};
