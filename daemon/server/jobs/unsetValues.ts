import { join } from 'node:path';
import type { PlanReference } from '../../definitions/planSecrets.ts';
import type { LoadedProject } from '../../definitions/project.ts';
import { unsetSecret } from '../../definitions/secrets.ts';
import type { Diagnostic } from '../../protocol/errors.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import { isLiteralName } from './literalPasswords.ts';

/**
 * What a plan made earlier lacks now, at its place in the project's file of today. What no file of the project holds any more, and what
 * stands in the batch, is told at the start of ombudsman.yaml: whose secret it is can be seen from there.
 */
export async function unsetDiagnostics(
  references: readonly PlanReference[],
  { definition_file }: Pick<BatchPlan, 'definition_file'>,
  project: LoadedProject | null,
): Promise<Diagnostic[]> {
  if (references.length === 0) return [];
  const { problemAt, problemOf } = await import('../../definitions/document.ts');
  return references.map((reference) => {
    const { project_dir, place } = reference;
    const problem = problemIn(reference);
    if (project_dir === null) return problemOf(definition_file ?? '(request)', problem);
    if (project === null || place === null) return problemOf(join(project_dir, 'ombudsman.yaml'), problem);
    return problemAt(project.positions, place, 'value', problem);
  });
}

function problemIn(reference: PlanReference): ReturnType<typeof unsetSecret> {
  const problem = unsetSecret(reference, reference.who);
  if (!isLiteralName(reference.name)) return problem;
  return {
    ...problem,
    message: `${reference.who} had its password in ombudsman.yaml when the job was made, and has it there no more`,
    hint: 'run the batch as it is now: that makes a job with the project as it is now',
  };
}
