import { plural } from '../../protocol/countText.ts';
import type { Catalog, CatalogSchema } from '../../protocol/catalog.ts';
import { added, breaking, harmless, nameKey, removed, type CompareContext } from './compareContext.ts';
import { listed } from '../suggest.ts';
import { pairBy } from './pairing.ts';
import { globMatcher, isInScope } from './patterns.ts';

/** The schema that a system puts things into when nobody says where. */
const defaultSchemas: readonly string[] = ['public', 'main', 'dbo'];

type SchemaPair = readonly [CatalogSchema, CatalogSchema];
const isEmpty = ({ tables, views }: CatalogSchema): boolean => tables.length + views.length === 0;

/**
 * Which schemas are the same one: those the map names, those of one name, and across systems the default schemas and the only ones
 * left. What is left over was added or removed. A schema of the map that does not exist is an Error.
 */
export function pairSchemas(
  context: CompareContext,
  before: Catalog,
  after: Catalog,
  map: Readonly<Record<string, string>>,
): SchemaPair[] {
  const mapped = Object.entries(map).map(([old, now]): SchemaPair => [
    schemaOf(before, old),
    schemaOf(after, now),
  ]);
  const isMapped = (schema: CatalogSchema): boolean => mapped.some((pair) => pair.includes(schema));
  const rest = pairBy(
    before.schemas.filter((schema) => !isMapped(schema)),
    after.schemas.filter((schema) => !isMapped(schema)),
    ({ name }) => nameKey(context, name),
  );
  const found = [...mapped, ...rest.both];
  const [gone, come] = [withTables(context, rest.removed), withTables(context, rest.added)];
  const alike = context.across ? alikeAcross(gone, come) : undefined;
  if (alike !== undefined) found.push(alike);
  for (const schema of gone) if (schema !== alike?.[0]) reportGone(context, after, schema);
  for (const schema of come) if (schema !== alike?.[1]) reportCome(context, before, schema);
  return found;
}

/** An empty schema of another system is no difference: every database has its own. */
function withTables(context: CompareContext, schemas: readonly CatalogSchema[]): CatalogSchema[] {
  return schemas.filter((schema) => !context.across || !isEmpty(schema));
}

function schemaOf(catalog: Catalog, name: string): CatalogSchema {
  const found = catalog.schemas.find((schema) => schema.name === name);
  if (found !== undefined) return found;
  const known = listed(catalog.schemas.map((schema) => schema.name));
  throw new Error(`the catalog of ${catalog.connection} has no schema '${name}'; it has ${known || 'none'}`);
}

function alikeAcross(
  before: readonly CatalogSchema[],
  after: readonly CatalogSchema[],
): SchemaPair | undefined {
  const byDefault = (schemas: readonly CatalogSchema[]): CatalogSchema | undefined =>
    schemas.length === 1 ? schemas[0] : schemas.find(({ name }) => defaultSchemas.includes(name));
  const [old, now] = [byDefault(before), byDefault(after)];
  return old === undefined || now === undefined ? undefined : [old, now];
}

const place = (schema: CatalogSchema) =>
  ({ schema: schema.name, relation: null, object: 'schema', name: null }) as const;
const shape = ({ tables, views }: CatalogSchema): string =>
  `${plural(tables.length, 'table')}, ${plural(views.length, 'view')}`;

/** True if the extraction would have listed something of the schema, had it been there. */
function wasAsked({ scope }: Catalog, schema: CatalogSchema): boolean {
  const { schemas } = scope ?? {};
  if (schemas !== undefined && !schemas.some((pattern) => globMatcher(pattern)(schema.name))) return false;
  const names = [...schema.tables, ...schema.views].map(({ name }) => name);
  return names.length === 0 || names.some((name) => isInScope(scope, schema.name, name));
}

function reportGone(context: CompareContext, after: Catalog, schema: CatalogSchema): void {
  if (!wasAsked(after, schema)) notAsked(context, after, schema);
  else removed(context, place(schema), shape(schema), breaking('whoever names what is in it fails'));
}

function reportCome(context: CompareContext, before: Catalog, schema: CatalogSchema): void {
  if (!wasAsked(before, schema)) notAsked(context, before, schema);
  else added(context, place(schema), shape(schema), harmless('nobody knows it yet'));
}

function notAsked(context: CompareContext, catalog: Catalog, schema: CatalogSchema): void {
  const reason = `the catalog of ${catalog.connection} was extracted without it`;
  context.notCompared.push({ what: `schema ${schema.name}`, reason });
}
