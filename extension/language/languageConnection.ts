import * as vscode from 'vscode';
import { openLanguageSocket, spawnLanguageServer } from '../../daemon/client/languageTransport.ts';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { LanguageTransport } from '../../daemon/client/languageTransport.ts';
import {
  workspaceChangedNotification,
  workspaceRequest,
  type WorkspaceContents,
} from '../../daemon/protocol/language.ts';
import { Emitter } from '../platform/emitter.ts';
import type { DaemonSession, Settings } from '../platform/services.ts';
import { QuietClient } from './quietClient.ts';

export interface LanguageConnectionOptions {
  readonly session: DaemonSession;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  /** The bundled cli.mjs, for a server of this window's own. */
  readonly cliPath: string;
}

interface Route {
  readonly transport: LanguageTransport;
  /** Undefined: a child of this window. */
  readonly daemon: DaemonClient | undefined;
  readonly isTrusted: boolean;
}

/** How long a daemon that is being started, replaced or found again is waited for before a child takes its place. */
const daemonWaitMs = 10_000;
const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** A server that lived so long was no failure of starting it. */
const steadyMs = 30_000;
const stopTimeoutMs = 2_000;
const answerTimeoutMs = 30_000;

/**
 * The window's language server, for as long as there is a window: over the daemon's socket where that is allowed and there is
 * one, else by a child. A new client is made for every connection: what the one before has registered and shown goes with it.
 */
export class LanguageConnection implements vscode.Disposable {
  readonly #options: LanguageConnectionOptions;
  readonly #workspaceEmitter: Emitter<void>;
  readonly #disposables: vscode.Disposable[];
  #client: QuietClient | undefined;
  #route: Route | undefined;
  #running: Promise<QuietClient>;
  #resolveRunning: (client: QuietClient) => void = () => undefined;
  /** `#running` has resolved with a client that still runs. */
  #isRunning = false;
  /** That of the last connection; undefined if that was to a child. */
  #lastDaemon: DaemonClient | undefined;
  /** Does not speak LSP to us: not asked a second time. */
  #refusedBy: DaemonClient | undefined;
  /** The language server is needed, and so the daemon. Taken once: one that is stopped later stays stopped. */
  #needsDaemon = true;
  #delayMs = firstDelayMs;
  #endDelay: () => void = () => undefined;
  #isDisposed = false;

  constructor(options: LanguageConnectionOptions) {
    this.#options = options;
    const { session, log } = options;
    this.#workspaceEmitter = new Emitter((error) =>
      log.error('a listener of the language server failed', error),
    );
    this.#running = this.#nextRunning();
    this.#disposables = [
      session.onDidChangeState(() => this.#reconsider()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#needsDaemon = true;
        void this.#leave();
      }),
    ];
    void this.#live();
  }

  /** Something in the workspace changed, or another server reads it now. */
  get onDidChangeWorkspace(): vscode.Event<void> {
    return this.#workspaceEmitter.event;
  }

  /** Waits for a server if there is none at the moment, but not for ever. */
  async workspaceContents(): Promise<WorkspaceContents> {
    const untilMs = performance.now() + answerTimeoutMs;
    for (;;) {
      // Somebody waits for it: not for the delay as well.
      this.#endDelay();
      const client = await within(untilMs - performance.now(), this.#running);
      if (client === undefined) throw new Error(`No language server came up in ${answerTimeoutMs} ms.`);
      try {
        return await client.sendRequest<WorkspaceContents>(workspaceRequest);
      } catch (error) {
        // Asked of a server that went away meanwhile: the next one answers.
        if (this.#isDisposed || (this.#isRunning && client === this.#client)) throw error;
      }
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    vscode.Disposable.from(...this.#disposables).dispose();
    this.#workspaceEmitter.dispose();
    void this.#leave();
  }

  #nextRunning(): Promise<QuietClient> {
    return new Promise((resolve) => (this.#resolveRunning = resolve));
  }

  /** Who waits already, through servers that never came up, waits on for the same promise. */
  #notRunning(): void {
    if (this.#isRunning) this.#running = this.#nextRunning();
    this.#isRunning = false;
  }

  /** Connects, waits for the end of the connection, and so on. */
  async #live(): Promise<void> {
    while (!this.#isDisposed) {
      const startedMs = performance.now();
      try {
        await this.#liveOnce();
      } catch (error) {
        this.#options.log.warn('the language server could not be reached', error);
      }
      if (this.#isDisposed) return;
      if (performance.now() - startedMs > steadyMs) this.#delayMs = firstDelayMs;
      await this.#delay();
      // It went with its daemon, however often that happens: no sign of a server that cannot live.
      if (this.#lastDaemon !== this.#options.session.client) this.#delayMs = firstDelayMs;
    }
  }

  async #delay(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#endDelay = resolve;
      timer = setTimeout(resolve, this.#delayMs);
    });
    clearTimeout(timer);
    this.#endDelay = () => undefined;
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  async #liveOnce(): Promise<void> {
    const { log, settings } = this.#options;
    const route = await this.#findRoute();
    if (this.#isDisposed) {
      route.transport.close();
      return;
    }
    const ended = new Promise<string>((resolve) => {
      route.transport.onClose((reason) => {
        // Before anybody is told that a request has failed.
        if (this.#route === route) this.#notRunning();
        resolve(reason);
      });
    });
    const client = new QuietClient({
      transport: route.transport,
      log,
      settings,
      initializationOptions: {
        isTrusted: route.isTrusted,
        codeLens: settings.codeLens,
        showResults: settings.resultDiagnostics,
      },
    });
    this.#route = route;
    this.#lastDaemon = route.daemon;
    this.#client = client;
    try {
      client.onNotification(workspaceChangedNotification, () => this.#workspaceEmitter.fire());
      const started = client.start();
      // The library waits for ever for an answer of a server that went before it gave one.
      await Promise.race([
        started,
        ended.then((reason) => Promise.reject(new Error(`it ended before it was up: ${reason}`))),
      ]);
      log.info(`language server: ${route.daemon === undefined ? 'a process of this window' : 'the daemon'}`);
      this.#isRunning = true;
      this.#resolveRunning(client);
      this.#workspaceEmitter.fire();
      this.#reconsider();
      log.info(`the language server's connection ended: ${await ended}`);
    } finally {
      this.#client = undefined;
      this.#route = undefined;
      this.#notRunning();
      route.transport.close();
      const disposed = client.dispose(stopTimeoutMs).catch(() => undefined);
      await within(2 * stopTimeoutMs, disposed);
    }
  }

  async #findRoute(): Promise<Route> {
    const isTrusted = vscode.workspace.isTrusted;
    const daemon = isTrusted ? await this.#findDaemon() : undefined;
    if (daemon !== undefined && daemon !== this.#refusedBy) {
      try {
        return { transport: await openLanguageSocket(daemon.registration), daemon, isTrusted };
      } catch (error) {
        this.#refusedBy = daemon;
        this.#options.log.warn('the daemon does not serve the editor; a process of this window does', error);
      }
    }
    const { cliPath, log } = this.#options;
    const transport = spawnLanguageServer({
      cliPath,
      noDaemon: true,
      onLog: (line) => log.info(`language server: ${line}`),
    });
    return { transport, daemon: undefined, isTrusted };
  }

  async #findDaemon(): Promise<DaemonClient | undefined> {
    const { session } = this.#options;
    const found = this.#needsDaemon ? session.ensure().catch(() => undefined) : this.#settled();
    this.#needsDaemon = false;
    return within(daemonWaitMs, found);
  }

  /** The client once the session is at rest, whichever way. */
  #settled(): Promise<DaemonClient | undefined> {
    const { session } = this.#options;
    return new Promise((resolve) => {
      const look = () => {
        const { name } = session.state;
        if (name === 'starting' || name === 'connecting' || name === 'stopping') return false;
        resolve(session.client);
        return true;
      };
      if (look()) return;
      const listener = session.onDidChangeState(() => {
        if (look()) listener.dispose();
      });
    });
  }

  /** A daemon that is there now takes over from the child. */
  #reconsider(): void {
    const daemon = this.#options.session.client;
    if (daemon === undefined || daemon === this.#refusedBy || !vscode.workspace.isTrusted) return;
    if (this.#route !== undefined && this.#route.daemon === undefined) void this.#leave();
  }

  /** Ends the connection in order; `#live` makes the next one. */
  async #leave(): Promise<void> {
    const client = this.#client;
    const route = this.#route;
    if (client === undefined || route === undefined) return;
    this.#delayMs = firstDelayMs;
    this.#notRunning();
    // Rejects if it was not running (yet): then there is nothing to say goodbye to.
    await client.stop(stopTimeoutMs).catch(() => undefined);
    route.transport.close();
  }
}

/** Undefined if it takes longer. */
function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, timeoutMs));
  });
  return Promise.race([promise, tooLong]).finally(() => clearTimeout(timer));
}
