import { planReferences } from '../../definitions/planSecrets.ts';
import { referenceText, type SecretKind, type SecretLookup } from '../../definitions/secrets.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import { hasHiddenPasswords } from './literalPasswords.ts';
import { givenFirst, type GivenLookup, type SecretVault } from './secretVault.ts';

/**
 * What was given for each job, in memory only: two projects may mean different databases by one name, so a value is never that of
 * another job. Of what came with a call only that is kept which the job's plan refers to.
 */
export class JobSecrets {
  readonly #vault: SecretVault;
  readonly #recallLiterals: (projectDir: string) => Promise<void>;
  /** By job, then by project and reference. */
  readonly #given = new Map<string, Map<string, string>>();

  /** `recallLiterals` gives the vault the passwords that stand in the file of a project. */
  constructor(vault: SecretVault, recallLiterals: (projectDir: string) => Promise<void>) {
    this.#vault = vault;
    this.#recallLiterals = recallLiterals;
  }

  /** Keeps for a job what was given; what it was given before under other names stays. */
  keep(jobId: string, plan: BatchPlan, given: GivenLookup): void {
    const values = this.#given.get(jobId) ?? new Map<string, string>();
    for (const { project_dir, kind, name } of planReferences(plan)) {
      const value = given(project_dir, kind, name);
      if (value !== undefined) values.set(keyOf(project_dir, kind, name), value);
    }
    if (values.size > 0) this.#given.set(jobId, values);
  }

  /** What the job was given while this daemon lives. */
  of(jobId: string): GivenLookup {
    const values = this.#given.get(jobId);
    return (projectDir, kind, name) => values?.get(keyOf(projectDir, kind, name));
  }

  /** What came with a call, and for what it leaves out that which the job was given before. */
  givenOver(jobId: string, given: GivenLookup): GivenLookup {
    return givenFirst(given, this.of(jobId));
  }

  forget(jobId: string): void {
    this.#given.delete(jobId);
  }

  /** Values for the references of one project in a job. */
  async lookup(jobId: string, plan: BatchPlan, projectDir: string | null): Promise<SecretLookup> {
    const vault = this.#vault;
    if (
      projectDir !== null &&
      hasHiddenPasswords(plan.projects[projectDir]) &&
      !vault.knowsLiterals(projectDir)
    )
      await this.#recallLiterals(projectDir);
    return await vault.lookup(projectDir, this.of(jobId));
  }

  /** What the output of a program must not show. */
  hiddenValues(): string[] {
    return this.#vault.values();
  }
}

function keyOf(projectDir: string | null, kind: SecretKind, name: string): string {
  return JSON.stringify([projectDir, referenceText({ kind, name })]);
}
