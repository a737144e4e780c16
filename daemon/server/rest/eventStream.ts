import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventHub, SharedBatch } from '../rpc/eventHub.ts';
import { parseParams } from '../rpc/params.ts';

/** Comments that tell a dead connection from a quiet one. */
const heartbeatMs = 15_000;

/**
 * Server-sent events: first `snapshot` {seq, snapshot} (not when the client resumes), then `batch` with the same JSON as the
 * `events/batch` notification. The id is the sequence number reached; a client that reconnects sends it as Last-Event-ID.
 * Returns once the stream is open; rejects with ApiError before anything is written.
 */
export async function openEventStream(
  request: IncomingMessage,
  response: ServerResponse,
  query: Record<string, unknown>,
  hub: EventHub,
): Promise<void> {
  const params = parseParams('events/subscribe', { ...query, ...resumeFrom(request) });
  const subscription = await hub.subscribe(params, {
    bufferedBytes: () => response.writableLength,
    send: (batch: SharedBatch) => {
      response.write(batch.frame('sse', (json) => eventText('batch', batch.to_seq, json)));
    },
  });
  if (response.destroyed) return;
  const heartbeat = setInterval(() => {
    if (response.writableLength === 0) response.write(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();
  response.on('close', () => {
    clearInterval(heartbeat);
    subscription.unsubscribe();
  });
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write('retry: 1000\n\n');
  const { seq, snapshot } = subscription;
  if (snapshot !== null) response.write(eventText('snapshot', seq, JSON.stringify({ seq, snapshot })));
  subscription.activate();
}

function resumeFrom(request: IncomingMessage): { after_seq?: number } {
  const last = request.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,16}$/.test(last) ? { after_seq: Number(last) } : {};
}

function eventText(event: string, id: number, json: string): string {
  return `event: ${event}\nid: ${id}\ndata: ${json}\n\n`;
}
