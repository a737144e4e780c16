import fc from 'fast-check';
import { format } from 'prettier/standalone';
import * as yaml from 'prettier/plugins/yaml';
import { describe, expect, it } from 'vitest';
import { formatInPieces } from '../../../../daemon/server/language/features/formatPieces.ts';

let formattedChars = 0;
const whole = (tabWidth: number) => (text: string) => {
  formattedChars += text.length;
  return format(text, {
    parser: 'yaml',
    plugins: [yaml],
    printWidth: 110,
    proseWrap: 'preserve',
    endOfLine: 'auto',
    tabWidth,
  });
};

const scalar = fc.constantFrom(
  'a',
  '"quoted # text"',
  "'it''s'",
  "'single'",
  '12',
  '',
  '  two words   # note',
  '{a: 1,   b: [x, "y"]}',
  '[ 1,2 ]',
  `[${'"long text in a list", '.repeat(7)}]`,
  '|\n        text\n          deeper\n\n        - no entry',
  '|+\n        kept\n\n',
  '|\n        text\n\n',
  '>-\n        folded\n        text',
  '"a\n        b"',
  'plain\n        goes on',
  '!!str 5',
  '\n      # note\n      - x\n      -   y: 1\n          z: 2',
  '\n        deep: {  }',
);
const between = fc.constantFrom(
  '',
  '',
  '',
  '\n',
  '\n\n\n',
  '  # a note\n',
  '\n  # a note\n\n',
  '    # deeper\n',
  '   \n',
);
const entries = (indent: string) =>
  fc.array(
    fc
      .tuple(fc.array(scalar, { minLength: 1, maxLength: 3 }), between, fc.nat(9999))
      .map(
        ([values, after, n]) =>
          `${indent}- name: op ${n}\n${values.map((value, i) => `${indent}  key${i}: ${value}\n`).join('')}${after}`,
      ),
    { minLength: 250, maxLength: 320 },
  );
const batch = fc
  .constantFrom('', '  ', '    ')
  .chain((indent) =>
    fc
      .tuple(
        fc.constantFrom('', '# about\njob_name:   x\n\n\n', 'tags: [a,b]\n'),
        fc.constantFrom('', '   # of the list', '\n', '\n  # first\n'),
        entries(indent),
        fc.constantFrom(
          '',
          '\n',
          '\nmax_parallel:   3\n',
          'tags:\n- x\n',
          '# the end\n',
          '\n# about the last\nlast: 1\n',
        ),
      )
      .map(([start, afterKey, list, end]) => `${start}pipelines:${afterKey}\n${list.join('')}${end}`),
  );

describe('formatting in pieces', () => {
  it('makes of a text what formatting it whole makes', async () => {
    let inPieces = 0;
    await fc.assert(
      fc.asyncProperty(batch, fc.constantFrom(2, 4), async (text, tabWidth) => {
        const expected = await whole(tabWidth)(text).catch(() => 'broken');
        const actual = await formatInPieces(text, tabWidth, whole(tabWidth)).catch(() => null);
        if (actual === null) return;
        inPieces += 1;
        if (actual === expected) return;
        const [ours, theirs] = [actual.split('\n'), expected.split('\n')];
        const at = ours.findIndex((line, index) => line !== theirs[index]);
        const around = (lines: string[]) => lines.slice(Math.max(0, at - 6), at + 6).join('\n');
        expect(around(ours)).toBe(around(theirs));
      }),
      // About a third of the texts can be cut: of so many, more than five in all likelihood.
      { numRuns: 75 },
    );
    expect(inPieces).toBeGreaterThan(5);
  }, 120_000);

  const long = (changed: string) => {
    const lines = Array.from(
      { length: 1250 },
      (_, n) => `  - pipeline_id: p${n}\n    name:  op ${n}\n    timeout: 30m\n    tags: []\n`,
    );
    lines[700] = changed;
    return `job_name: big\npipelines:\n${lines.join('')}`;
  };

  it('formats only what has changed since', async () => {
    const text = long('  - pipeline_id: a\n');
    expect(await formatInPieces(text, 2, whole(2))).toBe(await whole(2)(text));
    for (const changed of ['  - pipeline_id:   b\n', '  - pipeline_id: b\n  - { pipeline_id:   c }\n', '']) {
      const next = long(changed);
      formattedChars = 0;
      const formatted = await formatInPieces(next, 2, whole(2));
      expect(formattedChars).toBeLessThan(text.length / 5);
      expect(formatted).toBe(await whole(2)(next));
    }
  });

  it.each([
    ['short ones', 'pipelines:\n  - a: 1\n'],
    ['those with anchors', long('  - &a { b: 1 }\n')],
    ['other line ends', long('  - a: 1\n').replaceAll('\n', '\r\n')],
    ['those with prettier-ignore', long('  # prettier-ignore\n  - a:    1\n')],
    ['what ends in a comment', `${long('  - a: 1\n')}  # of whom\n`],
  ])('leaves %s whole', async (_name, text) => {
    expect(await formatInPieces(text, 2, whole(2))).toBeNull();
  });
});
