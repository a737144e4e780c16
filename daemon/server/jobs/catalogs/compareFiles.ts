import { compareCatalogs } from '../../../definitions/catalog/compareCatalogs.ts';
import { onlyBreaking } from '../../../definitions/catalog/onlyBreaking.ts';
import type { CatalogDifference } from '../../../protocol/catalogDifference.ts';
import { ApiError } from '../../../protocol/errors.ts';
import { readSnapshot } from './readSnapshot.ts';
import type { CompareRequest } from './threadProtocol.ts';

/** What differs between two catalogs, with a page of the changes. Rejects with ApiError invalid_params for maps that do not fit. */
export async function compareFiles(request: CompareRequest): Promise<CatalogDifference> {
  const { before, after, options, breaking_only, limit, offset } = request;
  const catalogs = {
    before: await readSnapshot(before.path),
    after: await readSnapshot(after.path),
  };
  let whole: CatalogDifference;
  try {
    whole = compareCatalogs(
      { label: before.label, catalog: catalogs.before },
      { label: after.label, catalog: catalogs.after },
      options,
    );
  } catch (error) {
    const message = `Cannot compare: ${(error as Error).message}.`;
    throw new ApiError('invalid_params', message, { hint: 'Correct map_schemas.' });
  }
  const told = breaking_only ? onlyBreaking(whole) : whole;
  return { ...told, changes: told.changes.slice(offset, offset + limit) };
}
