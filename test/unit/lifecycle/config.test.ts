import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readServerConfig } from '../../../daemon/server/config.ts';

describe('the settings of the server', () => {
  it('have defaults', () => {
    expect(readServerConfig([], {})).toMatchObject({
      idleTimeoutMs: 1_800_000,
      maxParallel: 16,
      engineMemoryLimitMb: 512,
      logLevel: 'info',
    });
  });

  it('take the data directory from the argument, then the variable; an empty one counts as unset', () => {
    expect(readServerConfig(['--data-dir', 'a'], { BATCH_JOBS_DIR: '/b' }).dataDir).toBe(resolve('a'));
    expect(readServerConfig([], { BATCH_JOBS_DIR: '/b' }).dataDir).toBe(resolve('/b'));
    const fallback = readServerConfig([], {}).dataDir;
    expect(fallback).toMatch(/ombudsman/);
    expect(readServerConfig([], { BATCH_JOBS_DIR: '', OMBUDSMAN_MAX_PARALLEL: '' }).dataDir).toBe(fallback);
  });

  it.each([
    ['OMBUDSMAN_MAX_PARALLEL', '0'],
    ['OMBUDSMAN_MAX_PARALLEL', 'many'],
    ['OMBUDSMAN_MAX_PARALLEL', '4.5'],
    ['OMBUDSMAN_IDLE_TIMEOUT_MS', '-1'],
    ['OMBUDSMAN_ENGINE_MEMORY_MB', '1'],
    ['OMBUDSMAN_LOG_LEVEL', 'loud'],
  ])('refuse %s=%s, naming it and what to write', (name, value) => {
    const read = () => readServerConfig([], { [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`${name}=${value} .*write`));
  });

  it('refuse an unknown argument', () => {
    expect(() => readServerConfig(['--port', '80'], {})).toThrow(/--data-dir/);
  });
});
