import { describe, expect, it } from 'vitest';
import { snowflakeExportSql } from '../../../daemon/engine/connections/snowflake.ts';
import { snowflakeDialect } from '../../../daemon/engine/connections/snowflakeDialect.ts';
import {
  fromSnowflakeType,
  snowflakeExport,
  snowflakeTypeName,
  snowflakeTypes,
} from '../../../daemon/engine/validation/snowflakeTypes.ts';
import { typeName } from '../../../daemon/engine/validation/types.ts';

const faithful =
  "case when x is null then null when to_double(to_varchar(x)) = x then to_varchar(x) when to_double(to_varchar(x, 'TME')) = x then to_varchar(x, 'TME') else '?' || to_varchar(x) end";
const moment = "to_char(x, 'YYYY-MM-DD HH24:MI:SS.FF9')";
const instant = "to_char(convert_timezone('UTC', x), 'YYYY-MM-DD HH24:MI:SS.FF9')";

/** Every type: how Snowflake names it, what it is here, how its value leaves the service. Written by hand from its documentation. */
const types: readonly (readonly [native: string, ours: string, sql: string])[] = [
  ['NUMBER(38,0)', 'decimal(38,0)', 'to_varchar(x)'],
  ['NUMBER', 'decimal(38,0)', 'to_varchar(x)'],
  ['FIXED(12,2)', 'decimal(12,2)', 'to_varchar(x)'],
  ['DECIMAL(10,2)', 'decimal(10,2)', 'to_varchar(x)'],
  ['NUMERIC(10,2)', 'decimal(10,2)', 'to_varchar(x)'],
  ['INT', 'decimal(38,0)', 'to_varchar(x)'],
  ['INTEGER', 'decimal(38,0)', 'to_varchar(x)'],
  ['BIGINT', 'decimal(38,0)', 'to_varchar(x)'],
  ['SMALLINT', 'decimal(38,0)', 'to_varchar(x)'],
  ['TINYINT', 'decimal(38,0)', 'to_varchar(x)'],
  ['BYTEINT', 'decimal(38,0)', 'to_varchar(x)'],
  ['FLOAT', 'float(64)', faithful],
  ['FLOAT4', 'float(64)', faithful],
  ['FLOAT8', 'float(64)', faithful],
  ['REAL', 'float(64)', faithful],
  ['DOUBLE', 'float(64)', faithful],
  ['DOUBLE PRECISION', 'float(64)', faithful],
  ['VARCHAR(16777216)', 'text', 'x'],
  ['VARCHAR(40)', 'varchar(40)', 'x'],
  ['TEXT', 'text', 'x'],
  ['STRING', 'text', 'x'],
  ['CHAR(1)', 'varchar(1)', 'x'],
  ['CHARACTER(3)', 'varchar(3)', 'x'],
  ['BINARY', 'binary', 'hex_encode(x)'],
  ['VARBINARY', 'binary', 'hex_encode(x)'],
  ['BOOLEAN', 'boolean', 'to_varchar(x)'],
  ['DATE', 'date', "to_char(x, 'YYYY-MM-DD')"],
  ['TIME(9)', 'time(9)', "to_char(x, 'HH24:MI:SS.FF9')"],
  ['DATETIME', 'timestamp(9)', moment],
  ['TIMESTAMP_NTZ(6)', 'timestamp(6)', moment],
  ['TIMESTAMP_LTZ(9)', 'timestamptz(9)', instant],
  ['TIMESTAMP_TZ(3)', 'timestamptz(3)', instant],
  ['VARIANT', 'json', 'to_json(to_variant(x))'],
  ['OBJECT', 'json', 'to_json(to_variant(x))'],
  ['ARRAY', 'json', 'to_json(to_variant(x))'],
  ['MAP', 'json', 'to_json(to_variant(x))'],
  ['GEOGRAPHY', 'geography of Snowflake', "to_varchar(st_asewkb(x), 'HEX')"],
  ['GEOMETRY', 'geometry of Snowflake', "to_varchar(st_asewkb(x), 'HEX')"],
];

describe('types of Snowflake', () => {
  it.each(types)('%s is %s and leaves the service as %s', (native, ours, sql) => {
    expect(typeName(fromSnowflakeType(native))).toBe(ours);
    expect(snowflakeExport('x', 'V', native)).toBe(sql);
  });

  it('are all told above', () => {
    const told = new Set(types.map(([native]) => native.replace(/\(.*/, '').toLowerCase()));
    expect(Object.keys(snowflakeTypes).filter((name) => !told.has(name))).toEqual([]);
  });

  it.each(['VECTOR', 'FILE', 'NEW_TYPE(3)'])('%s cannot be read, and is no pass', (native) => {
    expect(fromSnowflakeType(native).kind).toBe('other');
    expect(() => snowflakeExport('x', 'V', native)).toThrow(/column V is/);
  });

  it.each([
    [{ name: '', type: 'fixed', precision: 12, scale: 2 }, 'NUMBER(12,2)'],
    [{ name: '', type: 'real' }, 'FLOAT'],
    [{ name: '', type: 'text', length: 40 }, 'VARCHAR(40)'],
    [{ name: '', type: 'timestamp_ntz', scale: 6 }, 'TIMESTAMP_NTZ(6)'],
    [{ name: '', type: 'time', scale: 0 }, 'TIME(0)'],
    [{ name: '', type: 'variant' }, 'VARIANT'],
  ])('%j of a result is %s', (field, name) => {
    expect(snowflakeTypeName(field)).toBe(name);
  });
});

describe('SQL of Snowflake', () => {
  const dialect = snowflakeDialect((table) => (table === 'sales.t' ? ' at(…)' : ''));

  it('reads columns of a table as of a moment, under its filter', () => {
    const columns = [{ name: 'Odd"x', native_type: 'DATE', type: fromSnowflakeType('DATE'), nullable: true }];
    expect(snowflakeExportSql({ table: 'sales.t', where: 'x > 1' }, columns, dialect)).toBe(
      `select to_char(s."Odd""x", 'YYYY-MM-DD') from (\nselect * from "SALES"."T" at(…) where (\nx > 1\n)\n) as s`,
    );
  });

  it('takes bare names in capitals, quoted ones as they are, and doubles backslashes in text', () => {
    expect(dialect.quoteTable('db."Mixed.Case".t')).toBe('"DB"."Mixed.Case"."T"');
    expect(dialect.quoteLiteral("a\\'b")).toBe("'a\\\\''b'");
    expect(dialect.quoteLiteral(true)).toBe('true');
    // What is written to goes by no moment.
    expect(dialect.quoteTable('sales.t')).toBe('"SALES"."T"');
  });
});
