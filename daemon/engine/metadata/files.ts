import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogColumn, CatalogTable, Unreadable } from '../../protocol/catalog.ts';
import type { ColumnInfo } from '../connections/connection.ts';
import { resolveTable, tableFiles } from '../connections/filesFolder.ts';
import { toEngineError } from '../errors.ts';
import { withoutExtension } from '../../definitions/catalog/patterns.ts';
import { select } from './filter.ts';
import { addParquetDetails, csvDialect, formatOf } from './fileDetails.ts';
import { assemble, isView, notCounted, typeFields, type CatalogReader, type Countable } from './model.ts';
import type { CatalogSession } from './session.ts';

/** Files have no schemas; the one they are shown in. */
const schema = 'main';

/**
 * A folder: every file is a table. What a file holds stands in that file only, so each one is opened; nothing of it is known
 * before. Parquet says its row count in its footer, which is as exact as counting.
 */
export const filesReader: CatalogReader = {
  async read(session, filter, { definition }) {
    if (definition.type !== 'files') throw new Error(`not a folder of files: ${definition.type}`);
    const folder = definition.path;
    const drafts = tableFiles(folder).map((name) => ({ schema, name, alias: withoutExtension(name) }));
    const chosen = select(filter, [schema], drafts, session.connection.name);
    const unreadable: Unreadable[] = [];
    const countables: Countable[] = [];
    for (const { name } of chosen.relations) {
      const countable = await readFile(session, folder, name, unreadable);
      if (countable !== undefined) countables.push(countable);
    }
    await addParquetDetails(session, parquetFiles(folder, countables));
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
      file: { format: formatOf(name) },
    };
    if (relation.file?.format === 'csv')
      relation.file.csv = await csvDialect(session, resolveTable(folder, name).files[0] ?? '');
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

function parquetFiles(folder: string, countables: readonly Countable[]): Map<string, CatalogTable> {
  const tables = countables
    .map(({ relation }) => relation)
    .filter((each): each is CatalogTable => !isView(each));
  return new Map(
    tables
      .filter(({ file }) => file?.format === 'parquet')
      .flatMap((table) => resolveTable(folder, table.name).files.map((path) => [path, table])),
  );
}
