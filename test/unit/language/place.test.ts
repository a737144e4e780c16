import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import type { DefinitionFile } from '../../../daemon/server/language/files.ts';
import { locate } from '../../../daemon/server/language/place.ts';

/** A file with `¦` where the cursor stands. */
function placeIn(marked: string, format: 'yaml' | 'json' = 'yaml') {
  const offset = marked.indexOf('¦');
  const source = marked.replace('¦', '');
  const text = TextDocument.create('file:///x', format, 1, source);
  const file: DefinitionFile = {
    uri: 'file:///x',
    path: '/x',
    kind: 'batch',
    format,
    text,
    document: parseDocument('/x', source),
    version: 1,
  };
  const place = locate(file, text.positionAt(offset));
  if (place === null) return null;
  expect(text.getText(place.range)).toBe(place.text);
  return `${place.part} ${place.path.join('.')} "${place.text}" ${place.prefix.length}${place.quote ?? ''}${place.isFlow ? ' flow' : ''}`;
}

describe('locate', () => {
  it.each([
    ['na¦me: shop\n', 'key name "name" 2'],
    ['name: sh¦op\n', 'value name "shop" 2'],
    ['name: "sh¦op"\n', 'value name "shop" 2"'],
    ["name: ¦'shop'\n", `value name "shop" 0'`],
    ["name: 'shop'¦\n", `value name "shop" 4'`],
    ['name: "sh¦op\n', 'value name "shop\n" 2"'],
    ['name: ¦\n', 'value name "" 0'],
    ['name: ¦', 'value name "" 0'],
    ['name:¦\n', null],
    ['name: shop # no¦te\n', null],
    ['name: "a # b¦"\n', 'value name "a # b" 5"'],
    ['name: "a # b" ¦\n', null],
    ['# no¦te\nname: shop\n', null],
    ['', 'key  "" 0'],
    ['na¦', 'key na "na" 2'],
    ['name: shop\n¦', 'key  "" 0'],
    ['name: shop\npip¦', 'key pip "pip" 3'],
    ['name: shop\n¦\npipelines: []\n', 'key  "" 0'],
    ['name: 😀¦\n', 'value name "😀" 2'],
  ])('finds %j', (marked, expected) => {
    expect(placeIn(marked === '' ? '¦' : marked)).toBe(expected);
  });

  it.each([
    ['source:\n  connection: d¦b\n', 'value source.connection "db" 1'],
    ['source:\n  connection: db\n  ¦\ntarget: {}\n', 'key source. "" 0'],
    ['source:\n  connection: db\n  ta¦\ntarget: {}\n', 'key source.ta "ta" 2'],
    ['source:\n  ¦\ntarget: {}\n', 'key source. "" 0'],
    ['source:\n  con¦\ntarget: {}\n', 'key source.con "con" 3'],
    ['source:\n  connection: ¦\ntarget: {}\n', 'value source.connection "" 0'],
    ['source:\n  connection: db\n¦\ntarget: {}\n', 'key  "" 0'],
    ['source: db\n  ¦\n', null],
  ])('finds in mappings %j', (marked, expected) => {
    expect(placeIn(marked)).toBe(expected);
  });

  it.each([
    ['keys:\n  - a\n  - ¦\n', 'value keys.1 "" 0'],
    ['keys:\n  - a¦\n', 'value keys.0 "a" 1'],
    ['keys:\n- a\n- b¦b\n', 'value keys.1 "bb" 1'],
    ['pipelines:\n  - pipeline_id: a\n    ¦\n', 'key pipelines.0. "" 0'],
    ['pipelines:\n  - pipeline_id: a\n    dep¦\n  - pipeline_id: b\n', 'key pipelines.0.dep "dep" 3'],
    ['pipelines:\n  - pipeline_id: ¦\n  - pipeline_id: b\n', 'value pipelines.0.pipeline_id "" 0'],
    ['pipelines:\n  - pipeline_id: a\n    ¦\n  - pipeline_id: b\n', 'key pipelines.0. "" 0'],
    ['pipelines:\n  - pipeline_id: a\n  - ¦\n  - pipeline_id: b\n', 'value pipelines.1 "" 0'],
    ['pipelines:\n  - pi¦\n', 'value pipelines.0 "pi" 2'],
    ['pipelines:\n  - pipeline_id: a\n  - pipe¦line_id: b\n', 'key pipelines.1.pipeline_id "pipeline_id" 4'],
    ['checks:\n  - rule:\n      sql: |\n        a > ${param:x¦}\n', 'value checks.0.rule.sql'],
    [
      'pipelines:\n  - depends_on:\n      - a\n      - ¦\n    name: x\n',
      'value pipelines.0.depends_on.1 "" 0',
    ],
  ])('finds in lists %j', (marked, expected) => {
    expect(placeIn(marked)).toMatch(expected);
  });

  it.each([
    ['source: { connection: leg¦', 'value source.connection "leg" 3 flow'],
    ['source: { connection: leg¦ }\ntarget: 1\n', 'value source.connection "leg" 3 flow'],
    ['source: { connection: ¦ }\ntarget: 1\n', 'value source.connection "" 0 flow'],
    ['source: { connection: ¦, table: t }\n', 'value source.connection "" 0 flow'],
    ['source: { ¦ }\n', 'key source. "" 0 flow'],
    ['source: {¦}\n', 'key source. "" 0 flow'],
    ['source: { connection: db, ¦ }\n', 'key source. "" 0 flow'],
    ['source: { connection: db, ta¦ }\n', 'key source.ta "ta" 2 flow'],
    ['source: { connection: db ¦ }\n', null],
    ['keys: [¦]\n', 'value keys.0 "" 0 flow'],
    ['keys: [a, ¦]\n', 'value keys.1 "" 0 flow'],
    ['keys: [a, b¦]\n', 'value keys.1 "b" 1 flow'],
    ['keys: [a, ¦, c]\n', 'value keys.1 "" 0 flow'],
    ['pipelines:\n  - { pipeline_id: a, depends_on: [¦] }\n', 'value pipelines.0.depends_on.0 "" 0 flow'],
    ['source: {\n  connection: db,\n  ¦\n}\n', 'key source. "" 0 flow'],
    ['source: { connection: db } ¦\n', null],
  ])('finds in flow style %j', (marked, expected) => {
    expect(placeIn(marked)).toBe(expected);
  });

  it.each([
    ['{ "pipelines": [ { "pipeline_id": "a¦" } ] }', 'value pipelines.0.pipeline_id "a" 1" flow'],
    ['{ "pipelines": [ { "pipeline_id": "¦" } ] }', 'value pipelines.0.pipeline_id "" 0" flow'],
    ['{ "pipelines": [ { "pipe¦" } ] }', 'key pipelines.0.pipe "pipe" 4" flow'],
    ['{ "pipelines": [ { "pipeline_id": ¦ } ] }', 'value pipelines.0.pipeline_id "" 0 flow'],
    ['{\n  "job_name": "x",\n  ¦\n}', 'key  "" 0 flow'],
    ['{\n  "tags": ["a", "b¦"]\n}', 'value tags.1 "b" 1" flow'],
  ])('finds in JSON %j', (marked, expected) => {
    expect(placeIn(marked, 'json')).toBe(expected);
  });

  it('finds entries of a long list by their place in the file', () => {
    const entries = Array.from(
      { length: 300 },
      (_, index) => `  - pipeline_id: p${index}\n    timeout: 30m\n`,
    );
    const at = (index: number, entry: string) =>
      placeIn(`job_name: x\npipelines:\n${entries.toSpliced(index, 1, entry).join('')}stop_on_error: true\n`);
    expect(at(200, '  - pipeline_id: p¦\n')).toBe('value pipelines.200.pipeline_id "p" 1');
    expect(at(0, '  - pipeline_id: ¦\n')).toBe('value pipelines.0.pipeline_id "" 0');
    expect(at(299, '  - pipeline_id: a\n    dep¦\n')).toBe('key pipelines.299.dep "dep" 3');
    expect(placeIn(`job_n¦ame: x\npipelines:\n${entries.join('')}`)).toBe('key job_name "job_name" 5');
    expect(placeIn(`job_name: x\npipelines:\n${entries.join('')}stop¦\n`)).toBe('key stop "stop" 4');
    expect(placeIn(`job_name: x\npipelines:\n${entries.join('')}¦`)).toBe('key  "" 0');
  });
});
