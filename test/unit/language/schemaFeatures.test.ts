import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompletionItem, DocumentSymbol, TextEdit } from 'vscode-languageserver/node';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { completeKeys } from '../../../daemon/server/language/features/completeKeys.ts';
import { documentSymbols } from '../../../daemon/server/language/features/documentSymbols.ts';
import { foldingRanges } from '../../../daemon/server/language/features/foldingRanges.ts';
import { formatting } from '../../../daemon/server/language/features/formatting.ts';
import { hoverKeys } from '../../../daemon/server/language/features/hoverKeys.ts';
import { Workspace, type WorkspaceOptions } from './features/workspace.ts';

async function complete(name: string, marked: string, options: WorkspaceOptions = {}) {
  const workspace = new Workspace({ [name]: marked }, options);
  const part = await completeKeys(workspace.context, workspace.here);
  const items: readonly CompletionItem[] = part?.items ?? [];
  return {
    labels: items.map(({ label }) => label),
    items,
    /** The file with an item put in as a snippet with nothing typed into it. */
    accept: (label: string) => {
      const edit = items.find((item) => item.label === label)?.textEdit as TextEdit;
      const plain = edit.newText.replace(/\$\{\d+:([^}]*)\}|\$\d+/g, '$1');
      return TextDocument.applyEdits(workspace.file(name).text, [{ ...edit, newText: plain }]);
    },
  };
}

describe('completion of keys', () => {
  it.each([
    ['x.batch.yaml', '|', ['job_name', 'pipelines', 'retry']],
    ['x.batch.yaml', 'job_name: x\n|', ['pipelines', 'max_parallel']],
    ['x.batch.yaml', 'pipelines:\n  - pipeline_id: a\n    |\n', ['depends_on', 'timeout']],
    ['x.batch.yaml', 'pipelines:\n  - |\n', ['pipeline_id', 'name']],
    ['x.batch.yaml', 'retry: { | }', ['max_attempts', 'jitter']],
    ['x.batch.yaml', 'retry: {|', ['max_attempts', 'jitter']],
    ['x.batch.yaml', 'operations:\n  - { type: command, | }', ['program', 'args']],
    ['x.batch.json', '{ "retry": { "|" } }', ['max_attempts']],
    ['x.pipeline.yaml', 'source: { connection: a, | }', ['table', 'query', 'where']],
    ['x.pipeline.yaml', 'checks:\n  - row_hash:\n      |', ['max_diffs', 'decimals']],
    ['x.pipeline.yaml', 'checks:\n  - row_hash: { | }', ['max_diffs', 'decimals']],
    ['ombudsman.yaml', 'connections:\n  a:\n    type: postgres\n    |', ['host', 'password']],
    ['ombudsman.yaml', 'connections: { a: { type: files, | } }', ['path', 'format']],
    ['x.schema.yaml', '|', ['schema_name', 'tables', 'dictionaries']],
    ['x.schema.yaml', 'tables:\n  a:\n    |', ['rows', 'key', 'columns']],
    ['x.schema.yaml', 'tables: { a: { columns: { b: { | } } } }', ['reference', 'expression', 'null_rate']],
    ['x.schema.yaml', 'tables: { a: { columns: { b: { number: { | } } } } }', ['min', 'distribution']],
    ['ombudsman.yaml', 'connections: { a: { type: sqlserver, | } }', ['host', 'user', 'statement_timeout']],
    ['ombudsman.yaml', 'connections: { a: { type: snowflake, | } }', ['account', 'warehouse', 'token']],
  ])('in %s %j', async (name, marked, expected) => {
    const { labels } = await complete(name, marked);
    expect(labels).toEqual(expect.arrayContaining(expected));
  });

  it('leaves out what stands there already, and what another type has', async () => {
    const { labels } = await complete('ombudsman.yaml', 'connections:\n  a: { type: files, path: x, | }\n');
    expect(labels).toContain('format');
    expect(labels).not.toContain('path');
    expect(labels).not.toContain('host');
    expect((await complete('x.batch.yaml', 'job_name: a\njob|\n')).labels).not.toContain('job_name');
  });

  it('writes block style, flow style and a key before its colon', async () => {
    expect((await complete('x.batch.yaml', 'ret|')).accept('retry')).toBe('retry:\n  ');
    expect((await complete('x.batch.yaml', 'ta|')).accept('tags')).toBe('tags:\n  - ');
    expect((await complete('x.batch.yaml', 'pipelines: [{ pipeline_id: a, | }]')).accept('depends_on')).toBe(
      'pipelines: [{ pipeline_id: a, depends_on: [] }]',
    );
    expect((await complete('x.batch.yaml', 'pri|ority: 3\n')).accept('priority')).toBe('priority: 3\n');
    expect((await complete('x.batch.yaml', 'stop|')).accept('stop_on_error')).toBe('stop_on_error: false');
    expect((await complete('x.batch.yaml', 'max|')).accept('max_parallel')).toBe('max_parallel: ');
  });

  it('knows no snippets where the client knows none', async () => {
    const { items } = await complete('x.batch.yaml', '|', { client: { hasSnippets: false } });
    expect(items.map(({ textEdit }) => textEdit?.newText)).toContain('retry: ');
    expect(JSON.stringify(items)).not.toContain('$1');
  });

  it('says what a key is for', async () => {
    const { items } = await complete('x.batch.yaml', '|');
    const item = items.find(({ label }) => label === 'stop_on_error');
    expect(JSON.stringify(item?.documentation)).toContain('after a failed operation no further one begins');
  });
});

describe('completion of values', () => {
  it.each([
    ['x.batch.yaml', 'retry: { backoff: | }', ['exponential', 'fixed']],
    ['x.batch.yaml', 'retry:\n  backoff: |\n', ['exponential', 'fixed']],
    ['x.batch.yaml', 'retry:\n  backoff: "f|"\n', ['exponential', 'fixed']],
    ['x.batch.yaml', 'stop_on_error: |', ['false', 'true']],
    ['x.batch.yaml', 'items:\n  - schema_type: |\n', ['Retail', 'Finance', 'Healthcare']],
    ['x.batch.json', '{ "retry": { "backoff": | } }', ['"exponential"', '"fixed"']],
    [
      'ombudsman.yaml',
      'connections:\n  a: { type: | }\n',
      ['duckdb', 'sqlite', 'files', 'postgres', 'mysql', 'sqlserver', 'snowflake'],
    ],
    [
      'ombudsman.yaml',
      'connections:\n  a: { type: postgres, ssl: | }\n',
      ['require', 'verify-full', 'true', 'false'],
    ],
  ])('in %s %j', async (name, marked, expected) => {
    expect((await complete(name, marked)).labels).toEqual(expected);
  });

  it('puts a value into the quotes that are there, and leaves numbers out of them', async () => {
    const { accept } = await complete('x.batch.yaml', 'retry: { backoff: "f|" }');
    expect(accept('exponential')).toBe('retry: { backoff: "exponential" }');
    expect((await complete('x.batch.yaml', 'stop_on_error: "|"')).labels).toEqual([]);
  });

  it('offers a check by its name and with parameters', async () => {
    const { labels, accept } = await complete('x.pipeline.yaml', 'checks:\n  - |\n');
    expect(labels).toEqual(expect.arrayContaining(['row_count', 'row_count:', 'schema']));
    expect(parse(accept('row_count'))).toEqual({ checks: ['row_count'] });
    expect(accept('row_count:')).toBe('checks:\n  - row_count:\n    \n');
  });

  it('offers nothing where nothing may be begun', async () => {
    expect((await complete('x.batch.yaml', 'job_name: x # |')).labels).toEqual([]);
    expect((await complete('x.batch.yaml', 'description: >\n  te|xt\n')).labels).toEqual([]);
  });
});

describe('hover of keys', () => {
  const hover = async (name: string, marked: string) => {
    const workspace = new Workspace({ [name]: marked });
    const part = await hoverKeys(workspace.context, workspace.here);
    return part === null ? null : `${workspace.show(workspace.cursor.uri, part.range)} ${part.markdown}`;
  };

  it.each([
    [
      'x.batch.yaml',
      'max_par|allel: 3\n',
      /^x\.batch\.yaml 1:1 "max_parallel" Operations of this job at once/,
    ],
    [
      'x.batch.yaml',
      'retry: { "back|off": fixed }',
      /1:11 "backoff" .*One of `exponential`, `fixed`.*Default: `exponential`$/s,
    ],
    [
      'x.batch.yaml',
      'pipelines:\n  - pipeline_id: a\n    time|out: 3m\n',
      /"timeout" For this operation.* A duration/,
    ],
    ['x.batch.yaml', 'operations: [{ type: com|mand }]', /"command" Runs a program\./],
    ['x.pipeline.yaml', 'checks: [row_c|ount]', /"row_count" Both sides have the same number of rows\./],
    [
      'x.pipeline.yaml',
      'checks:\n  - row_hash: { max_|diffs: 3 }',
      /"max_diffs" Rows of the differences artifact/,
    ],
    ['x.batch.json', '{ "max_par|allel": 3 }', /"max_parallel" Operations of this job/],
    [
      'ombudsman.yaml',
      'connections: { a: { type: files, pa|th: x } }',
      /"path" Folder; a table is a file name/,
    ],
  ])('in %s %j', async (name, marked, expected) => {
    expect(await hover(name, marked)).toMatch(expected);
  });

  it('says nothing where the schema says nothing', async () => {
    expect(await hover('x.batch.yaml', 'nonsense|: 3\n')).toBeNull();
    expect(await hover('x.batch.yaml', 'job_name: x\n|\n')).toBeNull();
  });
});

describe('outline', () => {
  it('names entries by what they are, and gives no password away', async () => {
    const outline = async (name: string, source: string) => {
      const workspace = new Workspace({ [name]: `${source}|` });
      const symbols = (await documentSymbols(workspace.context, workspace.here)) as DocumentSymbol[];
      const lines = (list: readonly DocumentSymbol[], indent: string): string[] =>
        list.flatMap(({ name: label, detail, range, selectionRange, children = [] }) => {
          expect(range.start.line).toBeLessThanOrEqual(selectionRange.start.line);
          return [
            `${indent}${label}${detail === undefined ? '' : ` = ${detail}`} ${range.start.line + 1}-${range.end.line + 1}`,
            ...lines(children, `${indent}  `),
          ];
        });
      return lines(symbols, '');
    };
    expect(
      await outline(
        'x.batch.yaml',
        'job_name: a\npipelines:\n  - pipeline_id: p\n    timeout: 3s\n  - { name: n, pipeline_id: q }\n  - \ntags: [x, y]\n',
      ),
    ).toEqual([
      'job_name = a 1-1',
      'pipelines 2-6',
      '  p 3-4',
      '    pipeline_id = p 3-3',
      '    timeout = 3s 4-4',
      '  n 5-5',
      '    name = n 5-5',
      '    pipeline_id = q 5-5',
      '  #3 6-6',
      'tags 7-7',
      '  x 7-7',
      '  y 7-7',
    ]);
    const project = await outline(
      'ombudsman.yaml',
      'name: shop\nconnections:\n  pg: { type: postgres, password: hunter2 }\n',
    );
    expect(project).toContain('  pg 3-3');
    expect(project.join('\n')).not.toContain('hunter2');
  });

  it('is a flat list for clients that know no tree', async () => {
    const workspace = new Workspace(
      { 'x.batch.yaml': 'retry: { delay: 2s }\n|' },
      { client: { hasSymbolTree: false } },
    );
    expect(await documentSymbols(workspace.context, workspace.here)).toMatchObject([
      { name: 'retry', location: { uri: workspace.cursor.uri } },
      { name: 'delay', containerName: 'retry' },
    ]);
  });
});

describe('folding', () => {
  const folds = async (name: string, source: string) => {
    const workspace = new Workspace({ [name]: `${source}|` });
    return (await foldingRanges(workspace.context, workspace.here))?.map(
      ({ startLine, endLine, kind }) =>
        `${startLine + 1}-${endLine + 1}${kind === undefined ? '' : ` ${kind}`}`,
    );
  };

  it('follows the indentation of YAML, broken or not', async () => {
    expect(
      await folds(
        'x.batch.yaml',
        '# one\n# two\njob_name: x\npipelines:\n- pipeline_id: a\n  retry:\n    delay: 2s\n\n# alone\n- pipeline_id: [b\n  name: c\nretry:\n  delay: 2s\n\n\n',
      ),
    ).toEqual(['1-2 comment', '4-11', '5-7', '6-7', '10-11', '12-13']);
  });

  it('follows the brackets of JSON', async () => {
    expect(await folds('x.batch.json', '{\n  "tags": [\n    "a"\n  ]\n}\n')).toEqual([
      '2-3 array',
      '1-4 object',
    ]);
  });
});

describe('formatting', () => {
  const format = async (name: string, source: string, tabSize = 2) => {
    const workspace = new Workspace({ [name]: `${source}|` });
    const params = { ...workspace.here, options: { tabSize, insertSpaces: true } };
    const edits = await formatting(workspace.context, params);
    return edits === null ? null : { edits, text: TextDocument.applyEdits(workspace.file(name).text, edits) };
  };

  it('puts YAML in order and keeps its comments, its line ends and what it means', async () => {
    const source = "a:   1 # one\nb:\n- x\n- {y:   2,z: [1,2]}   \n\n\n\n# end\nc: 'q'\n";
    const done = await format('x.batch.yaml', source);
    expect(done?.text).toBe('a: 1 # one\nb:\n  - x\n  - { y: 2, z: [1, 2] }\n\n# end\nc: "q"\n');
    expect(parse(done!.text)).toEqual(parse(source));
    const windows = await format('x.batch.yaml', source.replaceAll('\n', '\r\n'));
    expect(windows?.text).toBe(done!.text.replaceAll('\n', '\r\n'));
    expect((await format('x.batch.yaml', 'a:\n  b: 1\n', 4))?.text).toBe('a:\n    b: 1\n');
  });

  it('changes only lines that differ, and nothing in what is in order or broken', async () => {
    const done = await format('x.batch.yaml', 'a: 1\nb:   2\nc: 3\n');
    expect(done?.edits).toEqual([
      { range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, newText: 'b: 2\n' },
    ]);
    expect((await format('x.batch.yaml', 'a: 1\n\n\n\n'))?.text).toBe('a: 1\n');
    expect((await format('x.batch.yaml', 'a: 1'))?.text).toBe('a: 1\n');
    expect((await format('x.batch.yaml', 'a: 1\n'))?.edits).toEqual([]);
    expect(await format('x.batch.yaml', 'a: [1\nb: {')).toBeNull();
  });

  it('puts JSON in order', async () => {
    expect((await format('x.batch.json', '{"a":1,\n"b":[2]}'))?.text).toBe(
      '{\n  "a": 1,\n  "b": [\n    2\n  ]\n}',
    );
  });
});
