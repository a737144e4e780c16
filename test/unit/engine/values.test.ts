import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  isReading,
  selectOf,
  ansiDialect,
  splitTableName,
} from '../../../daemon/engine/connections/ansiDialect.ts';
import { floatText, plainDecimal } from '../../../daemon/engine/connections/numberText.ts';
import { csvField, toText } from '../../../daemon/engine/connections/sqliteText.ts';
import { toEngineError, toOperationError } from '../../../daemon/engine/errors.ts';
import { exactType, textPattern } from '../../../daemon/engine/validation/canonical.ts';
import {
  fromDuckdbType,
  fromPostgresType,
  fromSqliteType,
  typeName,
  type CanonicalType,
} from '../../../daemon/engine/validation/types.ts';

describe('numbers as text', () => {
  it('writes floats as short as they read back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(floatText(value, 64))).toBe(value === 0 ? 0 : value);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Math.fround(Number(floatText(value, 32)))).toBe(value === 0 ? 0 : value);
      }),
    );
    expect([
      floatText(-0, 64),
      floatText(NaN, 32),
      floatText(-Infinity, 64),
      floatText(Math.fround(0.1), 32),
    ]).toEqual(['0', 'NaN', '-Infinity', '0.1']);
  });

  it.each([
    ['1.50', '1.5'],
    ['-0.00', '0'],
    ['+007', '7'],
    ['.5', '0.5'],
    ['1e3', '1000'],
    ['1.25e-3', '0.00125'],
    ['-12.5E+1', '-125'],
    ['1e-7', '0.0000001'],
    ['100', '100'],
  ])('writes %s plainly as %s', (text, plain) => expect(plainDecimal(text)).toBe(plain));

  it('gives equal numbers equal plain text', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(20), (digits, scale) => {
        const text = `${digits}e-${scale}`;
        expect(plainDecimal(`${digits}000e-${scale + 3}`)).toBe(plainDecimal(text));
        expect(Number(plainDecimal(text))).toBe(Number(text) === 0 ? 0 : Number(text));
      }),
    );
  });
});

describe('native types', () => {
  it.each([
    ['DECIMAL(12,2)', 'decimal(12,2)'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamptz(6)'],
    ['TIMESTAMP_NS', 'timestamp(9)'],
    ['UHUGEINT', 'unsigned integer(128)'],
    ["ENUM('a', 'b')", 'text'],
    ['INTEGER[]', 'INTEGER[]'],
    ['STRUCT(a INTEGER)', 'STRUCT(a INTEGER)'],
  ])('DuckDB %s is %s', (native, name) => expect(typeName(fromDuckdbType(native))).toBe(name));

  const numeric = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4;
  it.each([
    ['numeric', numeric(12, 2), 'decimal(12,2)'],
    ['numeric', numeric(3, -2), 'decimal(5,0)'],
    ['numeric', numeric(2, 5), 'decimal(5,5)'],
    ['numeric', -1, 'decimal'],
    ['varchar', 14, 'varchar(10)'],
    ['bpchar', 14, 'char(10)'],
    ['timestamptz', 3, 'timestamptz(3)'],
    ['timetz', -1, 'native'],
  ])('PostgreSQL %s with modifier %i is %s', (typname, modifier, name) =>
    expect(typeName(fromPostgresType(typname, modifier, 'b', 'native'))).toBe(name),
  );

  it.each([
    ['INTEGER', 'integer(64)'],
    ['DECIMAL(12, 2)', 'decimal(12,2)'],
    ['NUMERIC', 'decimal'],
    ['VARCHAR(20)', 'varchar(20)'],
    ['CHAR(3)', 'char(3)'],
    ['DOUBLE PRECISION', 'float(64)'],
    ['DATETIME', 'timestamp(6)'],
    ['BOOLEAN', 'boolean'],
    ['BLOB', 'binary'],
    ['', 'text'],
  ])('SQLite %s is %s', (declared, name) => expect(typeName(fromSqliteType(declared, false))).toBe(name));
});

describe('the type in which a pair is compared', () => {
  const int = (bits: 8 | 32 | 64 | 128, unsigned = false): CanonicalType => ({
    kind: 'integer',
    bits,
    unsigned,
  });
  const decimal = (
    precision: number | null,
    scale: number | null,
    loose?: 'sniffed' | 'declared',
  ): CanonicalType => ({
    kind: 'decimal',
    precision,
    scale,
    ...(loose && { loose }),
  });
  const text: CanonicalType = { kind: 'text', length: null };
  const double: CanonicalType = { kind: 'float', bits: 64 };
  const at = (precision: number, zoned: boolean): CanonicalType => ({ kind: 'timestamp', precision, zoned });
  const cases: [CanonicalType, CanonicalType, string | null][] = [
    [int(32), int(64), 'BIGINT'],
    [int(64), int(64, true), 'HUGEINT'],
    [int(128), int(128, true), 'VARCHAR'],
    [int(64), decimal(12, 2), 'DECIMAL(21,2)'],
    [int(128), decimal(12, 2), 'VARCHAR'],
    [int(8), { kind: 'boolean' }, 'TINYINT'],
    [int(32), double, 'DOUBLE'],
    [int(64), double, null],
    [decimal(12, 2), decimal(10, 4), 'DECIMAL(14,4)'],
    [decimal(38, 0), decimal(38, 10), 'VARCHAR'],
    [decimal(null, null), decimal(10, 2), 'VARCHAR'],
    [decimal(12, 2, 'declared'), decimal(12, 2), 'VARCHAR'],
    [decimal(12, 2, 'sniffed'), decimal(12, 2), 'DECIMAL(12,2)'],
    [decimal(15, 2), double, 'DOUBLE'],
    [decimal(16, 2), double, null],
    [{ kind: 'float', bits: 32 }, double, 'DOUBLE'],
    [{ kind: 'date' }, at(6, false), 'TIMESTAMP'],
    [at(6, true), at(6, false), 'TIMESTAMP'],
    [at(6, true), at(3, true), 'TIMESTAMP WITH TIME ZONE'],
    [at(6, false), at(9, false), 'TIMESTAMP_NS'],
    [{ kind: 'interval' }, { kind: 'interval' }, 'VARCHAR'],
    [{ kind: 'uuid' }, text, 'VARCHAR'],
    [int(32), text, null],
    [{ kind: 'boolean' }, text, null],
    [{ kind: 'date' }, text, null],
    [{ kind: 'binary' }, text, null],
    [{ kind: 'other', name: 'INTEGER[]' }, { kind: 'other', name: 'integer[]' }, null],
    [{ ...int(64), loose: 'sniffed' }, text, 'VARCHAR'],
    [{ ...int(64), loose: 'sniffed' }, { kind: 'boolean' }, 'BOOLEAN'],
    [{ ...int(64), loose: 'sniffed' }, double, 'DOUBLE'],
    [{ ...text, loose: 'sniffed' }, int(32), 'INTEGER'],
    [{ ...text, loose: 'sniffed' }, { kind: 'binary' }, null],
  ];
  it.each(cases.map(([a, b, type]) => [typeName(a), typeName(b), type, a, b] as const))(
    '%s with %s: %s',
    (_a, _b, type, a, b) => {
      const found = exactType(a, b);
      expect(found?.duckdb_type ?? null).toBe(type);
      expect(exactType(b, a)).toEqual(found);
    },
  );
});

describe('text that a cast keeps whole', () => {
  const fits = (type: string, value: string) => new RegExp(`^(?:${textPattern(type)!.pattern})$`).test(value);
  it.each([
    ['BIGINT', ['0', '-5', '+7'], ['1.0', '1e3', '', ' 1']],
    ['DECIMAL(10,2)', ['1', '1.10', '1.100', '-.5'], ['1.101', '1e1', '.']],
    ['DECIMAL(10,0)', ['1', '1.0'], ['1.5']],
    ['DOUBLE', ['1', '1e-3', 'nan', '-Infinity'], ['1,5', 'e3']],
    ['DATE', ['2020-01-31', '0044-03-15 (BC)'], ['2020-01-31 10:00:00', '31.01.2020', '2020-1-1']],
    [
      'TIMESTAMP',
      ['2020-01-01 10:00:00.123456', '2020-01-01T10:00:00+02:00', '2020-01-01'],
      ['2020-01-01 10:00:00.1234567', '10:00'],
    ],
    ['TIME', ['10:00:00.5'], ['10:00:00.1234567', '10']],
    ['BOOLEAN', ['t', 'FALSE', '1'], ['yes', '2']],
  ])('%s', (type, good, bad) => {
    expect(good.filter((value) => !fits(type, value))).toEqual([]);
    expect(bad.filter((value) => fits(type, value))).toEqual([]);
  });
});

describe('SQLite values', () => {
  it('names column, row and value when a value does not fit', () => {
    const convert = toText({ name: 'price', kind: 'integer', duckdb_type: 'BIGINT' });
    expect(convert(7n, () => 'rowid 1')).toBe('7');
    expect(convert(7, () => 'rowid 1')).toBe('7');
    expect(convert(null, () => 'rowid 1')).toBe(null);
    expect(() => convert('seven', () => 'rowid 9')).toThrow(
      'column price, rowid 9: text seven is not an integer',
    );
  });

  it('quotes every field but NULL', () => {
    expect([csvField(null), csvField('\\N'), csvField('a"b'), csvField('')]).toEqual([
      '\\N',
      '"\\N"',
      '"a""b"',
      '""',
    ]);
  });
});

describe('SQL text', () => {
  it('splits names, quoted parts whole', () => {
    expect(splitTableName('a.b')).toEqual(['a', 'b']);
    expect(splitTableName('"a.b"."c""d"')).toEqual(['a.b', 'c"d']);
    expect(ansiDialect().quoteTable('s."T x"')).toBe('"s"."T x"');
  });

  it('lets no comment of a user swallow what follows', () => {
    const dialect = ansiDialect();
    expect(selectOf({ query: 'select 1 -- end;' }, dialect)).toBe('select 1 -- end');
    expect(dialect.from({ query: 'select 1 --' }, 's')).toBe('(\nselect 1 --\n) as "s"');
    expect(dialect.from({ table: 't', where: 'a > 1 --' }, 's')).toBe(
      '(\nselect * from "t" where (\na > 1 --\n)\n) as "s"',
    );
  });

  it.each([
    ['select 1', true],
    [' -- x\n/* y */ (select 1)', true],
    ['WITH x as (select 1) select 1', true],
    ['commit', false],
    ['/* select */ drop table t', false],
    ['', false],
  ])('knows whether %j reads', (sql, reads) => expect(isReading(sql)).toBe(reads));
});

describe('errors', () => {
  const withCode = (code: string) => Object.assign(new Error('boom'), { code });
  it.each([
    [withCode('ECONNREFUSED'), 'connection', 'unreachable'],
    [withCode('ENOTFOUND'), 'connection', 'unknown_host'],
    [withCode('28P01'), 'permission', 'wrong_password'],
    [withCode('42501'), 'permission', 'insufficient_privilege'],
    [withCode('42P01'), 'definition', 'no_such_table'],
    [withCode('53300'), 'resource', 'too_many_connections'],
    [withCode('22003'), 'definition', 'bad_value'],
    [withCode('08006'), 'connection', 'connection_lost'],
    [withCode('ENOSPC'), 'resource', 'disk_full'],
    [new Error('Out of Memory Error: failed to allocate data'), 'resource', 'out_of_memory'],
    [new Error('IO Error: Could not set lock on file "x"'), 'resource', 'file_locked'],
    [new Error('Catalog Error: Table with name t does not exist!'), 'definition', 'no_such_table'],
    [new Error('no such column: x'), 'definition', 'no_such_column'],
    [new Error('database is locked'), 'resource', 'file_locked'],
    [new AggregateError([withCode('ECONNREFUSED')], ''), 'connection', 'unreachable'],
    [new Error('something else'), 'internal', 'unexpected'],
  ])('%o is %s / %s', (error, kind, code) => expect(toEngineError(error)).toMatchObject({ kind, code }));

  it('keeps a stack for internal errors only, and says where once', () => {
    expect(toOperationError(new Error('odd')).stack).toContain('odd');
    expect(toOperationError(withCode('ENOSPC')).stack).toBe(undefined);
    const where = toEngineError(toEngineError(withCode('ENOSPC'), 'connection a'), 'connection a');
    expect(where.message).toBe('connection a: boom');
    expect(toOperationError('thrown text')).toMatchObject({ kind: 'internal', message: 'thrown text' });
  });
});
