/** Batch files as lines of a quick pick. Free of vscode at run time. */
import { basename } from 'node:path';
import { plural } from '../../../daemon/client/text.ts';
import type { WorkspaceBatchFile, WorkspaceProject } from '../../../daemon/protocol/language.ts';
import { plain } from '../jobs/jobItems.ts';
import type { PickItem } from '../ui/steps.ts';

/** Those that can run first; then by name. */
export function batchFileItems(
  files: readonly WorkspaceBatchFile[],
  projects: readonly WorkspaceProject[],
  relativePath: (file: string) => string,
): PickItem<string>[] {
  const sorted = files.toSorted(
    (a, b) => Number(a.has_errors) - Number(b.has_errors) || a.file.localeCompare(b.file),
  );
  return sorted.map((each) => {
    const project = projects.find(({ dir }) => dir === each.project_dir);
    const facts = [
      each.has_errors ? 'has mistakes' : null,
      each.operations === null ? null : plural(each.operations, 'operation'),
      each.parameters.length > 0 ? 'template' : null,
      projects.length > 1 ? (project?.project_id ?? 'no project') : null,
    ];
    return {
      label: `${each.has_errors ? '$(error)' : '$(play)'} ${plain(each.job_name ?? basename(each.file))}`,
      description: facts.filter((fact) => fact !== null).join(' · '),
      detail: relativePath(each.file),
      value: each.file,
    };
  });
}
