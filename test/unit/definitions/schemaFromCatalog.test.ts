import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { schemaFromCatalog } from '../../../daemon/definitions/catalog/schemaFromCatalog.ts';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parseSchema } from '../../../daemon/definitions/schema/parseSchema.ts';
import { closeDuckdb } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../../daemon/engine/connections/registry.ts';
import { generateData } from '../../../daemon/engine/generation/generate.ts';
import type { GenerationRequest } from '../../../daemon/engine/generation/request.ts';
import { extractCatalog } from '../../../daemon/engine/metadata/extract.ts';
import type { Catalog } from '../../../daemon/protocol/catalog.ts';

const folder = mkdtempSync(join(tmpdir(), 'schema-from-catalog-'));
afterAll(async () => {
  await closeDuckdb();
  rmSync(folder, { recursive: true, force: true });
});

let attempts = 0;
const context = () => {
  attempts += 1;
  return { signal: new AbortController().signal, scratchDir: join(folder, `scratch${attempts}`) };
};

async function generate(path: string, request: Omit<GenerationRequest, 'target' | 'seed'>): Promise<void> {
  const target = { name: 'db', definition: { type: 'duckdb', path } } as const;
  await generateData(
    { seed: 42, ...request, target },
    { ...context(), artifactDir: join(folder, 'a'), progress: () => undefined, log: () => undefined },
  );
}

async function catalogOf(path: string, profile: boolean): Promise<Catalog> {
  const source = { name: 'db', definition: { type: 'duckdb', path } } as const;
  const opened = { ...context(), readOnly: true };
  const connection = await openConnection('db', source.definition, opened);
  try {
    const { catalog } = await extractCatalog(
      connection,
      { source, row_counts: 'exact', profile },
      { signal: opened.signal, onProgress: () => undefined },
    );
    return catalog;
  } finally {
    await connection.close();
  }
}

const columnsOf = (catalog: Catalog) =>
  catalog.schemas.flatMap(({ tables }) =>
    tables.map(({ name, columns, row_count: rows }) => ({
      name,
      rows: rows.value,
      columns: columns.map((column) => [column.name, column.canonical_type]),
    })),
  );

describe.each(['Retail', 'Finance', 'Healthcare'] as const)('%s', (domain) => {
  it.each([true, false])('a database is made again from its catalog, profile: %s', async (profile) => {
    const [original, alike] = [`${domain}${profile}.duckdb`, `${domain}${profile}-alike.duckdb`].map((name) =>
      join(folder, name),
    );
    await generate(original!, { schema_type: domain, row_count: 800 });
    const catalog = await catalogOf(original!, profile);
    const { text, notes } = schemaFromCatalog(catalog);
    const { schema, diagnostics } = parseSchema(parseDocument('db.schema.yaml', text));
    expect(diagnostics).toEqual([]);
    expect(notes).toEqual([]);
    await generate(alike!, { schema_definition: schema! });
    const made = await catalogOf(alike!, true);
    const byName = (list: ReturnType<typeof columnsOf>) =>
      [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(columnsOf(made))).toEqual(byName(columnsOf(catalog)));
    for (const { tables } of catalog.schemas)
      for (const table of tables) {
        const own = made.schemas.flatMap((each) => each.tables).find(({ name }) => name === table.name);
        expect([table.name, own?.primary_key?.columns]).toEqual([table.name, table.primary_key?.columns]);
        const references = (of: typeof table | undefined) =>
          of?.foreign_keys
            .map((key) => `${key.columns.join()} ${key.references.table} ${key.references.columns.join()}`)
            .sort();
        expect([table.name, references(own)]).toEqual([table.name, references(table)]);
        if (!profile) continue;
        for (const column of table.columns) {
          const like = own?.columns.find(({ name }) => name === column.name);
          const rows = Math.max(1, table.row_count.value ?? 1);
          const share = (of: typeof column | undefined) => (of?.profile?.nulls ?? 0) / rows;
          // References to the same table lack a value in the first row.
          if (rows > 300)
            expect([column.name, Math.abs(share(like) - share(column)) < 0.1]).toEqual([column.name, true]);
        }
      }
  });
});
