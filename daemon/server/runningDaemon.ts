import type { Server } from 'node:http';
import type { MethodResult } from '../protocol/methods.ts';
import type { Registration } from '../protocol/registration.ts';
import { stopReasons } from '../protocol/stopReasons.ts';
import type { JobService } from './jobs/service.ts';
import type { LanguageHub } from './language/languageHub.ts';
import { createIdleWatch } from './lifecycle/idleWatch.ts';
import { checkOwnership } from './lifecycle/ownership.ts';
import { removeRegistration } from './lifecycle/registration.ts';
import type { StartLock } from './lifecycle/startLock.ts';
import type { ServerConfig } from './config.ts';
import { errorText, type Logger } from './log.ts';
import { createRestHandler, type RestHandler } from './rest/restHandler.ts';
import { createApi, type Api } from './rpc/api.ts';
import { EventHub } from './rpc/eventHub.ts';
import { answerHello } from './rpc/handshake.ts';
import { createRpcReceiver } from './rpc/rpcMethods.ts';
import { createSocketServer, type SocketServer } from './rpc/socketServer.ts';

export interface DaemonOptions {
  readonly config: ServerConfig;
  readonly log: Logger;
  /** Called once the lock is held: nobody else writes to the data directory then. */
  readonly createService: () => Promise<JobService>;
  readonly handshakeTimeoutMs?: number;
}

export interface Daemon {
  readonly registration: Registration;
  /** Stops once, whoever asks and however often; all callers get the same promise. Rejects never. */
  stop(reason: string): Promise<void>;
  /** Resolves with the reason when the daemon has stopped, whatever made it stop. */
  readonly stopped: Promise<string>;
}

export interface Parts {
  readonly http: Server;
  readonly service: JobService;
  readonly lock: StartLock;
  /** Of the data directory. */
  readonly identity: string | null;
  readonly registration: Registration;
  /** For a hello, and for the head of a request. */
  readonly handshakeTimeoutMs: number;
}

/** The daemon once its jobs are there: answers, watches over its ownership, stops in order. */
export class RunningDaemon implements Daemon {
  readonly registration: Registration;
  readonly stopped: Promise<string>;
  readonly #options: DaemonOptions;
  readonly #parts: Parts;
  readonly #hub: EventHub;
  #sockets: SocketServer | undefined;
  #languageHub: Promise<LanguageHub> | undefined;
  #rest: RestHandler | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #openRequests = 0;
  #isDraining = false;
  #stopping: Promise<void> | undefined;
  #tellStopped: (reason: string) => void = () => undefined;

  constructor(options: DaemonOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.registration = parts.registration;
    this.#hub = new EventHub({ service: parts.service, log: options.log });
    parts.service.addListener(this.#hub);
    this.stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  serve(): void {
    const { config, log } = this.#options;
    const { http, service, handshakeTimeoutMs } = this.#parts;
    const idle = createIdleWatch({
      idleTimeoutMs: config.idleTimeoutMs,
      isBusy: () => this.#clients() > 0 || this.#openRequests > 0 || service.status().live_jobs > 0,
      onIdle: () => void this.stop('idle'),
    });
    const api = createApi({
      jobs: service.handlers,
      daemon: {
        'daemon/status': async () => this.#status(),
        'daemon/shutdown': async ({ drain }) => this.#shutdown(drain),
      },
      isDraining: () => this.#isDraining,
      log,
    });
    const rest = createRestHandler({
      api,
      hub: this.#hub,
      token: this.registration.token,
      health: () => ({ status: this.#state() }),
      log,
      onActivity: idle.touch,
    });
    this.#rest = rest;
    http.on('request', (request, response) => {
      this.#openRequests += 1;
      response.on('close', () => {
        this.#openRequests -= 1;
        idle.touch();
      });
      rest.handle(request, response);
    });
    http.on('error', (error) => log.error('http server', { error }));
    http.headersTimeout = handshakeTimeoutMs;
    this.#sockets = createSocketServer(http, {
      receive: createRpcReceiver(api, log),
      hub: this.#hub,
      hello: (params) => answerHello(params, this.registration, config.dataDir),
      token: this.registration.token,
      languageHub: () => (this.#languageHub ??= this.#loadLanguageHub(api)),
      handshakeTimeoutMs,
      log,
      onActivity: idle.touch,
    });
    this.#checkTimer = setInterval(() => {
      this.#checkOwnership();
      idle.check();
    }, idle.checkEveryMs);
  }

  async #loadLanguageHub(api: Api): Promise<LanguageHub> {
    const { createLanguageService } = await import('./languageService.ts');
    return createLanguageService(api, this.#parts.service, this.#options.log);
  }

  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stopOnce(reason);
    return this.#stopping;
  }

  /** Each step is tried whatever became of the one before: the lock must go last and must go. */
  async #stopOnce(reason: string): Promise<void> {
    const { log, config } = this.#options;
    const { http, service, lock } = this.#parts;
    log.info('stopping', { reason });
    this.#isDraining = true;
    clearInterval(this.#checkTimer);
    const step = async (name: string, action: () => unknown): Promise<void> => {
      try {
        await action();
      } catch (error) {
        log.error('a step of stopping failed', { step: name, error: errorText(error) });
      }
    };
    // First, so that no further client comes; those that wait see the lock until the store is closed.
    await step('registration', () => removeRegistration(config.dataDir, this.registration));
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    await step('jobs', () => service.stop());
    await step('events', () => this.#hub.close());
    await step('sockets', () => this.#sockets?.close(reason));
    await step('http', () => {
      http.closeAllConnections();
      return closed;
    });
    await step('lock', () => lock.release());
    log.info('stopped', { reason });
    this.#tellStopped(reason);
  }

  async #shutdown(drain: boolean): Promise<MethodResult<'daemon/shutdown'>> {
    const { log } = this.#options;
    const { service } = this.#parts;
    if (!drain) {
      // After the answer is on its way.
      setImmediate(() => void this.stop(stopReasons.asked));
    } else if (!this.#isDraining) {
      this.#isDraining = true;
      log.info('draining: nothing new starts, running operations end first');
      service.drain().then(
        () => this.stop(stopReasons.drained),
        (error: unknown) => {
          log.error('draining failed', { error: errorText(error) });
          return this.stop(stopReasons.drainFailed);
        },
      );
    }
    return { stopping: true };
  }

  #checkOwnership(): void {
    const { log, config } = this.#options;
    const { identity, lock } = this.#parts;
    try {
      const check = checkOwnership({
        dataDir: config.dataDir,
        identity,
        lock,
        registration: this.registration,
      });
      if (check.state === 'restored') log.warn(check.message);
      if (check.state === 'lost') {
        log.error(check.message);
        void this.stop(check.message);
      }
    } catch (error) {
      // A full or read-only disk: the daemon serves on, and looks again.
      log.warn('the registration could not be checked', { error: errorText(error) });
    }
  }

  #clients(): number {
    return (this.#sockets?.clients() ?? 0) + (this.#rest?.streams() ?? 0);
  }

  #state(): 'ready' | 'draining' {
    return this.#isDraining ? 'draining' : 'ready';
  }

  #status(): MethodResult<'daemon/status'> {
    const { pid, version, protocol_version, started_at } = this.registration;
    return {
      status: this.#state(),
      pid,
      version,
      protocol_version,
      started_at,
      uptime_ms: Math.max(0, Date.now() - Date.parse(started_at)),
      data_dir: this.#options.config.dataDir,
      clients: this.#clients(),
      ...this.#parts.service.status(),
      memory_rss_bytes: process.memoryUsage.rss(),
    };
  }
}
