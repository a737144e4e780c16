import { randomUUID } from 'node:crypto';
import { RowHasher, type HashPlan } from './rowHasher.ts';

const nullMark = 0x7e;
const colon = 0x3a;
const zero = 0x30;

/** DuckDB SQL: values (VARCHAR) in one text, each as its length in bytes, a colon and itself; NULL is `~`. */
export function framedSql(texts: readonly string[]): string {
  const frames = texts.map(
    (text) => `(case when ${text} is null then '~' else strlen(${text}) || ':' || ${text} end)`,
  );
  return frames.join(' || ');
}

/** Gives the values of a text of framedSql to a hasher. */
export function giveFramed(hasher: RowHasher, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === nullMark) {
      hasher.nullValue();
      at += 1;
      continue;
    }
    let length = 0;
    for (; bytes[at] !== colon; at += 1) length = length * 10 + (bytes[at] as number) - zero;
    hasher.value(bytes, at + 1, at + 1 + length);
    at += 1 + length;
  }
}

const filters = new Map<string, (framed: string) => boolean>();

/** Registers a choice of buckets for the function ob_kept(framed key, id), which every session of the instance has. */
export function openFilter(plan: HashPlan, keep: Uint8Array): { readonly id: string; close(): void } {
  const id = randomUUID();
  const hasher = new RowHasher(plan);
  filters.set(id, (framed) => {
    giveFramed(hasher, Buffer.from(framed));
    hasher.dropRow();
    return keep[hasher.bucket] === 1;
  });
  return { id, close: () => void filters.delete(id) };
}

/** Whether the row with this key is in a bucket of the filter. */
export function isKept(framed: string, id: string): boolean {
  const filter = filters.get(id);
  if (filter === undefined) throw new Error('the choice of buckets is closed');
  return filter(framed);
}
