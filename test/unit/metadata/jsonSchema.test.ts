import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from '../../../daemon/definitions/jsonSchemas.ts';
import { closeDuckdb } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { extract, runDuckdb, temporaryFolder } from './sources.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());
afterAll(() => closeDuckdb());

describe('the published schemas', () => {
  it.each(['catalog.schema.json', 'catalog-difference.schema.json'] as const)(
    'docs/schemas/%s is what the program says',
    (name) => {
      const published: unknown = JSON.parse(
        readFileSync(join(import.meta.dirname, '../../../docs/schemas', name), 'utf8'),
      );
      expect(published).toEqual(JSON.parse(JSON.stringify(jsonSchemas()[name])));
    },
  );
});

describe('catalog.schema.json', () => {
  const accepts = new Ajv({ strict: false }).compile(jsonSchemas()['catalog.schema.json']);
  const catalogOf = async () => {
    const path = join(folder.path, 'a.duckdb');
    await runDuckdb(path, 'create table t(i int primary key, x text check (x > i::text))');
    const { catalog } = await extract({ type: 'duckdb', path }, folder.scratch, { profile: true });
    return JSON.parse(JSON.stringify(catalog)) as Record<string, unknown>;
  };

  it('accepts what an extraction writes', async () => {
    expect(accepts(await catalogOf()), JSON.stringify(accepts.errors)).toBe(true);
  });

  it.each([
    ['a missing field', (catalog: Record<string, unknown>) => delete catalog['unreadable']],
    ['another version', (catalog: Record<string, unknown>) => (catalog['catalog_version'] = 2)],
    [
      'an unknown way of counting',
      (catalog: Record<string, unknown>) => {
        const [schema] = catalog['schemas'] as { tables: { row_count: { method: string } }[] }[];
        schema!.tables[0]!.row_count.method = 'guess';
      },
    ],
  ])('refuses %s', async (_, spoil) => {
    const catalog = await catalogOf();
    spoil(catalog);
    expect(accepts(catalog)).toBe(false);
  });
});
