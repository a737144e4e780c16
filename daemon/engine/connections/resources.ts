/** What an attempt holds open, by its scratch folder: the attempt's end closes what a runner left behind. */
interface Closable {
  close(): Promise<void>;
}

const held = new Map<string, Set<Closable>>();

/** Remembers something to close. The answer's close (once, whoever calls first) forgets it again. */
export function track<T extends Closable>(owner: string, resource: T): T {
  const all = held.get(owner) ?? new Set<Closable>();
  held.set(owner, all);
  all.add(resource);
  const close = resource.close.bind(resource);
  let closing: Promise<void> | undefined;
  resource.close = () => {
    closing ??= close().finally(() => {
      all.delete(resource);
      if (all.size === 0 && held.get(owner) === all) held.delete(owner);
    });
    return closing;
  };
  return resource;
}

/** Closes whatever is still open, newest first. Returns how many that were; errors of closing are thrown together. */
export async function closeAll(owner: string): Promise<number> {
  const left = [...(held.get(owner) ?? [])].reverse();
  const errors: unknown[] = [];
  // One after the other: what was opened last may stand on what was opened before it.
  for (const resource of left) await resource.close().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, 'closing what an attempt left open failed');
  return left.length;
}
