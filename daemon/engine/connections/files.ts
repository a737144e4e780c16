import { realpathSync } from 'node:fs';
import { version as duckdbVersion, type DuckDBConnection } from '@duckdb/node-api';
import { EngineError, toEngineError } from '../errors.ts';
import { fromLooseText } from '../validation/canonical.ts';
import { ansiDialect, quoteIdentifier, selectOf } from './ansiDialect.ts';
import type {
  BucketSumsOf,
  ColumnInfo,
  Connection,
  ConnectionKind,
  Digest,
  DigestRequest,
  QueryOptions,
  ReadColumn,
  Relation,
  StageRequest,
} from './connection.ts';
import { describeSelect, stagedExpression, stageSelect } from './duckdb.ts';
import { digestFrom, inBuckets, sumsFrom } from './duckdbDigest.ts';
import { duckdbSession } from './duckdbInstance.ts';
import { assertOneSelect } from './duckdbSession.ts';
import { queryDuckdb } from './duckdbValues.ts';
import { resolveTable, tableFiles } from './filesFolder.ts';
import { fileReader, rawName, type FileReader } from './filesReader.ts';

/**
 * A folder of CSV, Parquet and JSON files. A table is a file name (extension optional) or a glob; inside SQL it is a temporary
 * view of that name, made when SQL first names it.
 */
class FilesConnection implements Connection {
  readonly type = 'files' as const;
  readonly snapshot = undefined;
  readonly name: string;
  readonly dialect = ansiDialect((table) => quoteIdentifier(table));
  readonly #folder: string;
  readonly #connection: DuckDBConnection;
  readonly #readers = new Map<string, Promise<FileReader>>();
  readonly #close: () => Promise<void>;

  constructor(name: string, folder: string, connection: DuckDBConnection, close: () => Promise<void>) {
    this.name = name;
    this.#folder = folder;
    this.#connection = connection;
    this.#close = close;
  }

  async system() {
    return { system: 'files', version: `DuckDB ${duckdbVersion().replace(/^v/, '')}` };
  }

  #reader(table: string): Promise<FileReader> {
    const known = this.#readers.get(table) ?? this.#makeReader(table);
    this.#readers.set(table, known);
    return known;
  }

  async #makeReader(table: string): Promise<FileReader> {
    const reader = await fileReader(this.#connection, resolveTable(this.#folder, table));
    await this.#connection.run(`create or replace temp view ${quoteIdentifier(table)} as ${reader.typed}`);
    return reader;
  }

  /** Makes the views of the files that this SQL names. Names that are no file are left for DuckDB to judge. */
  async #prepare(sql: string): Promise<void> {
    for (const name of this.#connection.getTableNames(sql, false)) {
      try {
        await this.#reader(name);
      } catch (error) {
        this.#readers.delete(name);
        if (toEngineError(error).code !== 'no_such_table') throw error;
      }
    }
  }

  async query(sql: string, options: QueryOptions) {
    await this.#prepare(sql);
    await this.#assertSelect(sql);
    return queryDuckdb(this.#connection, sql, options.params);
  }

  async #assertSelect(sql: string): Promise<void> {
    try {
      await assertOneSelect(this.#connection, sql);
    } catch (error) {
      const known = toEngineError(error);
      const missing = /Table with name (.+?) does not exist/.exec(known.message)?.[1];
      if (missing !== undefined) resolveTable(this.#folder, missing);
      throw known;
    }
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    if (relation.table !== undefined) {
      const { columns } = await this.#reader(relation.table);
      if (relation.where !== undefined) await this.#assertSelect(selectOf(relation, this.dialect));
      return [...columns];
    }
    const select = selectOf(relation, this.dialect);
    await this.#prepare(select);
    await this.#assertSelect(select);
    return describeSelect(this.#connection, select);
  }

  async stage(request: StageRequest): Promise<number> {
    const { from, expression } = await this.#reading(request.relation);
    return stageSelect(this.#connection, request, from, expression);
  }

  async digest(request: DigestRequest, { signal }: QueryOptions): Promise<Digest> {
    const { from, expression } = await this.#reading(request.relation);
    return digestFrom(this.#connection, from, request, expression, signal);
  }

  readonly bucketSums: BucketSumsOf = {
    sums: async (request) => {
      const { from, expression } = await this.#reading(request.relation);
      return sumsFrom(this.#connection, from, request, expression);
    },
    condition: async (request, buckets) => {
      const { expression } = await this.#reading(request.relation);
      return inBuckets(request, buckets, expression);
    },
  };

  /** The relation as a FROM item, and its columns in the types that are asked for: text of files from the text that stands there. */
  async #reading(relation: Relation): Promise<{
    readonly from: string;
    readonly expression: (column: ReadColumn) => string;
  }> {
    const columns = await this.describe(relation);
    const reader = relation.table === undefined ? null : await this.#reader(relation.table);
    if (reader?.raw == null) return { from: this.dialect.from(relation, 's'), expression: stagedExpression };
    const filter = relation.where === undefined ? '' : ` where (\n${relation.where}\n)`;
    return {
      from: `(select * from (${reader.raw})${filter}) as s`,
      expression: (read) => {
        const index = columns.findIndex(({ name }) => name === read.column.name);
        if (index < 0) throw new EngineError('definition', 'no_such_column', `no column ${read.column.name}`);
        return fromLooseText(`s.${rawName(index)}`, read.column.name, read);
      },
    };
  }

  close(): Promise<void> {
    return this.#close();
  }
}

export const filesKind: ConnectionKind = {
  type: 'files',
  async open(name, definition, context) {
    if (definition.type !== 'files') throw new Error(`not a files connection: ${definition.type}`);
    tableFiles(definition.path);
    const session = await duckdbSession(context);
    return new FilesConnection(name, realpathSync(definition.path), session.connection, () =>
      session.close(),
    );
  },
};
