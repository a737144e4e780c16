import { homedir } from 'node:os';
import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from './emitter.ts';
import type { Settings } from './services.ts';

const section = 'ombudsman';
const traceChoices: readonly Settings['traceServer'][] = ['off', 'messages', 'verbose'];
const notifyChoices: readonly Settings['notifyAtEnd'][] = ['always', 'failures', 'never'];

/** The settings of the manifest. In Restricted Mode VS Code leaves out what the workspace says of the restricted ones. */
export function createSettings(log: vscode.LogOutputChannel): Settings {
  const emitter = new Emitter<void>((error) => log.error('a listener of the settings failed', error));
  const listener = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) emitter.fire();
  });
  // People edit settings by hand: a value that makes no sense counts as not set.
  const read = (name: string): unknown => vscode.workspace.getConfiguration(section).get(name);
  return {
    get dataDirectory() {
      return dataDirectoryOf(read('dataDirectory'));
    },
    get notifyAtEnd() {
      const given = read('notifications.jobEnd');
      return notifyChoices.find((choice) => choice === given) ?? 'always';
    },
    get codeLens() {
      return read('codeLens.enabled') !== false;
    },
    get resultDiagnostics() {
      return read('results.showInEditor') !== false;
    },
    get traceServer() {
      const given = read('trace.server');
      return traceChoices.find((choice) => choice === given) ?? 'off';
    },
    onDidChange: emitter.event,
    dispose: () => {
      listener.dispose();
      emitter.dispose();
    },
  };
}

/** A path that is not absolute starts at the home directory, as `~` does: there is no folder it could mean in all windows. */
function dataDirectoryOf(setting: unknown): string | undefined {
  const path = typeof setting === 'string' ? setting.trim() : '';
  if (path === '') return undefined;
  return resolve(homedir(), path === '~' ? '' : path.replace(/^~[/\\]/, ''));
}
