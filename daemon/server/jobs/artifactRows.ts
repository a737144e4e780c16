import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import type { RowQuery } from '../../protocol/engine.ts';
import type { Artifact } from '../../protocol/entities.ts';
import { ApiError, type OperationError } from '../../protocol/errors.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { EngineProcess } from '../executor/engineProcess.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { isInside, isReallyInside, realOrNull } from './keptPaths.ts';

interface RowReading {
  readonly registry: JobRegistry;
  readonly engine: Pick<EngineProcess, 'readRows' | 'exportRows'>;
  readonly redact: (text: string) => string;
  /** Absolute. */
  readonly dataDir: string;
}

/** A page of the rows in a differences artifact; the engine reads it, for the server loads no driver. */
export async function artifactRows(
  { registry, engine, redact }: RowReading,
  params: MethodParams<'artifacts/rows'>,
): Promise<MethodResult<'artifacts/rows'>> {
  const { job_id, operation_id, artifact_id, ...query } = params;
  const { path } = await differencesArtifact(registry, job_id, operation_id, artifact_id);
  const request = {
    path,
    query: query satisfies RowQuery,
    scratch_dir: join(registry.store.scratchDir(), 'rows'),
  };
  let { found, error } = await engine.readRows(request);
  // The engine ended between the question and the answer: the next one is as good.
  if (error?.kind === 'interrupted') ({ found, error } = await engine.readRows(request));
  if (found !== undefined) return found;
  throw unreadable(error, redact);
}

/** All rows that fit the filter, as CSV, in a file of the caller's choice. */
export async function exportArtifactRows(
  { registry, engine, redact, dataDir }: RowReading,
  params: MethodParams<'artifacts/export'>,
): Promise<MethodResult<'artifacts/export'>> {
  const { job_id, operation_id, artifact_id, file, ...filter } = params;
  const to = await writablePath(file, dataDir);
  const { path } = await differencesArtifact(registry, job_id, operation_id, artifact_id);
  const { rows, error } = await engine.exportRows({
    path,
    filter,
    to,
    scratch_dir: join(registry.store.scratchDir(), 'rows'),
  });
  if (rows !== undefined) return { file: to, rows };
  throw unreadable(error, redact, `The rows cannot be written to ${to}`);
}

/** A file in a folder that is there, outside of what the daemon keeps, whatever links lead there. */
async function writablePath(file: string, dataDir: string): Promise<string> {
  const refuse = (message: string, hint: string) => new ApiError('invalid_params', message, { hint });
  if (!isAbsolute(file)) throw refuse(`${file} is no absolute path.`, 'Give the whole path of the file.');
  const to = normalize(file);
  const kindOf = (path: string) =>
    stat(path).then(
      (found) => (found.isDirectory() ? 'folder' : 'file'),
      () => 'nothing',
    );
  if ((await kindOf(dirname(to))) !== 'folder') {
    throw refuse(`There is no folder ${dirname(to)}.`, 'Make the folder first, or choose another one.');
  }
  if ((await kindOf(to)) === 'folder') throw refuse(`${to} is a folder.`, 'Give the path of a file in it.');
  const isLink = await lstat(to).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  const folder = await realOrNull(dirname(to));
  const real = isLink ? await realOrNull(to) : join(folder ?? dirname(to), basename(to));
  if (real === null) throw refuse(`${to} is a link to nothing.`, 'Give the path of a file.');
  if ([dataDir, (await realOrNull(dataDir)) ?? dataDir].some((kept) => isInside(kept, real))) {
    throw refuse(`${to} is in the data directory.`, 'Choose a folder that the daemon does not keep jobs in.');
  }
  return to;
}

/** Only a file that this operation lists, and only in the folder of its job. */
async function differencesArtifact(
  registry: JobRegistry,
  jobId: string,
  operationId: string,
  artifactId: string,
): Promise<Artifact> {
  const { plan, view } = await registry.frames(jobId);
  const planned = plan.operations.find(({ operation_id }) => operation_id === operationId);
  if (planned === undefined) {
    throw new ApiError('not_found', `Job ${jobId} has no operation ${operationId}.`, {
      hint: 'jobs/operations tells the operations of a job.',
    });
  }
  const { artifacts } = view(planned.index);
  const artifact = artifacts.find(({ artifact_id }) => artifact_id === artifactId);
  if (artifact === undefined || !isInside(registry.store.artifactDir(jobId), artifact.path)) {
    throw new ApiError('not_found', `Operation ${operationId} has no artifact ${artifactId}.`, {
      hint: 'artifacts of the operation (jobs/operations) names those there are; a retry replaces them.',
    });
  }
  if (artifact.kind !== 'differences') {
    throw new ApiError(
      'invalid_params',
      `${artifact.name} holds no differing rows: it is of the kind ${artifact.kind}.`,
      {
        hint: 'differences.artifact_id of a check (row_hash, say) names an artifact with rows.',
      },
    );
  }
  const isFile = await stat(artifact.path).then(
    (file) => file.isFile(),
    () => false,
  );
  const isThere = isFile && (await isReallyInside(registry.store.artifactDir(jobId), artifact.path));
  if (isThere) return artifact;
  throw new ApiError('not_found', `The file of the artifact ${artifact.name} is gone: ${artifact.path}`, {
    hint: 'Somebody removed it. Run the job again to have it again.',
  });
}

function unreadable(
  error: OperationError | undefined,
  redact: (text: string) => string,
  what = 'The rows cannot be read',
): ApiError {
  const message = `${what}: ${redact(error?.message ?? 'the engine gave no answer')}`;
  const isPassing = error?.kind === 'resource' || error?.kind === 'interrupted';
  return new ApiError(isPassing ? 'overloaded' : 'internal_error', message, {
    ...(error?.hint !== undefined && { hint: redact(error.hint) }),
  });
}
