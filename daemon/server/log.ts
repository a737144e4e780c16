import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateDir, privateFileMode } from '../platform/privateFiles.ts';
import { logLevels, type LogLevel } from './config.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** JSON lines for people and programs. Writing never throws: a full disk must not end the daemon. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const secrets = new Set<string>();
/** Shorter values stand in every other word; hiding them would destroy the text and hide nothing. */
const shortestSecret = 4;

/** From now on this value is replaced wherever `redact` passes: log lines and errors that leave the daemon. */
export function registerSecret(value: string): void {
  if (value.length >= shortestSecret) secrets.add(value);
}

/** The text with every registered secret replaced by `[secret]`, longer secrets first (one may hold another). */
export function redact(text: string): string {
  if (secrets.size === 0) return text;
  let clean = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (clean.includes(secret)) clean = clean.replaceAll(secret, '[secret]');
  }
  return clean;
}

/** JSON of a value with every registered secret hidden; strings are redacted before they are escaped. */
export function redactedJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? redact(part) : part)) ?? 'null'
  );
}

/** The text of anything thrown, with its stack where it has one. Not yet redacted. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${errorText(error.cause)}`;
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
}

export interface LogFileOptions {
  readonly path: string;
  readonly level: LogLevel;
  /** Size at which the file becomes `<path>.1`; `keep` older ones stay. */
  readonly maxBytes?: number;
  readonly keep?: number;
  /** Where a line goes that the file does not take. */
  readonly fallback?: (line: string) => void;
}

export function logPath(dataDir: string): string {
  return join(dataDir, 'logs', 'daemon.log');
}

/**
 * A log in a file that rotates by size. Each line opens the file anew: one deleted or renamed from outside is simply
 * begun again, and the daemon logs little enough for that to cost nothing.
 */
export function createFileLog(options: LogFileOptions): Logger {
  const { path, level, maxBytes = 2_000_000, keep = 2 } = options;
  const fallback = options.fallback ?? ((line: string) => process.stderr.write(line));
  const threshold = logLevels.indexOf(level);

  const rotate = (): void => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < maxBytes) return;
    rmSync(`${path}.${keep}`, { force: true });
    for (let older = keep - 1; older >= 1; older -= 1) {
      if (statSync(`${path}.${older}`, { throwIfNoEntry: false }) !== undefined) {
        renameSync(`${path}.${older}`, `${path}.${older + 1}`);
      }
    }
    renameSync(path, `${path}.1`);
  };

  const write = (lineLevel: LogLevel, message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(lineLevel) < threshold) return;
    const line = `${formatLine(lineLevel, message, fields)}\n`;
    try {
      rotate();
      appendFileSync(path, line, { mode: privateFileMode });
    } catch {
      fallback(line);
    }
  };

  try {
    makePrivateDir(dirname(path));
  } catch {
    // Said by the first line, which then goes to the fallback.
  }
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function formatLine(level: LogLevel, message: string, fields: LogFields): string {
  const head = { at: new Date().toISOString(), level, pid: process.pid, message: redact(message) };
  const asText = Object.entries(fields).map(([name, value]) => [name, fieldValue(value)] as const);
  return JSON.stringify({ ...head, ...Object.fromEntries(asText) });
}

function fieldValue(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'string') return redact(value);
  if (value instanceof Error) return redact(errorText(value));
  try {
    return redactedJson(value);
  } catch {
    return '[not serialisable]';
  }
}
