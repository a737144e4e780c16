import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseDocument } from '../../../../daemon/definitions/document.ts';
import { isPlain, scalarText } from '../../../../daemon/server/language/features/edits/scalars.ts';

const readBack = (text: string): unknown[] => {
  const { value, isReadable } = parseDocument('x', `- ${text}\n- [${text}, 1]\n- { ${text}: ${text} }\n`);
  const [entry, list, map] = isReadable ? (value as [unknown, unknown[], Record<string, unknown>]) : [];
  return [entry, list?.[0], Object.keys(map ?? {})[0], Object.values(map ?? {})[0]];
};

describe('a text as a scalar', () => {
  it.each([
    'true',
    'FALSE',
    'Null',
    '~',
    '12',
    '1e3',
    '0x1F',
    '.inf',
    '',
    ' a',
    'a ',
    '- a',
    'a: b',
    'a #b',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '{',
    'a,b',
    "'",
    '"',
    '|',
    '>',
    '?',
  ])('is not %j without quotes', (text) => {
    expect(isPlain(text)).toBe(false);
    expect(scalarText(text, null)).toBe(JSON.stringify(text));
  });

  it.each(['customers', 'dim_customer', 'a-b', 'a.b', 'a b', 'yes', 'no', 'truex', 'é', 'a:b', 'a/b', '_'])(
    'is %s without quotes',
    (text) => {
      expect(scalarText(text, null)).toBe(text);
      expect(readBack(text)).toEqual([text, text, text, text]);
    },
  );

  it('is read back as it is, whatever it holds', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'aT01 .:-,#\'"{}[]&*!|>%@`?~\\$\n\té😀') });
    fc.assert(
      fc.property(texts, fc.constantFrom('"' as const, "'" as const, null), (text, quote) => {
        expect(readBack(scalarText(text, quote))).toEqual([text, text, text, text]);
      }),
      { numRuns: 500 },
    );
  });
});
