import { describe, expect, test } from 'vitest';
import type { SchemaType } from '../../../daemon/protocol/files/generation.ts';
import { isAba, isGtin13, isIban, isLoinc, isNpi, isPan } from './checkDigits.ts';
import { generated } from './generated.ts';

describe('the rules themselves', () => {
  test.each([
    ['pan', isPan, '4111111111111111', '4111111111111112'],
    ['npi', isNpi, '1234567893', '1234567894'],
    ['gtin', isGtin13, '4006381333931', '4006381333932'],
    ['aba', isAba, '021000021', '021000022'],
    ['iban', isIban, 'DE89370400440532013000', 'DE88370400440532013000'],
    ['loinc', isLoinc, '8480-6', '8480-7'],
  ])('%s: a known good number and its neighbour', (_, rule, good, bad) => {
    expect(rule(good)).toBe(true);
    expect(rule(bad)).toBe(false);
  });
});

describe('generated numbers', () => {
  test.each<[SchemaType, string, string, (text: string) => boolean]>([
    ['Retail', 'dim_product', 'gtin13', isGtin13],
    ['Finance', 'card', 'pan', isPan],
    ['Finance', 'account', 'iban', isIban],
    ['Finance', 'account', 'routing_number', isAba],
    ['Healthcare', 'provider', 'npi', isNpi],
  ])('%s %s.%s', async (schemaType, table, column, rule) => {
    const data = await generated(schemaType, 20_000, { tables: [table] });
    try {
      const found = (await data.texts(`select ${column} from ${table} where ${column} is not null`)).map(
        ([text]) => String(text),
      );
      expect(found.length).toBeGreaterThan(60);
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((text) => !rule(text))).toEqual([]);
    } finally {
      data.close();
    }
  });
});
