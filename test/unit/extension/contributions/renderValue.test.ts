import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPair, renderValue } from '../../../../extension/contributions/documents/renderValue.ts';

describe('values of differing cells', () => {
  it('stand as they are where that is clear', () => {
    expect(renderValue('Ada Lovelace 10.50 – é')).toBe('Ada Lovelace 10.50 – é');
    expect(renderValue(null)).toBe('NULL');
  });

  it('show what nobody would see', () => {
    expect(renderValue('')).toBe('""');
    expect(renderValue('NULL')).toBe('"NULL"');
    expect(renderValue('Grace ')).toBe('"Grace "');
    expect(renderValue('a\nb\tc')).toBe('"a\\nb\\tc"');
    expect(renderValue('a\u00a0b')).toBe('"a\\u{a0}b"');
    expect(renderValue('a\u200bb')).toBe('"a\\u{200b}b"');
    expect(renderValue('e\u0301')).toBe('"e\\u{301}"');
    expect(renderValue('say "no"')).toBe('"say \\"no\\""');
  });

  it('look different if they are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    const tricky = fc.string({
      unit: fc.constantFrom('a', ' ', '"', '\\', '\n', 'n', 'é', 'e', '\u0301', '\u00a0', 'u', '{'),
    });
    const value = fc.option(fc.oneof(text, tricky));
    fc.assert(
      fc.property(value, value, (a, b) => a === b || renderValue(a) !== renderValue(b)),
      { numRuns: 5000 },
    );
  });

  it('long ones show where they begin to differ', () => {
    const same = 'x'.repeat(1000);
    const [source, target] = renderPair(`${same}1${same}`, `${same}2${same}`);
    expect(source).toContain('x1x');
    expect(target).toContain('x2x');
    expect(source).toMatch(/\(400 of 2001 characters, from 941\)$/);
    expect(source.length).toBeLessThan(500);
    expect(renderPair('short', 'y'.repeat(500))[0]).toBe('short');
  });
});
