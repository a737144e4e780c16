import type { LoadedProject } from '../../../definitions/project.ts';
import type { DefinitionFile } from '../files.ts';

export interface WorkspaceBatch {
  readonly file: DefinitionFile;
  /** Of the nearest ombudsman.yaml at or above it. */
  readonly project: LoadedProject | null;
}

/**
 * What stands in the workspace folders at one moment. Immutable; the parts that did not change are the same objects in the
 * next one, so that what is derived from them can be kept in WeakMaps (a LoadedProject, a LoadedPipeline, a SourceDocument).
 */
export interface WorkspaceSnapshot {
  /** Absolute paths of the workspace folders. */
  readonly folders: readonly string[];
  /** By folder. */
  readonly projects: ReadonlyMap<string, LoadedProject>;
  /** By path of the file. */
  readonly batches: ReadonlyMap<string, WorkspaceBatch>;
  /** Batch files that are there and cannot be read: why, by path. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** A file of the workspace (or an open one) by absolute path; null if it is none of ours. */
  file(path: string): DefinitionFile | null;
  /** All of them. */
  files(): Iterable<DefinitionFile>;
  /** True for a pipeline file that a project lists. */
  isListed(path: string): boolean;
  /** The project that lists a pipeline file; of other files that of the nearest ombudsman.yaml at or above them. */
  projectOf(path: string): LoadedProject | null;
}
