/** Names that a schema file defines and uses itself: its tables, their columns, its dictionaries. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import { dictionaryNames } from '../../../../protocol/files/schema.ts';
import type { Gap, Name } from './items.ts';
import type { Slot } from './slots.ts';

type SchemaSlot = Extract<Slot, { names: 'ownTable' | 'ownColumn' | 'ownReference' | 'dictionary' }>;

/** What may stand at a place of a schema file, by what stands in it now. */
export function namesInSchema({ file, place }: Gap, slot: SchemaSlot): Name[] {
  const { value } = file.document;
  const tables = keysOf(valueAt(value, ['tables']));
  const columnsOf = (table: string) => keysOf(valueAt(value, ['tables', table, 'columns']));
  const definition = (table: string, column: string) => valueAt(value, ['tables', table, 'columns', column]);
  const kind = CompletionItemKind.Reference;
  switch (slot.names) {
    case 'ownTable':
      return tables.map((name) => ({ name, kind }));
    case 'ownColumn':
      return columnsOf(slot.table)
        .filter((column) => !slot.isReference || isReference(definition(slot.table, column)))
        .filter((column) => !slot.isReference || column !== place.path[3])
        .map((name) => ({ name, kind: CompletionItemKind.Field }));
    case 'ownReference':
      // Keys first: most references name one.
      return tables.flatMap((table) =>
        columnsOf(table).map((column, index) => ({
          name: `${table}.${column}`,
          kind,
          rank: isKey(valueAt(value, ['tables', table, 'key']), column, index) ? 0 : 1,
        })),
      );
    case 'dictionary': {
      const own = keysOf(valueAt(value, ['dictionaries']));
      return [
        ...own.map((name) => ({ name, kind, detail: 'of this file' })),
        ...dictionaryNames.map((name) => ({ name, kind: CompletionItemKind.EnumMember, rank: 1 })),
      ];
    }
  }
}

const keysOf = (value: unknown): string[] => (isRecord(value) ? Object.keys(value) : []);

function isKey(key: unknown, column: string, index: number): boolean {
  if (key === undefined) return index === 0;
  return Array.isArray(key) ? key.includes(column) : key === column;
}

function isReference(definition: unknown): boolean {
  if (!isRecord(definition) || definition.reference === undefined) return false;
  return !isRecord(definition.reference) || definition.reference.same_row_as === undefined;
}
