import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import { differencesContent } from './differencesDocument.ts';
import type { DocumentContent } from './documentContent.ts';
import { registerDocumentFeatures } from './documentFeatures.ts';
import { parseDocumentUri } from './documentUri.ts';
import { KeptTexts } from './keptTexts.ts';
import { logContent } from './logDocument.ts';
import { operationContent } from './operationDocument.ts';

/** A document as the file system tells of it. `mtime` grows with each change: editors read again only what is newer. */
export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

interface Entry {
  readonly content: DocumentContent;
  text: string;
  snapshot: Snapshot | undefined;
}

/** How long something that was asked for is kept although no editor has it (any more). */
const lingerMs = 10_000;

/** The contents of all documents that are open, and of those that were asked for a moment ago. */
export class LiveDocuments {
  readonly #services: Services;
  readonly #changed: (uri: vscode.Uri) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #disposables: vscode.Disposable[];

  constructor(services: Services, changed: (uri: vscode.Uri) => void) {
    this.#services = services;
    this.#changed = changed;
    this.#disposables = [
      registerDocumentFeatures(),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.#entries.has(uri.toString())) this.#releaseLater(uri);
      }),
    ];
  }

  /** Rejects with FileNotFound for a URI that says nothing. */
  async read(uri: vscode.Uri): Promise<Snapshot> {
    const key = uri.toString();
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { content: this.#open(uri), text: '', snapshot: undefined };
      this.#entries.set(key, entry);
      this.#releaseLater(uri);
    }
    const text = await entry.content.read();
    if (entry.snapshot === undefined || text !== entry.text) {
      entry.text = text;
      const mtime = Math.max(Date.now(), (entry.snapshot?.mtime ?? 0) + 1);
      entry.snapshot = { bytes: Buffer.from(text, 'utf8'), mtime };
    }
    return entry.snapshot;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    for (const { content } of this.#entries.values()) content.dispose();
    this.#entries.clear();
  }

  #open(uri: vscode.Uri): DocumentContent {
    const services = this.#services;
    const address = parseDocumentUri(uri);
    const onDidChange = () => this.#changed(uri);
    switch (address?.kind) {
      case 'log':
        return logContent({ services, address, onDidChange });
      case 'operation':
        return operationContent({ services, address, onDidChange });
      case 'differences':
        return differencesContent({ services, address, onDidChange });
      case 'text':
        return keptContent(services, address.fingerprint);
      case undefined:
        throw vscode.FileSystemError.FileNotFound(uri);
    }
  }

  #releaseLater(uri: vscode.Uri): void {
    setTimeout(() => {
      const key = uri.toString();
      const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === key);
      if (isOpen) return;
      this.#entries.get(key)?.content.dispose();
      this.#entries.delete(key);
    }, lingerMs);
  }
}

function keptContent(services: Services, fingerprint: string): DocumentContent {
  const text = new KeptTexts(services).read(fingerprint);
  return {
    read: async () => (await text) ?? '# This text is not kept any more. Make it again.\n',
    poke: () => undefined,
    dispose: () => undefined,
  };
}
