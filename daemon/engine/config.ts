/**
 * The engine's environment, and the one setting that must stand before anything else runs: DuckDB waits in threads of libuv's
 * pool, whose default of four would let four long queries hold up every file access and host lookup of the process.
 */
process.env['UV_THREADPOOL_SIZE'] ??= '64';

/** The environment programs of `command` start with; their own `env` comes on top. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete environment['UV_THREADPOOL_SIZE'];
  return environment;
}
