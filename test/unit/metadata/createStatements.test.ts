import { describe, expect, it } from 'vitest';
import { readCreateIndex, readCreateTable } from '../../../daemon/engine/metadata/createStatements.ts';

const sqlite = { bracketNames: true };
const duckdb = { bracketNames: false };

describe('CREATE TABLE', () => {
  it('tells collations, generated columns, autoincrement, checks and names of keys', () => {
    const table = readCreateTable(
      `CREATE TABLE "Odd (name" ( -- a comment with ) and '
        a integer constraint pk primary key autoincrement,
        b text collate nocase default 'x, collate y' check (b <> ')'),
        [c d] numeric(10,2) not null constraint positive check ("c d" > 0 /* ( */),
        e text generated always as (b || ',') stored,
        f integer as (a + 1),
        g integer constraint to_other references other(id) on delete cascade,
        constraint pair unique (b, "c d"), check (a < (5 + 1)),
        constraint fk foreign key (g, a) references w(x, y)
      ) strict`,
      sqlite,
    );
    expect([...table.columns.keys()]).toEqual(['a', 'b', 'c d', 'e', 'f', 'g']);
    expect(table.columns.get('a')).toEqual({ collation: null, generated: null, isAutoincrement: true });
    expect(table.columns.get('b')?.collation).toBe('nocase');
    expect(table.columns.get('e')?.generated).toEqual({ expression: "b || ','", stored: true });
    expect(table.columns.get('f')?.generated).toEqual({ expression: 'a + 1', stored: false });
    expect(table.checks).toEqual([
      { name: null, expression: "b <> ')'" },
      { name: 'positive', expression: '"c d" > 0 /* ( */' },
      { name: null, expression: 'a < (5 + 1)' },
    ]);
    expect(table.named).toEqual([
      { kind: 'primary', name: 'pk', columns: ['a'] },
      { kind: 'foreign', name: 'to_other', columns: ['g'] },
      { kind: 'unique', name: 'pair', columns: ['b', 'c d'] },
      { kind: 'foreign', name: 'fk', columns: ['g', 'a'] },
    ]);
  });

  it('takes quoted names for names, whatever they spell', () => {
    const table = readCreateTable(`create table t ("check" int, "a""b" int, \`constraint\` int)`, sqlite);
    expect([...table.columns.keys()]).toEqual(['check', 'a"b', 'constraint']);
    expect(table.checks).toEqual([]);
  });

  it('reads brackets as part of a type where they are no quotes', () => {
    const table = readCreateTable('CREATE TABLE t(l INTEGER[], m DECIMAL(4,1)[3] COLLATE x, n INT)', duckdb);
    expect([...table.columns.keys()]).toEqual(['l', 'm', 'n']);
  });

  it('leaves the extras empty where there is no body', () => {
    expect(readCreateTable('create virtual thing', sqlite).columns.size).toBe(0);
  });
});

describe('CREATE INDEX', () => {
  it('tells its items and its condition', () => {
    expect(
      readCreateIndex(
        `CREATE UNIQUE INDEX "i (x" ON t (a DESC, lower(b || ',') , "c d" collate nocase ASC) WHERE a > 1 AND b <> 'where'`,
        sqlite,
      ),
    ).toEqual({
      items: ['a', "lower(b || ',')", '"c d" collate nocase'],
      predicate: "a > 1 AND b <> 'where'",
      method: null,
    });
  });

  it('tells the method', () => {
    expect(readCreateIndex('CREATE INDEX i ON t USING RTREE (g);', duckdb)).toEqual({
      items: ['g'],
      predicate: null,
      method: 'rtree',
    });
  });
});
