import type { Catalog, CatalogTable } from '../../../protocol/catalog.ts';
import { splitTableName } from '../../connections/ansiDialect.ts';
import { EngineError } from '../../errors.ts';
import { extractCatalog } from '../../metadata/extract.ts';
import type { CheckContext, CheckFinding, CheckSide } from './check.ts';

/**
 * What the system says of the table of a side: keys, constraints, indexes, defaults. A text where it cannot say: of a query, a view,
 * a folder of files.
 */
export async function tableCatalog(side: CheckSide, context: CheckContext): Promise<CatalogTable | string> {
  const { connection, definition, relation } = side.side;
  if (relation.table === undefined) return `the ${side.name} is a query`;
  if (connection.type === 'files') return `the ${side.name} is a file`;
  const { catalog, name } = await extractTable(side, context);
  const own = definition.type === 'postgres' ? definition.schema : undefined;
  const tables = catalog.schemas.flatMap((each) =>
    each.tables.map((table) => ({ schema: each.name, table })),
  );
  const preferred = [own, 'public', 'main'].find((wanted) => tables.some((each) => each.schema === wanted));
  const found = tables.length > 1 ? tables.filter((each) => each.schema === preferred) : tables;
  const [first] = found;
  if (first === undefined) return `the ${side.name} is a view`;
  if (found.length === 1) return first.table;
  const message = `several tables of ${connection.name} are named ${name}`;
  throw new EngineError('definition', 'ambiguous_table', message, {
    hint: 'Write schema.table in the pipeline.',
  });
}

export interface ExtractedTable {
  readonly catalog: Catalog;
  readonly schema: string | undefined;
  readonly name: string;
}

/** By the side of a running pipeline: its checks of keys, defaults and drift ask for the same. */
const extracted = new WeakMap<CheckSide['side'], Promise<ExtractedTable>>();

/**
 * The catalog of the connection of a side with its table alone (and others of the same name, where no schema is given). Read once in a
 * run, however many checks ask for it.
 */
export async function extractTable(
  side: CheckSide,
  context: Pick<CheckContext, 'signal'>,
): Promise<ExtractedTable> {
  let reading = extracted.get(side.side);
  if (reading === undefined) {
    reading = readTable(side, context);
    extracted.set(side.side, reading);
    // What failed may do so for this once.
    reading.catch(() => extracted.delete(side.side));
  }
  const found = await reading;
  for (const { sql } of found.catalog.queries) side.side.record(sql, side.sql);
  return found;
}

async function readTable(side: CheckSide, context: Pick<CheckContext, 'signal'>): Promise<ExtractedTable> {
  const { connection, definition, relation } = side.side;
  if (relation.table === undefined)
    throw new EngineError('definition', 'no_table', `the ${side.name} is a query, which is in no catalog`, {
      hint: 'Give the side a table.',
    });
  const parts = connection.type === 'files' ? [relation.table] : splitTableName(relation.table);
  const name = parts.at(-1) ?? relation.table;
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  const work = {
    source: { name: connection.name, definition },
    tables: [name],
    ...(schema !== undefined && { schemas: [schema] }),
    row_counts: 'none' as const,
    profile: false,
  };
  const { catalog } = await extractCatalog(connection, work, {
    signal: context.signal,
    onProgress: () => undefined,
  });
  return { catalog, schema, name };
}

/** The catalog of both tables, or the finding `skipped` when one side cannot say. */
export async function bothCatalogs(
  context: CheckContext,
): Promise<{ readonly source: CatalogTable; readonly target: CatalogTable } | CheckFinding> {
  const source = await tableCatalog(context.source, context);
  const target = await tableCatalog(context.target, context);
  if (typeof source !== 'string' && typeof target !== 'string') return { source, target };
  const why = [source, target].filter((each) => typeof each === 'string').join('; ');
  return {
    status: 'skipped',
    expected: null,
    actual: null,
    reason: `${why}, which has no keys and defaults`,
  };
}
