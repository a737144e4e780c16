import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import {
  createFileStore,
  type FileStore,
  type FileStoreOptions,
} from '../../../daemon/server/storage/fileStore.ts';
import type { StorageContext } from '../../../daemon/server/storage/documents.ts';
import { nodeFiles, type Files } from '../../../daemon/server/storage/files.ts';
import { Health } from '../../../daemon/server/storage/health.ts';
import type { StorageNotice } from '../../../daemon/server/storage/store.ts';

const folders: string[] = [];
const stores: FileStore[] = [];

/** A folder of its own for one test; removed after it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-storage-'));
  folders.push(folder);
  return folder;
}

/** A store that is closed after the test. */
export function storeIn(dataDir: string, options: Partial<FileStoreOptions> = {}): FileStore {
  const store = createFileStore({ dataDir, ...options });
  stores.push(store);
  return store;
}

export async function openStore(
  dataDir: string,
  options: Partial<FileStoreOptions> = {},
): Promise<FileStore> {
  const store = storeIn(dataDir, options);
  await store.open();
  return store;
}

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close().catch(() => undefined)));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function contextOf(
  files: Files = nodeFiles,
): StorageContext & { readonly notices: StorageNotice[]; health: Health } {
  const notices: StorageNotice[] = [];
  return {
    files,
    health: new Health(),
    notices,
    notice: (notice) => notices.push(notice),
    now: () => new Date('2026-05-05T05:05:05.005Z'),
  };
}

/** vitest's matchers, typed as what they stand for. */
export function textWith(part: string): string {
  const matcher: unknown = expect.stringContaining(part);
  return matcher as string;
}

export function textLike(pattern: string): string {
  const matcher: unknown = expect.stringMatching(pattern);
  return matcher as string;
}

export const anyText = textLike('');
