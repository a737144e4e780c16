import { catalogSchema, catalogVersion, type Catalog } from '../../protocol/catalog.ts';

/** A catalog from the text of a catalog.json. Throws an Error that says what is wrong with it and where. */
export function parseCatalog(text: string): Catalog {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`no JSON: ${(error as Error).message}`, { cause: error });
  }
  const version = (value as { catalog_version?: unknown } | null)?.catalog_version;
  if (version === undefined) throw new Error('no catalog: it has no catalog_version');
  if (version !== catalogVersion)
    throw new Error(`catalog_version ${JSON.stringify(version)}; this program reads ${catalogVersion}`);
  const parsed = catalogSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`no catalog: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'of another shape'}`);
}
