import { schemaVersion } from '../../../protocol/version.ts';
import { StorageError } from '../errors.ts';

/** Takes a document from version `from` to `from + 1`. Pure: same input, same output, the input unchanged. */
export interface Migration {
  readonly from: number;
  migrate(document: Record<string, unknown>): Record<string, unknown>;
}

/** Version 1 is the first release: nothing to do yet. Every released version keeps a fixture in test/fixtures/storage. */
export const jobMigrations: readonly Migration[] = [];
export const indexMigrations: readonly Migration[] = [];
export const projectMigrations: readonly Migration[] = [];

/** Why a parsed document cannot be used; the caller sets the file aside. */
export class UnusableDocument extends Error {
  override readonly name = 'UnusableDocument';
}

/**
 * Brings a parsed document to `target`, by default the version of this program. Throws a StorageError `newer_version` for one
 * that a newer program wrote, and UnusableDocument for one without a version or from before the first migration.
 */
export function migrate(
  raw: unknown,
  migrations: readonly Migration[],
  path: string,
  target: number = schemaVersion,
): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new UnusableDocument('it is not a JSON object');
  let document = raw as Record<string, unknown>;
  for (;;) {
    const version = document.schema_version;
    if (typeof version !== 'number' || !Number.isSafeInteger(version))
      throw new UnusableDocument('it has no schema_version');
    if (version > target) throw newerVersion(path, version, target);
    if (version === target) return document;
    const step = migrations.find((migration) => migration.from === version);
    if (step === undefined)
      throw new UnusableDocument(`nothing leads from its schema_version ${version} to ${target}`);
    document = { ...step.migrate(document), schema_version: version + 1 };
  }
}

export function newerVersion(path: string, version: number, target: number = schemaVersion): StorageError {
  return new StorageError(
    'newer_version',
    `${path} was written by a newer version of Ombudsman (schema_version ${version}; this one reads up to ${target}).`,
    'Update Ombudsman, or use another data directory with --data-dir or BATCH_JOBS_DIR. Nothing was changed.',
    { path },
  );
}
