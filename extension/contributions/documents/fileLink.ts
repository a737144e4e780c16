import { pathToFileURL } from 'node:url';

/** The URI of a file as text, with the place in it (from 1) if one is named: what `documentFeatures.ts` makes a link of. */
export function fileLink(path: string, place?: { readonly line: number; readonly column: number }): string {
  const { href } = pathToFileURL(path);
  return place === undefined ? href : `${href}#L${place.line},${place.column}`;
}
