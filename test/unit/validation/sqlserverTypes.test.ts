import { describe, expect, it } from 'vitest';
import { exportSql, withExactDecimals } from '../../../daemon/engine/connections/sqlserver.ts';
import { sqlserverNativeType } from '../../../daemon/engine/metadata/sqlserver.ts';
import {
  fromSqlserverType,
  sqlserverExport,
  sqlserverTypes,
} from '../../../daemon/engine/validation/sqlserverTypes.ts';
import { keyCondition } from '../../../daemon/engine/validation/rowDiff/repairLiteral.ts';
import { typeName } from '../../../daemon/engine/validation/types.ts';
import { tsqlDialect } from '../../../daemon/engine/connections/tsqlDialect.ts';

/** Every type: how the server names it, what it is here, how its value leaves the server. Written by hand from Microsoft's documentation. */
const types: readonly (readonly [native: string, ours: string, sql: string])[] = [
  ['bit', 'boolean', 'convert(varchar(1), x)'],
  ['tinyint', 'unsigned integer(8)', 'convert(varchar(20), x)'],
  ['smallint', 'integer(16)', 'convert(varchar(20), x)'],
  ['int', 'integer(32)', 'convert(varchar(20), x)'],
  ['bigint', 'integer(64)', 'convert(varchar(20), x)'],
  ['decimal(38,10)', 'decimal(38,10)', 'convert(varchar(41), x)'],
  ['numeric(5,0)', 'decimal(5,0)', 'convert(varchar(41), x)'],
  ['money', 'decimal(19,4)', 'convert(varchar(41), convert(decimal(19,4), x))'],
  ['smallmoney', 'decimal(10,4)', 'convert(varchar(41), convert(decimal(19,4), x))'],
  ['float', 'float(64)', 'x'],
  ['real', 'float(32)', 'x'],
  ['date', 'date', 'convert(char(10), x, 23)'],
  ['datetime', 'timestamp(3)', 'convert(varchar(27), x, 121)'],
  ['smalldatetime', 'timestamp(0)', 'convert(varchar(27), x, 121)'],
  ['datetime2(7)', 'timestamp(7)', 'convert(varchar(27), x, 121)'],
  ['datetime2(0)', 'timestamp(0)', 'convert(varchar(27), x, 121)'],
  [
    'datetimeoffset(3)',
    'timestamptz(3)',
    "convert(varchar(27), convert(datetime2(7), switchoffset(x, '+00:00')), 121)",
  ],
  ['time(7)', 'time(7)', 'convert(varchar(16), x, 121)'],
  ['char(10)', 'char(10)', 'convert(nvarchar(max), x)'],
  ['nchar(4)', 'char(4)', 'convert(nvarchar(max), x)'],
  ['varchar(8000)', 'varchar(8000)', 'convert(nvarchar(max), x)'],
  ['varchar(max)', 'text', 'convert(nvarchar(max), x)'],
  ['nvarchar(40)', 'varchar(40)', 'convert(nvarchar(max), x)'],
  ['sysname', 'varchar(128)', 'convert(nvarchar(max), x)'],
  ['text', 'text', 'convert(nvarchar(max), x)'],
  ['ntext', 'text', 'convert(nvarchar(max), x)'],
  ['binary(4)', 'binary', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['varbinary(max)', 'binary', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['image', 'binary', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['rowversion', 'binary', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['timestamp', 'binary', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['uniqueidentifier', 'uuid', 'lower(convert(char(36), x))'],
  ['json', 'json', 'convert(nvarchar(max), x)'],
  ['xml', 'xml of SQL Server', 'convert(nvarchar(max), x)'],
  ['hierarchyid', 'hierarchyid of SQL Server', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['geometry', 'geometry of SQL Server', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
  ['geography', 'geography of SQL Server', 'convert(varchar(max), convert(varbinary(max), x), 2)'],
];

describe('types of SQL Server', () => {
  it.each(types)('%s is %s and leaves the server as %s', (native, ours, sql) => {
    expect(typeName(fromSqlserverType(native))).toBe(ours);
    expect(sqlserverExport('x', 'v', native)).toBe(sql);
  });

  it('are all told above', () => {
    const told = new Set(types.map(([native]) => native.replace(/\(.*/, '')));
    expect(Object.keys(sqlserverTypes).filter((name) => !told.has(name))).toEqual([]);
  });

  it.each(['sql_variant', 'vector(3)', 'dbo.point_of_ours'])(
    '%s cannot be read, and is no pass',
    (native) => {
      expect(fromSqlserverType(native).kind).toBe('other');
      expect(() => sqlserverExport('x', 'v', native)).toThrow(/column v is/);
    },
  );

  it('are named from sys.columns as people declare them', () => {
    expect(sqlserverNativeType('nvarchar', 80, 0, 0)).toBe('nvarchar(40)');
    expect(sqlserverNativeType('nvarchar', -1, 0, 0)).toBe('nvarchar(max)');
    expect(sqlserverNativeType('varbinary', 80, 0, 0)).toBe('varbinary(80)');
    expect(sqlserverNativeType('decimal', 9, 12, 2)).toBe('decimal(12,2)');
    expect(sqlserverNativeType('datetime2', 8, 27, 7)).toBe('datetime2(7)');
    expect(sqlserverNativeType('int', 4, 10, 0)).toBe('int');
  });
});

const column = (name: string, native_type: string) => ({
  name,
  native_type,
  type: fromSqlserverType(native_type),
  nullable: true,
});

describe('SQL of SQL Server', () => {
  it('reads columns of a table under its filter', () => {
    const sql = exportSql({ table: 'Sales.[Odd]]Name]', where: 'x > 1 -- all' }, [
      column('id', 'int'),
      column('a]b', 'nvarchar(5)'),
    ]);
    expect(sql).toBe(
      'select convert(varchar(20), s.[id]) as [id], convert(nvarchar(max), s.[a]]b]) as [a]]b] from (\n' +
        'select * from [Sales].[Odd]]Name] where (\nx > 1 -- all\n)\n) as [s]',
    );
  });

  it('finds the row of a key in repair SQL by every letter and blank', () => {
    const target = { system: 'sqlserver', dialect: tsqlDialect };
    expect(keyCondition(target, { kind: 'text', length: 9 }, 'k', "a'")).toBe(
      "[k] = N'a''' collate Latin1_General_100_BIN2 and len([k] + N'.') = len(N'a''' + N'.')",
    );
    expect(keyCondition(target, { kind: 'integer', bits: 32 }, 'k', '7')).toBe('[k] = 7');
  });

  it('leaves results without long decimals as they are', () => {
    expect(withExactDecimals('select 1', [{ name: 'a', native_type: 'decimal(15,2)' }])).toBeUndefined();
    expect(withExactDecimals('select 1', [{ name: 'a', native_type: 'numeric(16,2)' }])).toBe(
      "exec sp_executesql N'select 1' with result sets (([a] nvarchar(41)))",
    );
  });
});
