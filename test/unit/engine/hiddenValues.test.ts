import { describe, expect, it } from 'vitest';
import { HiddenValues } from '../../../daemon/engine/operations/hiddenValues.ts';

function through(values: string[], ...pieces: (string | Buffer)[]): string {
  const hiding = new HiddenValues(values);
  const out = pieces.map((piece) => hiding.push(Buffer.from(piece as string)));
  return Buffer.concat([...out, hiding.end()]).toString('utf8');
}

describe('HiddenValues', () => {
  it('hides a value wherever it is torn', () => {
    const text = 'before p.w$(x)é after p.w$(x)é';
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const out = through(['p.w$(x)é'], bytes.subarray(0, cut), bytes.subarray(cut));
      expect(out).toBe('before [secret] after [secret]');
    }
    expect(through(['p.w$(x)é'], ...Array.from(bytes, (byte) => Buffer.from([byte])))).toBe(
      'before [secret] after [secret]',
    );
  });

  it('takes the longer of two values that begin alike, in whichever pieces they come', () => {
    for (let cut = 0; cut <= 8; cut += 1) {
      const text = 'abcdefgh';
      expect(through(['abcd', 'abcdefgh'], text.slice(0, cut), text.slice(cut))).toBe('[secret]');
    }
    expect(through(['abcd', 'abcdefgh'], 'abcdef')).toBe('[secret]ef');
    expect(through(['xabc', 'bcde'], 'xabc', 'de')).toBe('[secret]de');
    expect(through(['bcde', 'xabc'], 'xab', 'cde bcd', 'e')).toBe('[secret]de [secret]');
  });

  it('leaves everything else as it was, byte by byte', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const hiding = new HiddenValues(['secret-value', 'no', '']);
    expect(Buffer.concat([hiding.push(bytes), hiding.push(bytes), hiding.end()])).toEqual(
      Buffer.concat([bytes, bytes]),
    );
    expect(through(['secret-value'], 'no secret-valu')).toBe('no secret-valu');
    expect(through([], 'anything')).toBe('anything');
  });

  it('keeps nothing back that cannot become a value', () => {
    const hiding = new HiddenValues(['secret-value']);
    expect(hiding.push(Buffer.from('line\nsec')).toString()).toBe('line\n');
    expect(hiding.push(Buffer.from('ond\n')).toString()).toBe('second\n');
  });
});
