import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { perUserStateDir } from '../platform/stateDir.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ServerConfig {
  /** Absolute. */
  readonly dataDir: string;
  readonly idleTimeoutMs: number;
  /** Operations of all jobs together that may run at once. */
  readonly maxParallel: number;
  readonly engineMemoryLimitMb: number;
  readonly logLevel: LogLevel;
}

/** A setting is wrong; the message names it and says what to write instead. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const maxTimerMs = 2_147_483_647;
const halfHourMs = 30 * 60 * 1000;

// Read by hand: zod would have to load before anything else, the compile cache that makes it load fast included.
function whole(
  environment: NodeJS.ProcessEnv,
  name: string,
  range: readonly [number, number],
  unset: number,
): number {
  const text = environment[name] ?? '';
  if (text === '') return unset;
  const [minimum, maximum] = range;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new ConfigError(`${name}=${text} is not usable: write a whole number from ${minimum} to ${maximum}.`);
}

function logLevel(environment: NodeJS.ProcessEnv): LogLevel {
  const text = environment.OMBUDSMAN_LOG_LEVEL ?? '';
  if (text === '') return 'info';
  const level = logLevels.find((one) => one === text);
  if (level !== undefined) return level;
  throw new ConfigError(`OMBUDSMAN_LOG_LEVEL=${text} is not usable: write one of ${logLevels.join(', ')}.`);
}

const options = { 'data-dir': { type: 'string' } } as const;

function dataDirOption(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values['data-dir'];
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${what}. The daemon takes --data-dir DIR and nothing else.`, { cause: error });
  }
}

/**
 * Reads arguments and environment; an empty variable counts as unset. Throws ConfigError.
 * The data directory is, in this order: --data-dir, BATCH_JOBS_DIR, the per-user state directory of the platform.
 */
export function readServerConfig(
  args: readonly string[] = process.argv.slice(2),
  environment: NodeJS.ProcessEnv = process.env,
): ServerConfig {
  const dataDir = dataDirOption(args) ?? (environment.BATCH_JOBS_DIR || perUserStateDir('ombudsman'));
  return {
    dataDir: resolve(dataDir),
    idleTimeoutMs: whole(environment, 'OMBUDSMAN_IDLE_TIMEOUT_MS', [1, maxTimerMs], halfHourMs),
    maxParallel: whole(environment, 'OMBUDSMAN_MAX_PARALLEL', [1, 1024], 16),
    engineMemoryLimitMb: whole(environment, 'OMBUDSMAN_ENGINE_MEMORY_MB', [128, 1_048_576], 512),
    logLevel: logLevel(environment),
  };
}

/** A variable of the daemon's own environment, for `${env:NAME}`; undefined if it is not set. */
export function environmentVariable(name: string): string | undefined {
  return process.env[name];
}
