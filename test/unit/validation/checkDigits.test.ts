import { describe, expect, it } from 'vitest';
import { hasCheckDigit, type ChecksumKind } from '../../../daemon/engine/validation/checkDigits.ts';
import { checksumKinds } from '../../../daemon/protocol/files/checks/domain.ts';

/** Numbers from the standards themselves and from test ranges. */
const good: Readonly<Record<ChecksumKind, readonly string[]>> = {
  luhn: ['4539 1488 0343 6467', '79927398713', '0000'],
  npi: ['1234567893', '1245319599'],
  iban: ['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819', 'NO9386011117947'],
  aba: ['021000021', '011401533'],
  isin: ['US0378331005', 'DE0007164600', 'GB0002634946'],
  gtin: ['4006381333931', '036000291452', '96385074', '00012345600012'],
  icd10: ['A00.0', 'U07.1', 'E11', 'S72.001A', 'C7A.1'],
};

describe.each(checksumKinds)('%s', (kind) => {
  it('knows good ones', () => {
    for (const text of good[kind]) expect(hasCheckDigit(text, kind), text).toBe(true);
  });

  it('refuses every other check digit, other lengths, letters and nothing', () => {
    for (const text of good[kind]) {
      expect(hasCheckDigit(`${text}!`, kind), `${text}!`).toBe(false);
      if (kind === 'icd10') continue;
      const bare = text.replaceAll(' ', '');
      // The check digit is the last one, of an IBAN those behind the country.
      const at = kind === 'iban' ? 3 : bare.length - 1;
      for (const digit of '0123456789') {
        if (digit === bare[at]) continue;
        const wrong = bare.slice(0, at) + digit + bare.slice(at + 1);
        expect(hasCheckDigit(wrong, kind), wrong).toBe(false);
      }
    }
    expect(hasCheckDigit('', kind)).toBe(false);
    expect(hasCheckDigit('x', kind)).toBe(false);
  });
});

describe('shapes', () => {
  it('count as much as digits', () => {
    expect(hasCheckDigit('3234567891', 'npi')).toBe(false);
    expect(hasCheckDigit('000000000', 'aba')).toBe(false);
    expect(hasCheckDigit('de89370400440532013000', 'iban')).toBe(false);
    expect(hasCheckDigit('A000', 'icd10')).toBe(false);
    expect(hasCheckDigit('1A0.0', 'icd10')).toBe(false);
  });
});
