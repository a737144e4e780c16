import type * as vscode from 'vscode';
import type { Settings } from '../platform/services.ts';

/** `vscode.LogLevel.Trace` and `.Info`, which exist at run time only inside VS Code. */
const levels = { trace: 1, info: 3 } as const;

/**
 * Where the client library traces to. It asks the level of the channel whether to trace at all, and takes `off` in the setting
 * for `messages` once that level is the lowest. So the level told here follows the setting, and what is traced is written
 * whatever the level of the log.
 */
export function traceChannel(
  log: vscode.LogOutputChannel,
  settings: Pick<Settings, 'traceServer' | 'onDidChange'>,
): vscode.LogOutputChannel {
  const level = (): vscode.LogLevel => (settings.traceServer === 'off' ? levels.info : levels.trace);
  const onDidChangeLogLevel: vscode.Event<vscode.LogLevel> = (listener, thisArg, disposables) =>
    settings.onDidChange(() => listener.call(thisArg, level()) as unknown, undefined, disposables);
  return new Proxy(log, {
    get(target, name) {
      if (name === 'logLevel') return level();
      if (name === 'onDidChangeLogLevel') return onDidChangeLogLevel;
      const value: unknown = Reflect.get(target, name === 'trace' ? 'info' : name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
