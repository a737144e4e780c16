/** Definition files as the language server holds them, and the way between URIs and paths. */
import { basename } from 'node:path';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { projectFileName } from '../../definitions/project.ts';
import type { SourceDocument } from '../../definitions/document.ts';

export type FileKind = 'project' | 'pipeline' | 'batch' | 'schema';

export interface DefinitionFile {
  readonly uri: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: FileKind;
  readonly format: 'yaml' | 'json';
  /** As the editor has it; as it is on disk if it is not open. Without a byte order mark. */
  readonly text: TextDocument;
  /** The same text parsed. Positions in it count from 1 (see ranges.ts). */
  readonly document: SourceDocument;
  /** The editor's version; null: not open in the editor. */
  readonly version: number | null;
}

/** The kind a file is by its name alone; a file that a project lists under `pipelines:` is a pipeline whatever its name. */
export function kindByName(path: string): FileKind | null {
  const name = basename(path);
  if (name === projectFileName) return 'project';
  if (/\.pipeline\.ya?ml$/i.test(name)) return 'pipeline';
  if (/\.schema\.ya?ml$/i.test(name)) return 'schema';
  return /\.batch\.(ya?ml|json)$/i.test(name) ? 'batch' : null;
}

/** YAML and JSON of any name that may be a definition: a project may list pipelines as it likes. */
export const watchedFiles = ['**/*.{yaml,yml}', '**/*.batch.json'];

/** The same for one name. */
export function isWatched(name: string): boolean {
  return /\.(ya?ml|batch\.json)$/.test(name);
}

export function formatOf(path: string): 'yaml' | 'json' {
  return /\.json$/i.test(path) ? 'json' : 'yaml';
}
