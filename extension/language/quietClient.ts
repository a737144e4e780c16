import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import type * as vscode from 'vscode';
import type { LanguageTransport } from '../../daemon/client/languageTransport.ts';
import type { LanguageOptions } from '../../daemon/protocol/language.ts';
import type { Settings } from '../platform/services.ts';
import { traceChannel } from './traceChannel.ts';
import { messageTransports } from './transports.ts';

/** Names the client in settings: the library reads `ombudsman.trace.server` by it. */
const clientId = 'ombudsman';

const documentSelector = [
  { scheme: 'file', pattern: '**/ombudsman.yaml' },
  { scheme: 'file', pattern: '**/*.pipeline.yaml' },
  { scheme: 'file', pattern: '**/*.batch.{yaml,yml,json}' },
  { scheme: 'file', pattern: '**/*.schema.{yaml,yml}' },
];

export interface QuietClientOptions {
  readonly transport: LanguageTransport;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  readonly initializationOptions: LanguageOptions;
}

/**
 * The language client over a transport that is already open. It pops up nothing: a server that goes away is this extension's to
 * deal with, and its log tells of it. Once its transport has ended it is of no more use.
 */
export class QuietClient extends LanguageClient {
  constructor(options: QuietClientOptions) {
    const { transport, log, settings, initializationOptions } = options;
    const clientOptions: LanguageClientOptions = {
      documentSelector,
      diagnosticCollectionName: clientId,
      outputChannel: log,
      traceOutputChannel: traceChannel(log, settings),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: 'The connection ended.' }),
      },
    };
    const transports = () => Promise.resolve(messageTransports(transport));
    super(clientId, 'Ombudsman language server', transports, clientOptions);
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
