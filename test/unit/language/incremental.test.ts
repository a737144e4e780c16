import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, type Path, type SourceDocument } from '../../../daemon/definitions/document.ts';
import { parseIncrementally } from '../../../daemon/server/language/workspace/incremental.ts';

/** Everything that can be asked of a document. */
function everything(document: SourceDocument) {
  const ranges: unknown[] = [];
  const walk = (value: unknown, path: Path) => {
    for (const part of ['key', 'value'] as const) ranges.push([path, part, document.rangeOf(path, part)]);
    if (typeof value !== 'object' || value === null) return;
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) walk((value as Record<string | number, unknown>)[key], [...path, key]);
  };
  walk(document.value, []);
  for (const path of [['nothing'], ['pipelines', 9_999], ['pipelines', 0, 'nothing'], ['pipelines', 'x']]) {
    ranges.push([path, document.rangeOf(path, 'key'), document.rangeOf(path, 'value')]);
  }
  const diagnostics = [...document.diagnostics].sort((a, b) => a.line - b.line || a.column - b.column);
  return { value: document.value, isReadable: document.isReadable, diagnostics, ranges };
}

/** The same in all that can be asked; compared as text first, for there is much of it. */
function expectSame(actual: SourceDocument, expected: SourceDocument): void {
  const [ours, theirs] = [everything(actual), everything(expected)];
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) expect(ours).toEqual(theirs);
}

const isTakenApart = (document: SourceDocument) => document.constructor.name === 'ChunkedDocument';

const scalar = fc.constantFrom(
  'a',
  '"quoted # text"',
  "'it''s'",
  '12',
  '9007199254740993',
  'true',
  '',
  'two words # note',
  '{ a: 1, b: [x, "y"] }',
  '[1, 2]',
  '|\n      text\n        deeper\n\n      - no entry',
  '>-\n      folded\n      text',
  '"a\n      b"',
  'plain\n      goes on',
  '!!str 5',
  '"unclosed',
  '{ open: [',
  '*alias',
  '&anchor x',
  '😀',
);
const key = fc.constantFrom('name', 'timeout', 'pipeline_id', 'depends_on', '"quoted key"', 'name');
const lineOf = fc.tuple(key, scalar).map(([name, value]) => `${name}: ${value}`);
const between = fc.constantFrom('', '', '', '', '\n', '  # a note\n', '# left\n', '\n\n');
const entry = fc
  .tuple(fc.array(lineOf, { minLength: 1, maxLength: 4 }), between)
  .map(([lines, after]) => `  - ${lines.join('\n    ')}\n${after}`);
/** Mostly entries that are well formed, so that most files can be taken apart. */
const calmEntry = fc
  .tuple(fc.nat(999), between)
  .map(
    ([id, after]) =>
      `  - pipeline_id: p${id}\n    retry: { max_attempts: 3 }\n    depends_on:\n      - q\n${after}`,
  );
const head = fc.constantFrom(
  'job_name: x\n',
  '',
  '# first\ntags: [a]\n',
  'retry:\n  delay: 2s\n',
  'job_name: x\njob_name: y\n',
  '%YAML 1.2\n---\n',
);
const tail = fc.constantFrom(
  '',
  '',
  'stop_on_error: true\n',
  '# end\n',
  '\nretry: { delay: 2s }\n',
  'pipelines: []\n',
  '  stray\n',
);
const listHead = fc.constantFrom('pipelines:\n', 'pipelines: # these\n', 'pipelines:\n\n', 'pipelines: x\n');
const ending = fc.constantFrom('\n', '\n', '\r\n');

const file = fc
  .record({
    head,
    listHead,
    entries: fc.array(fc.oneof({ weight: 400, arbitrary: calmEntry }, { weight: 1, arbitrary: entry }), {
      minLength: 110,
      maxLength: 120,
    }),
    tail,
    ending,
  })
  .map((parts) =>
    `${parts.head}${parts.listHead}${parts.entries.join('')}${parts.tail}`.replaceAll('\n', parts.ending),
  );

const calmFile = fc
  .record({ entries: fc.array(calmEntry, { minLength: 110, maxLength: 120 }), tail, ending })
  .map((parts) =>
    `job_name: x\npipelines:\n${parts.entries.join('')}${parts.tail}`.replaceAll('\n', parts.ending),
  );

describe('parseIncrementally', () => {
  it('says of long files what parseDocument says', () => {
    let takenApart = 0;
    fc.assert(
      fc.property(file, (text) => {
        const document = parseIncrementally('/x.batch.yaml', text, undefined);
        if (isTakenApart(document)) takenApart += 1;
        expectSame(document, parseDocument('/x.batch.yaml', text));
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(takenApart).toBeGreaterThan(0);
  });

  it('says it after every edit', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(3),
      put: fc.constantFrom('x', '\n', '  ', '- ', ': ', '"', '#', '{', '}', '\t', '&a '),
    });
    let takenApart = 0;
    fc.assert(
      fc.property(calmFile, fc.array(edit, { minLength: 1, maxLength: 3 }), (start, edits) => {
        let text = start;
        let before = parseIncrementally('/x.batch.yaml', text, undefined);
        for (const { at, remove, put } of edits) {
          const offset = Math.floor(at * text.length);
          text = text.slice(0, offset) + put + text.slice(offset + remove);
          before = parseIncrementally('/x.batch.yaml', text, before);
          if (isTakenApart(before)) takenApart += 1;
          expectSame(before, parseDocument('/x.batch.yaml', text));
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
    expect(takenApart).toBeGreaterThan(0);
  });

  it('reads only the entry that changed', () => {
    const text = (name: string) =>
      `pipelines:\n${Array.from({ length: 300 }, (_, index) => `  - pipeline_id: ${index === 7 ? name : `p${index}`}\n    timeout: 1s\n`).join('')}`;
    const entriesOf = (document: SourceDocument) =>
      (document as unknown as { entries: ReadonlyMap<string, SourceDocument> }).entries;
    const before = parseIncrementally('/x.batch.yaml', text('a'), undefined);
    const known = new Set(entriesOf(before).values());
    const after = parseIncrementally('/x.batch.yaml', text('b'), before);
    expect([...entriesOf(after).values()].filter((entry) => !known.has(entry))).toHaveLength(1);
  });

  it('takes printed JSON apart too', () => {
    const operations = Array.from({ length: 150 }, (_, index) => ({
      type: 'command',
      name: `o${index}`,
      program: 'true',
      args: index % 3 === 0 ? [] : ['a', '}'],
      env: { A: `${index}` },
    }));
    for (const ending of ['\n', '\r\n']) {
      const printed = JSON.stringify({ job_name: 'x', operations, stop_on_error: true }, null, 2);
      const text = printed.replaceAll('\n', ending);
      const broken = [
        text,
        text.replace('"o7"', '"o7'),
        text.replace('"o7",', '"o7"'),
        text.replace('"name": "o7"', '"name": "o7", "name": 9007199254740993'),
        text.replace(`  },${ending}`, `  }${ending}`),
        text.replace(/\}(\r?\n {2}\],)/, '},$1'),
      ];
      expect(
        broken.map((each) => isTakenApart(parseIncrementally('/x.batch.json', each, undefined))),
      ).toEqual([true, false, false, true, false, false]);
      for (const each of broken) {
        const document = parseIncrementally('/x.batch.json', each, undefined);
        expectSame(document, parseDocument('/x.batch.json', each));
      }
    }
  });
});
