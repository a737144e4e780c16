import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeFiles, type Files, type OpenFile } from '../../../daemon/server/storage/files.ts';

/** What happens at one call: the call fails with an errno, or the process is gone from there on. */
export type Fault =
  { readonly at: number; readonly errno: string } | { readonly at: number; readonly crash: true };

export class Crash extends Error {
  override readonly name = 'Crash';
}

interface Inode {
  /** What a power cut would leave of it. */
  durable: Buffer;
}

/**
 * The real file system with a fault before one call (a failing or interrupted write leaves half of its bytes), and with the
 * memory of a disk: `powerCut` takes away all that was not synced. Syncing itself is only remembered, to be quick.
 */
export class FaultyFiles implements Files {
  readonly calls: string[] = [];
  fault: Fault | undefined;
  /** While set, every call that writes fails with it. */
  refusing: string | undefined;
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();

  constructor(dir: string, fault?: Fault) {
    this.fault = fault;
    for (const path of filesUnder(dir)) {
      const inode = { durable: readFileSync(path) };
      this.#names.set(path, inode);
      this.#durableNames.set(path, inode);
    }
  }

  get isCrashed(): boolean {
    return this.fault !== undefined && 'crash' in this.fault && this.calls.length >= this.fault.at;
  }

  count(name: string): number {
    return this.calls.filter((call) => call === name).length;
  }

  #called(name: string, onFault?: () => void): void {
    if (this.isCrashed) throw new Crash();
    this.calls.push(name);
    const { fault, refusing } = this;
    const isReading =
      name === 'read' || name === 'list' || name === 'exists' || name === 'treeBytes' || name === 'close';
    if (refusing !== undefined && !isReading) throw errnoError(refusing);
    if (fault?.at !== this.calls.length) return;
    onFault?.();
    if ('crash' in fault) throw new Crash();
    throw errnoError(fault.errno);
  }

  async open(path: string, mode: 'create' | 'edit'): Promise<OpenFile> {
    this.#called('open');
    const file = await nodeFiles.open(path, mode);
    let inode = this.#names.get(path);
    if (inode === undefined) {
      inode = { durable: Buffer.alloc(0) };
      this.#names.set(path, inode);
    }
    return this.#watch(file, inode);
  }

  #watch(file: OpenFile, inode: Inode): OpenFile {
    return {
      write: async (data, position) => {
        let isHalf = false;
        try {
          this.#called('write', () => (isHalf = true));
        } catch (error) {
          if (isHalf) await file.write(data.subarray(0, data.byteLength >> 1), position);
          throw error;
        }
        await file.write(data, position);
      },
      read: async (position, length) => {
        this.#called('read');
        return await file.read(position, length);
      },
      datasync: async () => {
        this.#called('datasync');
        inode.durable = await file.read(0, 1 << 20);
      },
      truncate: async (length) => {
        this.#called('truncate');
        await file.truncate(length);
      },
      close: async () => {
        // Closed for good in any case: a dead process holds no files, and a failed close must not be repeated.
        await file.close();
        this.#called('close');
      },
    };
  }

  async read(path: string, maxBytes?: number): Promise<Buffer> {
    this.#called('read');
    return await nodeFiles.read(path, maxBytes);
  }

  async list(path: string): Promise<string[]> {
    this.#called('list');
    return await nodeFiles.list(path);
  }

  async makeDir(path: string): Promise<void> {
    this.#called('makeDir');
    await nodeFiles.makeDir(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#called('rename');
    await nodeFiles.rename(from, to);
    this.#names.set(to, this.#names.get(from) as Inode);
    this.#names.delete(from);
  }

  async unlink(path: string): Promise<void> {
    this.#called('unlink');
    await nodeFiles.unlink(path);
    this.#names.delete(path);
  }

  async copy(from: string, to: string): Promise<void> {
    this.#called('copy');
    await nodeFiles.copy(from, to);
    this.#names.set(to, { durable: readFileSync(to) });
  }

  async syncDir(path: string): Promise<void> {
    this.#called('syncDir');
    for (const name of this.#durableNames.keys())
      if (dirname(name) === path && !this.#names.has(name)) this.#durableNames.delete(name);
    for (const [name, inode] of this.#names) if (dirname(name) === path) this.#durableNames.set(name, inode);
  }

  async exists(path: string): Promise<boolean> {
    this.#called('exists');
    return await nodeFiles.exists(path);
  }

  async removeTree(path: string): Promise<void> {
    this.#called('removeTree');
    await nodeFiles.removeTree(path);
  }

  async treeBytes(path: string): Promise<number> {
    this.#called('treeBytes');
    return await nodeFiles.treeBytes(path);
  }

  /** The directory as a disk would show it that lost all that was not synced. */
  powerCut(): void {
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const inode = this.#durableNames.get(path);
      if (inode !== undefined) writeFileSync(path, inode.durable);
      else if (existsSync(path)) rmSync(path);
    }
  }
}

function errnoError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}
