import { createHash } from 'node:crypto';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { compileDomain, type CompileOptions } from '../../../daemon/engine/generation/compile.ts';
import { domains } from '../../../daemon/engine/generation/domains/registry.ts';
import type { DomainSpec } from '../../../daemon/engine/generation/spec.ts';
import type { SchemaType } from '../../../daemon/protocol/files/generation.ts';

/** A domain as tables of an in-memory DuckDB of its own. */
export interface Generated {
  readonly domain: DomainSpec;
  readonly duckdb: DuckDBConnection;
  /** Expected rows by table, from the scale. */
  readonly rows: ReadonlyMap<string, number>;
  /** The first value of the first row, as text. */
  value(sql: string): Promise<string>;
  texts(sql: string): Promise<(string | null)[][]>;
  close(): void;
}

export async function generated(
  schemaType: SchemaType,
  rowCount: number,
  options: {
    readonly seed?: number;
    readonly threads?: number;
    readonly tables?: readonly string[];
    readonly compile?: CompileOptions;
  } = {},
): Promise<Generated> {
  const domain = domains[schemaType];
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads ?? 2) });
  const duckdb = await instance.connect();
  const compiled = compileDomain(domain, rowCount, options.seed ?? 42, options.compile);
  for (const statement of compiled.setup) await duckdb.run(statement);
  for (const { table, select } of compiled.tables)
    if (options.tables?.includes(table.name) ?? true)
      await duckdb.run(`create table "${table.name}" as ${select()}`);
  const texts = async (sql: string) => {
    const rows = (await duckdb.runAndReadAll(sql)).getRowsJson();
    return rows.map((row) => row.map((value) => (value === null ? null : String(value as string))));
  };
  return {
    domain,
    duckdb,
    rows: new Map(compiled.tables.map(({ table, rows }) => [table.name, rows])),
    texts,
    value: async (sql) => String((await texts(sql))[0]?.[0]),
    close: () => {
      duckdb.disconnectSync();
      instance.closeSync();
    },
  };
}

/** SHA-256 of all rows of a table as text, in order: values, not the bytes of a file format that may change. */
export async function tableChecksum(data: Generated, table: string): Promise<string> {
  const hash = createHash('sha256');
  const columns = data.domain.tables
    .find(({ name }) => name === table)
    ?.columns.map(({ name }) => `"${name}"::varchar`);
  for (const row of await data.texts(`select ${columns?.join(', ')} from "${table}"`))
    hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest('hex');
}
