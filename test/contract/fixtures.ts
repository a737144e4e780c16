import type { Job, Operation } from '../../daemon/protocol/entities.ts';

export interface Found {
  readonly job: Job;
  readonly operations: readonly Operation[];
}

const old = 'id,name,amount\n1,Ada,10.50\n2,Grace,20.25\n3,Edsger,30.00\n';

/** A project of CSV files: `same` is equal on both sides; `other` has a changed cell, a missing and an extra row. */
export const smallProject: Readonly<Record<string, string>> = {
  'ombudsman.yaml': `name: shop
connections:
  old: { type: files, path: data/old }
  new: { type: files, path: data/new }
  store: { type: duckdb, path: data/store.duckdb }
`,
  'data/old/same.csv': old,
  'data/new/same.csv': old,
  'data/old/other.csv': old,
  'data/new/other.csv': 'id,name,amount\n1,Ada,10.51\n2,Grace,20.25\n4,Barbara,40.00\n',
  'pipelines/same.pipeline.yaml': pipeline('same'),
  'pipelines/other.pipeline.yaml': pipeline('other'),
  'green.batch.yaml': 'job_name: Green\npipelines: [{ pipeline_id: same }]\n',
  'mixed.batch.yaml': 'job_name: Mixed\npipelines: [{ pipeline_id: same }, { pipeline_id: other }]\n',
  'red.batch.yaml': 'job_name: Red\npipelines: [{ pipeline_id: other }]\n',
  'sleep.batch.yaml': `job_name: Sleeper
operations:
  - { name: sleeper, type: command, program: ${JSON.stringify(process.execPath)}, args: [-e, "setInterval(() => {}, 1000)"] }
  - { name: later, type: command, program: ${JSON.stringify(process.execPath)}, args: [-e, ""], depends_on: [sleeper] }
`,
};

function pipeline(name: string): string {
  return `pipeline_id: ${name}
source: { connection: old, table: ${name}.csv }
target: { connection: new, table: ${name}.csv }
keys: [id]
checks: [row_count, unique_key, row_hash]
`;
}
