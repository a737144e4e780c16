import { expect, it } from 'vitest';
import type * as vscode from 'vscode';
import { traceChannel } from '../../../../extension/language/traceChannel.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import type { Settings } from '../../../../extension/platform/services.ts';

it('traces what the setting says, into the log whatever its level', () => {
  const lines: string[] = [];
  const log = {
    logLevel: 3,
    name: 'Ombudsman',
    info: (message: string) => void lines.push(`info ${message}`),
    trace: (message: string) => void lines.push(`trace ${message}`),
  } as unknown as vscode.LogOutputChannel;
  const changed = new Emitter<void>(() => undefined);
  const settings: { traceServer: Settings['traceServer'] } & Pick<Settings, 'onDidChange'> = {
    traceServer: 'off',
    onDidChange: changed.event,
  };
  const channel = traceChannel(log, settings);
  const told: number[] = [];
  const listener = channel.onDidChangeLogLevel((level) => told.push(level));
  expect(channel.logLevel).toBe(3);
  settings.traceServer = 'verbose';
  changed.fire();
  expect(channel.logLevel).toBe(1);
  settings.traceServer = 'off';
  changed.fire();
  expect(told).toEqual([1, 3]);
  listener.dispose();
  changed.fire();
  expect(told).toEqual([1, 3]);
  channel.trace('a message');
  expect(lines).toEqual(['info a message']);
  expect(channel.name).toBe('Ombudsman');
});
