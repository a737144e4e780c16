import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { makePrivateDir } from '../platform/privateFiles.ts';
import { ConfigError, readServerConfig, type ServerConfig } from './config.ts';

/**
 * Entry of the server process: reads the settings and turns on the compile cache before anything heavy is loaded. Exit codes:
 * 0 stopped, or another daemon owns the data directory; 1 could not start or was ended at once; 2 wrong settings.
 */
const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

function fail(error: unknown, code: number): never {
  const text =
    error instanceof Error && code !== exitCode.usage ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function readConfig(): ServerConfig {
  try {
    return readServerConfig();
  } catch (error) {
    return fail(error, error instanceof ConfigError ? exitCode.usage : exitCode.failed);
  }
}

try {
  const config = readConfig();
  makePrivateDir(config.dataDir);
  // Starting makes much short-lived garbage, and V8 would answer with a young generation of several MiB that an idle daemon then
  // keeps. It may grow as usual once there is work.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Node 22.8 and later; in the private data directory, for the default one is shared with other users of the machine.
  module.enableCompileCache?.(join(config.dataDir, 'compile-cache'));
  const { boot } = await import('./boot.ts');
  await boot(config, dirname(fileURLToPath(import.meta.url)), (isOk) =>
    process.exit(isOk ? exitCode.ok : exitCode.failed),
  );
  setFlagsFromString('--semi-space-growth-factor=2');
  module.flushCompileCache?.();
} catch (error) {
  fail(error, exitCode.failed);
}
