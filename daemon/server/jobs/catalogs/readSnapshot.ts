import { readFile, stat } from 'node:fs/promises';
import { parseCatalog } from '../../../definitions/catalog/parseCatalog.ts';
import type { Catalog } from '../../../protocol/catalog.ts';
import { ApiError } from '../../../protocol/errors.ts';

/** A larger file does not fit into the memory that the thread may take. */
export const maxCatalogBytes = 192 * 1024 * 1024;
/** Bytes of the files whose catalogs are kept for the next question. */
const maxKeptBytes = 64 * 1024 * 1024;

interface Kept {
  readonly stamp: string;
  readonly bytes: number;
  readonly catalog: Catalog;
}
/** By path; the latest used last. */
const kept = new Map<string, Kept>();

/** The catalog in a file, read once as long as it stays the same. Rejects with ApiError not_found, too_large or invalid_params. */
export async function readSnapshot(path: string): Promise<Catalog> {
  const { size, mtimeMs, ino } = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const stamp = `${size} ${mtimeMs} ${ino}`;
  const known = kept.get(path);
  kept.delete(path);
  if (known?.stamp === stamp) {
    kept.set(path, known);
    return known.catalog;
  }
  if (size > maxCatalogBytes) {
    const message = `The catalog has ${size} bytes; at most ${maxCatalogBytes} are read: ${path}`;
    throw new ApiError('too_large', message, { hint: 'Extract the schemas you work with only.' });
  }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  let catalog: Catalog;
  try {
    catalog = parseCatalog(text);
  } catch (error) {
    const message = `Cannot read the catalog ${path}: ${(error as Error).message.slice(0, 300)}`;
    throw new ApiError('invalid_params', message, { hint: 'Extract it again.' });
  }
  kept.set(path, { stamp, bytes: size, catalog });
  forgetOldest();
  return catalog;
}

function unreadable(path: string, error: unknown): ApiError {
  const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const why = isGone ? 'there is none' : error instanceof Error ? error.message : String(error);
  const hint = 'A catalog is written by a metadata extraction.';
  return new ApiError('not_found', `Cannot read the catalog ${path}: ${why}`, { hint });
}

function forgetOldest(): void {
  let sum = [...kept.values()].reduce((total, { bytes }) => total + bytes, 0);
  for (const [path, { bytes }] of kept) {
    if (sum <= maxKeptBytes || kept.size === 1) return;
    sum -= bytes;
    kept.delete(path);
  }
}
