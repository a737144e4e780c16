/** Completion of what has a name in the workspace: pipelines, connections, tables, columns, parameters, secrets, checks. */
import type { CompletionItem, CompletionParams } from 'vscode-languageserver/node';
import type { DefinitionFile } from '../files.ts';
import type { Place } from '../place.ts';
import type { WorkspaceSnapshot } from '../workspace/snapshot.ts';
import { checkItems, checkKeyItems } from './complete/checks.ts';
import { nameItems, type Gap } from './complete/items.ts';
import { namesFor, parameterNames } from './complete/names.ts';
import { referenceItems } from './complete/references.ts';
import { slotAt, type Slot } from './complete/slots.ts';
import type { CompletionPart, FeatureContext, Handler } from './feature.ts';

export const completeNames: Handler<CompletionParams, CompletionPart | null> = async (
  context,
  { textDocument, position },
) => {
  const file = await context.file(textDocument.uri);
  if (file === null) return null;
  const snapshot = await context.snapshot();
  const references = referenceItems(context, snapshot, file, position);
  if (references !== null) return { items: references, isExclusive: true };
  const place = context.locate(file, position);
  if (place === null) return null;
  const { slot, isNewEntry } = slotOrEntry(file, place);
  const gap: Gap = { file, place, position, isNewEntry };
  const items = slot === null ? [] : await itemsFor(context, snapshot, gap, slot);
  const all = [...items, ...(canBeParameter(place) ? nameItems(gap, parameterNames(file)) : [])];
  return all.length === 0 ? null : { items: all, isExclusive: items.length > 0 };
};

/** On a blank line below a key whose value is a list an entry of it may be meant. */
function slotOrEntry(file: DefinitionFile, place: Place): { slot: Slot | null; isNewEntry: boolean } {
  const slot = slotAt(file, place);
  if (slot !== null || place.part === 'value' || place.isFlow) return { slot, isNewEntry: false };
  const entry = slotAt(file, { part: 'value', path: [...place.path.slice(0, -1), 0] });
  return { slot: entry, isNewEntry: entry !== null };
}

function canBeParameter({ part, text, path }: Place): boolean {
  return part === 'value' && text === '' && path[0] !== 'parameters';
}

async function itemsFor(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  gap: Gap,
  slot: Slot,
): Promise<CompletionItem[]> {
  if (slot.names !== 'check') return nameItems(gap, await namesFor(context, snapshot, gap, slot));
  const hasParameters = gap.place.part === 'key' && !gap.isNewEntry;
  return hasParameters ? checkKeyItems(gap) : checkItems(gap, context.client.hasSnippets);
}
