import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, plural, visible } from '../../../daemon/client/text.ts';
import { agreed } from '../../../daemon/protocol/countText.ts';
import { bar, fit, truncate, wrap } from '../../../daemon/cli/view/text.ts';

describe('text for a terminal', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 m'],
    [125_000, '2 m 05 s'],
    [1_800_000, '30 m'],
    [3_599_999, '1 h'],
    [3_720_000, '1 h 02 m'],
  ])('tells %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_048_570, '1.0 MiB'],
    [1_288_490_189, '1.2 GiB'],
  ])('tells %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('groups digits and chooses singular and plural', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatCount(999)).toBe('999');
    expect([plural(1, 'row'), plural(0, 'row'), plural(2000, 'entry', 'entries')]).toEqual([
      '1 row',
      '0 rows',
      '2,000 entries',
    ]);
  });

  it.each([
    [1, 'have NULL in the key', 'has NULL in the key'],
    [1, 'are only in the target', 'is only in the target'],
    [1, 'do not match [a-z] in code', 'does not match [a-z] in code'],
    [1, 'were loaded late', 'was loaded late'],
    [1, 'occur more than once', 'occurs more than once'],
    [2, 'occur more than once', 'occur more than once'],
    [0, 'have no member', 'have no member'],
  ])('says of %d things: %s', (count, what, said) => {
    expect(agreed(count, what)).toBe(said);
  });

  it('shows what would move the cursor, change colours or turn the reading direction', () => {
    expect(visible('a\u001b[31mred\u0007')).toBe('a\\u001b[31mred\\u0007');
    expect(visible('line\nbreak\ttab')).toBe('line\\nbreak\\ttab');
    expect(visible('abc\u202efdp.exe')).toBe('abc\\u202efdp.exe');
    expect(visible('Zoë 漢字 😀')).toBe('Zoë 漢字 😀');
  });

  it.each(['plain text that is long', '漢字漢字漢字漢字漢字', '😀😀😀😀😀😀', 'éééééééééééé'])(
    'cuts %s to terminal columns without splitting a character',
    (text) => {
      for (const width of [1, 2, 5, 8]) {
        expect(stringWidth(truncate(text, width))).toBeLessThanOrEqual(width);
        expect(stringWidth(fit(text, width))).toBe(width);
      }
      expect(truncate(text, 100)).toBe(text);
    },
  );

  it('wraps between words, and inside words that are longer than a line', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('a longword b', 4)).toEqual(['a', 'long', 'word', 'b']);
    expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字']);
    expect(wrap('', 5)).toEqual(['']);
  });

  it('draws a bar of exactly its width, whatever the share', () => {
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(7, 4), bar(-1, 4)]).toEqual([
      '░░░░',
      '██░░',
      '████',
      '████',
      '░░░░',
    ]);
  });
});
