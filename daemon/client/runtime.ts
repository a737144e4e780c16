import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareVersions } from './versions.ts';
import { DaemonUnreachableError } from './errors.ts';

export interface NodeRuntime {
  readonly program: string;
  /** The program is Electron (an editor) and must be told to be Node. */
  readonly isElectron: boolean;
}

/** node:sqlite needs no flag from here on. */
const wantedNodeVersion = '22.13.0';

/**
 * The Node a daemon runs on: this process's own if it is new enough, else the one of the `node` package beside the bundle,
 * else this process's own all the same (what needs a newer one then says so).
 */
export function chooseNode(
  serverPath: string,
  versions: NodeJS.ProcessVersions = process.versions,
): NodeRuntime {
  const own: NodeRuntime = { program: process.execPath, isElectron: versions.electron !== undefined };
  if (compareVersions(versions.node, wantedNodeVersion) >= 0) return own;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const packaged = join(dirname(serverPath), '..', 'node_modules', 'node', 'bin', name);
  return existsSync(packaged) ? { program: packaged, isElectron: false } : own;
}

/** The bundled server: beside this code's bundle, or above it when this code sits in a chunk, or in dist of the sources. */
export function findServerPath(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = ['server.mjs', '../server.mjs', '../../dist/server.mjs'].map((path) => join(here, path));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new DaemonUnreachableError(
    `The daemon's program server.mjs is not there (looked in ${candidates.join(', ')}). Install the package again, or run "npm run build" in a checkout.`,
  );
}
