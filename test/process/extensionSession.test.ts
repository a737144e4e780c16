import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRegistration } from '../../daemon/client/registration.ts';
import { shutdownDaemon } from '../../daemon/client/shutdownDaemon.ts';
import { isSameProcess } from '../../daemon/platform/process.ts';
import { DaemonConnection, type SessionOptions } from '../../extension/platform/daemonSession.ts';
import type { DaemonState } from '../../extension/platform/daemonState.ts';
import { SessionError } from '../../extension/platform/sessionError.ts';
import { disposeDataDir, makeDataDir, serverPath, startTestDaemon } from '../support/daemon.ts';
import { silentLog } from '../support/jobs.ts';

let dataDir: string;
let isTrusted: boolean;
let hasLiveJobs: boolean;
const sessions: DaemonConnection[] = [];
const otherDirs: string[] = [];

beforeEach(() => {
  dataDir = makeDataDir();
  isTrusted = true;
  hasLiveJobs = false;
});
afterEach(async () => {
  for (const session of sessions.splice(0)) session.dispose();
  for (const dir of [dataDir, ...otherDirs.splice(0)]) await disposeDataDir(dir);
});

function openSession(options: Partial<SessionOptions> = {}): DaemonConnection & { path: DaemonState[] } {
  const session = new DaemonConnection({
    dataDir: () => dataDir,
    serverPath: serverPath(),
    isTrusted: () => isTrusted,
    hasLiveJobs: () => hasLiveJobs,
    log: silentLog,
    random: () => 0,
    ...options,
  });
  const path: DaemonState[] = [];
  session.onDidChangeState((state) => path.push(state));
  sessions.push(session);
  return Object.assign(session, { path });
}

function untilState(session: DaemonConnection, is: (state: DaemonState) => boolean): Promise<DaemonState> {
  return new Promise((resolve) => {
    if (is(session.state)) {
      resolve(session.state);
      return;
    }
    const listener = session.onDidChangeState((state) => {
      if (!is(state)) return;
      listener.dispose();
      resolve(state);
    });
  });
}
const isReady = ({ name }: DaemonState): boolean => name === 'ready';
const isIdle = (state: DaemonState): boolean => state.name === 'locating' && !state.isBusy;

function kill(): { pid: number; process_start?: string } {
  const registration = readRegistration(dataDir);
  if (registration === null) throw new Error('no daemon');
  process.kill(registration.pid, 'SIGKILL');
  return registration;
}

describe('a session', () => {
  it('starts the daemon for the first who needs it, once for all who do', async () => {
    const session = openSession();
    expect(session.state).toEqual({ name: 'locating', isBusy: false });
    const clients = await Promise.all([session.ensure(), session.ensure(), session.ensure()]);
    expect(new Set(clients).size).toBe(1);
    expect(session.path.map(({ name }) => name)).toEqual(['locating', 'starting', 'connecting', 'ready']);
    const { pid } = readRegistration(dataDir) ?? {};
    expect(session.state).toMatchObject({ name: 'ready', pid, dataDir });
    expect(await session.call('jobs/list', {})).toEqual({ jobs: [], total: 0 });
  });

  it('tells of the answers to its calls', async () => {
    const session = openSession();
    const answers: unknown[] = [];
    session.onDidAnswer((answer) => answers.push(answer));
    await session.call('projects/list', {});
    expect(answers).toEqual([{ method: 'projects/list', input: {}, result: { projects: [] } }]);
  });

  it('that only looks starts none, and finds one that runs', async () => {
    const session = openSession();
    await session.look();
    expect(isIdle(session.state)).toBe(true);
    expect(readRegistration(dataDir)).toBeNull();
    const daemon = await startTestDaemon(dataDir);
    await session.look();
    expect(session.state).toMatchObject({ name: 'ready', pid: daemon.pid });
    daemon.client.close();
  });

  it('in Restricted Mode connects to nothing, not even to a daemon that runs', async () => {
    const daemon = await startTestDaemon(dataDir);
    isTrusted = false;
    const session = openSession();
    await session.look();
    await expect(session.ensure()).rejects.toSatisfy((error) => SessionError.is(error, 'untrusted'));
    await expect(session.restart({ drain: false })).rejects.toSatisfy((error) =>
      SessionError.is(error, 'untrusted'),
    );
    expect(session.path).toEqual([]);
    isTrusted = true;
    await session.look();
    expect(session.state).toMatchObject({ name: 'ready', pid: daemon.pid });
    daemon.client.close();
  });

  it('starts a killed daemon again while something is held', async () => {
    const session = openSession();
    await session.ensure();
    session.hold();
    const { pid } = kill();
    await untilState(session, ({ name }) => name === 'connecting');
    expect(session.client).toBeUndefined();
    const state = await untilState(session, isReady);
    expect(state).not.toMatchObject({ pid });
  });

  it('starts a killed daemon again while jobs live', async () => {
    hasLiveJobs = true;
    const session = openSession();
    await session.ensure();
    const { pid } = kill();
    await untilState(session, ({ name }) => name === 'connecting');
    expect(await untilState(session, isReady)).not.toMatchObject({ pid });
  });

  it('only looks for a killed daemon when nobody wants it, and takes up the one that somebody else starts', async () => {
    const session = openSession();
    await session.ensure();
    session.hold().dispose();
    const killed = kill();
    await untilState(session, (state) => state.name === 'connecting' && state.attempt === 3);
    expect(readRegistration(dataDir)?.pid).toBe(killed.pid);
    const daemon = await startTestDaemon(dataDir);
    expect(await untilState(session, isReady)).toMatchObject({ pid: daemon.pid });
    daemon.client.close();
  });

  it('does not start again what somebody else stopped on purpose', async () => {
    const session = openSession();
    await session.ensure();
    session.hold();
    await shutdownDaemon({ dataDir, clientName: 'test', drain: false });
    await untilState(session, (state) => state.name === 'connecting' && state.attempt === 4);
    expect(readRegistration(dataDir)).toBeNull();
    // Until it is needed: then at once, not when the next look is due.
    await session.ensure();
    expect(session.state.name).toBe('ready');
  });

  it('stays away after its own stop, and comes back when needed', async () => {
    const session = openSession();
    await session.ensure();
    session.hold();
    const registration = readRegistration(dataDir);
    await session.stop({ drain: false });
    expect(session.path.slice(-2)).toEqual([
      { name: 'stopping', isRestart: false },
      { name: 'locating', isBusy: false },
    ]);
    expect(isSameProcess(registration?.pid ?? 0, registration?.process_start)).toBe(false);
    await session.ensure();
    expect(session.state).not.toMatchObject({ pid: registration?.pid });
  });

  it('restarts, and those who need it meanwhile get the new one', async () => {
    const session = openSession();
    await session.ensure();
    const { pid } = readRegistration(dataDir) ?? {};
    const restarted = session.restart({ drain: true });
    const client = await session.ensure();
    await restarted;
    expect(client.hello.pid).not.toBe(pid);
    expect(session.client).toBe(client);
    expect(session.path.map(({ name }) => name)).toEqual([
      ...['locating', 'starting', 'connecting', 'ready'],
      ...['stopping', 'locating', 'starting', 'connecting', 'ready'],
    ]);
  });

  it('ends an older daemon first, which shows', async () => {
    const old = await startTestDaemon(dataDir);
    old.client.close();
    pretendVersion({ version: '0.0.0-an-older-one' });
    const session = openSession();
    await session.ensure();
    expect(session.path.map(({ name }) => name)).toEqual([
      ...['locating', 'stopping'],
      ...['locating', 'starting', 'connecting', 'ready'],
    ]);
    expect(session.state).not.toMatchObject({ pid: old.pid });
  });

  it('says so when a newer daemon runs, and replaces it only on request', async () => {
    const newer = await startTestDaemon(dataDir);
    newer.client.close();
    pretendVersion({ version: '99.0.0', protocol_version: 99 });
    const session = openSession();
    await expect(session.ensure()).rejects.toSatisfy((error) => SessionError.is(error, 'newer'));
    expect(session.state.name).toBe('incompatible');
    expect(isSameProcess(newer.pid, readRegistration(dataDir)?.process_start)).toBe(true);
    pretendVersion({ version: '0.1.0', protocol_version: 1 });
    await session.restart({ drain: false });
    expect(session.state).toMatchObject({ name: 'ready' });
    expect(session.state).not.toMatchObject({ pid: newer.pid });
  });

  it('fails with the place to look, and works once that is mended', async () => {
    const program = join(dataDir, 'program.mjs');
    writeFileSync(program, 'console.error("no luck today"); process.exitCode = 3;');
    const session = openSession({ serverPath: program });
    await expect(session.ensure()).rejects.toThrow('no luck today');
    const { state } = session;
    if (state.name !== 'failed') throw new Error(`it is ${state.name}`);
    expect(state.message).toContain('ended with code 3');
    expect(readFileSync(state.logPath ?? '', 'utf8')).toContain('no luck today');
    writeFileSync(program, `await import(${JSON.stringify(serverPath())});`);
    await session.ensure();
    expect(session.state.name).toBe('ready');
  });

  it('turns to the daemon of another data directory', async () => {
    const session = openSession();
    await session.ensure();
    const first = session.state;
    session.hold();
    otherDirs.push(dataDir);
    dataDir = makeDataDir();
    session.switchDataDir();
    expect(session.client).toBeUndefined();
    const second = await untilState(session, isReady);
    expect(second).toMatchObject({ dataDir });
    expect(second).not.toMatchObject({ pid: first.name === 'ready' ? first.pid : 0 });
  });

  it('leaves a daemon that was not used alone when the data directory changes', () => {
    const session = openSession();
    session.switchDataDir();
    expect(session.state).toEqual({ name: 'locating', isBusy: false });
  });

  it('ends in the middle of a start', async () => {
    const session = openSession();
    const attempt = session.ensure();
    await untilState(session, ({ name }) => name === 'starting');
    session.dispose();
    await expect(attempt).rejects.toSatisfy((error) => SessionError.is(error, 'stopped'));
    await expect(session.ensure()).rejects.toSatisfy((error) => SessionError.is(error, 'stopped'));
    expect(session.client).toBeUndefined();
  });
});

/** What a client reads of the daemon; the daemon writes it anew after a few seconds. */
function pretendVersion(fields: { version?: string; protocol_version?: number }): void {
  const path = join(dataDir, 'daemon.json');
  const registration = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  rmSync(path);
  writeFileSync(path, JSON.stringify({ ...registration, ...fields }), { mode: 0o600 });
}
