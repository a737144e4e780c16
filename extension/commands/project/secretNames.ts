/** Names of secrets and which have a value. Free of vscode at run time. */
import type { WorkspaceProject } from '../../../daemon/protocol/language.ts';
import type { SecretStore } from '../../platform/services.ts';
import type { PickItem } from '../ui/steps.ts';

export interface SecretState {
  readonly name: string;
  readonly hasValue: boolean;
}

/** The secrets that a project refers to and those stored for it; first those without a value. */
export function secretStates(
  secrets: Pick<SecretStore, 'names'>,
  { dir, references }: Pick<WorkspaceProject, 'dir' | 'references'>,
): SecretState[] {
  const stored = new Set(secrets.names(dir));
  const named = references.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
  return [...new Set([...named, ...stored])]
    .map((name) => ({ name, hasValue: stored.has(name) }))
    .toSorted((a, b) => Number(a.hasValue) - Number(b.hasValue) || (a.name < b.name ? -1 : 1));
}

export function secretItems(states: readonly SecretState[]): PickItem<string>[] {
  return states.map(({ name, hasValue }) => ({
    label: `$(key) ${name}`,
    description: hasValue ? 'has a value here' : 'no value here yet',
    value: name,
  }));
}

export function secretNameProblem(text: string): string | null {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text)
    ? null
    : 'Expected letters, digits and _ . -, not a digit first';
}
