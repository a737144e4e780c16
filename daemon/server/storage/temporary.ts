import type { Files } from './files.ts';

let count = 0;

/** A name beside `path` for writing its next version; unique in this process, and of this process by its pid. */
export function tempPath(path: string): string {
  count += 1;
  return `${path}.tmp-${process.pid}-${count}`;
}

const tempPattern = /\.tmp-\d+-\d+$/;

/** True for a name that `tempPath` makes: what a crash left of it may be removed. */
export function isTempName(name: string): boolean {
  return tempPattern.test(name);
}

/** A name beside `path` under which a damaged file is kept: `.corrupt-20260131T235959999Z`, numbered if that is taken. */
export function corruptPath(path: string, now: Date, attempt: number): string {
  const time = now.toISOString().replace(/[-:.]/g, '');
  return `${path}.corrupt-${time}${attempt === 0 ? '' : `-${attempt}`}`;
}

/** The name that a file had before `corruptPath` gave it this one; undefined for any other name. */
export function nameBeforeCorrupt(name: string): string | undefined {
  return /^(.+)\.corrupt-\d{8}T\d{9}Z(?:-\d+)?$/.exec(name)?.[1];
}

/** Removes a file that nobody needs; leaving it behind is no error. */
export async function unlinkQuietly(files: Files, path: string): Promise<void> {
  await files.unlink(path).catch(() => undefined);
}
