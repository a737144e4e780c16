import { describe, expect, it, vi } from 'vitest';
import { ResponseError } from 'vscode-languageserver/node';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';
import type { FeatureTable, HoverPart } from '../../../daemon/server/language/features/feature.ts';
import { emptyHost } from '../../../daemon/server/language/host.ts';
import { createLanguageServer } from '../../../daemon/server/language/server.ts';
import { createTextConnection } from '../../../daemon/server/language/textConnection.ts';

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly message?: string; readonly type?: number };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const here = { textDocument: { uri: 'file:///nowhere/x.batch.yaml' }, position: range.start };

function serve(table: Partial<FeatureTable>) {
  const answers: Answer[] = [];
  const exits: number[] = [];
  let deliver: (text: string) => void = () => undefined;
  const connection = createTextConnection(
    {
      send: (text) => answers.push(JSON.parse(text) as Answer),
      onMessage: (listener) => {
        deliver = listener;
      },
    },
    (code) => exits.push(code),
  );
  const none: FeatureTable = {
    completion: [],
    hover: [],
    diagnostics: [],
    codeActions: [],
    codeLenses: [],
    background: [],
  };
  const server = createLanguageServer(connection, emptyHost, {
    disk: nodeReader,
    table: { ...none, ...table },
  });
  const send = (message: Record<string, unknown>) => deliver(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return {
    send,
    exits,
    answers,
    end: () => server.end(),
    answer: (id: number) =>
      vi.waitFor(() => {
        const found = answers.find((each) => each.id === id);
        if (found === undefined) throw new Error(`no answer to ${id}`);
        return found;
      }),
  };
}

describe('a fault in a feature', () => {
  it('is an error for the client and a line in its log, and the server goes on', async () => {
    let isBroken = true;
    const server = serve({
      hover: [
        () => {
          if (isBroken) throw new TypeError('a bug of ours');
          return { markdown: 'well', range };
        },
      ],
    });
    server.send({
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    expect(await server.answer(1)).toMatchObject({ result: { capabilities: { hoverProvider: true } } });
    server.send({ id: 2, method: 'textDocument/hover', params: here });
    expect((await server.answer(2)).error).toEqual({ code: -32603, message: 'hover failed: a bug of ours' });
    const logged = server.answers.find(({ method }) => method === 'window/logMessage');
    expect(logged?.params).toMatchObject({
      type: 1,
      message: expect.stringContaining('TypeError') as string,
    });
    isBroken = false;
    server.send({ id: 3, method: 'textDocument/hover', params: here });
    expect((await server.answer(3)).result).toEqual({ contents: { kind: 'markdown', value: 'well' }, range });
    server.end();
  });

  it('in more diagnostics leaves the definitions as they are', async () => {
    const server = serve({ diagnostics: [() => Promise.reject(new Error('no'))] });
    server.send({
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    server.send({ method: 'initialized', params: {} });
    const textDocument = {
      uri: here.textDocument.uri,
      languageId: 'yaml',
      version: 1,
      text: 'nonsense: 1\n',
    };
    server.send({ method: 'textDocument/didOpen', params: { textDocument } });
    const published = await vi.waitFor(() => {
      const found = server.answers.find(({ method }) => method === 'textDocument/publishDiagnostics');
      if (found === undefined) throw new Error('nothing published');
      return found;
    });
    expect(JSON.stringify(published.params)).toContain('unknown_key');
    server.end();
  });
});

describe('a refusal in so many words', () => {
  it('reaches the client as it is', async () => {
    const server = serve({ rename: () => Promise.reject(new ResponseError(-32803, 'that name is taken')) });
    server.send({ id: 1, method: 'textDocument/rename', params: { ...here, newName: 'x' } });
    expect((await server.answer(1)).error).toMatchObject({ code: -32803, message: 'that name is taken' });
    server.end();
  });
});

describe('a request the client does not want any more', () => {
  it('is answered as cancelled, and its work not given back', async () => {
    let finish: (part: HoverPart) => void = () => undefined;
    let asked = 0;
    const server = serve({
      hover: [
        () => {
          asked += 1;
          return new Promise<HoverPart>((resolve) => {
            finish = resolve;
          });
        },
      ],
    });
    server.send({ id: 1, method: 'textDocument/hover', params: here });
    server.send({ method: '$/cancelRequest', params: { id: 1 } });
    expect((await server.answer(1)).error?.code).toBe(-32800);
    server.send({ id: 2, method: 'textDocument/hover', params: here });
    await vi.waitFor(() => expect(asked).toBe(1));
    server.send({ method: '$/cancelRequest', params: { id: 2 } });
    // The cancellation is seen before the work ends: messages are taken in order.
    server.send({ id: 3, method: 'textDocument/completion', params: here });
    await server.answer(3);
    finish({ markdown: 'late', range });
    expect((await server.answer(2)).error?.code).toBe(-32800);
    server.end();
  });
});

describe('completion and hover of several features', () => {
  it('are put together in the order of the table', async () => {
    const asked: string[] = [];
    const server = serve({
      completion: [
        () => ({ items: [{ label: 'a', detail: 'first' }] }),
        () => ({ items: [{ label: 'a', detail: 'second' }, { label: 'b' }], isExclusive: true }),
        () => {
          asked.push('third');
          return { items: [{ label: 'c' }] };
        },
      ],
      hover: [() => ({ markdown: 'one', range }), () => null, () => ({ markdown: 'two', range })],
    });
    server.send({ id: 1, method: 'textDocument/completion', params: here });
    expect((await server.answer(1)).result).toEqual([{ label: 'a', detail: 'first' }, { label: 'b' }]);
    expect(asked).toEqual([]);
    server.send({ id: 2, method: 'textDocument/hover', params: here });
    expect((await server.answer(2)).result).toMatchObject({ contents: { value: 'one\n\n---\n\ntwo' } });
    server.end();
  });
});

describe('exit', () => {
  it('is in order only after shutdown', async () => {
    const rude = serve({});
    rude.send({ method: 'exit' });
    await vi.waitFor(() => expect(rude.exits).toEqual([1]));
    rude.end();
    const polite = serve({});
    polite.send({ id: 1, method: 'shutdown' });
    await polite.answer(1);
    polite.send({ method: 'exit' });
    await vi.waitFor(() => expect(polite.exits).toEqual([0]));
    polite.end();
  });
});
