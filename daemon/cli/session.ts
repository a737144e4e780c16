import { connectDaemon, type DaemonClient } from '../client/connectDaemon.ts';
import { productVersion } from '../protocol/version.ts';

/** The one connection of this call, and how to get another when the daemon went away. */
export interface Session {
  readonly client: DaemonClient;
  reconnect(): Promise<DaemonClient>;
  close(): void;
}

export interface SessionOptions {
  readonly dataDir?: string;
  /** False: only a daemon that already runs will do. */
  readonly start: boolean;
}

/** Finds (or starts) the daemon of the data directory. Throws DaemonUnreachableError or IncompatibleDaemonError. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const connect = () =>
    connectDaemon({
      dataDir: options.dataDir,
      clientName: `ombudsman-cli ${productVersion}`,
      start: options.start,
    });
  let client = await connect();
  return {
    get client() {
      return client;
    },
    async reconnect() {
      client = await connect();
      return client;
    },
    close() {
      client.close();
    },
  };
}
