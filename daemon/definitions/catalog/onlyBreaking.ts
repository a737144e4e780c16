import type { CatalogDifference } from '../../protocol/catalogDifference.ts';

/** The same difference with its breaking changes only; the summary counts them. */
export function onlyBreaking(difference: CatalogDifference): CatalogDifference {
  const changes = difference.changes.filter(({ breaking }) => breaking);
  const count = (kind: (typeof changes)[number]['change']): number =>
    changes.filter(({ change }) => change === kind).length;
  return {
    ...difference,
    changes,
    summary: {
      changes: changes.length,
      breaking: changes.length,
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
      renamed: count('renamed'),
    },
  };
}
