/** The files of new projects, for the command line and the editor alike. Pure: `writeNewFiles.ts` writes them. */
import { stringify } from 'yaml';
import type * as z from 'zod';
import type { connectionSchema } from '../protocol/files/connections.ts';

export type ConnectionInput = z.input<typeof connectionSchema>;

/** Texts by their path in the project. */
export type ProjectFiles = Readonly<Record<string, string>>;

export interface NewConnection {
  readonly name: string;
  readonly definition: ConnectionInput;
}

export interface NewProject {
  readonly name: string;
  readonly source: NewConnection;
  readonly target: NewConnection;
  /** A first pair of tables to compare. */
  readonly tables?: { readonly source: string; readonly target: string };
}

/** Letters, digits, dashes and underscores of a folder's name; `my_project` where nothing is left. */
export function projectName(folder: string): string {
  return folder.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^_+|_+$/g, '') || 'my_project';
}

/** A project that generates sample data and compares it, as it stands. */
export function sampleProjectFiles(folder: string): ProjectFiles {
  return {
    'ombudsman.yaml': `name: ${projectName(folder)}
connections:
  legacy: { type: files, path: data/legacy, format: parquet } # CSV, Parquet, JSON: a table is a file name
  warehouse: { type: duckdb, path: data/warehouse.duckdb }
  # shop:
  #   { type: postgres, host: localhost, database: shop, user: reader, password: "\${env:PGPASSWORD}", max_parallel: 4 }
pipelines: [pipelines/**/*.pipeline.yaml]
defaults: { max_parallel: 4, timeout: 30m }
`,
    'pipelines/dim_customer.pipeline.yaml': `pipeline_id: dim_customer_validation
source: { connection: legacy, table: dim_customer }
target: { connection: warehouse, table: dim_customer }
keys: [customer_key]
checks:
  - row_count
  - unique_key
  - row_hash # every row, every column, exact
`,
    'pipelines/fact_sales.pipeline.yaml': `pipeline_id: fact_sales_validation
source: { connection: legacy, table: fact_sales }
target: { connection: warehouse, table: fact_sales }
keys: [sales_key]
# checks left out: the starter set (schema, row_count, column_stats, unique_key, row_hash)
`,
    'generate.batch.yaml': `job_name: Sample data
items: # the same seed gives the same rows in both places
  - { schema_type: Retail, row_count: 5000, seed: 42, connection: legacy }
  - { schema_type: Retail, row_count: 5000, seed: 42, connection: warehouse }
`,
    'validate.batch.yaml': `job_name: Daily validation
pipelines:
  - pipeline_id: dim_customer_validation
  - pipeline_id: fact_sales_validation
    depends_on: [dim_customer_validation]
max_parallel: 3
stop_on_error: false
timeout: 30m
tags: [daily]
`,
    '.gitignore': ignored,
  };
}

const ignored = `data/
.env
`;

/** A project with these connections, a batch file that reads their catalogs and, if tables are given, a pipeline of them. */
export function projectFiles({ name, source, target, tables }: NewProject): ProjectFiles {
  const connections = { [source.name]: source.definition, [target.name]: target.definition };
  const lines = Object.entries(connections).map(
    ([each, definition]) => `  ${inline(each)}: ${inline(definition)}\n`,
  );
  // A pattern that matches nothing yet would be a warning in a file that nobody has touched.
  const patterns =
    tables === undefined
      ? '# pipelines: [pipelines/**/*.pipeline.yaml] # as it is without this line\n'
      : 'pipelines: [pipelines/**/*.pipeline.yaml]\n';
  return {
    'ombudsman.yaml': `name: ${inline(name)}
connections:
${lines.join('')}${patterns}defaults: { max_parallel: 4, timeout: 30m }
`,
    'extract-metadata.batch.yaml': `job_name: Extract metadata
sources: # once it has run, the editor completes the names of tables and columns
${Object.keys(connections)
  .map((connection) => `  - ${inline({ connection, row_counts: 'estimate' })}\n`)
  .join('')}`,
    ...(tables !== undefined && comparison(source.name, target.name, tables)),
    '.gitignore': ignored,
  };
}

function comparison(
  source: string,
  target: string,
  tables: { readonly source: string; readonly target: string },
): ProjectFiles {
  const subject = projectName(tables.source.split('.').at(-1) ?? tables.source);
  const pipelineId = `${subject}_validation`;
  return {
    [`pipelines/${subject}.pipeline.yaml`]: `pipeline_id: ${inline(pipelineId)}
source: ${inline({ connection: source, table: tables.source })}
target: ${inline({ connection: target, table: tables.target })}
# keys: [id] # columns that identify a row; without keys, rows are compared as a multiset
# checks left out: the starter set (schema, row_count, column_stats, unique_key, row_hash)
`,
    'validate.batch.yaml': `job_name: Daily validation
pipelines:
  - pipeline_id: ${inline(pipelineId)}
max_parallel: 4
timeout: 30m
tags: [daily]
`,
  };
}

/** A value in one line of YAML, quoted where it must be. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
