import type { Artifact } from '../../daemon/protocol/entities.ts';

const textTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/sql',
  'application/x-ndjson',
  'application/xml',
  'application/yaml',
]);

/** An editor shows text; of differing rows it shows both sides; all else is for other programs: its folder is shown. */
export function wayToOpen({ kind, content_type }: Artifact): 'text' | 'differences' | 'folder' {
  const type = content_type.split(';')[0]?.trim() ?? '';
  if (type.startsWith('text/') || textTypes.has(type)) return 'text';
  return kind === 'differences' ? 'differences' : 'folder';
}
