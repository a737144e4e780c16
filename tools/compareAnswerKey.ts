/**
 * Compares what a validation found with what was planted: `node tools/compareAnswerKey.ts PROJECT_DIR JOB.json`, where
 * JOB.json is `ombudsman jobs show ID --format json`. Both directions: every fault must be found with its table, key, column
 * and kind, and nothing else may be found. Exit code 0 exactly when both are so.
 */
import { readFileSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';

/** One planted or found difference; `column` is null for whole rows (missing, extra, duplicate). */
export interface Difference {
  readonly table: string;
  readonly key: string;
  readonly column: string | null;
  readonly kind: string;
}

export interface PipelineFindings {
  readonly pipeline_id: string;
  readonly table: string;
  readonly status: string;
  readonly found: readonly Difference[];
}

export interface TableComparison extends Pick<PipelineFindings, 'pipeline_id' | 'status'> {
  readonly planted: number;
  readonly found: number;
  readonly notFound: readonly Difference[];
  readonly notPlanted: readonly Difference[];
  /** Why it does not agree although the differences do: the wrong status. */
  readonly complaint: string | null;
}

interface JobJson {
  readonly operations: readonly {
    readonly name: string;
    readonly status: string;
    readonly artifacts: readonly { readonly artifact_id: string; readonly path: string }[];
    readonly result?: {
      readonly type: string;
      readonly pipeline_id?: string;
      readonly checks?: readonly {
        readonly check: string;
        readonly differences?: { readonly artifact_id: string | null; readonly truncated: boolean };
      }[];
    };
  }[];
}

/** The same key is written the same: columns in order of their names, values as text. */
export function canonicalKey(json: string): string {
  const key = JSON.parse(json) as Record<string, string | number | boolean | null>;
  const entries = Object.entries(key).map(([column, value]) => [
    column,
    value === null ? null : String(value),
  ]);
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))));
}

function identity({ table, key, column, kind }: Difference): string {
  return JSON.stringify([table, key, column, kind]);
}

/** What is in `these` more often than in `those`. */
function without(these: readonly Difference[], those: readonly Difference[]): Difference[] {
  const counts = new Map<string, number>();
  for (const each of those) counts.set(identity(each), (counts.get(identity(each)) ?? 0) + 1);
  return these.filter((each) => {
    const left = counts.get(identity(each)) ?? 0;
    counts.set(identity(each), left - 1);
    return left <= 0;
  });
}

/** One line for each pipeline, and one for tables with faults that no pipeline looked at. */
export function compare(
  pipelines: readonly PipelineFindings[],
  planted: readonly Difference[],
): TableComparison[] {
  const looked = new Set(pipelines.map((each) => each.table));
  const comparisons = pipelines.map((pipeline): TableComparison => {
    const faults = planted.filter((each) => each.table === pipeline.table);
    const wanted = faults.length === 0 ? 'completed' : 'failed';
    return {
      pipeline_id: pipeline.pipeline_id,
      status: pipeline.status,
      planted: faults.length,
      found: pipeline.found.length,
      notFound: without(faults, pipeline.found),
      notPlanted: without(pipeline.found, faults),
      complaint: pipeline.status === wanted ? null : `is ${pipeline.status}, should be ${wanted}`,
    };
  });
  const missed = planted.filter((each) => !looked.has(each.table));
  if (missed.length === 0) return comparisons;
  const none = { pipeline_id: '(no pipeline)', status: '', found: 0, notPlanted: [], complaint: null };
  return [...comparisons, { ...none, planted: missed.length, notFound: missed }];
}

export function agrees(comparison: TableComparison): boolean {
  const { notFound, notPlanted, complaint } = comparison;
  return notFound.length === 0 && notPlanted.length === 0 && complaint === null;
}

type Rows = Record<string, string | null>[];

async function readRows(sql: string, setUp: readonly string[] = []): Promise<Rows> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const statement of setUp) await connection.run(statement);
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson() as Rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function readPlanted(databasePath: string): Promise<Difference[]> {
  const rows = await readRows(
    'select table_name, key::varchar as key, column_name, kind from answers._faults',
    [`attach ${literal(databasePath)} as answers (read_only)`],
  );
  return rows.map((row) => ({
    table: row['table_name'] ?? '',
    key: canonicalKey(row['key'] ?? '{}'),
    column: row['column_name'] ?? null,
    kind: row['kind'] ?? '',
  }));
}

async function readFound(table: string, path: string): Promise<Difference[]> {
  const rows = await readRows(
    `select class, key::varchar as key, "column", kind from read_parquet(${literal(path)})`,
  );
  return rows.map((row) => ({
    table,
    key: canonicalKey(row['key'] ?? '{}'),
    column: row['column'] ?? null,
    kind: (row['class'] === 'value' ? row['kind'] : row['class']) ?? '',
  }));
}

/** Target table of every pipeline of the project, by pipeline_id. */
function targetTables(projectDir: string): Map<string, string> {
  const dir = join(projectDir, 'pipelines');
  const files = readdirSync(dir).filter((name) => name.endsWith('.pipeline.yaml'));
  return new Map(
    files.map((name) => {
      const pipeline = parse(readFileSync(join(dir, name), 'utf8')) as {
        pipeline_id: string;
        target: { table: string };
      };
      return [pipeline.pipeline_id, pipeline.target.table];
    }),
  );
}

async function readFindings(projectDir: string, job: JobJson): Promise<PipelineFindings[]> {
  const tables = targetTables(projectDir);
  const findings: PipelineFindings[] = [];
  for (const operation of job.operations) {
    const table = tables.get(operation.result?.pipeline_id ?? operation.name) ?? operation.name;
    const differences = operation.result?.checks?.find((check) => check.check === 'row_hash')?.differences;
    if (differences?.truncated === true) throw new Error(`${operation.name}: not all differences were kept.`);
    const artifact = operation.artifacts.find((each) => each.artifact_id === differences?.artifact_id);
    const found = artifact === undefined ? [] : await readFound(table, artifact.path);
    findings.push({ pipeline_id: operation.name, table, status: operation.status, found });
  }
  return findings;
}

const columns = [
  ['pipeline', 30],
  ['status', 12],
  ['planted', 8],
  ['found', 8],
  ['agrees', 30],
] as const;

function describe({ key, column, kind }: Difference): string {
  return `${kind} at ${key}${column === null ? '' : ` in ${column}`}`;
}

/** The comparison as text: a table, then the first of what does not agree. */
export function render(comparisons: readonly TableComparison[]): string {
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(columns[index]?.[1] ?? 0))
      .join('')
      .trimEnd();
  const lines = [line(columns.map(([name]) => name))];
  for (const each of comparisons) {
    const verdict = agrees(each) ? 'yes' : `NO ${each.complaint ?? ''}`;
    lines.push(line([each.pipeline_id, each.status, String(each.planted), String(each.found), verdict]));
    lines.push(...each.notFound.slice(0, 5).map((one) => `    planted, not found: ${describe(one)}`));
    lines.push(...each.notPlanted.slice(0, 5).map((one) => `    found, not planted: ${describe(one)}`));
  }
  return `${lines.join('\n')}\n`;
}

async function main(projectDir: string, jobFile: string): Promise<number> {
  const job = JSON.parse(readFileSync(jobFile, 'utf8')) as JobJson;
  const planted = await readPlanted(join(projectDir, 'data', 'warehouse.duckdb'));
  const comparisons = compare(await readFindings(projectDir, job), planted);
  writeSync(1, render(comparisons));
  const isRight = planted.length > 0 && comparisons.every(agrees);
  writeSync(
    1,
    isRight
      ? `\nAll ${planted.length} planted differences were found, with key, column and kind, and nothing else.\n`
      : '\nWhat was found is NOT what was planted.\n',
  );
  return isRight ? 0 : 1;
}

if (import.meta.main) {
  const [projectDir, jobFile] = process.argv.slice(2);
  if (projectDir === undefined || jobFile === undefined) {
    writeSync(2, 'usage: node tools/compareAnswerKey.ts PROJECT_DIR JOB.json\n');
    process.exitCode = 2;
  } else {
    process.exitCode = await main(projectDir, jobFile);
  }
}
