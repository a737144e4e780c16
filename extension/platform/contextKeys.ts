import * as vscode from 'vscode';
import type { ContextKeys, ContextKeyValues } from './services.ts';

export function createContextKeys(): ContextKeys {
  const values: Partial<ContextKeyValues> = {};
  return {
    get: (key) => values[key],
    set: (key, value) => {
      if (values[key] === value) return;
      values[key] = value;
      void vscode.commands.executeCommand('setContext', key, value);
    },
  };
}
