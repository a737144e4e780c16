import type { MethodInput, MethodResult } from '../daemon/protocol/methods.ts';
import {
  toPageSchema,
  type Failure,
  type RelayedCommand,
  type RelayedMethod,
  type ToHost,
  type ToPage,
} from './protocol/messages.ts';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host, as the page sees it. `acquireVsCodeApi` may be called once in the life of a page. */
const api = acquireVsCodeApi();

/** Why the host or the daemon did not do what was asked. `dismissed`: the person thought better of it. */
export class HostError extends Error {
  readonly kind: string;
  readonly hint: string | null;

  constructor({ kind, message, hint }: Failure) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HostError) => void;
}
const asked = new Map<number, Asked>();
let lastId = 0;

type WithId = Extract<ToHost, { id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

function ask(message: WithoutId<WithId>): Promise<unknown> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    asked.set(id, { resolve, reject });
    api.postMessage({ ...message, id });
  });
}

export function post(message: Exclude<ToHost, { id: number }>): void {
  api.postMessage(message);
}

/** A method of the daemon. Rejects with HostError. */
export async function call<M extends RelayedMethod>(
  method: M,
  params: MethodInput<M>,
): Promise<MethodResult<M>> {
  return (await ask({ type: 'call', method, params })) as MethodResult<M>;
}

/** A command of the extension. Rejects with HostError. */
export async function runCommand(command: RelayedCommand, ...args: readonly unknown[]): Promise<void> {
  await ask({ type: 'command', command, args: [...args] });
}

/** The path written. Rejects with HostError, of kind `dismissed` if the person thought better of it. */
export async function saveBatchFile(
  projectDir: string,
  definition: Readonly<Record<string, unknown>>,
): Promise<string> {
  return (await ask({
    type: 'saveBatchFile',
    project_dir: projectDir,
    definition: { ...definition },
  })) as string;
}

/** What was written where, in a sentence. Rejects as saveBatchFile. */
export async function exportRows(
  name: string,
  params: Omit<MethodInput<'artifacts/export'>, 'file'>,
): Promise<string> {
  return (await ask({ type: 'exportRows', name, params: { ...params } })) as string;
}

/** Every message of the host that fits the protocol; answers go to those who asked. */
export function listen(onMessage: (message: ToPage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const parsed = toPageSchema.safeParse(event.data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type !== 'answer' && message.type !== 'failure') {
      onMessage(message);
      return;
    }
    const waiting = asked.get(message.id);
    asked.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.result);
    else waiting?.reject(new HostError(message.failure));
  });
}

export const kept = {
  read: (): unknown => api.getState(),
  write: (state: unknown): void => api.setState(state),
};
