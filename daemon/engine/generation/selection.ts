import { EngineError } from '../errors.ts';
import { nearNames } from '../connections/duckdbLease.ts';
import type { CompiledTable } from './compile.ts';

/**
 * The tables asked for and everything they refer to, parents first. Without a list: all. A name that is no table of the domain
 * is an error of kind `definition` with the nearest names.
 */
export function selectTables(
  tables: readonly CompiledTable[],
  wanted: readonly string[] | undefined,
  schemaType: string,
): readonly CompiledTable[] {
  if (wanted === undefined) return tables;
  const byName = new Map(tables.map((compiled) => [compiled.table.name, compiled]));
  const chosen = new Set<string>();
  const add = (name: string): void => {
    const compiled = byName.get(name);
    if (compiled === undefined) throw unknownTable(name, [...byName.keys()], schemaType);
    if (chosen.has(name)) return;
    chosen.add(name);
    for (const key of compiled.table.foreign_keys) add(key.references.table);
  };
  for (const name of wanted) add(name);
  return tables.filter((compiled) => chosen.has(compiled.table.name));
}

/** For `tables` of a request and of its faults alike. */
export function unknownTable(name: string, known: readonly string[], schemaType: string): EngineError {
  return new EngineError('definition', 'no_such_table', `${schemaType} has no table ${name}`, {
    hint: `Nearest: ${nearNames(name, known).join(', ')}`,
  });
}
