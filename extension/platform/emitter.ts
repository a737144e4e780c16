import type * as vscode from 'vscode';

/**
 * VS Code's event shape without VS Code at run time, so that what tells of changes can be tested outside of it. A listener that
 * throws is reported and keeps nobody else from being told.
 */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  readonly event: vscode.Event<T> = (listener, thisArg, disposables) => {
    const bound = (value: T): unknown => listener.call(thisArg, value) as unknown;
    this.#listeners.add(bound);
    const disposable = { dispose: () => void this.#listeners.delete(bound) };
    disposables?.push(disposable);
    return disposable;
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
