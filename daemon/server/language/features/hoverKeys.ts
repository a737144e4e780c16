import type { HoverParams } from 'vscode-languageserver/node';
import { lookAround } from '../place.ts';
import { probeKey, probeValue } from '../probeText.ts';
import { loadSchemas } from '../schemas.ts';
import type { FeatureContext, HoverPart } from './feature.ts';

/** What the schemas say about the key or the value under the cursor. */
export async function hoverKeys(
  context: FeatureContext,
  { textDocument, position }: HoverParams,
): Promise<HoverPart | null> {
  const file = await context.file(textDocument.uri);
  const around = file === null ? null : lookAround(file, position);
  if (file === null || around === null || around.place.text === '') return null;
  const { place, value, path } = around;
  const { json, offset } = place.part === 'key' ? probeKey(value, path) : probeValue(value, path);
  const schemas = await loadSchemas();
  const markdown = await schemas.describe(file.kind, json, offset);
  return markdown === null ? null : { markdown, range: place.range };
}
