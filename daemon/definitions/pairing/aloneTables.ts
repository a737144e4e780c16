import type { LonelyTable, Pairing, PlacedTable, TablePair } from './pair.ts';
import { tableName } from './tableName.ts';

export interface Matching {
  readonly left: readonly PlacedTable[];
  readonly right: readonly PlacedTable[];
  readonly pairs: readonly TablePair[];
  /** Tables of the right that a table of the left could go with: by name, by what is left of it, by columns. */
  readonly candidates: readonly ((table: PlacedTable) => readonly PlacedTable[])[];
}

const noPartner = 'no table is named like it, and none has nearly the same columns';
const maxNamed = 3;

/** Tables without a partner, each with the reason: nobody should believe that they are compared. */
export function aloneTables(matching: Matching): Pick<Pairing, 'only_source' | 'only_target'> {
  const { left, right, pairs, candidates } = matching;
  const partnerOf = new Map(
    pairs.flatMap(({ source, target }): [PlacedTable, PlacedTable][] => [
      [source, target],
      [target, source],
    ]),
  );
  const wanted = new Map<PlacedTable, PlacedTable[]>();
  const alone = left.filter((table) => !partnerOf.has(table));
  const only_source = alone.map((table): LonelyTable => {
    const found = [...new Set(candidates.flatMap((candidatesOf) => candidatesOf(table)))];
    for (const each of found) wanted.set(each, [...(wanted.get(each) ?? []), table]);
    return { ...table, reason: reasonOf(found, partnerOf) };
  });
  const only_target = right
    .filter((table) => !partnerOf.has(table))
    .map((table): LonelyTable => ({ ...table, reason: reasonOf(wanted.get(table) ?? [], partnerOf) }));
  return { only_source, only_target };
}

function reasonOf(found: readonly PlacedTable[], partnerOf: ReadonlyMap<PlacedTable, PlacedTable>): string {
  const [first] = found;
  if (first === undefined) return noPartner;
  const free = found.filter((each) => !partnerOf.has(each));
  if (free.length === 0) {
    const partner = partnerOf.get(first);
    return `${tableName(first)} goes with ${partner === undefined ? 'another table' : tableName(partner)}, which has more in common with it`;
  }
  const names = free.slice(0, maxNamed).map(tableName).join(', ');
  const more = free.length > maxNamed ? ` and ${free.length - maxNamed} more` : '';
  return free.length === 1
    ? `${names} is named like it, but something else fits one of the two as well, or their columns differ`
    : `${names}${more} fit equally well`;
}
