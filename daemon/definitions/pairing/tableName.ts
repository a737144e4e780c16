import type { CatalogTable } from '../../protocol/catalog.ts';

/** A table as pipelines write it: with its schema unless that is the one of embedded systems; quoted where a dot is in a name. */
export function tableName({
  schema,
  table,
}: {
  readonly schema: string;
  readonly table: Pick<CatalogTable, 'name' | 'kind'>;
}): string {
  if (table.kind === 'file') return table.name;
  const part = (name: string): string => (/[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  return schema === 'main' || schema === '' ? part(table.name) : `${part(schema)}.${part(table.name)}`;
}
