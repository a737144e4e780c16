import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ArtifactWriter } from '../../daemon/engine/artifacts.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { queryDuckdb } from '../../daemon/engine/connections/duckdbValues.ts';
import { closeAll } from '../../daemon/engine/connections/resources.ts';
import { validatePipeline, type PipelineOutcome } from '../../daemon/engine/operations/pipeline.ts';
import type { OperationContext } from '../../daemon/engine/operations/operation.ts';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import type { OperationProgress } from '../../daemon/protocol/entities.ts';
import { checkKinds, checkParameterSchemas, type CheckKind } from '../../daemon/protocol/files/checks.ts';
import type { PipelineSpec } from '../../daemon/protocol/files/pipeline.ts';
import type { CheckResult, PipelineResult } from '../../daemon/protocol/results.ts';
import { expect } from 'vitest';
import { startMariadb, stopMariadb } from './mariadb.ts';
import { startPostgres, stopPostgres, type TestPostgres } from './postgres.ts';

/** Types of test columns, in the words of this file; each system has its own word for them. */
export type TestType = keyof typeof typeNames.duckdb;
export type TestSystem = 'duckdb' | 'sqlite' | 'postgres' | 'mysql';
export type TestValue = string | null;

export interface TestTable {
  readonly columns: readonly { readonly name: string; readonly type: TestType }[];
  readonly rows: readonly (readonly TestValue[])[];
}

const typeNames = {
  duckdb: {
    bigint: 'BIGINT',
    decimal: 'DECIMAL(12,2)',
    wide: 'DECIMAL(38,10)',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    text: 'VARCHAR',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMPTZ',
    json: 'JSON',
    binary: 'BLOB',
    uuid: 'UUID',
  },
  sqlite: {
    bigint: 'INTEGER',
    decimal: 'DECIMAL(12,2)',
    wide: 'DECIMAL(38,10)',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    text: 'TEXT',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMPTZ',
    json: 'JSON',
    binary: 'BLOB',
    uuid: 'UUID',
  },
  postgres: {
    bigint: 'bigint',
    decimal: 'numeric(12,2)',
    wide: 'numeric',
    double: 'double precision',
    boolean: 'boolean',
    text: 'text',
    date: 'date',
    timestamp: 'timestamp',
    timestamptz: 'timestamptz',
    json: 'jsonb',
    binary: 'bytea',
    uuid: 'uuid',
  },
  mysql: {
    bigint: 'bigint',
    decimal: 'decimal(12,2)',
    wide: 'decimal(65,30)',
    double: 'double',
    boolean: 'boolean',
    text: 'longtext',
    date: 'date',
    timestamp: 'datetime(6)',
    timestamptz: 'timestamp(6) null',
    json: 'json',
    binary: 'longblob',
    uuid: 'uuid',
  },
} as const;

function literal(system: TestSystem, type: TestType, value: TestValue): string {
  if (value === null) return 'NULL';
  const quoted = `'${value.replaceAll("'", "''")}'`;
  if (type === 'binary') {
    if (system === 'postgres') return `'\\x${value}'`;
    return system === 'sqlite' ? `X'${value}'` : `unhex('${value}')`;
  }
  if (system === 'mysql' && type === 'boolean') return value;
  // An offset counts in MariaDB only where the literal is a timestamp; the session is in UTC.
  if (system === 'mysql' && type === 'timestamptz') return quoted.replace(/(\+00(:?00)?|Z)'$/, "'");
  if (system === 'sqlite' && type === 'boolean') return value === 'true' ? '1' : '0';
  if (system === 'sqlite' && (type === 'bigint' || type === 'decimal')) return value;
  if (system === 'sqlite' && type === 'double')
    return value.includes('.') || /e/i.test(value) ? value : `${value}.0`;
  return quoted;
}

function createSql(system: TestSystem, table: string, { columns, rows }: TestTable): string[] {
  const names = columns.map(({ name, type }) => `"${name}" ${typeNames[system][type]}`);
  const values = rows.map(
    (row) => `(${columns.map(({ type }, index) => literal(system, type, row[index] ?? null)).join(', ')})`,
  );
  const create = `create table "${table}" (${names.join(', ')})`;
  return values.length === 0 ? [create] : [create, `insert into "${table}" values ${values.join(', ')}`];
}

/** Real databases of three systems in one temporary folder, and pipelines run between them. */
export class ValidationBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'ombudsman-validation-'));
  #made = 0;
  #postgres: ReturnType<TestPostgres['createDatabase']> | undefined;

  /** A new database of a system with the given SQL run in it. */
  async database(system: TestSystem, sql: readonly string[]): Promise<ResolvedConnection> {
    this.#made += 1;
    const name = `${system}_${this.#made}`;
    const path = join(this.folder, `${name}.db`);
    if (system === 'postgres') {
      const postgres = await startPostgres();
      this.#postgres ??= postgres.createDatabase('validation');
      const database = await this.#postgres;
      // A schema for each: a database would take a second to make.
      const setUp = [`create schema ${name}`, `set search_path = ${name}`, ...sql];
      await postgres.sql(database.database, setUp.join(';\n'));
      return { name, definition: { ...database, schema: name } };
    }
    if (system === 'mysql') {
      const mariadb = await startMariadb();
      const definition = await mariadb.createDatabase(name);
      const mode = "set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'";
      await mariadb.sql(name, [mode, ...sql].join(';\n'));
      return { name, definition };
    }
    if (system === 'sqlite') {
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(path);
      for (const statement of sql) database.exec(statement);
      database.close();
      return { name, definition: { type: 'sqlite', path } };
    }
    await runDuckdb(path, sql);
    return { name, definition: { type: 'duckdb', path } };
  }

  /** A new database with one table named `data`. */
  table(system: TestSystem, table: TestTable): Promise<ResolvedConnection> {
    return this.database(system, createSql(system, 'data', table));
  }

  /** The same small shop in any system; `change` is SQL run after it. */
  shop(system: TestSystem, change: readonly string[] = []): Promise<ResolvedConnection> {
    return this.database(system, [
      `create table region (id integer not null primary key, name varchar(20))`,
      `insert into region values (1, 'north'), (2, 'south')`,
      `create table data (id integer not null primary key, region_id integer, amount decimal(10,2), status varchar(20), born date, qty integer not null)`,
      `insert into data values (1, 1, 10.50, 'open', '2020-01-01', 10), (2, 2, 20.25, 'closed', '2020-06-15', 20),
       (3, null, 30.00, 'open', '2021-01-01', 30), (4, 1, null, null, null, 40)`,
      ...change,
    ]);
  }

  /** A folder of files written by DuckDB's COPY. `sql` maps a file name to the SELECT in it. */
  async files(sql: Readonly<Record<string, string>>): Promise<ResolvedConnection> {
    this.#made += 1;
    const name = `files_${this.#made}`;
    const path = join(this.folder, name);
    mkdirSync(path);
    const copies = Object.entries(sql).map(([file, select]) => `copy (${select}) to '${join(path, file)}'`);
    await runDuckdb(':memory:', copies);
    return { name, definition: { type: 'files', path } };
  }

  /** A pipeline over the tables `data` of two databases, as the engine gets it. `checks` are entries as files write them. */
  spec(source: ResolvedConnection, target: ResolvedConnection, pipeline: TestPipeline): PipelineSpec {
    return {
      pipeline_id: 'test_pipeline',
      source: { connection: source.name, table: 'data' },
      target: { connection: target.name, table: 'data' },
      keys: ['id'],
      column_map: {},
      exclude: [],
      ...pipeline,
      checks: pipeline.checks.map(checkSpec),
    };
  }

  /** Runs a pipeline as the engine does. */
  async run(
    source: ResolvedConnection,
    target: ResolvedConnection,
    pipeline: TestPipeline,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<PipelineRunOutcome> {
    const work = { pipeline: this.spec(source, target, pipeline), source, target };
    const { outcome, ...told } = await this.operation((context) => validatePipeline(work, context), signal);
    return { ...outcome, ...told };
  }

  /** Runs any operation in an attempt of its own, and rejects if it leaves something open. */
  async operation<T>(
    work: (context: OperationContext) => Promise<T>,
    signal: AbortSignal = new AbortController().signal,
  ) {
    this.#made += 1;
    const scratchDir = join(this.folder, 'scratch', `attempt_${this.#made}`);
    const told = testContext(scratchDir, join(this.folder, `artifacts_${this.#made}`), signal);
    try {
      const outcome = await work(told.context);
      return { outcome, progress: told.progress, files: told.files() };
    } finally {
      const left = await closeAll(scratchDir);
      expect(left, 'resources left open').toBe(0);
    }
  }

  async close(): Promise<void> {
    await closeDuckdb();
    await stopPostgres();
    await stopMariadb();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type TestCheck = CheckKind | Partial<Record<CheckKind, Record<string, unknown>>>;
export type TestPipeline = { checks: readonly TestCheck[] } & Partial<Omit<PipelineSpec, 'checks'>>;

export interface PipelineRunOutcome extends PipelineOutcome {
  readonly progress: OperationProgress[];
  /** artifact_id to path. */
  readonly files: ReadonlyMap<string, string>;
}

async function runDuckdb(path: string, sql: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  for (const statement of sql) await connection.run(statement);
  connection.disconnectSync();
  instance.closeSync();
}

/** Rows of a Parquet artifact as records. */
export async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const { columns, rows } = await queryDuckdb(connection, `select * from '${path}'`);
  connection.disconnectSync();
  instance.closeSync();
  return rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index] ?? '', value])));
}

function entryOf(
  entry: CheckKind | Partial<Record<CheckKind, Record<string, unknown>>>,
): [CheckKind, Record<string, unknown>] {
  if (typeof entry === 'string') return [entry, {}];
  const kind = checkKinds.find((each) => each in entry)!;
  return [kind, entry[kind] ?? {}];
}

function checkSpec(
  entry: CheckKind | Partial<Record<CheckKind, Record<string, unknown>>>,
  index: number,
): PipelineSpec['checks'][number] {
  const [kind, given] = entryOf(entry);
  const params = checkParameterSchemas[kind].parse(given);
  return { check: kind, name: params.name ?? `${kind}_${index}`, severity: params.severity, params };
}

export function checkNamed(result: PipelineResult, kind: CheckKind): CheckResult {
  const found = result.checks.find((check) => check.check === kind);
  if (found === undefined) throw new Error(`the pipeline has no check ${kind}`);
  return found;
}

function testContext(scratchDir: string, artifactDir: string, signal: AbortSignal) {
  mkdirSync(scratchDir, { recursive: true });
  const progress: OperationProgress[] = [];
  const artifacts = new ArtifactWriter(artifactDir);
  const context: OperationContext = {
    signal,
    scratchDir,
    artifactDir,
    progress: (value) => progress.push(value),
    log: () => undefined,
    child: () => undefined,
    artifacts,
  };
  const files = (): Map<string, string> =>
    new Map(artifacts.list().map(({ artifact_id, path }) => [artifact_id, path]));
  return { context, progress, files };
}
