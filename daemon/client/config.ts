import { resolve } from 'node:path';
import { perUserStateDir } from '../platform/stateDir.ts';

/** The data directory a client means: the one given, else BATCH_JOBS_DIR, else the per-user state directory. Absolute. */
export function clientDataDir(given?: string, environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(given ?? (environment.BATCH_JOBS_DIR || perUserStateDir('ombudsman')));
}

/** Set by an editor's debugger, a test runner or a cluster for this process alone; a daemon outlives it. */
const notForDaemons = new Set([
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'VSCODE_INSPECTOR_OPTIONS',
  'ELECTRON_RUN_AS_NODE',
]);

/** The environment a daemon is started with. */
export function daemonEnvironment(
  asElectronNode: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !notForDaemons.has(name));
  return { ...Object.fromEntries(kept), ...(asElectronNode ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
}
