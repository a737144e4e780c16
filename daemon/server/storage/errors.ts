/** What went wrong on disk, in words a program can tell apart. */
export type StorageErrorCode =
  'disk_full' | 'read_only' | 'permission' | 'io' | 'newer_version' | 'damaged' | 'not_found' | 'conflict';

/** Every method of the store rejects with this and nothing else. `hint` says what a person can do about it. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly hint: string;
  readonly path: string | undefined;

  constructor(
    code: StorageErrorCode,
    message: string,
    hint: string,
    options: { path?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.path = options.path;
  }
}

const codes: Record<string, StorageErrorCode> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EFBIG: 'disk_full',
  EROFS: 'read_only',
  EACCES: 'permission',
  EPERM: 'permission',
};

const hints = {
  disk_full:
    'Free some space (or raise the quota), or move the data directory with --data-dir or BATCH_JOBS_DIR.',
  read_only:
    'Mount the file system writable, or choose another data directory with --data-dir or BATCH_JOBS_DIR.',
  permission: 'Give your user read and write access to this path, or choose another data directory.',
  io: 'The disk or file system answered with an error; see the system log and check the disk.',
} as const;

const words = {
  disk_full: 'the disk is full',
  read_only: 'the file system is read-only',
  permission: 'access was denied',
  io: 'the file system reported an error',
} as const;

/** The errno code of a failed file call, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** True for "there is no such file". */
export function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT';
}

/** Puts a failed file call into the words of a StorageError. `doing` completes "While …". */
export function toStorageError(error: unknown, doing: string, path: string): StorageError {
  if (error instanceof StorageError) return error;
  const errno = errnoOf(error);
  const code = (errno === undefined ? 'io' : (codes[errno] ?? 'io')) as keyof typeof words;
  const detail = errno ?? (error instanceof Error ? error.message : String(error));
  return new StorageError(code, `While ${doing} ${path}: ${words[code]} (${detail}).`, hints[code], {
    path,
    cause: error,
  });
}
