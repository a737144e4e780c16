import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { EngineError, abortedError, throwIfAborted, toEngineError } from '../errors.ts';
import { quoteText } from './ansiDialect.ts';
import { duckdbAdmin, type SessionContext } from './duckdbInstance.ts';
import { track } from './resources.ts';

type Mode = 'read' | 'write';

/** The right to use one attached database file. `catalog` is its name in the shared instance. */
export interface Lease {
  readonly catalog: string;
  close(): Promise<void>;
}

interface Waiter {
  readonly owner: string;
  readonly mode: Mode;
  grant(): void;
}

/** One database file: who uses it, who waits, and whether it is attached. */
interface DatabaseFile {
  readonly path: string;
  /** Owner of each lease given, with its mode. */
  readonly holders: { readonly owner: string; readonly mode: Mode }[];
  readonly waiters: Waiter[];
  attached: { readonly catalog: string; readonly mode: Mode } | null;
  /** Attaching and detaching go one after the other. */
  work: Promise<unknown>;
}

const files = new Map<string, DatabaseFile>();
let catalogCount = 0;

/** Whether an owner may have this mode now, given the holders. */
function isFree(file: DatabaseFile, owner: string, mode: Mode): boolean {
  const others = file.holders.filter((holder) => holder.owner !== owner);
  if (mode === 'write') return others.length === 0;
  return others.every((holder) => holder.mode === 'read');
}

function ownsAny(owner: string): boolean {
  return [...files.values()].some((file) => file.holders.some((holder) => holder.owner === owner));
}

/**
 * Readers and writers in the order they came, with one exception: an owner that already holds a lease (of any file) does not
 * stand behind waiting writers, only behind working ones. Otherwise two pipelines over the same two files and two
 * waiting writers could wait for each other for ever.
 */
function mayEnter(file: DatabaseFile, owner: string, mode: Mode): boolean {
  if (!isFree(file, owner, mode)) return false;
  return file.waiters.length === 0 || (mode === 'read' && ownsAny(owner));
}

/** Gives what has become free. A grant may turn its owner's other waits into overtaking ones, so all files are looked at. */
function admitWaiters(): void {
  for (const file of files.values()) {
    for (const waiter of [...file.waiters]) {
      const isNext = file.waiters[0] === waiter || (waiter.mode === 'read' && ownsAny(waiter.owner));
      if (!isNext || !isFree(file, waiter.owner, waiter.mode)) continue;
      file.waiters.splice(file.waiters.indexOf(waiter), 1);
      file.holders.push({ owner: waiter.owner, mode: waiter.mode });
      waiter.grant();
      admitWaiters();
      return;
    }
  }
}

async function enter(file: DatabaseFile, context: SessionContext, mode: Mode): Promise<void> {
  const owner = context.scratchDir;
  if (mode === 'write' && file.holders.some((holder) => holder.owner === owner && holder.mode === 'read'))
    throw new EngineError(
      'internal',
      'lease_upgrade',
      `${file.path}: close the reading connection before writing`,
    );
  if (mayEnter(file, owner, mode)) {
    file.holders.push({ owner, mode });
    admitWaiters();
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const waiter: Waiter = {
      owner,
      mode,
      grant: () => {
        context.signal.removeEventListener('abort', onAbort);
        resolve();
      },
    };
    const onAbort = () => {
      file.waiters.splice(file.waiters.indexOf(waiter), 1);
      admitWaiters();
      reject(abortedError(context.signal));
    };
    context.signal.addEventListener('abort', onAbort, { once: true });
    file.waiters.push(waiter);
  });
}

function leave(file: DatabaseFile, owner: string, mode: Mode): void {
  const index = file.holders.findIndex((holder) => holder.owner === owner && holder.mode === mode);
  file.holders.splice(index, 1);
  admitWaiters();
}

/** Attaches the file in the mode its holders need, or leaves it if it already is. */
function attach(file: DatabaseFile, context: SessionContext): Promise<string> {
  const next = file.work.then(async () => {
    const mode = file.holders.some((holder) => holder.mode === 'write') ? 'write' : 'read';
    if (file.attached?.mode === mode) return file.attached.catalog;
    await detachNow(file, context);
    catalogCount += 1;
    const catalog = `ombudsman_file_${catalogCount}`;
    const access = mode === 'read' ? 'read_only' : 'read_write';
    await duckdbAdmin(context, `attach ${quoteText(file.path)} as ${catalog} (type duckdb, ${access})`);
    file.attached = { catalog, mode };
    return catalog;
  });
  file.work = next.catch(() => undefined);
  return next;
}

async function detachNow(file: DatabaseFile, context: SessionContext): Promise<void> {
  if (!file.attached) return;
  const { catalog } = file.attached;
  file.attached = null;
  await duckdbAdmin(context, `detach ${catalog}`);
}

/** Detaches once nobody holds a lease, so that other programs can open the file. */
function detachIfUnused(file: DatabaseFile, context: SessionContext): Promise<void> {
  const next = file.work.then(() => (file.holders.length === 0 ? detachNow(file, context) : undefined));
  file.work = next.catch(() => undefined);
  return next;
}

async function lease(path: string, context: SessionContext, mode: Mode): Promise<Lease> {
  throwIfAborted(context.signal);
  const key = realPath(path);
  const file = files.get(key) ?? {
    path: key,
    holders: [],
    waiters: [],
    attached: null,
    work: Promise.resolve(),
  };
  files.set(key, file);
  const owner = context.scratchDir;
  await enter(file, context, mode);
  const close = async () => {
    leave(file, owner, mode);
    await detachIfUnused(file, context);
    if (file.holders.length === 0 && file.waiters.length === 0 && !file.attached && files.get(key) === file)
      files.delete(key);
  };
  try {
    const catalog = await attach(file, context);
    return track(owner, { catalog, close });
  } catch (error) {
    await close();
    throw toEngineError(error, path);
  }
}

/** The file may not exist yet (generation makes it); its folder must. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path));
}

/** A read-only lease: the file is attached READ_ONLY, shared with other readers, never with a writer. */
export async function attachForRead(path: string, context: SessionContext): Promise<Lease> {
  if (!existsSync(path)) throw missingFile(path);
  return lease(path, context, 'read');
}

/**
 * A write lease: waits until readers and other writers have left, then the file (made if it does not exist; its folder must)
 * is attached READ_WRITE for this owner alone. Work on `catalog` with a session of workspace() or duckdbSession().
 */
export async function attachForWrite(path: string, context: SessionContext): Promise<Lease> {
  return lease(path, context, 'write');
}

/** "no such file", with the nearest name in its folder. */
export function missingFile(path: string): EngineError {
  const folder = dirname(path);
  const name = basename(path);
  if (!existsSync(folder))
    return new EngineError('definition', 'no_such_file', `${path}: the folder ${folder} does not exist`);
  const near = nearNames(name, readdirSync(folder));
  return new EngineError('definition', 'no_such_file', `${path} does not exist`, {
    hint:
      near.length > 0
        ? `In that folder: ${near.join(', ')}`
        : 'The folder is empty; generate or copy the data first.',
  });
}

/** At most five names, nearest first. */
export function nearNames(wanted: string, names: readonly string[]): string[] {
  const lower = wanted.toLowerCase();
  return names
    .map((name) => ({ name, far: distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 5)
    .map(({ name }) => name);
}
