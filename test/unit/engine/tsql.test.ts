import { describe, expect, it } from 'vitest';
import { tsqlDialect } from '../../../daemon/engine/connections/tsqlDialect.ts';
import { assertReadingCondition, assertReadingTsql } from '../../../daemon/engine/connections/tsqlGuard.ts';

describe('SQL that only reads', () => {
  it.each([
    'select 1',
    '  -- a word: delete\n/* drop /* nested */ table */ (select a from t)',
    "select 'delete from t', N'it''s; drop', [update], \"insert\" from [drop table].[x]]y]",
    'select a from t order by a offset 5 rows fetch next 5 rows only',
    'select 1;  ',
    'select deleted, updated_at, setting, intox from t with (nolock)',
    'select case when a = 1 then 2 end from t cross apply (select 1 as x) y',
  ])('is let through: %s', (sql) => {
    expect(() => assertReadingTsql(sql)).not.toThrow();
  });

  it.each([
    ['delete from t', 'read_only'],
    ['select 1 delete from t', 'read_only'],
    ['select 1\nexec xp_cmdshell 1', 'read_only'],
    ['select * into x from t', 'read_only'],
    ['select 1; drop table t', 'syntax_error'],
    ["select * from openrowset(bulk 'c:/x', single_blob) as x", 'read_only'],
    ["select * from openquery(other, 'delete t')", 'read_only'],
    ['select next value for dbo.s', 'read_only'],
    ['select 1 waitfor delay 1', 'read_only'],
    ['select 1 disable trigger x on t', 'read_only'],
    ['select 1 commit', 'read_only'],
    ['select 1) as q drop table t select * from (select 1', 'syntax_error'],
    ['select (1', 'syntax_error'],
    ["select 'open", 'syntax_error'],
    ['select /* open', 'syntax_error'],
    ["select '--' delete from t", 'read_only'],
    ["select '/*' , 1 update t set a = 1 --*/", 'read_only'],
    ['with a as (select 1 as x) select * from a', 'with_not_possible'],
  ])('is not: %s', (sql, code) => {
    expect(() => assertReadingTsql(sql)).toThrow(expect.objectContaining({ code }));
  });

  it('may not leave the brackets it is put into', () => {
    expect(() => assertReadingCondition("a = 1 and b like N'(%'")).not.toThrow();
    expect(() => assertReadingCondition('a = 1) or (1 = 1')).toThrow(/never opened/);
    expect(() => assertReadingCondition('a = 1 drop table t')).toThrow(/only a SELECT/);
  });
});

describe('names and literals of T-SQL', () => {
  it('are quoted in brackets, whatever quotes they came in', () => {
    expect(tsqlDialect.quoteTable('shop.dbo."Odd.Name"')).toBe('[shop].[dbo].[Odd.Name]');
    expect(tsqlDialect.quoteTable('[Odd]]Name].[t]')).toBe('[Odd]]Name].[t]');
    expect(tsqlDialect.quoteIdentifier('a]b')).toBe('[a]]b]');
    expect(tsqlDialect.quoteLiteral("O'Brien ö")).toBe("N'O''Brien ö'");
    expect(tsqlDialect.quoteLiteral(true)).toBe('1');
    expect(tsqlDialect.quoteLiteral(null)).toBe('null');
  });

  it('of text compare exactly, trailing blanks too, on both sides alike', () => {
    expect(tsqlDialect.exactText?.('s.[v]')).toBe(
      '((convert(nvarchar(max), s.[v]) + nchar(1)) collate Latin1_General_100_BIN2)',
    );
    expect(tsqlDialect.exactLiteral?.("a'")).toBe(
      "((convert(nvarchar(max), N'a''') + nchar(1)) collate Latin1_General_100_BIN2)",
    );
  });

  it('limit rows by TOP', () => {
    expect(tsqlDialect.limited?.('select a from t order by a', 20)).toBe(
      'select top (20) a from t order by a',
    );
  });
});
