import { dirname, join, resolve } from 'node:path';
import { parse as parseEnvFile } from 'dotenv';
import { parseDocument } from 'yaml';
import type { DaemonClient } from '../client/connectDaemon.ts';
import { findProjectDir, projectFileName } from '../definitions/project.ts';
import type { FileReader } from '../definitions/reader.ts';
import { findReferences, type SecretReference } from '../definitions/secrets.ts';
import { isRecord } from '../definitions/values.ts';
import { nodeReader } from '../platform/nodeReader.ts';
import type { GivenSecrets } from '../protocol/params.ts';
import { environmentValues } from './config.ts';

/** What is wrong in a file is the daemon's to say, with its place; here such a file only has no references. */
async function readYaml(path: string, reader: FileReader): Promise<unknown> {
  try {
    const text = await reader.readText(path);
    return text === null
      ? null
      : (parseDocument(text, { logLevel: 'error' }).toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    return null;
  }
}

async function readEnvFile(dir: string, reader: FileReader): Promise<Record<string, string>> {
  try {
    return parseEnvFile((await reader.readText(join(dir, '.env'))) ?? '');
  } catch {
    return {};
  }
}

/**
 * What only this process knows of a reference: the value in its environment. A secret goes by the `.env` file first, and the
 * daemon reads that itself, anew for each use and for each project; sending its values along would
 * keep a file that was mended since from being heard.
 */
function ownValue({ kind, name }: SecretReference, fromFile: Record<string, string>): string | undefined {
  if (kind === 'secret' && Object.hasOwn(fromFile, name)) return undefined;
  return environmentValues([name])[name];
}

/** Values by `kind:name` that the `ombudsman.yaml` of a folder (and, in `more`, a batch file) refers to. */
async function valuesOf(dir: string, more: unknown, reader: FileReader): Promise<Record<string, string>> {
  const references = [
    ...findReferences(await readYaml(join(dir, projectFileName), reader)),
    ...findReferences(more),
  ];
  if (references.length === 0) return {};
  const fromFile = await readEnvFile(dir, reader);
  const values: Record<string, string> = {};
  for (const reference of references) {
    const value = ownValue(reference, fromFile);
    if (value !== undefined) values[`${reference.kind}:${reference.name}`] = value;
  }
  return values;
}

/** The values of each project by its folder; a project without any is left out. */
function byProject(projects: readonly (readonly [dir: string, Record<string, string>])[]): GivenSecrets {
  return Object.fromEntries(projects.filter(([, values]) => Object.keys(values).length > 0));
}

/** The other projects a batch names: `projects: [{project}]` and operations of type project_validation. */
function namedProjects(batch: unknown): string[] {
  if (!isRecord(batch)) return [];
  const items = [batch['projects'], batch['operations']].flatMap((list: unknown) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return items.flatMap((item: unknown) =>
    isRecord(item) && typeof item['project'] === 'string' ? [item['project']] : [],
  );
}

/**
 * Values for the references in the batch's project, the batch itself and the projects it lists, from this process's
 * environment. Nothing that is not referred to is read out or sent.
 */
export async function collectSecrets(
  batchFile: string,
  reader: FileReader = nodeReader,
): Promise<GivenSecrets> {
  const batch = await readYaml(batchFile, reader);
  const batchDir = dirname(batchFile);
  const projectDir = await findProjectDir(batchDir, reader);
  const own = await valuesOf(projectDir ?? batchDir, batch, reader);
  const others: [string, Record<string, string>][] = [];
  for (const project of namedProjects(batch)) {
    const path = resolve(projectDir ?? batchDir, project);
    const dir = path.endsWith(projectFileName) ? dirname(path) : path;
    if (dir !== projectDir) others.push([dir, await valuesOf(dir, null, reader)]);
  }
  // What a batch outside any project refers to belongs to no folder.
  return projectDir === null ? { ...own, ...byProject(others) } : byProject([[projectDir, own], ...others]);
}

/** The same for a folder in which no batch file is run: doctor and one-off operations. */
export async function collectProjectSecrets(
  projectDir: string,
  reader: FileReader = nodeReader,
): Promise<GivenSecrets> {
  return byProject([[projectDir, await valuesOf(projectDir, null, reader)]]);
}

/** The same for a job that is there already: by the batch file it came from, or the folder of its project. */
export async function collectSecretsOfJob(client: DaemonClient, jobId: string): Promise<GivenSecrets> {
  const job = await client.call('jobs/get', { job_id: jobId });
  if (job.definition_file !== undefined) return collectSecrets(job.definition_file);
  const { projects } = await client.call('projects/list', {});
  const project = projects.find((each) => each.project_id === job.project_id);
  return project === undefined ? {} : collectProjectSecrets(project.path);
}
