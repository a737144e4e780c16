import { describe, expect, it } from 'vitest';
import { listed, sentence } from '../../../../extension/commands/words.ts';

describe('a sentence', () => {
  it.each([
    ['mend the definition and send it again', 'Mend the definition and send it again.'],
    ['Already one.', 'Already one.'],
    ['is it?', 'Is it?'],
    ['two\n  lines', 'Two lines.'],
    ['daily.batch.yaml:4:5: unknown pipeline', 'daily.batch.yaml:4:5: unknown pipeline.'],
    ['${secret:PG} has no value', '${secret:PG} has no value.'],
    ['give “x”', 'Give “x”.'],
  ])('of %j is %j', (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });
});

describe('a list of names', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('of %j is %j', (names, expected) => {
    expect(listed(names)).toBe(expected);
  });
});
