import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas } from '../../../daemon/definitions/jsonSchemas.ts';
import { checkKinds } from '../../../daemon/protocol/files/checks.ts';

const schemas = jsonSchemas();
const ajv = new Ajv({ strict: false });
const accepts = (name: keyof typeof schemas, text: string): boolean => {
  const check = ajv.getSchema(schemas[name].$id as string) ?? ajv.compile(schemas[name]);
  return check(parse(text)) === true;
};

const project =
  'name: shop\nconnections:\n  db: { type: duckdb, path: a }\n  pg: { type: postgres, database: d, port: "${env:P}" }\n';
const pipeline =
  'pipeline_id: p\nsource: { connection: db, table: t }\ntarget: { connection: db, table: u }\nchecks:\n  - schema\n  - row_hash\n  - column_stats: { columns: [a] }\n';
const batch =
  'pipelines: [{ pipeline_id: p, timeout: 5m }]\nparallel_execution: "${param:x}"\nmax_parallel: "${param:n}"\nretry: { delay: 2 }\n';

describe('JSON Schemas', () => {
  it.each([
    ['ombudsman.schema.json', project],
    [
      'ombudsman.schema.json',
      `${project}  ss: { type: sqlserver, database: d, user: u, password: "\${env:P}", statement_timeout: 60 }\n`,
    ],
    [
      'ombudsman.schema.json',
      `${project}  sf: { type: snowflake, account: a-b, database: D, warehouse: W, token: "\${secret:T}" }\n`,
    ],
    ['pipeline.schema.json', pipeline],
    ['batch.schema.json', batch],
    ['batch.schema.json', 'items: [{ schema_type: "${param:k}", row_count: "${param:n}" }]\n'],
    [
      'batch.schema.json',
      'operations: [{ type: command, program: x }, { type: pipeline, pipeline_id: p }]\n',
    ],
  ] as const)('%s accepts a good file', (name, text) => {
    expect(accepts(name, text)).toBe(true);
  });

  it.each([
    ['ombudsman.schema.json', project.replace('type: duckdb', 'type: oracle')],
    ['ombudsman.schema.json', project.replace('type: duckdb', 'type: snowflake')],
    ['ombudsman.schema.json', project.replace('path: a', 'pth: a')],
    ['ombudsman.schema.json', project.replace('name: shop\n', '')],
    ['pipeline.schema.json', pipeline.replace('- row_hash', '- row_hsh')],
    ['pipeline.schema.json', pipeline.replace('columns: [a]', 'columns: a')],
    ['pipeline.schema.json', pipeline.replace('table: t', 'tabel: t')],
    ['batch.schema.json', batch.replace('5m', '5 minutes')],
    ['batch.schema.json', batch.replace('"${param:n}"', '65')],
    ['batch.schema.json', batch.replace('"${param:n}"', '"${env:n}"')],
    ['batch.schema.json', batch.replace('pipeline_id: p', 'pipeline: p')],
  ] as const)('%s refuses a file with one mistake', (name, text) => {
    expect(accepts(name, text)).toBe(false);
  });

  it('have an id, a title, and a description of every check', () => {
    for (const schema of Object.values(schemas)) {
      expect(schema).toMatchObject({
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: expect.stringContaining('ombudsman') as string,
        title: expect.any(String) as string,
      });
    }
    const text = JSON.stringify(schemas['pipeline.schema.json']);
    for (const kind of checkKinds) expect(text).toContain(`{"const":"${kind}","description":"`);
    expect(JSON.stringify(schemas['batch.schema.json'])).toContain('a bare number is seconds');
  });

  it('describe every key of the three file kinds, for hover and completion', () => {
    const missing: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties = {}, items, anyOf, oneOf, additionalProperties } = node as Record<string, unknown>;
      for (const [name, inner] of Object.entries(properties as Record<string, { description?: string }>)) {
        if (!inner.description) missing.push(`${path}.${name}`);
        walk(inner, `${path}.${name}`);
      }
      for (const inner of [items, additionalProperties, anyOf, oneOf].flat()) walk(inner, path);
    };
    for (const name of ['ombudsman', 'pipeline', 'batch'] as const)
      walk(schemas[`${name}.schema.json`], name);
    expect(missing).toEqual([]);
  });
});
