import { inferForeignKeys } from '../../../definitions/catalog/inferForeignKeys.ts';
import { didYouMean, nearest } from '../../../definitions/suggest.ts';
import type { Catalog, CatalogSchema, CatalogTable, CatalogView } from '../../../protocol/catalog.ts';
import type { CatalogEntry } from '../../../protocol/catalogMethods.ts';
import { ApiError } from '../../../protocol/errors.ts';
import type { CatalogQuestions, ObjectRequest, PageRequest } from './threadProtocol.ts';

type Relation = CatalogTable | CatalogView;

/** The schemas of a catalog, and a page of its tables and views: by schema, tables before views, by name. */
export function pageOf(catalog: Catalog, request: PageRequest): CatalogQuestions['page']['answer'] {
  const { schema, search = '', limit, offset } = request;
  const wanted = search.toLowerCase();
  const fits = ({ name }: Relation): boolean => wanted === '' || name.toLowerCase().includes(wanted);
  const schemas = catalog.schemas.map((each) => ({
    name: each.name,
    comment: each.comment,
    tables: each.tables.filter(fits),
    views: each.views.filter(fits),
  }));
  const found = schemas
    .filter(({ name }) => schema === undefined || name === schema)
    .flatMap(({ name, tables, views }) => [...tables, ...views].map((relation) => ({ name, relation })));
  return {
    extracted_at: catalog.extracted_at,
    system: catalog.system,
    version: catalog.version,
    schemas: schemas.map((each) => ({
      ...each,
      tables: each.tables.length,
      views: each.views.length,
    })),
    tables: found.slice(offset, offset + limit).map(({ name, relation }) => entryOf(name, relation)),
    total: found.length,
    unreadable: catalog.unreadable.length,
  };
}

function entryOf(schema: string, { name, kind, columns, row_count, comment }: Relation): CatalogEntry {
  return { schema, name, kind, columns: columns.length, row_count, comment };
}

/** One table or view whole, with the references that are guessed of it. Throws ApiError not_found. */
export function objectOf(catalog: Catalog, request: ObjectRequest): CatalogQuestions['object']['answer'] {
  const schema = catalog.schemas.find(({ name }) => name === request.schema);
  const relations: readonly Relation[] = schema === undefined ? [] : [...schema.tables, ...schema.views];
  const table = relations.find(({ name }) => name === request.table);
  if (schema === undefined || table === undefined) throw notThere(catalog, schema, request);
  return {
    extracted_at: catalog.extracted_at,
    schema: schema.name,
    table,
    inferred_foreign_keys: inferredOf(schema)
      .filter((each) => each.table === table.name)
      .map(({ column, references, reason }) => ({ column, references, reason })),
  };
}

const inferred = new WeakMap<CatalogSchema, ReturnType<typeof inferForeignKeys>>();

/** All of a schema are looked at together; who opens one table opens the next. */
function inferredOf(schema: CatalogSchema): ReturnType<typeof inferForeignKeys> {
  const known = inferred.get(schema) ?? inferForeignKeys(schema.tables);
  inferred.set(schema, known);
  return known;
}

function notThere(catalog: Catalog, schema: CatalogSchema | undefined, request: ObjectRequest): ApiError {
  const what =
    schema === undefined
      ? `no schema ${request.schema}`
      : `no table or view ${request.schema}.${request.table}`;
  const known = schema === undefined ? catalog.schemas : [...schema.tables, ...schema.views];
  const wanted = schema === undefined ? request.schema : request.table;
  const names = nearest(
    wanted,
    known.map(({ name }) => name),
  );
  const hint = didYouMean(names) ?? 'catalogs/tables names what is in it; extract again if it is new.';
  return new ApiError('not_found', `The catalog has ${what}.`, { hint });
}
