/** The few file calls that storage makes, behind an interface: tests put faults and power cuts between any two of them. */
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import { join } from 'node:path';
import { privateDirMode, privateFileMode } from '../../platform/privateFiles.ts';
import { isWindows } from '../../platform/process.ts';
import { isMissing } from './errors.ts';

/** An open file. Positions and lengths are bytes. */
export interface OpenFile {
  /** Writes all of `data` at `position`; rejects if only a part could be written. */
  write(data: Uint8Array, position: number): Promise<void>;
  /** Reads up to `length` bytes from `position`; fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  /** Resolves once everything written (and the length of the file) has reached the disk. */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /**
   * `create` makes the file or empties it; `edit` wants it to be there. Written through, each write reaches the disk before it resolves
   * (where the system can), so that `datasync` after it costs nothing.
   */
  open(path: string, mode: 'create' | 'edit', isWrittenThrough?: boolean): Promise<OpenFile>;
  /** The file's bytes, or its first `maxBytes`. */
  read(path: string, maxBytes?: number): Promise<Buffer>;
  /** Names in a folder, in no order. */
  list(path: string): Promise<string[]>;
  /** Makes a folder that only its owner can enter, and its parents. */
  makeDir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Copies to a name that must be free, down to the disk. */
  copy(from: string, to: string): Promise<void>;
  /** Makes creations, renames and removals in this folder survive a power cut. */
  syncDir(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Removes a folder with all in it (or a file); symbolic links are removed, never followed. No error if it is not there. */
  removeTree(path: string): Promise<void>;
  /** Bytes of a file or of all files under a folder; symbolic links count nothing and are not followed. 0 if it is not there. */
  treeBytes(path: string): Promise<number>;
}

/** Callback calls on a bare descriptor: half the cost of a FileHandle, and the journal makes two of them for each group. */
class NodeFile implements OpenFile {
  readonly #fd: number;
  readonly #isWrittenThrough: boolean;

  constructor(fd: number, isWrittenThrough = false) {
    this.#fd = fd;
    this.#isWrittenThrough = isWrittenThrough;
  }

  async write(data: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < data.byteLength) {
      const written = await this.#writeSome(data, done, position + done);
      if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
      done += written;
    }
  }

  #writeSome(data: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.write(this.#fd, data, offset, data.byteLength - offset, position, (error, written) => {
        if (error) reject(error);
        else resolve(written);
      });
    });
  }

  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const count = await this.#readSome(buffer, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  }

  #readSome(buffer: Buffer, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, buffer, offset, buffer.byteLength - offset, position, (error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  datasync(): Promise<void> {
    if (this.#isWrittenThrough) return Promise.resolve();
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  truncate(length: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.#fd, length, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function openDescriptor(path: string, flags: string | number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, privateFileMode, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

async function readHead(path: string, maxBytes: number): Promise<Buffer> {
  const file = new NodeFile(await openDescriptor(path, 'r'));
  try {
    return await file.read(0, maxBytes);
  } finally {
    await file.close();
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await fsp.copyFile(from, to, fs.constants.COPYFILE_EXCL);
  const copy = new NodeFile(await openDescriptor(to, 'r+'));
  try {
    await copy.datasync();
  } finally {
    await copy.close();
  }
}

/** Windows cannot open a folder for syncing; its file system journals renames itself. */
async function syncFolder(path: string): Promise<void> {
  if (isWindows) return;
  const folder = await fsp.open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function bytesUnder(path: string): Promise<number> {
  try {
    const stat = await fsp.lstat(path);
    if (stat.isFile()) return stat.size;
    if (!stat.isDirectory()) return 0;
    let total = 0;
    for (const name of await fsp.readdir(path)) total += await bytesUnder(join(path, name));
    return total;
  } catch (error) {
    // Removed while we were counting: it takes no room any more.
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** The real file system. */
export const nodeFiles: Files = {
  open: async (path, mode, isWrittenThrough = false) => {
    // One call to the system instead of a write and a sync: a third less time for each group of the journal. Windows has no such flag.
    if (!isWrittenThrough || isWindows)
      return new NodeFile(await openDescriptor(path, mode === 'create' ? 'w+' : 'r+'));
    const { O_RDWR, O_CREAT, O_TRUNC, O_DSYNC } = fs.constants;
    const flags = O_RDWR | O_DSYNC | (mode === 'create' ? O_CREAT | O_TRUNC : 0);
    return new NodeFile(await openDescriptor(path, flags), true);
  },
  read: (path, maxBytes) => (maxBytes === undefined ? fsp.readFile(path) : readHead(path, maxBytes)),
  list: (path) => fsp.readdir(path),
  makeDir: async (path) => {
    await fsp.mkdir(path, { recursive: true, mode: privateDirMode });
  },
  rename: (from, to) => fsp.rename(from, to),
  unlink: (path) => fsp.unlink(path),
  copy: copyDurably,
  syncDir: syncFolder,
  exists: async (path) => {
    try {
      await fsp.lstat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  },
  removeTree: (path) => fsp.rm(path, { recursive: true, force: true }),
  treeBytes: bytesUnder,
};
