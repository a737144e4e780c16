/** Generation into SQL Server: the statements in their order and the rows of the bulk loads, as a server would receive them. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { introductionSql } from '../../daemon/engine/connections/sqlserver.ts';
import { generateData } from '../../daemon/engine/generation/generate.ts';
import {
  sqlserverConnectionSchema,
  type ConnectionDefinition,
  type SqlserverDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { Sessions } from '../support/sessions.ts';
import { TdsServer, type TdsAnswer } from '../support/tdsServer.ts';

const sessions = new Sessions();
let server: TdsServer;
let definition: SqlserverDefinition;
/** Rows of each table, as the server got them. */
let stored: Map<string, (string | null)[][]>;
/** Rows that are lost on the way into a table. */
let lost: { readonly table: string; readonly rows: number } | undefined;

beforeEach(async () => {
  server = new TdsServer();
  stored = new Map();
  lost = undefined;
  server.answer = answer;
  definition = sqlserverConnectionSchema.parse({
    type: 'sqlserver',
    host: '127.0.0.1',
    port: await server.start(),
    database: 'shop',
    user: 'writer',
    ssl: false,
  });
});
afterEach(() => server.stop());
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

const one = (value: string | number): TdsAnswer => ({
  columns: [{ name: '', type: 'text' }],
  rows: [[String(value)]],
});

/** As much of a server as generation needs: it takes rows and counts them. */
function answer(sql: string): TdsAnswer | undefined {
  if (sql === introductionSql)
    return {
      columns: ['version', 'edition', 'state', 'moment'].map((name) => ({ name, type: 'text' })),
      rows: [['16.0.1000.6', '3', '0', 'now']],
    };
  if (sql === 'select schema_name()') return one('dbo');
  if (sql.includes('sp_getapplock')) return one(0);
  if (sql.includes('sys.foreign_keys')) return { columns: [{ name: 'name', type: 'text' }], rows: [] };
  const into = /^insert into \[dbo\]\.\[_ombudsman_new_(\w+)\]/.exec(sql)?.[1];
  if (into !== undefined) {
    const rows = server.bulkRows.splice(0);
    stored.set(into, [...(stored.get(into) ?? []), ...rows]);
    return { stored: rows.length - (lost?.table === into ? lost.rows : 0) };
  }
  if (sql.includes(' left join ')) return one(0);
  const counted = /^select count\(\*\) from \[dbo\]\.\[_ombudsman_new_(\w+)\]$/.exec(sql)?.[1];
  return counted === undefined ? undefined : one(stored.get(counted)?.length ?? 0);
}

function generate(target: ConnectionDefinition) {
  const { signal, scratchDir } = sessions.context();
  return generateData(
    { schema_type: 'Retail', row_count: 300, seed: 7, target: { name: 'place', definition: target } },
    {
      signal,
      scratchDir,
      artifactDir: sessions.path('artifacts'),
      progress: () => undefined,
      log: () => undefined,
    },
  );
}

describe('generation into SQL Server', () => {
  it('makes tables aside, fills them by bulk load, checks them, and swaps them in one transaction', async () => {
    const { result } = await generate(definition);
    const tables = [...stored.keys()];
    expect(tables).toContain('fact_sales');
    expect(stored.get('fact_sales')).toHaveLength(300);
    expect(result.evidence.rows_written).toBe(
      [...stored.values()].reduce((sum, rows) => sum + rows.length, 0),
    );
    expect(result.verified.every(({ expected, actual }) => expected === actual)).toBe(true);
    expect(server.statements).toContainEqual(
      expect.stringMatching(
        /^create table \[dbo\]\.\[_ombudsman_new_fact_sales\] \(\n {2}"sales_key" bigint not null,/,
      ),
    );
    expect(server.statements).toContainEqual(
      expect.stringMatching(
        /^insert into \[dbo\]\.\[_ombudsman_new_fact_sales\] with \(tablock\) \(\[sales_key\], .* select convert\(bigint, c0\), /,
      ),
    );
    const swap = server.statements.at(-1) ?? '';
    expect(swap).toMatch(
      /^set xact_abort on; begin transaction; drop table if exists .*; exec sp_rename .*; commit transaction$/s,
    );
    const dropped = [...swap.matchAll(/drop table if exists \[dbo\]\.\[(\w+)\]/g)].map(([, name]) => name);
    const renamed = [...swap.matchAll(/exec sp_rename N'\[dbo\]\.\[_ombudsman_new_(\w+)\]', N'\1'/g)].map(
      ([, name]) => name,
    );
    expect(renamed).toEqual(tables);
    expect(dropped).toEqual([...tables].reverse());
    await server.abandoned();
  });

  it('sends the rows that go into every other system', async () => {
    const path = sessions.path('same.duckdb');
    await generate(definition);
    await generate({ type: 'duckdb', path });
    const context = sessions.context();
    const connection = await openConnection('same', { type: 'duckdb', path }, context);
    for (const table of ['dim_product', 'fact_sales']) {
      const columns = await connection.describe({ table }, { signal: context.signal });
      const texts = columns.map(({ name, native_type: native }) =>
        native === 'BOOLEAN' ? `"${name}"::integer::varchar` : `"${name}"::varchar`,
      );
      const { rows } = await connection.query(`select ${texts.join(', ')} from ${table} order by rowid`, {
        signal: context.signal,
      });
      expect(stored.get(table)).toEqual(rows);
    }
    await connection.close();
  });

  it('keeps nothing when a row is lost, and what was there stays', async () => {
    lost = { table: 'fact_sales', rows: 1 };
    await expect(generate(definition)).rejects.toMatchObject({ code: 'rows_lost' });
    expect(server.statements.filter((sql) => sql.includes('sp_rename'))).toEqual([]);
    expect(
      server.statements.filter((sql) => /drop table if exists \[dbo\]\.\[(?!_ombudsman_new_)/.test(sql)),
    ).toEqual([]);
    expect(server.statements.at(-1)).toMatch(/^drop table if exists \[dbo\]\.\[_ombudsman_new_/);
    await server.abandoned();
  });
});
