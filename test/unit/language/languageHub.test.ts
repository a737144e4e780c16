import { describe, expect, it, vi } from 'vitest';
import { LanguageHub } from '../../../daemon/server/language/languageHub.ts';

/** A worker that asks one question for each client and tells the client the answer. */
const askingWorker = `
  import { parentPort } from 'node:worker_threads';
  const ports = new Map();
  parentPort.on('message', (message) => {
    if (message.type === 'answer') ports.get(message.id).postMessage(JSON.stringify(message.result));
    if (message.type !== 'client') return;
    ports.set(ports.size + 1, message.port);
    message.port.on('message', () => undefined);
    parentPort.postMessage({ type: 'ask', id: ports.size, method: 'projects/list', input: {} });
  });
`;

describe('language hub', () => {
  it('gives an answer to the worker that asked, not to one that came after it', async () => {
    const answers: ((result: unknown) => void)[] = [];
    const hub = new LanguageHub({
      ask: () => new Promise((resolve) => answers.push(resolve as (result: unknown) => void)),
      log: () => undefined,
      workerUrl: new URL(`data:text/javascript,${encodeURIComponent(askingWorker)}`),
    });
    const told: string[] = [];
    const sink = { send: (text: string) => told.push(text), close: () => undefined };
    const first = hub.connect(sink);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    first.closed();
    const second = hub.connect(sink);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.('of the first worker');
    await Promise.resolve();
    answers[1]?.('of the second worker');
    await vi.waitFor(() => expect(told).not.toHaveLength(0));
    expect(told).toEqual(['"of the second worker"']);
    second.closed();
  });
});
