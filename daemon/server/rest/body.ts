import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../protocol/errors.ts';
import { isNestedDeeperThan, maxNesting } from '../rpc/envelope.ts';
import { maxMessageBytes } from '../rpc/socketServer.ts';

function tooLarge(): ApiError {
  return new ApiError('too_large', `the body is larger than ${maxMessageBytes} bytes`, {
    hint: 'split the batch into several jobs, or submit it as a file: POST /batch/jobs {"file": "/absolute/path"}',
  });
}

/** A refused body is read and thrown away up to here, for a client still sending would otherwise not see the answer. */
const maxDiscardedBytes = 4 * maxMessageBytes;

/** Reads a JSON object; an empty body is {}. Throws ApiError too_large, parse_error, invalid_request or invalid_params. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length'] ?? 0) > maxDiscardedBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxDiscardedBytes) break;
    if (bytes <= maxMessageBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > maxMessageBytes) throw tooLarge();
  const value = parse(Buffer.concat(chunks));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ApiError('invalid_params', 'the body must be a JSON object', {
      hint: 'send {"name": value, …}',
    });
  }
  if (isNestedDeeperThan(value, maxNesting)) {
    throw new ApiError('invalid_request', `the body may be nested at most ${maxNesting} levels deep`);
  }
  return value as Record<string, unknown>;
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new ApiError('parse_error', `the body is not JSON in UTF-8: ${what}`);
  }
}
