import type { ServerConfig } from './config.ts';
import { startDaemon } from './daemon.ts';
import { onStopSignals } from './lifecycle/signals.ts';
import { createFileLog, errorText, logPath } from './log.ts';

/**
 * Runs the daemon of this process until it stops, then calls `exit`. Resolves once it serves. Errors nobody caught are logged
 * and the daemon goes on: what it has accepted is on disk, and ending would help no client.
 */
export async function boot(
  config: ServerConfig,
  bundleDir: string,
  exit: (isOk: boolean) => void,
): Promise<void> {
  // Where the log goes when its file takes nothing. On a full disk this fails too, and an error nobody hears would be logged, and fail
  // again, without end.
  process.stderr.on('error', () => undefined);
  const log = createFileLog({ path: logPath(config.dataDir), level: config.logLevel });
  process.on('uncaughtException', (error) => log.error('uncaught exception', { error: errorText(error) }));
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error: errorText(error) }));

  const starting = startDaemon({
    config,
    log,
    createService: async () => {
      // A process that finds the directory taken never needs it.
      const { composeService } = await import('./compose.ts');
      return composeService(config, bundleDir, log);
    },
  });
  onStopSignals(
    (reason) => {
      // One that comes while starting waits for the start: half a daemon could not be stopped in order.
      void starting.then((result) => ('daemon' in result ? result.daemon.stop(reason) : undefined));
    },
    (reason) => {
      log.warn('ending at once', { reason });
      exit(false);
    },
  );

  const started = await starting;
  if ('alreadyRunning' in started) {
    const { owner, registration } = started.alreadyRunning;
    const where = registration === null ? 'starting' : `port ${registration.port}`;
    process.stderr.write(`the daemon with pid ${owner.pid} (${where}) already serves ${config.dataDir}\n`);
    exit(true);
    return;
  }
  void started.daemon.stopped.then(() => exit(true));
}
