import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import {
  catalogColumnSchema,
  catalogSchema,
  catalogTableSchema,
  catalogViewSchema,
} from '../../../protocol/catalog.ts';
import { ApiError } from '../../../protocol/errors.ts';
import type { KnownCatalog } from '../../../protocol/answers.ts';

/** A larger artifact is not read: it would stop the daemon for seconds, and fill its memory. */
const maxArtifactBytes = 64 * 1024 * 1024;
const columns = z.array(catalogColumnSchema.pick({ name: true, native_type: true, nullable: true }));
/** What is told of a catalog; the rest of the artifact is not looked at. */
const readSchema = catalogSchema.pick({ catalog_version: true, extracted_at: true }).extend({
  schemas: z.array(
    z.object({
      name: z.string(),
      tables: z.array(catalogTableSchema.pick({ name: true, kind: true }).extend({ columns })),
      views: z.array(catalogViewSchema.pick({ name: true, kind: true }).extend({ columns })),
    }),
  ),
});

export type CatalogContent = Pick<KnownCatalog, 'extracted_at' | 'tables'>;

/** Tables and columns of a catalog artifact; undefined if the file is gone. */
export async function readCatalog(path: string): Promise<CatalogContent | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  if (size > maxArtifactBytes) {
    throw new ApiError(
      'too_large',
      `The catalog has ${size} bytes; at most ${maxArtifactBytes} are read: ${path}`,
      {
        hint: 'Extract the schemas you work with only: schemas: [..] of the source.',
      },
    );
  }
  const text = await readFile(path, 'utf8');
  let catalog: z.infer<typeof readSchema>;
  try {
    catalog = readSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ApiError(
      'not_found',
      `The catalog in ${path} is damaged: ${(error as Error).message.slice(0, 300)}`,
      {
        hint: 'Extract it again.',
      },
    );
  }
  const tables = catalog.schemas.flatMap((schema) =>
    [...schema.tables, ...schema.views].map((table) => ({
      // Files are shown in a schema that nobody can write.
      schema: table.kind === 'file' ? null : schema.name,
      name: table.name,
      columns: table.columns.map(({ name, native_type, nullable }) => ({
        name,
        type: native_type,
        nullable,
      })),
    })),
  );
  return { extracted_at: catalog.extracted_at, tables };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
