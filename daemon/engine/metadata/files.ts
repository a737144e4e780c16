import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { CatalogColumn, CatalogTable, Unreadable } from '../../protocol/catalog.ts';
import type { ColumnInfo } from '../connections/connection.ts';
import { quoteText } from '../connections/ansiDialect.ts';
import { resolveTable, tableFiles } from '../connections/filesFolder.ts';
import { toEngineError } from '../errors.ts';
import { select } from './filter.ts';
import { assemble, notCounted, typeFields, type CatalogReader, type Countable } from './model.ts';
import { count, text, type CatalogSession } from './session.ts';

/** Files have no schemas; the one they are shown in. */
const schema = 'main';

/** `a/b.csv.gz` is also known as `a/b`, as in pipelines. */
function stem(path: string): string {
  const plain = path.replace(/\.(gz|zst)$/i, '');
  return plain.slice(0, plain.length - extname(plain).length);
}

/**
 * A folder: every file is a table. What a file holds stands in that file only, so each one is opened; nothing of it is known
 * before. Parquet says its row count in its footer, which is as exact as counting.
 */
export const filesReader: CatalogReader = {
  async read(session, filter, { definition }) {
    if (definition.type !== 'files') throw new Error(`not a folder of files: ${definition.type}`);
    const folder = definition.path;
    const drafts = tableFiles(folder).map((name) => ({ schema, name, alias: stem(name) }));
    const chosen = select(filter, [schema], drafts, session.connection.name);
    const unreadable: Unreadable[] = [];
    const countables: Countable[] = [];
    for (const { name } of chosen.relations) {
      const countable = await readFile(session, folder, name, unreadable);
      if (countable !== undefined) countables.push(countable);
    }
    await addParquetCounts(session, folder, countables);
    return {
      schemas: assemble(
        chosen.schemas.map((name) => ({ name, comment: null })),
        countables,
      ),
      countables,
      unreadable,
    };
  },
};

async function readFile(
  session: CatalogSession,
  folder: string,
  name: string,
  unreadable: Unreadable[],
): Promise<Countable | undefined> {
  const { connection, signal } = session;
  try {
    const columns = await connection.describe({ table: name }, { signal });
    const from = connection.dialect.quoteTable(name);
    session.record(`describe select * from ${from}`, columns.length);
    const relation: CatalogTable = {
      name,
      kind: 'file',
      comment: null,
      columns: columns.map(toColumn),
      indexes: [],
      row_count: { ...notCounted },
      bytes: statSync(join(folder, name)).size,
      primary_key: null,
      unique_keys: [],
      foreign_keys: [],
      checks: [],
    };
    return {
      schema,
      relation,
      from,
      columnKinds: new Map(columns.map((column) => [column.name, column.type.kind])),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    unreadable.push({ object: name, reason: toEngineError(error).message });
    return undefined;
  }
}

function toColumn(column: ColumnInfo, index: number): CatalogColumn {
  return {
    name: column.name,
    position: index + 1,
    native_type: column.native_type,
    ...typeFields(column.type),
    nullable: column.nullable,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    comment: null,
  };
}

async function addParquetCounts(
  session: CatalogSession,
  folder: string,
  countables: readonly Countable[],
): Promise<void> {
  const paths = new Map(
    countables
      .filter(({ relation }) => extname(relation.name).toLowerCase() === '.parquet')
      .flatMap(({ relation }) => resolveTable(folder, relation.name).files.map((path) => [path, relation])),
  );
  if (paths.size === 0) return;
  const files = [...paths.keys()].map(quoteText).join(', ');
  const rows = await session.query(`select file_name, num_rows from parquet_file_metadata([${files}])`);
  for (const row of rows) {
    const relation = paths.get(text(row, 'file_name'));
    if (relation !== undefined) relation.row_count = { value: count(row, 'num_rows'), method: 'exact' };
  }
}
