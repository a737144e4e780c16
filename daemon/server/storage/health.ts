import type { StorageError } from './errors.ts';

/** Whether the last write went well, over all files of the data directory. */
export class Health {
  #failure: StorageError | undefined;

  succeeded(): void {
    this.#failure = undefined;
  }

  failed(error: StorageError): void {
    this.#failure = error;
  }

  report(): { ok: boolean; message?: string } {
    const failure = this.#failure;
    return failure === undefined
      ? { ok: true }
      : { ok: false, message: `${failure.message} ${failure.hint}` };
  }
}
