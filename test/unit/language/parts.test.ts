import fc from 'fast-check';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { HeaderReader, withHeader } from '../../../daemon/client/messageHeaders.ts';
import type { InitializeParams } from 'vscode-languageserver/node';
import { pathOf, readFolders } from '../../../daemon/server/language/clientProfile.ts';
import { KnownFacts } from '../../../daemon/server/language/knownFacts.ts';
import { settingsAfterChange, settingsOfInitialize } from '../../../daemon/server/language/settings.ts';
import { discover } from '../../../daemon/server/language/workspace/discovery.ts';
import { WorkspaceNotice } from '../../../daemon/server/language/workspaceNotice.ts';
import { yamlScalar } from '../../../daemon/server/language/yamlScalar.ts';

describe('HeaderReader', () => {
  const read = (pieces: readonly Buffer[]) => {
    const texts: string[] = [];
    const garbage: string[] = [];
    const reader = new HeaderReader(
      (text) => texts.push(text),
      (what) => garbage.push(what),
    );
    for (const piece of pieces) reader.read(piece);
    return { texts, garbage };
  };

  it('gives back what was framed, however it was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 })),
        fc.array(fc.nat(60)),
        (sent, cuts) => {
          // Lone surrogates have no bytes of their own.
          const texts = sent.map((text) => Buffer.from(text).toString());
          const bytes = Buffer.from(texts.map(withHeader).join(''));
          const pieces: Buffer[] = [];
          let from = 0;
          for (const length of cuts) {
            pieces.push(bytes.subarray(from, from + length));
            from += length;
          }
          pieces.push(bytes.subarray(from));
          expect(read(pieces)).toEqual({ texts, garbage: [] });
        },
      ),
    );
  });

  it('goes on behind garbage', () => {
    const after = Buffer.from(withHeader('{"id":1}'));
    const noise = [
      'GET / HTTP/1.1\r\n\r\n',
      'Content-Length: abc\r\n\r\n',
      'x'.repeat(20_000),
      'Content-Type: a\r\n\r\n',
    ];
    for (const each of noise) {
      const { texts, garbage } = read([Buffer.from(each), after]);
      expect(texts).toEqual(['{"id":1}']);
      expect(garbage.length + Number(each.startsWith('x'))).toBeGreaterThan(0);
    }
  });

  it('takes other headers and any case', () => {
    const text = 'content-length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}';
    expect(read([Buffer.from(text)]).texts).toEqual(['{}']);
  });
});

describe('yamlScalar', () => {
  it('is read as the very text', () => {
    const words = [
      'true',
      'null',
      '~',
      '1e3',
      '0x1f',
      '.5',
      '-',
      '? a',
      'a: b',
      'a #b',
      '# a',
      '[',
      'ok',
      'a b',
      '.inf',
      '',
      '1_000',
      'yes',
      'é',
      '=',
      '<<',
      '%',
      '-1',
      'a:',
    ];
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...words)), (text) => {
        expect(parse(`- ${yamlScalar(text)}`)).toEqual([text]);
        expect(parse(`[${yamlScalar(text)}]`)).toEqual([text]);
        expect(parse(`{ k: ${yamlScalar(text)} }`)).toEqual({ k: text });
      }),
      { numRuns: 500 },
    );
    expect(yamlScalar('customer_id')).toBe('customer_id');
  });
});

describe('paths and folders', () => {
  it('come from file URIs only', () => {
    expect(pathOf('file:///a%20b/x.yaml')).toBe('/a b/x.yaml');
    expect(pathOf('file:///a/')).toBe('/a');
    expect(pathOf('file:///')).toBe('/');
    expect(pathOf('untitled:Untitled-1')).toBeNull();
    expect(pathOf('file://host/%ZZ')).toBeNull();
  });

  it('are those of the workspace, else the root', () => {
    const folders = (params: Partial<InitializeParams>) => readFolders(params as InitializeParams);
    expect(
      folders({
        workspaceFolders: [
          { uri: 'file:///a', name: 'a' },
          { uri: 'vscode-vfs://b', name: 'b' },
        ],
      }),
    ).toEqual(['/a']);
    expect(folders({ workspaceFolders: null, rootUri: 'file:///r' })).toEqual(['/r']);
    expect(folders({ workspaceFolders: [], rootUri: 'file:///r' })).toEqual([]);
    expect(folders({ rootUri: null, rootPath: '/p' })).toEqual(['/p']);
    expect(folders({ rootUri: null })).toEqual([]);
  });
});

describe('settings', () => {
  it('have defaults, and both spellings', () => {
    const preset = { isTrusted: true, codeLens: true, showResults: true };
    expect(settingsOfInitialize(undefined)).toEqual(preset);
    expect(settingsOfInitialize({ isTrusted: 'yes' })).toEqual(preset);
    expect(settingsOfInitialize({ isTrusted: false, showResults: false })).toEqual({
      isTrusted: false,
      codeLens: true,
      showResults: false,
    });
    const nested = { ombudsman: { codeLens: { enabled: false }, results: { showInEditor: false } } };
    expect(settingsAfterChange(preset, nested)).toEqual({ ...preset, codeLens: false, showResults: false });
    expect(settingsAfterChange(preset, { codeLens: false })).toEqual({ ...preset, codeLens: false });
    expect(settingsAfterChange({ ...preset, isTrusted: false }, null)).toEqual({
      ...preset,
      isTrusted: false,
    });
  });
});

describe('discover', () => {
  let dir: string;
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-discovery-')));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const write = (name: string) => {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), '');
  };

  it('finds projects and batch files, and enters neither hidden folders nor packages nor links', async () => {
    for (const name of [
      'ombudsman.yaml',
      'a/b/ombudsman.yaml',
      'a/x.batch.yml',
      'a/y.batch.json',
      'a/z.pipeline.yaml',
      'node_modules/p/ombudsman.yaml',
      '.git/ombudsman.yaml',
    ])
      write(name);
    symlinkSync(dir, join(dir, 'a/loop'));
    expect(await discover([dir, join(dir, 'a')])).toEqual({
      projectDirs: [dir, join(dir, 'a/b')],
      batchFiles: [join(dir, 'a/x.batch.yml'), join(dir, 'a/y.batch.json')],
      isPartial: false,
    });
    expect(await discover([join(dir, 'nothing')])).toEqual({
      projectDirs: [],
      batchFiles: [],
      isPartial: false,
    });
  });

  it('says so when it did not look everywhere', async () => {
    write(`${'d/'.repeat(30)}ombudsman.yaml`);
    expect(await discover([dir])).toEqual({ projectDirs: [], batchFiles: [], isPartial: true });
  });
});

describe('KnownFacts', () => {
  it('asks once until the host says that it changed, and takes a failing host for one that knows nothing', async () => {
    vi.useFakeTimers();
    try {
      let tell: (dir: string) => void = () => undefined;
      let asked = 0;
      const changes = vi.fn();
      const facts = new KnownFacts(
        {
          results: async () => {
            asked += 1;
            throw new Error('gone');
          },
          catalog: async () => null,
          onDidChange: (listener) => {
            tell = listener;
            return () => {
              tell = () => undefined;
            };
          },
        },
        changes,
      );
      expect([await facts.results('/a'), await facts.results('/a'), await facts.projects()]).toEqual([
        null,
        null,
        [],
      ]);
      expect(asked).toBe(1);
      tell('/b');
      await facts.results('/a');
      expect(asked).toBe(1);
      tell('/a');
      tell('/a');
      await facts.results('/a');
      expect(asked).toBe(2);
      vi.runAllTimers();
      expect(changes).toHaveBeenCalledTimes(1);
      facts.end();
      tell('/a');
      vi.runAllTimers();
      expect(changes).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('WorkspaceNotice', () => {
  it('tells who asked, only of other contents, and every 200 ms at most', () => {
    vi.useFakeTimers();
    try {
      const told = vi.fn();
      const notice = new WorkspaceNotice(told);
      const contents = (file: string) => ({
        projects: [],
        batch_files: [
          {
            file,
            project_dir: null,
            job_name: null,
            job_type: null,
            operations: null,
            parameters: [],
            has_errors: false,
          },
        ],
      });
      expect(notice.isWanted).toBe(false);
      notice.seen(contents('a'));
      notice.answered(contents('a'));
      notice.seen(contents('a'));
      vi.runAllTimers();
      expect(told).not.toHaveBeenCalled();
      notice.seen(contents('b'));
      vi.advanceTimersByTime(0);
      expect(told).toHaveBeenCalledTimes(1);
      notice.seen(contents('c'));
      notice.seen(contents('d'));
      vi.advanceTimersByTime(199);
      expect(told).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(1);
      expect(told).toHaveBeenCalledTimes(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
