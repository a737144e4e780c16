import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkFamilies } from '../../../daemon/protocol/files/checkFamilies.ts';
import { checkKinds } from '../../../daemon/protocol/files/checks.ts';
import { checksDocPath, withGeneratedPart } from '../../../tools/checksDoc.ts';

const text = readFileSync(checksDocPath, 'utf8');

describe('docs/checks.md', () => {
  it('is what node tools/checksDoc.ts writes', () => {
    expect(withGeneratedPart(text)).toBe(text);
  });

  it('turns stale with any word of it, and is made anew from its marks alone', () => {
    const old = text.replace('**`row_count`**', '**`rows`**');
    expect(old).not.toBe(text);
    expect(withGeneratedPart(old)).toBe(text);
    expect(() => withGeneratedPart('# Checks')).toThrow(/marks/);
  });

  it('has every check in one family', () => {
    const listed = checkFamilies.flatMap(({ kinds }) => kinds);
    expect([...listed].sort()).toEqual([...checkKinds].sort());
  });
});
