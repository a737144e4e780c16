import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { trustedSettings } from '../support/vscode.ts';

/** A kind of window that tests run in. */
export interface HostState {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Makes the folder that is opened; returns undefined for a window without one. */
  makeWorkspace(parent: string): string | undefined;
}

const restrictedSettings = { 'security.workspace.trust.startupPrompt': 'never' };

/** Copies the examples, for they name each other; returns the folder of the first. */
export function copyExample(parent: string): string {
  const examples = resolve(import.meta.dirname, '../../examples');
  // What somebody generated and ran here stays here; tests start as a fresh clone does.
  const isSource = (path: string): boolean => !['data', '.ombudsman'].includes(basename(path));
  for (const name of ['retail-migration', 'finance-ledger']) {
    cpSync(join(examples, name), join(parent, name), { recursive: true, filter: isSource });
  }
  return join(parent, 'retail-migration');
}

function makePlainFolder(parent: string): string {
  const folder = join(parent, 'plain');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'Nothing of ours here.\n');
  return folder;
}

export const hostStates = {
  trusted: { settings: trustedSettings, makeWorkspace: copyExample },
  untrusted: { settings: restrictedSettings, makeWorkspace: copyExample },
  noProject: { settings: trustedSettings, makeWorkspace: makePlainFolder },
  empty: { settings: trustedSettings, makeWorkspace: () => undefined },
} as const satisfies Record<string, HostState>;
export type HostStateName = keyof typeof hostStates;

/** Absolute paths of the test files of a state, sorted; `only` keeps those whose name has one of these parts. */
export function testFilesOf(state: HostStateName, only: readonly string[] = []): string[] {
  const stateOf = (name: string): string => /\.(\w+)\.test\.ts$/.exec(name)?.[1] ?? 'trusted';
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts') && stateOf(name) === state)
    .filter((name) => only.length === 0 || only.some((part) => name.includes(part)))
    .sort()
    .map((name) => join(import.meta.dirname, name));
}
