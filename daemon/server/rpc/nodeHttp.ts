import type * as Http from 'node:http';
import { createRequire } from 'node:module';

/**
 * node:http by require. An import statement reads every export of it, and one of them (WebSocket) loads Node's whole fetch
 * client: 13 MB and half of the daemon's start, for something it never uses.
 */
export const nodeHttp = createRequire(import.meta.url)('node:http') as typeof Http;
