/** What both sides of `same` hold. */
export const equalRows = 'id,name,amount\n1,Ada,10.50\n2,Grace,20.25\n3,Edsger,30.00\n';
/** The source of `other`. */
export const sourceRows = `${equalRows}4,Tony,40.00\n4,Tony,40.00\n`;
/** Amount of 1 is rounded, name of 2 has a blank behind it, 3 is missing, 5 is extra, and 4 stands there once instead of twice. */
export const changedRows =
  'id,name,amount\n1,Ada,10.51\n2,"Grace ",20.25\n4,Tony,40.00\n5,100% Barbara,50.00\n';

const pipeline = (id: string): string => `pipeline_id: ${id}
source: { connection: old, table: ${id}.csv }
target: { connection: new, table: ${id}.csv }
keys: [id]
checks: [row_count, row_hash]
`;

/** `same` is equal on both sides; `other` differs in five known places. */
export const shopProject: Readonly<Record<string, string>> = {
  'ombudsman.yaml': `name: shop
connections:
  old: { type: files, path: data/old }
  new: { type: files, path: data/new }
  store: { type: duckdb, path: data/store.duckdb }
`,
  'data/old/same.csv': equalRows,
  'data/new/same.csv': equalRows,
  'data/old/other.csv': sourceRows,
  'data/new/other.csv': changedRows,
  'pipelines/same.pipeline.yaml': pipeline('same'),
  'pipelines/other.pipeline.yaml': pipeline('other'),
  'daily.batch.yaml': 'job_name: Daily\npipelines: [{ pipeline_id: same }, { pipeline_id: other }]\n',
  'green.batch.yaml': 'job_name: Green\npipelines: [{ pipeline_id: same }]\n',
};
