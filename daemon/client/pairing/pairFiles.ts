import { relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import type { ProjectFiles } from '../scaffold.ts';
import { projectName } from '../scaffold.ts';
import type { TablePair } from './pairTables.ts';
import { pipelineText, starterPipeline } from './starterPipeline.ts';

export interface PairNames {
  /** Connections of the project. */
  readonly source: string;
  readonly target: string;
  /** Pipelines the project has already: their ids by the path of their file in the project, in lower case and with `/`. */
  readonly existing: ReadonlyMap<string, string>;
}

/** File of the batch that runs the pipelines of two connections. */
export function batchFileName({ source, target }: Pick<PairNames, 'source' | 'target'>): string {
  return `validate-${projectName(source)}-${projectName(target)}.batch.yaml`;
}

/** The key of PairNames.existing for a file: its path, absolute or in the project. */
export function pathInProject(dir: string, file: string): string {
  return relative(dir, resolve(dir, file)).split(sep).join('/').toLowerCase();
}

/** A pipeline file for each pair, and the batch file that runs them all; by path in the project. */
export function pairFiles(pairs: readonly TablePair[], names: PairNames): ProjectFiles {
  const files: Record<string, string> = {};
  const ids = new Set(names.existing.values());
  const listed: string[] = [];
  // Windows and macOS take a.yaml and A.yaml for one file.
  const paths = new Set<string>();
  for (const pair of pairs) {
    const subject = freeSubject(pair, paths);
    const path = `pipelines/${subject}.pipeline.yaml`;
    paths.add(path.toLowerCase());
    // A file that is there is left as it is, so the batch has to name the pipeline that is in it.
    const id = names.existing.get(path.toLowerCase()) ?? freeId(`${subject}_validation`, ids);
    ids.add(id);
    listed.push(id);
    files[path] = pipelineText(starterPipeline(pair, { ...names, pipeline_id: id }));
  }
  const line = (value: unknown): string =>
    stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  if (listed.length > 0) {
    files[batchFileName(names)] = [
      `job_name: ${line(`Validate ${names.source} against ${names.target}`)}\n`,
      'pipelines:\n',
      ...listed.map((id) => `  - pipeline_id: ${line(id)}\n`),
      'max_parallel: 4\ntimeout: 30m\n',
    ].join('');
  }
  return files;
}

/** The table's name as part of a path; with its schema where another table has taken the name. */
function freeSubject({ source }: TablePair, paths: ReadonlySet<string>): string {
  const name = projectName(
    source.table.name.replace(/\.(csv|tsv|parquet|json|ndjson|jsonl)(\.(gz|zst))?$/i, ''),
  );
  const candidates = [name, `${projectName(source.schema)}_${name}`];
  for (let number = 2; ; number += 1) {
    const found = candidates.find((each) => !paths.has(`pipelines/${each}.pipeline.yaml`.toLowerCase()));
    if (found !== undefined) return found;
    candidates.push(`${name}_${number}`);
  }
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}
