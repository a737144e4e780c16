import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRawSocket, startLocalDaemon, type LocalDaemon, type RawSocket } from '../support/localDaemon.ts';

let local: LocalDaemon;
let rpc: RawSocket;

beforeAll(async () => {
  local = await startLocalDaemon();
  rpc = await openRawSocket(local.daemon);
});
afterAll(() => local.dispose());

describe('first contact', () => {
  it('answers hello and status', async () => {
    const { registration } = local.daemon;
    expect(await rpc.hello(registration.token)).toEqual({
      jsonrpc: '2.0',
      id: 'hello',
      result: {
        pid: process.pid,
        version: registration.version,
        protocol_version: registration.protocol_version,
        started_at: registration.started_at,
        data_dir: local.dataDir,
      },
    });
    rpc.send({ jsonrpc: '2.0', id: 1, method: 'daemon/status' });
    expect(await rpc.nextJson()).toMatchObject({
      id: 1,
      result: { status: 'ready', clients: 1, live_jobs: 0 },
    });
  });
});
