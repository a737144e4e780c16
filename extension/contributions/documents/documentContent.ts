import type { Services } from '../../platform/services.ts';
import type { DocumentAddress } from './documentUri.ts';

/** What a document shows, from when it is opened until it is closed. */
export interface DocumentContent {
  /** The text as it stands now. Never rejects: what went wrong is said in the text. */
  read(): Promise<string>;
  /** Asks again for what may have changed; `onDidChange` tells if something has. */
  poke(): void;
  dispose(): void;
}

export interface ContentRequest<K extends DocumentAddress['kind']> {
  readonly services: Services;
  readonly address: Extract<DocumentAddress, { kind: K }>;
  readonly onDidChange: () => void;
}

interface Hinted {
  readonly data?: { readonly hint?: string };
}

/** An error as the text of a document, each line behind a `#`. */
export function failureText(what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = (error as Hinted | undefined)?.data?.hint;
  const lines = [`${what} cannot be shown: ${message}`, ...(hint === undefined ? [] : [hint])];
  return `${lines
    .flatMap((line) => line.split(/\r?\n/))
    .map((line) => `# ${line}`)
    .join('\n')}\n`;
}
