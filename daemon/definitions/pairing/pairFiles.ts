import { relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import type { TablePair } from './pair.ts';
import { bareName } from './pairColumns.ts';
import { pipelineText, sourceKey, starterPipeline } from './starterPipeline.ts';

/** A pipeline that a project has already. */
export interface ExistingPipeline {
  readonly pipeline_id: string;
  /** Connections of its sides. */
  readonly source: string;
  readonly target: string;
}

export interface PairNames {
  /** Connections of the project. */
  readonly source: string;
  readonly target: string;
  /** Pipelines the project has already, by the path of their file in it, in lower case and with `/`. */
  readonly existing: ReadonlyMap<string, ExistingPipeline>;
}

export interface PairFile {
  readonly pair: TablePair;
  readonly pipeline_id: string;
  /** In the project. */
  readonly path: string;
}

export interface PairFiles {
  /** Texts by their path in the project. */
  readonly files: Readonly<Record<string, string>>;
  readonly pipelines: readonly PairFile[];
  /** The batch file that runs them all; null if there is no pair. */
  readonly batch_file: string | null;
}

/** Letters, digits, dashes and underscores of a name, for the name of a file. */
function fileWord(name: string): string {
  return name.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^_+|_+$/g, '') || 'table';
}

/** File of the batch that runs the pipelines of two connections. */
export function batchFileName({ source, target }: Pick<PairNames, 'source' | 'target'>): string {
  return `validate-${fileWord(source)}-${fileWord(target)}.batch.yaml`;
}

/** The key of PairNames.existing for a file: its path, absolute or in the project. */
export function pathInProject(dir: string, file: string): string {
  return relative(dir, resolve(dir, file)).split(sep).join('/').toLowerCase();
}

/**
 * A pipeline file for each pair, and the batch file that runs them all. `all`: every pair that was found, if only some are wanted;
 * references lead to others.
 */
export function pairFiles(
  pairs: readonly TablePair[],
  names: PairNames,
  all: readonly TablePair[] = pairs,
): PairFiles {
  const bySource = new Map(all.map((pair) => [sourceKey(pair.source.schema, pair.source.table.name), pair]));
  const files: Record<string, string> = {};
  const ids = new Set([...names.existing.values()].map(({ pipeline_id: id }) => id));
  const pipelines: PairFile[] = [];
  // Windows and macOS take a.yaml and A.yaml for one file.
  const paths = new Set<string>();
  for (const pair of pairs) {
    const { subject, path } = freePath(pair, names, paths);
    paths.add(path.toLowerCase());
    // A file that is there is left as it is, so the batch has to name the pipeline that is in it.
    const id = names.existing.get(path.toLowerCase())?.pipeline_id ?? freeId(`${subject}_validation`, ids);
    ids.add(id);
    pipelines.push({ pair, pipeline_id: id, path });
    files[path] = pipelineText(starterPipeline(pair, { ...names, pipeline_id: id }, bySource));
  }
  if (pipelines.length === 0) return { files, pipelines, batch_file: null };
  const batch = batchFileName(names);
  files[batch] = [
    `job_name: ${line(`Validate ${names.source} against ${names.target}`)}\n`,
    'pipelines:\n',
    ...pipelines.map(({ pipeline_id: id }) => `  - pipeline_id: ${line(id)}\n`),
    'max_parallel: 4\ntimeout: 30m\n',
  ].join('');
  return { files, pipelines, batch_file: batch };
}

function line(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

/**
 * A path named after the table; with its schema, or the connections, where another table has taken the name, or a pipeline of other
 * connections that is there already.
 */
function freePath(
  { source }: TablePair,
  names: PairNames,
  paths: ReadonlySet<string>,
): { readonly subject: string; readonly path: string } {
  const name = fileWord(bareName(source.table.name));
  const candidates = [
    name,
    `${fileWord(source.schema)}_${name}`,
    `${name}_${fileWord(names.source)}_${fileWord(names.target)}`,
  ];
  for (let number = 2; ; number += 1) {
    for (const subject of candidates) {
      const path = `pipelines/${subject}.pipeline.yaml`;
      const there = names.existing.get(path.toLowerCase());
      const isOurs = there === undefined || (there.source === names.source && there.target === names.target);
      if (isOurs && !paths.has(path.toLowerCase())) return { subject, path };
    }
    candidates.push(`${name}_${number}`);
  }
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}
