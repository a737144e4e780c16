import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { clientDataDir } from '../../daemon/client/config.ts';
import type { ConnectStep, DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { DaemonUnreachableError, IncompatibleDaemonError } from '../../daemon/client/errors.ts';
import { compareVersions } from '../../daemon/client/versions.ts';
import type { MethodInput, MethodName, MethodResult } from '../../daemon/protocol/methods.ts';
import { isStopOnRequest } from '../../daemon/protocol/stopReasons.ts';
import { productVersion } from '../../daemon/protocol/version.ts';
import {
  attemptOf,
  initialDaemonState,
  maxRetries,
  transition,
  type DaemonEvent,
  type DaemonState,
} from './daemonState.ts';
import { Emitter } from './emitter.ts';
import type { DaemonAnswer, DaemonSession } from './services.ts';
import { SessionError } from './sessionError.ts';

export type SessionLog = Pick<vscode.LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>;

export interface SessionOptions {
  /** Asked anew for every attempt: the setting may have changed. */
  readonly dataDir: () => string | undefined;
  readonly serverPath: string;
  readonly isTrusted: () => boolean;
  /** True while something waits for the daemon's work: one that died is then started again. */
  readonly hasLiveJobs: () => boolean;
  readonly log: SessionLog;
  readonly random?: () => number;
}

interface Attempt {
  readonly promise: Promise<DaemonClient>;
  readonly start: boolean;
  readonly abort: AbortController;
}

const clientName = `ombudsman-vscode ${productVersion}`;

/** Drives the state machine: one connection, one attempt at a time, retries by timer, and a clear end. */
export class DaemonConnection implements DaemonSession {
  readonly #options: SessionOptions;
  readonly #log: SessionLog;
  readonly #stateEmitter: Emitter<DaemonState>;
  readonly #answerEmitter: Emitter<DaemonAnswer>;
  #state: DaemonState = initialDaemonState;
  #client: DaemonClient | undefined;
  #attempt: Attempt | undefined;
  #stopping: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #holds = 0;
  /** Somebody ended the daemon on purpose: it is looked for, not started, until something needs it. */
  #wasStoppedOnRequest = false;
  #isDisposed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#log = options.log;
    const report = (error: unknown) => this.#log.error('a listener of the daemon session failed', error);
    this.#stateEmitter = new Emitter(report);
    this.#answerEmitter = new Emitter(report);
  }

  get state(): DaemonState {
    return this.#state;
  }

  get client(): DaemonClient | undefined {
    return this.#client;
  }

  get onDidChangeState(): vscode.Event<DaemonState> {
    return this.#stateEmitter.event;
  }

  get onDidAnswer(): vscode.Event<DaemonAnswer> {
    return this.#answerEmitter.event;
  }

  async ensure(): Promise<DaemonClient> {
    for (;;) {
      this.#checkAllowed();
      if (this.#stopping !== undefined) await this.#stopping.catch(() => undefined);
      else if (this.#client !== undefined) return this.#client;
      else if (this.#attempt === undefined) return this.#begin(true).promise;
      else if (this.#attempt.start) return this.#attempt.promise;
      // One that only looks may find what is needed.
      else await this.#attempt.promise.catch(() => undefined);
    }
  }

  async look(): Promise<void> {
    if (this.#isDisposed || !this.#options.isTrusted()) return;
    // Most windows find nothing: then nothing is loaded for it either.
    if (this.#attempt === undefined && !existsSync(registrationPath(this.#options.dataDir()))) return;
    const canLook = this.#state.name === 'locating' && this.#stopping === undefined;
    const attempt = this.#attempt ?? (canLook ? this.#begin(false) : undefined);
    await attempt?.promise.catch(() => undefined);
  }

  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodResult<M>> {
    const client = await this.ensure();
    const result = await client.call(method, input);
    this.#answerEmitter.fire({ method, input, result });
    return result;
  }

  hold(): vscode.Disposable {
    let isHeld = true;
    this.#holds += 1;
    return {
      dispose: () => {
        if (isHeld) this.#holds -= 1;
        isHeld = false;
      },
    };
  }

  async restart(options: { readonly drain: boolean }): Promise<void> {
    await this.#stop({ ...options, isRestart: true });
    await this.ensure();
  }

  async stop(options: { readonly drain: boolean }): Promise<void> {
    await this.#stop({ ...options, isRestart: false });
  }

  /** Leaves the daemon of the old data directory alone and turns to that of the new one. */
  switchDataDir(): void {
    const wasUsed = this.#client !== undefined || this.#attempt !== undefined || attemptOf(this.#state) > 0;
    this.#letGo('the data directory is another one now');
    this.#dispatch({ type: 'forgotten' });
    if (!wasUsed || this.#isDisposed || this.#stopping !== undefined) return;
    const attempt = this.#begin(this.#holds > 0);
    attempt.promise.catch(() => undefined);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#letGo('the window closes');
    this.#stateEmitter.dispose();
    this.#answerEmitter.dispose();
  }

  #checkAllowed(): void {
    if (this.#isDisposed) throw new SessionError('stopped', 'The extension is being shut down.');
    if (this.#options.isTrusted()) return;
    throw new SessionError(
      'untrusted',
      'This workspace is in Restricted Mode: nothing runs and no daemon is started until you trust it.',
    );
  }

  #dispatch(event: DaemonEvent): void {
    const next = transition(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#log.debug(`daemon: ${event.type} -> ${JSON.stringify(next)}`);
    this.#stateEmitter.fire(next);
  }

  #begin(start: boolean): Attempt {
    clearTimeout(this.#retryTimer);
    const isRetry = attemptOf(this.#state) > 0;
    const abort = new AbortController();
    // Stands before anybody is told of it: a listener that calls `ensure` shares it.
    const promise = Promise.resolve().then(() => this.#run(start, isRetry, abort));
    const attempt: Attempt = { promise, start, abort };
    this.#attempt = attempt;
    this.#dispatch({ type: 'attempt' });
    return attempt;
  }

  async #run(start: boolean, isRetry: boolean, abort: AbortController): Promise<DaemonClient> {
    const { signal } = abort;
    try {
      const client = await this.#connect(start, signal);
      this.#attempt = undefined;
      this.#connected(client);
      return client;
    } catch (error) {
      // Whoever took it back has said what comes instead.
      if (signal.aborted) throw toSessionError(signal.reason);
      this.#attempt = undefined;
      throw this.#failed(error, start, isRetry);
    }
  }

  async #connect(start: boolean, signal: AbortSignal): Promise<DaemonClient> {
    // The socket library and the schemas take longer to load than all of activation may.
    const { connectDaemon } = await import('../../daemon/client/connectDaemon.ts');
    const client = await connectDaemon({
      dataDir: this.#options.dataDir(),
      clientName,
      start,
      signal,
      serverPath: this.#options.serverPath,
      onStep: (step) => {
        if (!signal.aborted) this.#step(step);
      },
    });
    if (signal.aborted) {
      client.close();
      signal.throwIfAborted();
    }
    // Only a start replaces an older daemon. Until then it is as if none ran: it may not know what is asked of it.
    if (!start && compareVersions(client.hello.version, productVersion) < 0) {
      client.close();
      throw new DaemonUnreachableError(
        `The daemon that runs is version ${client.hello.version}, an older one.`,
      );
    }
    return client;
  }

  #step(step: ConnectStep): void {
    if (step === 'replacing') {
      this.#log.info('an older daemon runs: it ends its running operations and is then replaced');
      this.#dispatch({ type: 'stop', isRestart: true });
      return;
    }
    if (this.#state.name === 'stopping') this.#dispatch({ type: 'stopped' });
    this.#dispatch({ type: step === 'starting' ? 'startingServer' : 'openingSocket' });
  }

  #connected(client: DaemonClient): void {
    const { pid, version, data_dir: dataDir } = client.hello;
    this.#client = client;
    this.#wasStoppedOnRequest = false;
    client.onClose((reason) => this.#lost(client, reason));
    this.#log.info(`connected to the daemon with pid ${pid}, version ${version}, in ${dataDir}`);
    this.#dispatch({ type: 'openingSocket' });
    this.#dispatch({ type: 'connected', pid, version, dataDir });
  }

  #lost(client: DaemonClient, reason: string): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#wasStoppedOnRequest = isStopOnRequest(reason);
    this.#log.warn(`the connection to the daemon was lost: ${reason}`);
    this.#dispatch({ type: 'lost', reason, nowMs: Date.now(), jitter: this.#jitter() });
    this.#awaitRetry();
  }

  #failed(error: unknown, start: boolean, isRetry: boolean): SessionError {
    const found = toSessionError(error, start);
    if (found.kind === 'newer') {
      this.#dispatch({ type: 'newerFound', message: found.message });
      this.#log.warn(found.message);
      return found;
    }
    if (isRetry && attemptOf(this.#state) < maxRetries) {
      this.#dispatch({
        type: 'retryScheduled',
        reason: found.message,
        nowMs: Date.now(),
        jitter: this.#jitter(),
      });
      this.#awaitRetry();
    } else if (start) {
      this.#dispatch({ type: 'attemptFailed', message: found.message, logPath: found.logPath });
      this.#log.error(found.message);
    } else {
      this.#dispatch({ type: 'notFound' });
    }
    return found;
  }

  #awaitRetry(): void {
    if (this.#state.name !== 'connecting' || this.#state.retryAtMs === null) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(
      () => {
        if (this.#attempt !== undefined || this.#isDisposed) return;
        const isNeeded = this.#holds > 0 || this.#options.hasLiveJobs();
        this.#begin(isNeeded && !this.#wasStoppedOnRequest).promise.catch(() => undefined);
      },
      Math.max(0, this.#state.retryAtMs - Date.now()),
    );
  }

  #stop(options: { readonly drain: boolean; readonly isRestart: boolean }): Promise<void> {
    this.#checkAllowed();
    this.#stopping ??= this.#stopOnce(options).finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  async #stopOnce({ drain, isRestart }: { drain: boolean; isRestart: boolean }): Promise<void> {
    this.#letGo('the daemon is being stopped');
    this.#dispatch({ type: 'stop', isRestart });
    try {
      const { shutdownDaemon } = await import('../../daemon/client/shutdownDaemon.ts');
      await shutdownDaemon({ dataDir: this.#options.dataDir(), clientName, drain });
      this.#dispatch({ type: 'stopped' });
    } catch (error) {
      const failure = toSessionError(error);
      this.#dispatch({ type: 'attemptFailed', message: failure.message, logPath: failure.logPath });
      throw failure;
    }
  }

  /** Ends whatever is under way or open; nobody is told that it was lost. */
  #letGo(why: string): void {
    clearTimeout(this.#retryTimer);
    const client = this.#client;
    const attempt = this.#attempt;
    this.#client = undefined;
    this.#attempt = undefined;
    attempt?.abort.abort(new SessionError('stopped', `Not connected: ${why}.`));
    client?.close();
  }

  #jitter(): number {
    return (this.#options.random ?? Math.random)();
  }
}

function registrationPath(dataDir: string | undefined): string {
  return join(clientDataDir(dataDir), 'daemon.json');
}

/** `hasReplaced`: an older daemon would have been replaced, so one that does not fit is newer. */
function toSessionError(error: unknown, hasReplaced = false): SessionError {
  if (SessionError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (IncompatibleDaemonError.is(error)) {
    const isNewer = hasReplaced || compareVersions(error.daemonVersion, error.clientVersion) > 0;
    if (isNewer) return new SessionError('newer', message, { cause: error });
  }
  const logPath = DaemonUnreachableError.is(error) ? (error.logPath ?? null) : null;
  return new SessionError('failed', message, { cause: error, logPath });
}
