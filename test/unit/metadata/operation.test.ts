import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogSchema } from '../../../daemon/protocol/catalog.ts';
import type { MetadataWork } from '../../../daemon/protocol/engine.ts';
import type { OperationProgress } from '../../../daemon/protocol/entities.ts';
import { metadataResultSchema } from '../../../daemon/protocol/results.ts';
import { ArtifactWriter } from '../../../daemon/engine/artifacts.ts';
import { closeDuckdb } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { catalogCounts } from '../../../daemon/engine/metadata/model.ts';
import { runMetadataExtraction } from '../../../daemon/engine/operations/metadataExtraction.ts';
import { runDuckdb, temporaryFolder } from './sources.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let logged: string[];
let told: OperationProgress[];
beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder.path, 'warehouse.duckdb');
  logged = [];
  told = [];
  await runDuckdb(
    path,
    Array.from({ length: 230 }, (_, i) => `create table t_${i}(i int primary key, x text);`).join(''),
    'insert into t_7 select i, null from range(40) r(i)',
  );
});
afterEach(() => folder.remove());
afterAll(() => closeDuckdb());

async function run(changes: Partial<MetadataWork> = {}, signal = new AbortController().signal) {
  const artifacts = new ArtifactWriter(join(folder.path, 'artifacts'));
  const { result, error } = await runMetadataExtraction(
    {
      type: 'metadata_extraction',
      source: { name: 'warehouse', definition: { type: 'duckdb', path } },
      row_counts: 'estimate',
      profile: false,
      ...changes,
    },
    {
      signal,
      progress: (progress) => told.push(progress),
      log: (_level, message) => logged.push(message),
      child: () => undefined,
      artifactDir: join(folder.path, 'artifacts'),
      scratchDir: folder.scratch,
      artifacts,
    },
  );
  return { result: metadataResultSchema.parse(result), error, artifacts: artifacts.list() };
}

describe('a metadata extraction', () => {
  it('leaves one catalog whose counts are those of the result, with evidence', async () => {
    const { result, artifacts } = await run({ row_counts: 'exact' });
    expect(artifacts).toMatchObject([
      { name: 'catalog.json', kind: 'catalog', content_type: 'application/json' },
    ]);
    expect(result.artifact_id).toBe(artifacts[0]?.artifact_id);
    const catalog = catalogSchema.parse(JSON.parse(readFileSync(artifacts[0]?.path ?? '', 'utf8')));
    expect(result.counts).toEqual(catalogCounts(catalog.schemas));
    expect(result.counts).toMatchObject({ tables: 230, columns: 460, keys: 230, rows: 40 });
    const { source } = result.evidence;
    expect(source).toMatchObject({ connection: 'warehouse', system: 'DuckDB' });
    const rowsRead = catalog.queries.reduce((total, { rows }) => total + rows, 0);
    expect(source?.rows_scanned).toBe(rowsRead + 40);
    expect(source?.sql.join('\n')).toContain('duckdb_columns()');
    // The document of the job keeps a part of long statements; the artifact has them whole.
    expect(Math.max(...(source?.sql ?? []).map((sql) => sql.length))).toBeLessThan(4100);
    expect(catalog.queries.some(({ sql }) => sql.length > 4100)).toBe(true);
  });

  it('tells how far it is', async () => {
    await run({ row_counts: 'exact' });
    expect(told.at(-1)).toEqual({
      phase: 'counting rows',
      rows_done: 40,
      steps_done: 230,
      steps_total: 230,
    });
  });

  it('keeps at most twenty statements in the result and says so', async () => {
    const { result } = await run({ profile: true });
    expect(result.evidence.source?.sql).toHaveLength(21);
    expect(result.evidence.source?.sql.at(-1)).toMatch(/and 217 more/);
  });

  it('fails when what was asked for is not there, and leaves no artifact', async () => {
    await expect(run({ tables: ['t_900'] })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort('cancel');
    await expect(run({}, controller.signal)).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('says in the log what was not read', async () => {
    const data = join(folder.path, 'scratch');
    await runDuckdb(':memory:', `copy (select 1 as i) to '${join(data, 'good.csv')}'`);
    writeFileSync(join(data, 'bad.parquet'), 'no Parquet');
    const { result } = await run({
      source: { name: 'old_files', definition: { type: 'files', path: data } },
    });
    expect(result.counts.tables).toBe(1);
    expect(result.unreadable.map(({ object }) => object)).toEqual(['bad.parquet']);
    expect(logged).toEqual([expect.stringContaining('bad.parquet was not read')]);
  });

  it('is not completed when nothing was read', async () => {
    const data = join(folder.path, 'data');
    mkdirSync(data);
    const source = { name: 'old_files', definition: { type: 'files', path: data } } as const;
    expect((await run({ source })).error).toMatchObject({ kind: 'definition', code: 'nothing_read' });
    writeFileSync(join(data, 'bad.parquet'), 'no Parquet');
    expect((await run({ source })).error?.message).toMatch(/nothing of 'old_files' was read: bad\.parquet/);
    writeFileSync(join(data, 'good.csv'), 'i\n1\n');
    expect((await run({ source })).error).toBeUndefined();
  });
});
