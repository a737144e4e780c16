/** Which values a plan needs before its operations can run. */
import type { BatchPlan } from '../protocol/plan.ts';
import type { Path } from './document.ts';
import { findReferences, type SecretReference } from './secrets.ts';

/** A reference of a plan and who needs its value. */
export interface PlanReference extends SecretReference {
  /** Whose secret it is; null for a program outside any project. */
  readonly project_dir: string | null;
  /** `connection "legacy"`, `program "dbt"` */
  readonly who: string;
  /** Where it stands in ombudsman.yaml; null if it stands in the batch. */
  readonly place: Path | null;
}

/** Every reference of a plan: of the connections its operations use and of the programs it runs. */
export function planReferences(plan: BatchPlan): PlanReference[] {
  const ofConnections = Object.values(plan.projects).flatMap(({ dir, connections }) =>
    Object.entries(connections).flatMap(([name, definition]) =>
      findReferences(definition).map((reference) => ({
        ...reference,
        project_dir: dir,
        who: `connection "${name}"`,
        place: ['connections', name, ...reference.path],
      })),
    ),
  );
  const ofPrograms = plan.operations.flatMap(({ work }) => {
    if (work.type !== 'command') return [];
    const { project_dir, program, args, cwd, env } = work;
    const who = `program "${program}"`;
    return findReferences({ program, args, cwd, env }).map((reference) => ({
      ...reference,
      project_dir,
      who,
      place: null,
    }));
  });
  return [...ofConnections, ...ofPrograms];
}
