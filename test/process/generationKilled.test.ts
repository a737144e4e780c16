import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import type { EngineWork } from '../../daemon/protocol/engine.ts';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../support/postgres.ts';
import { Sessions } from '../support/sessions.ts';

/** Enough that the engine is in the middle of it for seconds after the first rows were reported. */
const manyRows = 3_000_000;
const fewRows = 50;

let postgres: TestPostgres;
let folder: string;
let sessions: Sessions;
let engine: TestEngine;
let databases = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await closeDuckdb();
  await stopPostgres();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ombudsman-killed-'));
  sessions = new Sessions();
  engine = await startEngine();
});
afterEach(async () => {
  await engine.stop();
  await sessions.close();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = ['duckdb', 'sqlite', 'files', 'postgres'] as const;
type Kind = (typeof kinds)[number];

async function place(kind: Kind): Promise<ConnectionDefinition> {
  databases += 1;
  if (kind === 'postgres') return postgres.createDatabase(`killed_${databases}`);
  if (kind === 'files') return { type: 'files', path: join(folder, 'files') };
  return { type: kind, path: join(folder, `data.${kind}`) };
}

const work = (definition: ConnectionDefinition, rowCount: number): EngineWork => ({
  type: 'data_generation',
  schema_type: 'Retail',
  row_count: rowCount,
  seed: 42,
  target: { name: 'place', definition },
});

async function salesIn(definition: ConnectionDefinition): Promise<string> {
  const context = sessions.context();
  const connection = await openConnection('place', definition, context);
  try {
    const { rows } = await connection.query('select count(*) from fact_sales', { signal: context.signal });
    return String(rows[0]?.[0]);
  } finally {
    await connection.close();
  }
}

/** Resolves while the fact table is being written. */
const inTheMiddle = (attempt: string) =>
  engine.until(
    'progress',
    (message) => message.attempt_id === attempt && message.progress.phase === 'fact_sales',
  );

describe.each(kinds)('%s', (kind) => {
  test('kill -9 in the middle leaves the old data whole, and running again works', async () => {
    const definition = await place(kind);
    engine.run('first', work(definition, fewRows));
    expect((await engine.ended('first')).outcome).toBe('completed');
    engine.run('second', work(definition, manyRows));
    await inTheMiddle('second');
    const exited = once(engine.child, 'exit');
    engine.child.kill('SIGKILL');
    await exited;
    expect(await salesIn(definition)).toBe(String(fewRows));
    await closeDuckdb();

    engine = await startEngine();
    engine.run('third', work(definition, fewRows + 1));
    expect(await engine.ended('third')).toMatchObject({ outcome: 'completed' });
    expect(await salesIn(definition)).toBe(String(fewRows + 1));
    if (definition.type === 'files')
      expect(readdirSync(definition.path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('cancel in the middle ends the work and leaves nothing half-made', async () => {
    const definition = await place(kind);
    engine.run('first', work(definition, fewRows));
    expect((await engine.ended('first')).outcome).toBe('completed');
    engine.run('second', work(definition, manyRows));
    await inTheMiddle('second');
    engine.send({ type: 'cancel', attempt_id: 'second', reason: 'cancel' });
    expect((await engine.ended('second')).outcome).toBe('cancelled');
    expect(await salesIn(definition)).toBe(String(fewRows));
    if (definition.type === 'files')
      expect(readdirSync(definition.path).filter((name) => name.startsWith('.'))).toEqual([]);
    if (definition.type === 'postgres') {
      const left = await postgres.sql(
        definition.database,
        `select relname from pg_class where relname like '\\_ombudsman%' union all
         select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
      expect(left).toEqual([]);
    }
    await closeDuckdb();
  });
});
