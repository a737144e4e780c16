import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DaemonClient } from '../client/connectDaemon.ts';
import { parseCatalog } from '../definitions/catalog/parseCatalog.ts';
import type { LabelledCatalog } from '../definitions/catalog/compareCatalogs.ts';
import type { Artifact, Operation } from '../protocol/entities.ts';
import type { Submitted } from '../protocol/answers.ts';
import type { CatalogRef } from '../protocol/catalogMethods.ts';
import type { MethodInput } from '../protocol/methods.ts';
import { jobIdSchema } from '../protocol/primitives.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './failures.ts';
import { fetchJob, fetchOperations } from './follow/follow.ts';
import { watchJob } from './jobFlow.ts';
import { projectFolder } from './oneOff.ts';
import { collectProjectSecrets } from './secrets.ts';
import type { Session } from './session.ts';

type Source = MethodInput<'metadata/bulkExtract'>['sources'][number];

export interface SnapshotRequest {
  readonly context: CliContext;
  /** Not asked for if all names are files. */
  readonly session: Session | undefined;
  /** What the caller types to start this program, for the lines that tell of the extraction. */
  readonly program: string;
  /** As written: a file, a job (`ID` or `ID:connection`), `connection@last`, or a connection to extract now. */
  readonly names: readonly string[];
  readonly project?: string;
  /** What is extracted of connections that are read now. */
  readonly fields: Omit<Source, 'connection'>;
}

interface Extraction {
  readonly jobId: string;
  readonly operations: readonly Operation[];
}

/** True if a catalog of these names can be had from the daemon only. */
export function needsDaemon(names: readonly string[]): boolean {
  return names.some((name) => formOf(name) !== 'file');
}

/** The catalogs of the names, in their order. Connections are extracted by one job. Rejects with UsageError if one is not there. */
export async function loadSnapshots(request: SnapshotRequest): Promise<LabelledCatalog[]> {
  const connections = [...new Set(request.names.filter((name) => formOf(name) === 'connection'))];
  const extraction = connections.length === 0 ? undefined : await extractNow(request, connections);
  const loaded: LabelledCatalog[] = [];
  for (const name of request.names) loaded.push(await loadOne(request, name, extraction));
  return loaded;
}

/** How the API names the same catalogs, in their order. Connections are extracted by one job. */
export async function snapshotRefs(request: SnapshotRequest): Promise<CatalogRef[]> {
  const connections = [...new Set(request.names.filter((name) => formOf(name) === 'connection'))];
  const extraction = connections.length === 0 ? undefined : await extractNow(request, connections);
  const refs: CatalogRef[] = [];
  for (const name of request.names) refs.push(await refOf(request, name, extraction));
  return refs;
}

async function refOf(
  request: SnapshotRequest,
  name: string,
  extraction: Extraction | undefined,
): Promise<CatalogRef> {
  switch (formOf(name)) {
    case 'file':
      return { file: resolve(request.context.cwd, name), label: name };
    case 'job':
      return { job_id: name.slice(0, 26), connection: name.slice(27) || undefined, label: name };
    case 'last':
      return { project: await folderOf(request), connection: name.slice(0, -5), label: name };
    case 'connection':
      return { job_id: extraction?.jobId ?? '', connection: name, label: name };
  }
}

function formOf(name: string): 'job' | 'file' | 'last' | 'connection' {
  const [head = ''] = name.split(':');
  if (jobIdSchema.safeParse(head).success) return 'job';
  if (/[/\\]/.test(name) || /\.json$/i.test(name)) return 'file';
  return name.endsWith('@last') ? 'last' : 'connection';
}

async function loadOne(
  request: SnapshotRequest,
  name: string,
  extraction: Extraction | undefined,
): Promise<LabelledCatalog> {
  switch (formOf(name)) {
    case 'file':
      return { label: name, catalog: await readSnapshot(resolve(request.context.cwd, name)) };
    case 'job': {
      const jobId = name.slice(0, 26);
      const operations = await fetchOperations(clientOf(request), jobId);
      return { label: name, catalog: await catalogOf(operations, jobId, name.slice(27) || undefined) };
    }
    case 'last':
      return {
        label: name,
        catalog: await lastSnapshot(clientOf(request), await folderOf(request), name.slice(0, -5)),
      };
    case 'connection':
      return {
        label: name,
        catalog: await catalogOf(extraction?.operations ?? [], extraction?.jobId ?? '', name),
      };
  }
}

function clientOf({ session }: SnapshotRequest): DaemonClient {
  if (session === undefined) throw new Error('there is no session with the daemon');
  return session.client;
}

async function folderOf({ context, project }: Pick<SnapshotRequest, 'context' | 'project'>): Promise<string> {
  const dir = await projectFolder(context, project);
  if (dir !== null) return dir;
  throw new UsageError(
    `No ombudsman.yaml at or above ${context.cwd}.`,
    'Name the folder of a project with -C, or give files (./catalog.json) or ids of jobs.',
  );
}

/** One job that extracts the connections; it is over when this resolves, well or badly. */
export async function extractNow(
  request: Omit<SnapshotRequest, 'names'>,
  connections: readonly string[],
): Promise<Extraction> {
  const { context, session, program } = request;
  if (session === undefined) throw new Error('there is no session with the daemon');
  const dir = await folderOf(request);
  const answer = (await session.client.call('metadata/bulkExtract', {
    project: dir,
    job_name: `Catalog of ${connections.join(' and ')}`,
    sources: connections.map((connection) => ({ connection, ...request.fields })),
    secrets: await collectProjectSecrets(dir),
  })) as Submitted;
  const jobId = answer.job_id;
  // Standard output is for the answer alone, so how the extraction goes is told beside it.
  const flow = { context, session, program, format: 'json', detach: false, cancelOnInterrupt: true } as const;
  await watchJob(flow, jobId, `Job ${jobId}: extracts ${connections.join(', ')}`);
  return { jobId, operations: (await fetchJob(session.client, jobId)).operations };
}

async function lastSnapshot(client: DaemonClient, dir: string, connection: string) {
  const { job_id, operation_id } = await client.call('projects/catalog', { project: dir, connection });
  const operations = await fetchOperations(client, job_id);
  const operation = operations.filter((each) => each.operation_id === operation_id);
  return catalogOf(operation, job_id, undefined);
}

/** The catalog that a job extracted; of several the one of the named connection. */
async function catalogOf(operations: readonly Operation[], jobId: string, connection: string | undefined) {
  const extractions = operations.filter(({ type }) => type === 'metadata_extraction');
  const failed = extractions.find(
    (each) => each.artifacts.every(({ kind }) => kind !== 'catalog') && isOf(each, connection),
  );
  if (failed !== undefined)
    throw new UsageError(
      `Job ${jobId} has no catalog of ${connection ?? failed.name}: the extraction ${failed.error === undefined ? `is ${failed.status}` : `failed: ${failed.error.message}`}`,
      failed.error?.hint,
    );
  const found = extractions.filter((each) => isOf(each, connection));
  const names = extractions.map((each) => connectionOf(each)).join(', ');
  const [only] = found;
  if (only === undefined)
    throw new UsageError(
      `Job ${jobId} has no catalog${connection === undefined ? '' : ` of ${connection}`}.`,
      names === '' ? 'Name a job that extracted one ("ombudsman extract").' : `It has those of ${names}.`,
    );
  if (found.length > 1)
    throw new UsageError(
      `Job ${jobId} has ${found.length} catalogs: ${names}.`,
      `Say which: ${jobId}:${connectionOf(only)}`,
    );
  const artifact = only.artifacts.find(({ kind }) => kind === 'catalog') as Artifact;
  return readSnapshot(artifact.path);
}

function connectionOf({ result, name }: Operation): string {
  return result?.type === 'metadata_extraction' ? (result.evidence.source?.connection ?? name) : name;
}

function isOf(operation: Operation, connection: string | undefined): boolean {
  return connection === undefined || connectionOf(operation) === connection;
}

async function readSnapshot(path: string) {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is none' : String(error);
    throw new UsageError(
      `Cannot read the catalog ${path}: ${reason}.`,
      'A catalog is written by "ombudsman extract".',
    );
  }
  try {
    return parseCatalog(text);
  } catch (error) {
    throw new UsageError(
      `Cannot read the catalog ${path}: ${(error as Error).message}.`,
      'Extract it again.',
    );
  }
}
