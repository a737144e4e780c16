/** Letters, digits, dashes and underscores of a folder's name; `my_project` where nothing is left. */
function projectName(folder: string): string {
  return folder.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^_+|_+$/g, '') || 'my_project';
}

/** The files of a new project by their path in it. As they stand they generate sample data and compare it. */
export function scaffoldFiles(folder: string): Readonly<Record<string, string>> {
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
    '.gitignore': `data/
.env
`,
  };
}
