import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalJson } from '../../../daemon/engine/validation/jsonNormal.ts';
import { matchName, nearestHint } from '../../../daemon/engine/validation/names.ts';
import {
  atScale,
  averageText,
  compareNumbers,
  plainNumber,
} from '../../../daemon/engine/validation/numbers.ts';

describe('plainNumber', () => {
  it.each([
    ['1e+20', '100000000000000000000'],
    ['1e-07', '0.0000001'],
    ['10.500', '10.5'],
    ['-0.000', '0'],
    ['0000012', '12'],
    ['NaN', 'nan'],
    ['Infinity', 'infinity'],
    ['-inf', '-infinity'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ])('%s -> %s', (text, plain) => {
    expect(plainNumber(text)).toBe(plain);
  });

  it('keeps every double apart from every other', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(plainNumber(String(value))) === value).toBe(true);
      }),
    );
  });
});

describe('compareNumbers', () => {
  it('sees one cent on a total that a 32-bit float can not tell apart', () => {
    expect(compareNumbers('250832672.02', '250832679.00')).toMatchObject({
      equal: false,
      difference: '6.98',
    });
    expect(compareNumbers('250832672.02', '250832672.03').equal).toBe(false);
  });

  it('allows exactly what the tolerance says and says that it did', () => {
    expect(compareNumbers('100', '100.5', { abs: 0.5 })).toEqual({
      equal: true,
      difference: '0.5',
      tolerated: true,
    });
    expect(compareNumbers('100', '100.51', { abs: 0.5 }).equal).toBe(false);
    expect(compareNumbers('-200', '-202', { pct: 1 }).equal).toBe(true);
    expect(compareNumbers('-200', '-202.01', { pct: 1 }).equal).toBe(false);
    expect(compareNumbers('100', '100', { abs: 1 }).tolerated).toBe(false);
  });

  it('compares what is no finite number by what it is', () => {
    expect(compareNumbers('NaN', 'nan').equal).toBe(true);
    expect(compareNumbers('NaN', '0', { abs: 1e9 }).equal).toBe(false);
  });
});

describe('atScale and averageText', () => {
  it('rounds half away from zero or cuts off', () => {
    expect(atScale('1.005', 2, 'round')).toBe('1.01');
    expect(atScale('-1.005', 2, 'round')).toBe('-1.01');
    expect(atScale('1.009', 2, 'truncate')).toBe('1');
    expect(atScale('-0.004', 2, 'truncate')).toBe('0');
  });

  it('divides exactly enough to read', () => {
    expect(averageText('10', '4')).toBe('2.5');
    expect(averageText('1', '3')).toBe('0.333333333333333');
    expect(averageText('1', '0')).toBeNull();
  });
});

describe('normalJson', () => {
  it('does not care for order of keys, white space and form of numbers', () => {
    expect(normalJson('{"b": 1.0, "a" :[1e2 , null,true]}')).toBe(normalJson('{"a":[100,null,true],"b":1}'));
    expect(normalJson('"\\u00e9"')).toBe(normalJson('"é"'));
    expect(normalJson('{"a":1,"a":2}')).toBe('{"a":2}');
  });

  it('keeps apart what differs', () => {
    expect(normalJson('12345678901234567890')).not.toBe(normalJson('12345678901234567891'));
    expect(normalJson('[1,2]')).not.toBe(normalJson('[2,1]'));
    expect(normalJson('"1"')).not.toBe(normalJson('1'));
    expect(normalJson('"null"')).not.toBe(normalJson('null'));
    expect(normalJson('{"a":null}')).not.toBe(normalJson('{}'));
  });

  it('leaves alone what is no JSON', () => {
    for (const text of ['', '{', '{"a":}', '[1,]', '01', 'nul', '1 2', '"a', '{"a":1}x', '['.repeat(2000)]) {
      expect(normalJson(text)).toBe(text);
    }
  });

  it('reads every value JSON.stringify writes, pretty or not, as the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = normalJson(JSON.stringify(value));
        expect(normalJson(JSON.stringify(value, null, 2))).toBe(once);
        expect(JSON.stringify(JSON.parse(once))).toBe(JSON.stringify(JSON.parse(normalJson(once))));
      }),
    );
  });
});

describe('names', () => {
  const columns = [{ name: 'Id' }, { name: 'ID' }, { name: 'Name' }];
  const nameOf = (column: { name: string }): string => column.name;

  it('matches case-insensitively where only one fits, exactly where several do', () => {
    expect(matchName('name', columns, nameOf)?.name).toBe('Name');
    expect(matchName('ID', columns, nameOf)?.name).toBe('ID');
    expect(matchName('id', columns, nameOf)).toBeUndefined();
  });

  it('says what to write instead', () => {
    expect(nearestHint('nmae', ['Id', 'Name'])).toContain('Name');
    expect(nearestHint('id', ['Id', 'ID'])).toContain('exactly');
    expect(nearestHint('zzzzzzzz', ['Id', 'Name'])).toContain('Id, Name');
  });
});
