import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '../support/product.ts';
import type { Found } from './fixtures.ts';

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace({
    'ombudsman.yaml':
      'name: shop\nconnections:\n  old: { type: sqlite, path: old.db }\n  new: { type: sqlite, path: new.db }\n  bad: { type: duckdb, path: bad.duckdb }\n',
    'wrong.schema.yaml': 'schema_name: x\ntables: { a: { rows: 5, columns: { id: { sequenc: 1 } } } }\n',
  });
  const database = new DatabaseSync(join(workspace.dir, 'old.db'));
  database.exec(
    `create table region (id integer primary key not null, name varchar(30) not null);
     insert into region values (1, 'north'), (2, 'south');
     create table "order line" (id integer primary key not null, region integer not null references region (id), total decimal(10,2));
     insert into "order line" values (1, 1, 10.5), (2, 2, null), (3, 1, 99.75);`,
  );
  database.close();
});
afterAll(() => workspace.dispose());

const count = (sql: string): unknown => {
  const database = new DatabaseSync(join(workspace.dir, 'new.db'));
  try {
    return Object.values(database.prepare(sql).get() ?? {})[0];
  } finally {
    database.close();
  }
};

describe('ombudsman init schema', () => {
  it('writes a schema file of a connection, from which generate makes data that look alike', async () => {
    const args = ['init', 'schema', '--from', 'old', '--profile'];
    const dry = await workspace.cli([...args, '--dry-run']);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('schema_name: old')]);
    const { code, stdout } = await workspace.cli(args);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/created schemas\/old\.schema\.yaml \(2 tables\)/),
    ]);
    const file = join(workspace.dir, 'schemas/old.schema.yaml');
    expect(readFileSync(file, 'utf8')).toBe(dry.stdout);
    expect(dry.stdout).toContain('region: { reference: region.id }');
    expect(dry.stdout).not.toContain('north');
    const again = await workspace.cli(args);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
    const { document } = await workspace.json<Found>([
      ...['generate', '--schema-file', 'schemas/old.schema.yaml', '--connection', 'new'],
      ...['--rows', 'order line=250', '--rows', 'region=9'],
    ]);
    expect(document.operations.map(({ status, error }) => [status, error?.message])).toEqual([
      ['completed', undefined],
    ]);
    expect([count('select count(*) from "order line"'), count('select count(*) from region')]).toEqual([
      250, 9,
    ]);
    expect(count('select count(*) from "order line" where region not in (select id from region)')).toBe(0);
    expect(count('select count(*) from "order line" where total < 10.5 or total > 99.75')).toBe(0);
  });

  it('a pair of one call: clean data, and the same with faults and their answer key', async () => {
    const { document } = await workspace.json<Found>([
      ...[
        'generate',
        '--schema-file',
        'schemas/old.schema.yaml',
        '--connection',
        'new',
        '--target-connection',
        'bad',
      ],
      ...['--scale', '100', '--faults-count', '12'],
    ]);
    expect(document.operations[0]?.result).toMatchObject({ faults_planted: { total: 12 } });
    expect(count('select count(*) from "order line"')).toBe(300);
  });

  it('mistakes in a schema file are told at their place, with the exit code of mistakes', async () => {
    const { code, stderr } = await workspace.cli(['generate', '--schema-file', 'wrong.schema.yaml']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/wrong\.schema\.yaml:2:\d+.*unknown key "sequenc"/s),
    ]);
    const both = await workspace.cli([
      'generate',
      '--schema-file',
      'x',
      '--schema-type',
      'Retail',
      '--row-count',
      '5',
    ]);
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining('either --schema-type or --schema-file'),
    ]);
  });
});
